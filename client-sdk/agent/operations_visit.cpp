// Before somebody leaves for where no network is; and when a colleague takes over.

#include "client-sdk/agent/operations.hpp"
#include "client-sdk/agent/operations_call.hpp"
#include "core/model/local_date.hpp"

#include <samsyn/leaving.hpp>

#include <algorithm>
#include <chrono>

namespace samsyn {

namespace {

using nlohmann::json;

constexpr std::chrono::hours whole_day{24};

/// One thing that has to be in order before a visit.
struct Check {
    std::string_view key;
    bool in_order = true;
    Words says;
    std::string about{};  ///< a time or a number that belongs to the words
};

json to_json(const Check& check) {
    return json::object({{"key", check.key},
                         {"in_order", check.in_order},
                         {"says", check.says.en},
                         {"says_sv", check.says.sv},
                         {"about", check.about}});
}

Check check_reading(const LeaseView& lease, Instant now) {
    if (!lease.may_read)
        return {"reading", false, {"reading is locked: sync now", "läsning är låst: synka nu"}};
    if (!lease.reading_ends || *lease.reading_ends == instant_max)
        return {"reading", true, {"reading does not lock itself", "läsning låser sig inte"}};
    const bool long_enough = *lease.reading_ends - now >= whole_day;
    return {"reading",
            long_enough,
            {long_enough ? "you can read without a network until"
                         : "sync first: reading locks itself at",
             long_enough ? "du kan läsa utan nät till" : "synka först: läsning låser sig"},
            to_local_text(*lease.reading_ends)};
}

Check check_synced(const StatusView& status, Instant now) {
    if (!status.last_synced)
        return {"synced", false, {"never synced: sync now", "aldrig synkad: synka nu"}};
    const bool fresh = now - *status.last_synced < whole_day;
    return {"synced",
            fresh,
            {fresh ? "last synced" : "sync first: last synced",
             fresh ? "senast synkad" : "synka först: senast synkad"},
            to_local_text(*status.last_synced)};
}

/// Content that this user may read and has no key for yet.
Result<Check> check_keys(Call& call, const CaseId& case_id) {
    std::size_t waiting = 0;
    for (const CompartmentView& compartment : SAMSYN_TRY(call.device.compartments(case_id)))
        if (compartment.waiting_since) ++waiting;
    if (waiting == 0) return Check{"keys", true, {"all keys are here", "alla nycklar finns här"}};
    return Check{"keys",
                 false,
                 {"parts of the case wait for a key (samsyn status says whose)",
                  "delar av ärendet väntar på nyckel (samsyn status säger vems)"},
                 std::to_string(waiting)};
}

Result<Check> check_content(Call& call, const CaseId& case_id) {
    const auto items = SAMSYN_TRY(call.device.items(case_id));
    const auto conflicts = std::ranges::count_if(items, &ItemView::conflict);
    if (conflicts > 0)
        return Check{"conflicts",
                     false,
                     {"conflicts to settle: samsyn conflicts", "konflikter: samsyn conflicts"},
                     std::to_string(conflicts)};
    return Check{"content",
                 true,
                 {"items of the case are on this device", "poster i ärendet finns på enheten"},
                 std::to_string(items.size())};
}

/// Small files come by themselves; of the others somebody has to think before the network is gone.
Result<Check> check_files(Call& call, const CaseId& case_id) {
    const auto files = SAMSYN_TRY(Attachments{call.device}.list(case_id));
    const auto absent =
        std::ranges::count_if(files, [](const AttachmentView& file) { return !file.is_here(); });
    if (absent == 0)
        return Check{"files",
                     true,
                     {"attached files are on this device", "bilagor finns på enheten"},
                     std::to_string(files.size())};
    return Check{"files",
                 false,
                 {"files to fetch: samsyn attachments, samsyn attachment fetch",
                  "bilagor att hämta: samsyn attachments, samsyn attachment fetch"},
                 std::to_string(absent)};
}

Check check_unsent(const StatusView& status) {
    const std::size_t unsent = status.unsent_changes + status.unsent_statements;
    if (unsent == 0) return {"unsent", true, {"everything is sent", "allt är skickat"}};
    return {
        "unsent",
        false,
        {"not sent yet (samsyn sync): others lack it", "ej skickat (samsyn sync): andra saknar"},
        std::to_string(unsent)};
}

Check check_clock(const StatusView& status) {
    if (!status.doubtful_server_time)
        return {"clock", true, {"the clock is right", "klockan går rätt"}};
    return {"clock",
            false,
            {"the clock differs from the server's by more than a day: set it",
             "klockan skiljer mer än ett dygn från serverns: ställ den"}};
}

Result<json> prepare_visit(Call& call) {
    const CaseId case_id = SAMSYN_TRY(case_of(call));
    const StatusView status = SAMSYN_TRY(call.device.status());
    const Instant now = call.clock.now();
    const LeaseView lease = call.device.lease();
    json checks = json::array();
    const auto put = [&](const Check& check) { checks.push_back(to_json(check)); };
    put(check_reading(lease, now));
    put(check_synced(status, now));
    put(check_clock(status));
    if (lease.may_read) {
        put(SAMSYN_TRY(check_keys(call, case_id)));
        put(SAMSYN_TRY(check_content(call, case_id)));
        put(SAMSYN_TRY(check_files(call, case_id)));
    }
    put(check_unsent(status));
    return json::object({{"case", call.names.describe(case_id)}, {"checks", std::move(checks)}});
}

/// Lets somebody stand in for a colleague in all cases of theirs that this device knows. What
/// cannot be done in one case is told beside it and leaves the others as they are.
Result<json> stand_in(Call& call) {
    const UserId away = SAMSYN_TRY(user_of(call, "for"));
    const UserId user = SAMSYN_TRY(user_of(call, "user"));
    if (user == away) return fail(Errc::invalid_argument, "user: nobody stands in for themselves");
    const Instant until = end_of_day(SAMSYN_TRY(call.args.date("until")));
    if (until <= call.clock.now()) return fail(Errc::invalid_argument, "until: it is in the past");
    json cases = json::array();
    for (const CaseSummary& summary : SAMSYN_TRY(call.device.cases()))
        for (const auto& participant : SAMSYN_TRY(call.device.participants(summary.id))) {
            if (participant.user != away) continue;
            const Duty duty = participant.duty == Duty::lead ? Duty::coordinator : participant.duty;
            const auto added =
                call.device.add_participant(summary.id, user, participant.unit, duty, until);
            json one = json::object({{"case", call.names.describe(summary.id)},
                                     {"unit", call.names.describe(participant.unit)},
                                     {"added", added.has_value()}});
            if (!added) one["error"] = error_to_json(added.error());
            cases.push_back(std::move(one));
        }
    if (cases.empty()) return fail(Errc::not_found, "for: takes part in no case known here");
    return json::object({{"user", call.names.describe(user)},
                         {"for", call.names.describe(away)},
                         {"until", last_day(until)},
                         {"cases", std::move(cases)}});
}

constexpr Operation operations[] = {
    {"visit.prepare", &prepare_visit, false, "case"},
    {"participant.stand_in", &stand_in, true, "user for until"},
};

}  // namespace

std::span<const Operation> visit_operations() {
    return operations;
}

}  // namespace samsyn
