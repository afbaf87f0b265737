// What leaves for a unit's own record.

#include "client-sdk/agent/operations_copy.hpp"

#include "client-sdk/agent/operations_forms.hpp"
#include "client-sdk/agent/operations_items.hpp"
#include "core/capture/sheet_text.hpp"
#include "core/model/local_date.hpp"

#include <algorithm>

namespace samsyn {

Result<void> may_copy(Call& call, const ItemView& item) {
    Request request;
    request.action = Action::copy_to_own_record;
    const UserId me = call.names.me();
    const Decision answer =
        call.device.decide(item.case_id, item.label, {me, call.device.device()}, request);
    if (answer.permitted()) return {};
    return std::unexpected{
        Error{answer.outcome == Outcome::needs ? Errc::consent_needed : Errc::not_permitted,
              answer.reasons.empty() ? "" : std::string{key_of(answer.reasons.front())}}};
}

namespace {

using nlohmann::json;

constexpr std::size_t copied_items_max = 1000;

/// One item after another as plain text, with who wrote each value when: a record keeps that. What
/// people wrote is indented, what this program says of it is not: no note forges a signature.
class RecordText {
public:
    RecordText(Directory& names, FamilyLanguage language) : names_(names), language_(language) {}

    void put(const ItemView& item) {
        const json view = to_json(names_, item);
        sheet_.heading(plain(local(view, "type_title")) + "  " + to_hex(item.id));
        sheet_.line(say("About ", "Om ") + names(view["about"]) + ". " + name(view["unit"]) + ".");
        for (const json& field : view["fields"]) put_field(field);
        for (const json& signature : view["signatures"])
            sheet_.line(say("Signed by ", "Signerat av ") + name(signature["user"]) + ", " +
                        plain(local(signature, "standing_title")));
    }

    void head(const std::string& who, Instant now) {
        sheet_.line(say("Copied by ", "Kopierat av ") + who + ", " + to_local_text(now));
    }

    std::string take() && { return std::move(sheet_).take(); }

private:
    std::string say(std::string_view en, std::string_view sv) const {
        return std::string{in(language_, {en, sv})};
    }

    std::string local(const json& object, const std::string& key) const {
        const std::string swedish = key + "_sv";
        const bool translated = language_ == FamilyLanguage::swedish && object.contains(swedish);
        return object.value(translated ? swedish : key, "");
    }

    static std::string plain(std::string_view text) {
        return sheet_name(text, value_text_bytes_max);
    }

    static std::string name(const json& named) {
        const std::string known = named.is_object() ? named.value("name", "") : "";
        return plain(known.empty() && named.is_object() ? named.value("id", "") : known);
    }

    std::string names(const json& list) const {
        std::vector<std::string> all;
        for (const json& one : list) all.push_back(name(one));
        return joined(all, say("and", "och"));
    }

    void put_field(const json& field) {
        for (const json& value : field["values"]) {
            const std::string text = local(value, "shown");
            sheet_.line(plain(local(field, "title")) + " (" + name(value["writer"]) + ", " +
                        value.value("written_at", "") + "):");
            for (std::size_t from = 0; from <= text.size();) {  // its lines stay lines
                const std::size_t to = std::min(text.find('\n', from), text.size());
                sheet_.paragraph(plain(std::string_view{text}.substr(from, to - from)));
                from = to + 1;
            }
        }
    }

    Directory& names_;
    FamilyLanguage language_;
    Sheet sheet_;
};

/// Those named, each of which must be permitted.
Result<std::vector<ItemView>> named_items(Call& call) {
    std::vector<ItemView> items;
    for (const std::string& text : SAMSYN_TRY(call.args.texts("items"))) {
        const ItemId id = SAMSYN_TRY(call.names.item("items", text));
        items.push_back(SAMSYN_TRY(call.device.item(id)));
        SAMSYN_TRY(may_copy(call, items.back()));
    }
    return items;
}

/// Of a whole case what is permitted, the oldest first.
Result<std::vector<ItemView>> items_of_case(Call& call, std::size_t& left_out) {
    const CaseId case_id = SAMSYN_TRY(case_of(call));
    std::vector<ItemView> items;
    for (ItemView& item : SAMSYN_TRY(call.device.items(case_id))) {
        if (may_copy(call, item))
            items.push_back(std::move(item));
        else
            ++left_out;
    }
    std::ranges::reverse(items);
    return items;
}

Result<json> copy_items(Call& call) {
    if (call.args.has("items") == call.args.has("case"))
        return fail(Errc::invalid_argument, "items: name items, or a case");
    const FamilyLanguage language = SAMSYN_TRY(family_language_of(call));
    std::size_t left_out = 0;
    const auto items =
        SAMSYN_TRY(call.args.has("items") ? named_items(call) : items_of_case(call, left_out));
    if (items.size() > copied_items_max) return fail(Errc::limit_exceeded, "items of a copy");
    RecordText text{call.names, language};
    text.head(call.names.describe(call.names.me()).value("name", ""), call.clock.now());
    for (const ItemView& item : items) text.put(item);
    return json::object(
        {{"text", std::move(text).take()}, {"items", items.size()}, {"left_out", left_out}});
}

constexpr Operation operations[] = {{"copy", &copy_items, false, "", "items case lang"}};

}  // namespace

std::span<const Operation> copy_operations() {
    return operations;
}

}  // namespace samsyn
