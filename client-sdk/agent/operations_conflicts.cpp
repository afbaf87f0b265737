// Conflicts: whom they ask, and how they are settled.

#include "client-sdk/agent/operations_items.hpp"

#include <algorithm>
#include <chrono>

namespace samsyn {

namespace {

using nlohmann::json;

/// After this long the case lead is asked to settle what its writers have not.
constexpr std::chrono::days writers_time{14};

bool is_mine(const ItemView& item, const UserId& me, Instant& newest) {
    bool mine = false;
    const bool presence = item.presence == ItemState::Presence::deleted_but_edited;
    for (const FieldView& field : item.fields) {
        if (!field.conflict && !presence) continue;
        for (const ValueView& value : field.values) {
            mine = mine || value.writer == me;
            newest = std::max(newest, value.version.time.instant());
        }
    }
    return mine;
}

/// Whom a conflict asks: who wrote one of the values, and later the case lead.
bool asks(Call& call, const ItemView& item, const std::vector<CaseSummary>& cases) {
    Instant newest{};
    const UserId me = call.names.me();
    if (is_mine(item, me, newest)) return true;
    const auto found = std::ranges::find(cases, item.case_id, &CaseSummary::id);
    const bool leads = found != cases.end() && found->lead == me;
    return leads && call.clock.now() - newest >= writers_time;
}

Result<json> list_conflicts(Call& call) {
    std::optional<CaseId> case_id;
    if (call.args.has("case")) case_id = SAMSYN_TRY(case_of(call));
    const bool all = SAMSYN_TRY(call.args.boolean_or("all", false));
    const auto cases = SAMSYN_TRY(call.device.cases());
    json list = json::array();
    std::size_t others = 0;
    for (const ItemView& item : SAMSYN_TRY(call.device.conflicts())) {
        if (case_id && item.case_id != *case_id) continue;
        if (all || asks(call, item, cases))
            list.push_back(to_json(call.names, item));
        else
            ++others;
    }
    return json::object({{"items", std::move(list)}, {"of_others", others}});
}

const FieldView* find_view(const ItemView& item, std::string_view key) {
    for (const FieldView& field : item.fields) {
        const bool deleted = field.number == deleted_field && key == "deleted";
        if (deleted || (field.info != nullptr && field.info->key == key)) return &field;
    }
    return nullptr;
}

/// The versions that the person was shown: those named, else all that stand.
Result<std::vector<Version>> seen_of(Call& call, const FieldView& field) {
    const auto wanted = SAMSYN_TRY(call.args.texts("seen"));
    std::vector<Version> seen;
    for (const ValueView& value : field.values)
        if (wanted.empty() || std::ranges::count(wanted, to_text(value.version)) > 0)
            seen.push_back(value.version);
    if (!wanted.empty() && seen.size() != wanted.size()) return fail(Errc::not_found, "seen");
    return seen;
}

/// All standing texts, the oldest first, each once.
Result<Value> both_texts(const FieldView& field) {
    std::string joined;
    std::vector<std::string> texts;
    for (const ValueView& value : field.values) {
        const auto* text = std::get_if<std::string>(&value.value);
        if (text == nullptr) return fail(Errc::invalid_argument, "keep: only texts stand together");
        if (std::ranges::count(texts, *text) == 0) texts.push_back(*text);
    }
    std::ranges::reverse(texts);
    const bool lines = std::ranges::any_of(
        texts, [](const std::string& text) { return text.find('\n') != std::string::npos; });
    for (const std::string& text : texts)
        joined += joined.empty() ? text : (lines ? "\n" : " / ") + text;
    return Value{std::move(joined)};
}

/// The one value that is, or is not, this user's.
Result<Value> value_of_writer(const FieldView& field, const UserId& me, bool mine) {
    std::optional<Value> kept;
    for (const ValueView& value : field.values) {
        if ((value.writer == me) != mine) continue;
        if (kept && *kept != value.value)
            return fail(Errc::ambiguous, "keep: several of them; name its number");
        kept = value.value;
    }
    if (!kept) return fail(Errc::not_found, "keep");
    return *kept;
}

/// `keep`: the number of a standing value as listed, from 1, or its version; or mine, theirs, both.
Result<Value> kept_value(const FieldView& field, const json& keep, const UserId& me) {
    if (keep == "both") return both_texts(field);
    if (keep == "mine" || keep == "theirs") return value_of_writer(field, me, keep == "mine");
    for (std::size_t i = 0; i < field.values.size(); ++i) {
        const bool numbered =
            (keep.is_number_integer() && keep == i + 1) || keep == std::to_string(i + 1);
        const bool named = keep.is_string() && keep == to_text(field.values[i].version);
        if (numbered || named) return field.values[i].value;
    }
    return fail(Errc::not_found, "keep");
}

Result<json> settle(Call& call) {
    const ItemId id = SAMSYN_TRY(item_of(call));
    const ItemView item = SAMSYN_TRY(call.device.item(id));
    if (item.type == ItemType::consultation)
        return fail(Errc::invalid_argument, "item: a consultation is written once");
    Settlement settlement{
        .item = id, .field = SAMSYN_TRY(call.args.text("field")), .value = {}, .seen = {}};
    const FieldView* field = find_view(item, settlement.field);
    const bool presence = settlement.field == "deleted";
    if (field == nullptr && !presence) return fail(Errc::invalid_argument, "field");

    const json* value = call.args.find("value");
    const json* keep = call.args.find("keep");
    if ((value == nullptr) == (keep == nullptr))
        return fail(Errc::invalid_argument, "value: give either value or keep");
    if (field != nullptr) settlement.seen = SAMSYN_TRY(seen_of(call, *field));
    if (keep != nullptr) {
        if (field == nullptr) return fail(Errc::not_found, "keep");
        settlement.value = SAMSYN_TRY(kept_value(*field, *keep, call.names.me()));
    } else if (presence) {
        settlement.value = SAMSYN_TRY(call.args.boolean_or("value", false));
    } else {
        settlement.value = SAMSYN_TRY(value_of(call, item.case_id, *field->info, *value));
    }
    SAMSYN_TRY(call.device.settle(settlement));
    return written_item(call, id);
}

constexpr Operation operations[] = {
    {"conflicts", &list_conflicts, false, "", "case all"},
    {"settle", &settle, true, "item field", "value keep seen"},
};

}  // namespace

std::span<const Operation> conflict_operations() {
    return operations;
}

}  // namespace samsyn
