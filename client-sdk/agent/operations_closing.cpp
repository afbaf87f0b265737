// The end of a case: who holds what is still open, and why it ends; and that it goes on.

#include "client-sdk/agent/operations_items.hpp"
#include "client-sdk/device/item_fields.hpp"

#include <samsyn/commitments.hpp>

#include <algorithm>

namespace samsyn {

namespace {

using nlohmann::json;

enum class Met : std::uint8_t { before, after };

/// A reason as statements carry it (domain.md, "closing reasons"): a case that ends before its
/// first meeting is counted apart, and has reasons of its own.
struct ClosingReason {
    std::uint8_t number;
    Met met;
    std::string_view key;
    Words title;
};

constexpr ClosingReason closing_reasons[] = {
    {1, Met::before, "solved_itself", {"it solved itself", "det löste sig"}},
    {2, Met::before, "no_need", {"the guardians see no need", "vårdnadshavarna ser inget behov"}},
    {3,
     Met::before,
     "consent_missing",
     {"a guardian does not consent", "en vårdnadshavare samtycker inte"}},
    {4, Met::after, "improved", {"it has become better", "det har blivit bättre"}},
    {5,
     Met::after,
     "larger_change",
     {"solved by a larger change", "löst genom en större förändring"}},
    {6, Met::after, "moved", {"moved out of the area", "flyttat från området"}},
    {7, Met::after, "no_need", {"the guardians see no need", "vårdnadshavarna ser inget behov"}},
    {8, Met::before, "joined", {"joined with another case", "förenat med ett annat ärende"}},
    {9, Met::after, "joined", {"joined with another case", "förenat med ett annat ärende"}},
};

/// An open commitment or follow-up, and who holds it when the case is over.
struct Holding {
    UserId holder;
    bool accepted = false;  ///< by the holder, and by nobody else
};

bool is_open(const ItemView& item) {
    if (item.type == ItemType::commitment) return is_open_commitment(item);
    return item.type == ItemType::plan_goal && field_of(item, "follow_up") != nullptr &&
           is_open_goal(item);
}

UserId user_in(const ItemView& item, std::string_view key) {
    return reference_in<UserId>(item, key).value_or(UserId{});
}

Holding holding_of(const ItemView& item) {
    Holding holding{.holder = user_in(item, "holder")};
    const FieldView* accepted = field_of(item, "holder_accepts");
    if (holding.holder.is_none() || accepted == nullptr) return holding;
    const ValueView& answer = accepted->values.front();
    // One accepts what one was asked, as it stood then; or wrote it oneself in one change with it.
    const auto is_older = [&](std::string_view key) {
        const FieldView* field = field_of(item, key);
        return field == nullptr || std::ranges::all_of(field->values, [&](const ValueView& value) {
                   return value.version.time < answer.version.time ||
                          value.version == answer.version;
               });
    };
    constexpr std::string_view asked[] = {"holder", "what", "goal", "action"};
    holding.accepted = user_in(item, "holder_accepts") == holding.holder &&
                       answer.writer == holding.holder && std::ranges::all_of(asked, is_older);
    return holding;
}

/// What a person must know before the end: what is open, and whether somebody has met.
struct Ending {
    std::vector<ItemView> open;
    Met met = Met::before;
    bool ready = true;
};

Result<Ending> ending_of(Call& call, const CaseId& case_id) {
    Ending ending;
    for (ItemView& item : SAMSYN_TRY(call.device.items(case_id))) {
        const auto at =
            item.type == ItemType::meeting ? value_in<Instant>(item, "starts_at") : std::nullopt;
        if (at && *at <= call.clock.now()) ending.met = Met::after;
        if (!is_open(item)) continue;
        ending.ready = ending.ready && holding_of(item).accepted;
        ending.open.push_back(std::move(item));
    }
    return ending;
}

Result<json> show_ending(Call& call) {
    const CaseId case_id = SAMSYN_TRY(case_of(call));
    const Ending ending = SAMSYN_TRY(ending_of(call, case_id));
    json result = json::object({{"case", call.names.describe(case_id)}, {"ready", ending.ready}});
    result["open"] = json::array();
    for (const ItemView& item : ending.open) {
        const Holding holding = holding_of(item);
        json one = json::object({{"item", to_json(call.names, item)}});
        one["holder"] = holding.holder.is_none() ? json{} : call.names.describe(holding.holder);
        one["accepted"] = holding.accepted;
        result["open"].push_back(std::move(one));
    }
    result["reasons"] = json::array();
    for (const ClosingReason& reason : closing_reasons)
        if (reason.met == ending.met)
            result["reasons"].push_back(json::object(
                {{"key", reason.key}, {"title", reason.title.en}, {"title_sv", reason.title.sv}}));
    return result;
}

Result<const ClosingReason*> reason_of(Call& call, Met met) {
    const std::string key = SAMSYN_TRY(call.args.text("reason"));
    for (const ClosingReason& reason : closing_reasons)
        if (reason.met == met && reason.key == key) return &reason;
    return fail(Errc::invalid_argument,
                met == Met::after ? "reason: improved, larger_change, moved, no_need or joined"
                                  : "reason: solved_itself, no_need, consent_missing or joined");
}

Result<json> close_case(Call& call) {
    const CaseId case_id = SAMSYN_TRY(case_of(call));
    const Ending ending = SAMSYN_TRY(ending_of(call, case_id));
    const ClosingReason* reason = SAMSYN_TRY(reason_of(call, ending.met));
    if (!ending.ready) return fail(Errc::conflict, follow_ups_without_holder);
    const StatementId closed = SAMSYN_TRY(call.device.close_case(case_id, reason->number));
    return json::object({{"statement", to_hex(closed)},
                         {"reason", reason->key},
                         {"reason_title", reason->title.en},
                         {"reason_title_sv", reason->title.sv}});
}

Result<json> reopen_case(Call& call) {
    const CaseId case_id = SAMSYN_TRY(case_of(call));
    if (const auto opened = call.device.reopen_case(case_id); !opened)
        return opened.error().code == Errc::conflict ? fail(Errc::conflict, case_is_open)
                                                     : std::unexpected{opened.error()};
    return json::object({{"case", call.names.describe(case_id)}});
}

Result<ItemView> open_item(Call& call) {
    const ItemId id = SAMSYN_TRY(item_of(call));
    ItemView item = SAMSYN_TRY(call.device.item(id));
    if (!is_open(item))
        return fail(Errc::invalid_argument, "item: no open commitment or follow-up");
    return item;
}

Result<void> write_value(Call& call, const ItemId& item, std::string key, Value value) {
    const FieldInput input{std::move(key), std::move(value)};
    return call.device.edit_item(item, {&input, 1});
}

Result<json> hand_over(Call& call) {
    const ItemView item = SAMSYN_TRY(open_item(call));
    const UserId user = SAMSYN_TRY(user_of(call, "user"));
    SAMSYN_TRY(write_value(call, item.id, "holder", reference_to(user)));
    return written_item(call, item.id);
}

Result<json> accept_holding(Call& call) {
    const ItemView item = SAMSYN_TRY(open_item(call));
    const UserId me = call.names.me();
    if (holding_of(item).holder != me)
        return fail(Errc::invalid_argument, "item: somebody else is asked to take it over");
    const bool in_my_name = user_in(item, "holder_accepts") == me && !holding_of(item).accepted;
    if (in_my_name) SAMSYN_TRY(write_value(call, item.id, "holder_accepts", Value{}));
    SAMSYN_TRY(write_value(call, item.id, "holder_accepts", reference_to(me)));
    return written_item(call, item.id);
}

constexpr Operation operations[] = {
    {"case.ending", &show_ending, false, "case"},
    {"case.close", &close_case, true, "case reason"},
    {"case.reopen", &reopen_case, true, "case"},
    {"handover.ask", &hand_over, true, "item user"},
    {"handover.accept", &accept_holding, true, "item"},
};

}  // namespace

std::span<const Operation> closing_operations() {
    return operations;
}

}  // namespace samsyn
