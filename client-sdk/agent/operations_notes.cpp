// Notes: written, signed, added to. Texts that several write, as a person's editor gives them back.

#include "client-sdk/agent/operations_items.hpp"
#include "core/base/one_of.hpp"

#include <samsyn/signed_notes.hpp>

#include <algorithm>

namespace samsyn {

namespace {

using nlohmann::json;

Result<json> add_note(Call& call) {
    return add_of_type(call, ItemType::visit_note, {"text", "date", "place", "next_step"});
}

/// The text of an item that several write: the one named, or the only one.
Result<const FieldInfo*> document_of(Call& call, const TypeInfo& type) {
    if (call.args.has("field")) {
        const FieldInfo* named = find_field(type, SAMSYN_TRY(call.args.text("field")));
        if (named != nullptr && named->kind == ValueKind::document) return named;
        return fail(Errc::invalid_argument, "field: no text that several write");
    }
    const auto first = std::ranges::find(type.fields, ValueKind::document, &FieldInfo::kind);
    if (first == type.fields.end())
        return fail(Errc::invalid_argument, "item: has no text that several write");
    return &*first;
}

Result<json> write_text(Call& call) {
    const ItemId id = SAMSYN_TRY(item_of(call));
    const TypeInfo* type = find_type(SAMSYN_TRY(call.device.item(id)).type);
    if (type == nullptr) return fail(Errc::update_needed, "type");
    const FieldInfo* field = SAMSYN_TRY(document_of(call, *type));
    FieldInput input;
    input.key = field->key;
    const std::string text = SAMSYN_TRY(call.args.document("text"));
    input.value = SAMSYN_TRY(clean_text(text, "text", document_bytes_max));
    if (call.args.has("before")) input.before = SAMSYN_TRY(call.args.document("before"));
    SAMSYN_TRY(call.device.edit_item(id, {&input, 1}));
    return written_item(call, id);
}

Result<json> read_text(Call& call) {
    const ItemId id = SAMSYN_TRY(item_of(call));
    const ItemView item = SAMSYN_TRY(call.device.item(id));
    const TypeInfo* type = find_type(item.type);
    if (type == nullptr) return fail(Errc::update_needed, "type");
    const FieldInfo* field = SAMSYN_TRY(document_of(call, *type));
    call.names.note_shown(item.case_id, item.id);
    json result = json::object({{"item", to_hex(item.id)}, {"field", field->key}});
    result["title"] = field->title.en;
    result["title_sv"] = field->title.sv;
    result["text"] = item.text(field->key);
    result["locked"] = item.locked;
    return result;
}

Result<json> sign_note(Call& call) {
    const ItemId id = SAMSYN_TRY(item_of(call));
    const std::string content = SAMSYN_TRY(call.args.text("content"));
    const Bytes shown = SAMSYN_TRY(from_hex(content));
    if (shown.size() != Hash::size) return fail(Errc::invalid_argument, "content");
    SAMSYN_TRY(SignedNotes{call.device}.sign(id, Hash::from(shown)));
    return written_item(call, id);
}

Result<json> add_addendum(Call& call) {
    const ItemId id = SAMSYN_TRY(item_of(call));
    const std::string text = SAMSYN_TRY(call.args.text("text"));
    SAMSYN_TRY(SignedNotes{call.device}.add(id, text));
    return written_item(call, id);
}

/// What a signature covers, as it was signed; the first where no number is given.
Result<json> signed_note(Call& call) {
    const ItemId id = SAMSYN_TRY(item_of(call));
    const ItemView item = SAMSYN_TRY(call.device.item(id));
    const TypeInfo* type = find_type(item.type);
    if (type == nullptr) return fail(Errc::update_needed, "type");
    const auto number = SAMSYN_TRY(call.args.integer_or("number", 1, 1000, 1));
    const SignedContent content = SAMSYN_TRY(
        SignedNotes{call.device}.signed_content(item.id, static_cast<std::size_t>(number - 1)));
    call.names.note_shown(item.case_id, item.id);
    json result = json::object({{"item", to_hex(item.id)},
                                {"user", call.names.describe(content.user)},
                                {"at", to_json(content.at)},
                                {"fields", json::array()}});
    const auto put = [&](FieldNumber number_of, json values) {
        const FieldInfo* field = find_field(*type, number_of);
        json one = json::object({{"key", field != nullptr ? field->key : "unknown"}});
        one["title"] = field != nullptr ? field->title.en : "unknown";
        one["title_sv"] = field != nullptr ? field->title.sv : "okänt";
        one["values"] = std::move(values);
        result["fields"].push_back(std::move(one));
    };
    for (const auto& [field, text] : content.texts)
        put(field, json::array({json::object({{"value", text}, {"shown", text}})}));
    for (const auto& [field, values] : content.fields) {
        json list = json::array();
        for (const Value& value : values)
            list.push_back(value_json(call.names, item.case_id, find_field(*type, field), value));
        put(field, std::move(list));
    }
    return result;
}

constexpr Operation operations[] = {
    {"note.add",
     &add_note,
     true,
     "case about text",
     "date place next_step category sensitivity unit closed fields"},
    {"note.sign", &sign_note, true, "item content"},
    {"note.addendum", &add_addendum, true, "item text"},
    {"note.signed", &signed_note, false, "item", "number"},
    {"text.read", &read_text, false, "item", "field"},
    {"text.write", &write_text, true, "item text", "field before"},
};

}  // namespace

std::span<const Operation> note_operations() {
    return operations;
}

}  // namespace samsyn
