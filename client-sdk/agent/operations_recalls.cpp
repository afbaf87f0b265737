// Items that stand in the wrong family, or are read too widely: taken back, or moved.

#include "client-sdk/agent/operations_items.hpp"

#include <samsyn/recalls.hpp>
#include <samsyn/visits.hpp>

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

namespace samsyn {

namespace {

using nlohmann::json;

struct ReasonWords {
    RecallReason reason;
    std::string_view key;
    Words title;
};

constexpr ReasonWords reasons[] = {
    {RecallReason::wrong_family, "wrong_family", {"wrong family", "fel familj"}},
    {RecallReason::read_too_widely, "read_too_widely", {"read by too many", "läses av för många"}},
    {RecallReason::moved, "moved", {"moved", "flyttad"}},
    {RecallReason::other, "other", {"another reason", "annat skäl"}},
};

Result<RecallReason> reason_of(Call& call) {
    const std::string key = SAMSYN_TRY(call.args.text("reason"));
    const auto* const found = std::ranges::find(reasons, key, &ReasonWords::key);
    if (found == std::end(reasons) || found->reason == RecallReason::moved)
        return fail(Errc::invalid_argument, "reason: wrong_family, read_too_widely or other");
    return found->reason;
}

/// What the log that was last asked for says of one item.
struct Heard {
    std::set<UserId> opened;
    std::map<DeviceId, UserId> removed;
};

Heard heard_of(Call& call, const ItemId& item) {
    Heard heard;
    for (const LogAnswer::Row& each : call.device.log_answer().rows) {
        const auto* const read = std::get_if<RowRead>(&each.row.act);
        if (read == nullptr || !std::ranges::binary_search(read->items, item)) continue;
        if (read->action == ReadAction::removed)
            heard.removed.emplace(each.row.device, each.row.user);
        else
            heard.opened.insert(each.row.user);
    }
    return heard;
}

json recalled_json(Call& call, const CaseId& case_id, const RecalledItem& recalled) {
    if (!recalled.late.empty()) call.names.note_shown(case_id, recalled.item);
    json out = json::object({{"item", to_hex(recalled.item)}});
    const TypeInfo* const type = find_type(recalled.type);
    out["type"] = type != nullptr ? type->key : "unknown";
    out["type_title"] = type != nullptr ? type->title.en : "";
    out["type_title_sv"] = type != nullptr ? type->title.sv : "";
    out["by"] = call.names.describe(recalled.by);
    out["at"] = to_json(recalled.at);
    const auto* const reason =
        recalled.reason ? std::ranges::find(reasons, *recalled.reason, &ReasonWords::reason)
                        : std::end(reasons);
    const bool known = reason != std::end(reasons);
    out["reason"] = known ? reason->key : "unknown";
    out["reason_title"] = known ? reason->title.en : "";
    out["reason_title_sv"] = known ? reason->title.sv : "";
    out["unsent"] = recalled.unsent;
    out["devices"] = recalled.devices;
    out["late"] = json::array();
    for (const LateText& late : recalled.late)
        out["late"].push_back(json::object({{"number", late.number},
                                            {"user", call.names.describe(late.author)},
                                            {"at", to_json(late.at)},
                                            {"texts", texts_json(late.texts)}}));
    const Heard heard = heard_of(call, recalled.item);
    for (const char* const key : {"readers", "opened", "removed"}) out[key] = json::array();
    for (const UserId& user : recalled.readers) out["readers"].push_back(call.names.describe(user));
    for (const UserId& user : heard.opened) out["opened"].push_back(call.names.describe(user));
    for (const auto& [device, user] : heard.removed)
        out["removed"].push_back(
            json::object({{"device", to_hex(device)}, {"user", call.names.describe(user)}}));
    return out;
}

/// The one of these that is this item, as the list says it.
Result<json> recalled_one(Call& call, const CaseId& case_id, const ItemId& item) {
    for (const RecalledItem& recalled : SAMSYN_TRY(Recalls{call.device}.list(case_id)))
        if (recalled.item == item) return recalled_json(call, case_id, recalled);
    return fail(Errc::not_found, "item");
}

/// What was observed at a visit, and its files, stay when its note goes: each is an item of its
/// own.
Result<json> staying_json(Call& call, const ItemId& id) {
    json staying = json::array();
    for (const ItemView& item : SAMSYN_TRY(Visits{call.device}.belonging_to(id))) {
        const TypeInfo* const type = find_type(item.type);
        if (type == nullptr) continue;
        staying.push_back(json::object({{"item", to_hex(item.id)},
                                        {"type_title", type->title.en},
                                        {"type_title_sv", type->title.sv}}));
    }
    return staying;
}

Result<json> recall(Call& call) {
    const ItemId id = SAMSYN_TRY(item_of(call));
    const RecallReason reason = SAMSYN_TRY(reason_of(call));
    const ItemView item = SAMSYN_TRY(call.device.item(id));
    json staying = SAMSYN_TRY(staying_json(call, id));
    SAMSYN_TRY(Recalls{call.device}.recall(id, reason));
    json result = json::object({{"recalled", SAMSYN_TRY(recalled_one(call, item.case_id, id))}});
    result["staying"] = std::move(staying);
    return result;
}

Result<json> move(Call& call) {
    const ItemId id = SAMSYN_TRY(item_of(call));
    const NewItem target = SAMSYN_TRY(labelled_item(call));
    const ItemView item = SAMSYN_TRY(call.device.item(id));
    json staying = SAMSYN_TRY(staying_json(call, id));
    const ItemId copy = SAMSYN_TRY(Recalls{call.device}.move(id, target));
    json result = SAMSYN_TRY(written_item(call, copy));
    result["staying"] = std::move(staying);
    result["recalled"] = SAMSYN_TRY(recalled_one(call, item.case_id, id));
    return result;
}

/// Without `take`: the paragraphs, as one names them.
Result<json> split(Call& call) {
    const ItemId id = SAMSYN_TRY(item_of(call));
    const ItemView item = SAMSYN_TRY(call.device.item(id));
    Recalls recalls{call.device};
    if (!call.args.has("take")) {
        const NoteParagraphs paragraphs = SAMSYN_TRY(recalls.paragraphs(id));
        call.names.note_shown(item.case_id, item.id);
        return json::object(
            {{"paragraphs", paragraphs.lines}, {"content", to_hex(paragraphs.content)}});
    }
    const std::string text = SAMSYN_TRY(call.args.text("content"));
    const Bytes shown = SAMSYN_TRY(from_hex(text));
    if (shown.size() != Hash::size) return fail(Errc::invalid_argument, "content");
    NewItem target;
    target.about = SAMSYN_TRY(persons_of(call, item.case_id, "about"));
    SAMSYN_TRY(read_label(call, target));
    std::vector<std::size_t> taken;
    for (const std::string& each : SAMSYN_TRY(call.args.texts("take"))) {
        std::size_t number = 0;
        const auto [end, error] = std::from_chars(each.data(), each.data() + each.size(), number);
        if (error != std::errc{} || end != each.data() + each.size() || number == 0)
            return fail(Errc::invalid_argument, "take: " + each);
        taken.push_back(number - 1);
    }
    json staying = SAMSYN_TRY(staying_json(call, id));
    const SplitNote notes = SAMSYN_TRY(recalls.split(id, Hash::from(shown), taken, target));
    json result = json::object();
    result["rest"] = SAMSYN_TRY(written_item(call, notes.rest));
    result["part"] = SAMSYN_TRY(written_item(call, notes.part));
    result["recalled"] = SAMSYN_TRY(recalled_one(call, item.case_id, id));
    result["staying"] = std::move(staying);
    return result;
}

Result<json> drop_unsent(Call& call) {
    const auto id = SAMSYN_TRY(call.args.integer_or("id", 1, INT64_MAX, 0));
    SAMSYN_TRY(Recalls{call.device}.drop_unsent(static_cast<std::uint64_t>(id)));
    return json::object({{"id", id}});
}

Result<json> drop_late(Call& call) {
    const auto number = SAMSYN_TRY(call.args.integer_or("number", 1, INT64_MAX, 0));
    SAMSYN_TRY(Recalls{call.device}.drop_late(static_cast<std::uint64_t>(number)));
    return json::object({{"number", number}});
}

Result<json> list(Call& call) {
    const CaseId case_id = SAMSYN_TRY(case_of(call));
    const LogAnswer& log = call.device.log_answer();
    json result = json::object({{"recalled", json::array()}});
    for (const RecalledItem& recalled : SAMSYN_TRY(Recalls{call.device}.list(case_id)))
        result["recalled"].push_back(recalled_json(call, case_id, recalled));
    result["log_asked"] = log.asked && log.question.case_id == case_id;
    result["log_complete"] = log.complete;
    return result;
}

constexpr Operation operations[] = {
    {"item.recall", &recall, true, "item reason"},
    {"item.move", &move, true, "item case about", "category sensitivity unit closed"},
    {"item.recalled", &list, false, "case"},
    {"item.drop_unsent", &drop_unsent, true, "id"},
    {"item.drop_late", &drop_late, true, "number"},
    {"note.split", &split, true, "item", "take content about category sensitivity closed"},
};

}  // namespace

std::span<const Operation> recall_operations() {
    return operations;
}

}  // namespace samsyn
