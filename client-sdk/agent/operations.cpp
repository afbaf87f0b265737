#include "client-sdk/agent/operations.hpp"

#include "client-sdk/agent/operations_call.hpp"
#include "client-sdk/agent/operations_consultations.hpp"
#include "client-sdk/agent/operations_enrol.hpp"
#include "core/base/system_clock.hpp"

#include <samsyn/leaving.hpp>

#include <new>

namespace samsyn {

namespace {

using nlohmann::json;

const Operation* find_operation(std::string_view name) {
    for (const auto operations : {
             access_operations(),       act_operations(),        custody_operations(),
             case_operations(),         consent_operations(),    form_operations(),
             item_operations(),         note_operations(),       search_operations(),
             consultation_operations(), insight_operations(),    log_operations(),
             admin_operations(),        provision_operations(),  fleet_operations(),
             enrolment_operations(),    bulk_operations(),       leaving_operations(),
             recovery_operations(),     showing_operations(),    conflict_operations(),
             closing_operations(),      visit_operations(),      copy_operations(),
             meeting_operations(),      commitment_operations(), attachment_operations(),
             plan_operations(),         recall_operations(),     stand_in_operations(),
         })
        for (const Operation& operation : operations)
            if (operation.name == name) return &operation;
    return nullptr;
}

json failed(const Error& error) {
    return json::object({{"ok", false}, {"error", error_to_json(error)}});
}

json candidates_json(const std::vector<Candidate>& candidates) {
    json list = json::array();
    for (const Candidate& candidate : candidates) {
        const bool longer = !candidate.other_name.empty();
        list.push_back(json::object(
            {{"id", candidate.id}, {"name", longer ? candidate.other_name : candidate.name}}));
    }
    return list;
}

Result<json> run_checked(const Operation& operation,
                         Device& device,
                         const Clock& clock,
                         const json& args,
                         Directory& names,
                         ShowMode& showing,
                         Attaching& attaching,
                         Looks& looks) {
    const Arguments arguments =
        SAMSYN_TRY(Arguments::from(args, operation.required, operation.optional));
    Call call{device, clock, arguments, names, showing, attaching, looks};
    return operation.run(call);
}

/// What an operation does with the content that its answer shows.
ReadAction action_of(std::string_view operation) {
    for (const std::string_view list : {"item.list",
                                        "search",
                                        "find",
                                        "conflicts",
                                        "case.show",
                                        "commitment.list",
                                        "today",
                                        "case.clocks",
                                        "consult.list",
                                        "form.list",
                                        "form.pending",
                                        "meeting.list",
                                        "attachment.list",
                                        "plan.show"})
        if (operation == list) return ReadAction::list_shown;
    if (operation == "emergency.open") return ReadAction::emergency_opened;
    if (operation == "paper") return ReadAction::printed;
    if (operation == "copy" || operation == "attachment.copy") return ReadAction::copied;
    return ReadAction::item_opened;
}

bool shows_decisions(std::string_view operation) {
    return operation == "readers" || operation == "why" || operation == "access" ||
           operation == "audience.choices";
}

/// A decision is as good as the statements that it rests on: how old these are, beside it.
void note_knowledge(Device& device, json& result) {
    const LeaseView lease = device.lease();
    result["knowledge_from"] = lease.fresh_at ? to_json(*lease.fresh_at) : json{};
}

const Clock& machine_clock() {
    static const SystemClock clock;
    return clock;
}

}  // namespace

Operations::Operations(Device& device) : Operations(device, machine_clock()) {}

/// The one place where reads are logged: every answer passes here, but for show mode, which logs
/// once what it shows again and again. What its author has just written is no read.
Result<void> Operations::log_shown(std::string_view operation,
                                   const CaseId& case_id,
                                   std::vector<ItemId> items) {
    const bool writes_new = operation.ends_with(".add") || operation == "visit.write" ||
                            operation == "visit.observe" || operation == "participant.stand_in";
    if (writes_new || items.empty()) return {};
    return device_.record_shown({action_of(operation), case_id, std::move(items)});
}

json Operations::run(std::string_view operation, const json& args) {
    return run(operation, args, [&](const auto& shown) -> Result<void> {
        for (const auto& [case_id, items] : shown) SAMSYN_TRY(log_shown(operation, case_id, items));
        return {};
    });
}

json Operations::run(std::string_view operation, const json& args, const Log& log) {
    const Operation* found = find_operation(operation);
    if (found == nullptr) return failed({Errc::invalid_argument, "op: unknown operation"});

    Directory names{device_};
    // Nothing here throws for what a stranger sends. What is caught is memory that ran out.
    try {
        Result<json> result =
            run_checked(*found, device_, clock_, args, names, showing_, attaching_, looks_);
        if (result)
            if (const auto logged = log(names.shown()); !logged)
                result = std::unexpected{logged.error()};
        looks_.end_of_operation(result.has_value());
        if (result && shows_decisions(operation)) note_knowledge(device_, *result);
        if (result) return json::object({{"ok", true}, {"result", *std::move(result)}});
        json answer = failed(result.error());
        if (result.error().code == Errc::ambiguous)
            answer["error"]["candidates"] = candidates_json(names.candidates());
        if (result.error().context == consultation_identifies)
            explain_findings(args, answer["error"]);
        return answer;
    } catch (const std::bad_alloc&) {
        return failed({Errc::out_of_memory, "operation"});
    } catch (const std::exception&) {
        return failed({Errc::system_failed, "operation"});
    }
}

bool Operations::is_known(std::string_view operation) {
    return find_operation(operation) != nullptr;
}

bool Operations::writes(std::string_view operation) {
    const Operation* found = find_operation(operation);
    return found != nullptr && found->writes;
}

}  // namespace samsyn
