#include "client-sdk/agent/operations_items.hpp"

#include "client-sdk/agent/named_persons.hpp"
#include "client-sdk/agent/operations_call.hpp"
#include "client-sdk/agent/operations_consultations.hpp"

#include <samsyn/signed_notes.hpp>

#include <algorithm>

namespace samsyn {

namespace {

using nlohmann::json;

/// Who writes a field that nobody fills in by hand; empty for any other.
std::string_view written_by(std::string_view key) {
    if (key == "signatures" || key == "addenda") return "note.sign";
    const bool attends = key == "attended" || key == "family_attended" || key == "guests";
    return attends ? "meeting.let_in" : std::string_view{};
}

Result<void> check_by_hand(std::span<const FieldInput> fields) {
    for (const FieldInput& field : fields)
        if (const auto by = written_by(field.key); !by.empty())
            return fail(Errc::invalid_argument,
                        "fields: " + field.key + " is for " + std::string{by});
    return {};
}

/// Of a person's own item and of forms it is no accident whom they name; a meeting is about all.
bool names_people(ItemType type) {
    return type == ItemType::visit_note || type == ItemType::observation ||
           type == ItemType::plan_goal || type == ItemType::commitment ||
           type == ItemType::decision || type == ItemType::attachment || type == ItemType::handover;
}

}  // namespace

Result<NewItem> labelled_item(Call& call) {
    NewItem item;
    item.case_id = SAMSYN_TRY(case_of(call));
    if (SAMSYN_TRY(is_consultation(call.device, item.case_id)))
        return fail(Errc::invalid_argument, "case: a consultation takes nothing else");
    item.about = SAMSYN_TRY(persons_of(call, item.case_id, "about"));
    if (item.about.empty()) return fail(Errc::invalid_argument, "about");
    SAMSYN_TRY(read_label(call, item));
    return item;
}

Result<void> read_label(Call& call, NewItem& item) {
    if (call.args.has("category")) {
        item.category = find_category(SAMSYN_TRY(call.args.text("category")));
        if (!item.category || item.category == Category::directory)
            return fail(Errc::invalid_argument, "category");
    }
    if (call.args.has("sensitivity")) {
        item.sensitivity = find_sensitivity(SAMSYN_TRY(call.args.text("sensitivity")));
        if (!item.sensitivity) return fail(Errc::invalid_argument, "sensitivity");
    }
    if (call.args.has("unit")) item.unit = SAMSYN_TRY(unit_of(call, "unit"));
    item.closed = SAMSYN_TRY(closed_of(call, "closed"));
    return {};
}

Result<json> written_item(Call& call, const ItemId& id) {
    const auto written = call.device.item(id);
    // Writing works where reading has locked itself: what is durable is not an error.
    if (!written && written.error().code == Errc::lease_ended)
        return json::object(
            {{"item", json::object({{"id", to_hex(id)}})}, {"readers", json::array()}});
    const ItemView item = SAMSYN_TRY(written);
    json result = json::object({{"item", to_json(call.names, item)}});
    result["readers"] = json::array();
    for (const CompartmentView& compartment : SAMSYN_TRY(call.device.compartments(item.case_id)))
        if (compartment.id == item.compartment)
            for (const UserId& reader : compartment.readers)
                result["readers"].push_back(call.names.describe(reader));
    result["named"] = json::array();
    if (names_people(item.type))
        for (const PersonView& person :
             named_beside(item, SAMSYN_TRY(call.device.persons(item.case_id))))
            result["named"].push_back(call.names.describe(item.case_id, person.id));
    return result;
}

Result<NewItem> new_item_of(Call& call,
                            ItemType type,
                            std::initializer_list<std::string_view> arguments) {
    const TypeInfo* info = find_type(type);
    SAMSYN_ASSERT(info != nullptr);
    NewItem item = SAMSYN_TRY(labelled_item(call));
    item.type = type;
    item.fields = SAMSYN_TRY(fields_of(call, item.case_id, *info, "fields"));
    SAMSYN_TRY(check_by_hand(item.fields));
    for (const std::string_view argument : arguments) {
        const FieldInfo* field = find_field(*info, argument);
        SAMSYN_ASSERT(field != nullptr);
        const json* value = call.args.find(argument);
        if (value == nullptr) continue;
        auto written = SAMSYN_TRY(value_of(call, item.case_id, *field, *value));
        item.fields.push_back({std::string{argument}, std::move(written)});
    }
    for (std::size_t i = 0; i < item.fields.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (item.fields[i].key == item.fields[j].key &&
                merge_kind(find_field(*info, item.fields[i].key)->number) == MergeKind::single)
                return fail(Errc::invalid_argument, "fields: " + item.fields[i].key + " twice");
    return item;
}

Result<json> add_of_type(Call& call,
                         ItemType type,
                         std::initializer_list<std::string_view> arguments) {
    const NewItem item = SAMSYN_TRY(new_item_of(call, type, arguments));
    return written_item(call, SAMSYN_TRY(call.device.add_item(item)));
}

Result<ItemId> item_of(Call& call) {
    return call.names.item("item", SAMSYN_TRY(call.args.text("item")));
}

namespace {

Result<json> add_observation(Call& call) {
    return add_of_type(call, ItemType::observation, {"text", "date"});
}

Result<json> add_goal(Call& call) {
    return add_of_type(
        call, ItemType::plan_goal, {"goal", "need", "action", "responsible", "follow_up"});
}

Result<json> add_item(Call& call) {
    const TypeInfo* type = find_type(SAMSYN_TRY(call.args.text("type")));
    if (type == nullptr || type->category == Category::directory)
        return fail(Errc::invalid_argument, "type");
    if (type->type == ItemType::consultation)
        return fail(Errc::invalid_argument, "type: a consultation is added by consult.add");
    return add_of_type(call, type->type, {});
}

Result<json> edit_item(Call& call) {
    const ItemId id = SAMSYN_TRY(item_of(call));
    const ItemView item = SAMSYN_TRY(call.device.item(id));
    const TypeInfo* type = find_type(item.type);
    if (type == nullptr) return fail(Errc::update_needed, "type");
    if (item.type == ItemType::consultation)
        return fail(Errc::invalid_argument, "item: a consultation is written once");
    const auto fields = SAMSYN_TRY(fields_of(call, item.case_id, *type, "fields"));
    if (fields.empty()) return fail(Errc::invalid_argument, "fields");
    for (const FieldInput& field : fields)  // it would undo what came in since it was read
        if (find_field(*type, field.key)->kind == ValueKind::document)
            return fail(Errc::invalid_argument, "fields: " + field.key + " is for text.write");
    SAMSYN_TRY(check_by_hand(fields));
    SAMSYN_TRY(call.device.edit_item(id, fields));
    return written_item(call, id);
}

Result<json> delete_item(Call& call) {
    const ItemId id = SAMSYN_TRY(item_of(call));
    SAMSYN_TRY(call.device.delete_item(id));
    return json::object({{"item", to_hex(id)}});
}

Result<json> list_items(Call& call) {
    const CaseId case_id = SAMSYN_TRY(case_of(call));
    const TypeInfo* type = nullptr;
    if (call.args.has("type")) {
        type = find_type(SAMSYN_TRY(call.args.text("type")));
        if (type == nullptr) return fail(Errc::invalid_argument, "type");
    }
    const auto about = SAMSYN_TRY(persons_of(call, case_id, "about"));
    json list = json::array();
    for (const ItemView& item : SAMSYN_TRY(call.device.items(case_id))) {
        const bool fits = std::ranges::all_of(about, [&](const PersonId& person) {
            return std::ranges::count(item.label.subjects, person) > 0;
        });
        if (fits && (type == nullptr || item.type == type->type))
            list.push_back(to_json(call.names, item));
    }
    return json::object({{"items", std::move(list)}});
}

Result<json> show_item(Call& call) {
    const ItemId id = SAMSYN_TRY(item_of(call));
    json result = SAMSYN_TRY(written_item(call, id));
    // What may be signed as it was shown here.
    if (const auto content = SignedNotes{call.device}.content(id))
        result["content"] = to_hex(*content);
    return result;
}

constexpr Operation operations[] = {
    {"observation.add",
     &add_observation,
     true,
     "case about text",
     "date category sensitivity unit closed fields"},
    {"plan.add",
     &add_goal,
     true,
     "case about goal",
     "need action responsible follow_up category sensitivity unit closed fields"},
    {"item.add", &add_item, true, "case about type fields", "category sensitivity unit closed"},
    {"item.edit", &edit_item, true, "item fields"},
    {"item.delete", &delete_item, true, "item"},
    {"item.list", &list_items, false, "case", "type about"},
    {"item.show", &show_item, false, "item"},
};

}  // namespace

std::span<const Operation> item_operations() {
    return operations;
}

}  // namespace samsyn
