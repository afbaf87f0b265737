// A colleague takes over for a while.

#include "client-sdk/agent/operations.hpp"
#include "client-sdk/agent/operations_items.hpp"
#include "client-sdk/device/item_fields.hpp"
#include "core/model/local_date.hpp"

namespace samsyn {

namespace {

using nlohmann::json;

struct StandIn {
    UserId away;
    UserId user;
    Instant until;
    std::string note;
    std::optional<Category> category;
};

Result<StandIn> stand_in_of(Call& call) {
    StandIn wanted;
    wanted.away = SAMSYN_TRY(user_of(call, "for"));
    wanted.user = SAMSYN_TRY(user_of(call, "user"));
    if (wanted.user == wanted.away)
        return fail(Errc::invalid_argument, "user: nobody stands in for themselves");
    wanted.until = end_of_day(SAMSYN_TRY(call.args.date("until")));
    if (wanted.until <= call.clock.now())
        return fail(Errc::invalid_argument, "until: it is in the past");
    wanted.note = SAMSYN_TRY(call.args.text_or("note", ""));
    NewItem label;
    SAMSYN_TRY(read_label(call, label));
    wanted.category = label.category;
    return wanted;
}

/// What whoever stands in should know of one family: about all in it.
Result<json> hand_over(Call& call,
                       const CaseId& case_id,
                       const UnitId& unit,
                       const StandIn& wanted) {
    NewItem note;
    note.case_id = case_id;
    note.type = ItemType::handover;
    note.unit = unit;
    note.category = wanted.category;
    for (const PersonView& person : SAMSYN_TRY(call.device.persons(case_id)))
        note.about.push_back(person.id);
    note.fields = {{.key = "text", .value = wanted.note},
                   {.key = "away", .value = reference_to(wanted.away)},
                   {.key = "stands_in", .value = reference_to(wanted.user)},
                   {.key = "until", .value = local_date(wanted.until - std::chrono::seconds{1})}};
    return written_item(call, SAMSYN_TRY(call.device.add_item(note)));
}

/// In one case. What cannot be done there is told, and leaves the others as they are.
json stand_in_case(Call& call,
                   const CaseId& case_id,
                   const Device::ParticipantView& participant,
                   const StandIn& wanted) {
    const Duty duty = participant.duty == Duty::lead ? Duty::coordinator : participant.duty;
    const auto added =
        call.device.add_participant(case_id, wanted.user, participant.unit, duty, wanted.until);
    json one = json::object({{"case", call.names.describe(case_id)},
                             {"unit", call.names.describe(participant.unit)},
                             {"added", added.has_value()}});
    if (!added) one["error"] = error_to_json(added.error());
    if (!added || wanted.note.empty()) return one;
    auto note = hand_over(call, case_id, participant.unit, wanted);
    if (note)
        one["note"] = *std::move(note);
    else
        one["note_error"] = error_to_json(note.error());
    return one;
}

/// Lets somebody stand in for a colleague in all cases of theirs that this device knows, or one.
Result<json> stand_in(Call& call) {
    const StandIn wanted = SAMSYN_TRY(stand_in_of(call));
    std::optional<CaseId> only;
    if (call.args.has("case")) only = SAMSYN_TRY(case_of(call));
    std::vector<std::pair<CaseId, Device::ParticipantView>> places;
    for (const CaseSummary& summary : SAMSYN_TRY(call.device.cases())) {
        if (only && *only != summary.id) continue;
        for (const auto& participant : SAMSYN_TRY(call.device.participants(summary.id)))
            if (participant.user == wanted.away) places.emplace_back(summary.id, participant);
    }
    if (places.empty()) return fail(Errc::not_found, "for: takes part in no case known here");
    // What is said of one family is not to stand in another one's record.
    if (!wanted.note.empty() && !only)
        return fail(Errc::invalid_argument, "note: is about one family, so name its case");
    json cases = json::array();
    for (const auto& [case_id, participant] : places)
        cases.push_back(stand_in_case(call, case_id, participant, wanted));
    return json::object({{"user", call.names.describe(wanted.user)},
                         {"for", call.names.describe(wanted.away)},
                         {"until", last_day(wanted.until)},
                         {"cases", std::move(cases)}});
}

constexpr Operation operations[] = {
    {"participant.stand_in", &stand_in, true, "user for until", "case note category"},
};

}  // namespace

std::span<const Operation> stand_in_operations() {
    return operations;
}

}  // namespace samsyn
