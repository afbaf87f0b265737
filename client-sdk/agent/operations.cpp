#include "client-sdk/agent/operations.hpp"

#include "client-sdk/agent/operations_call.hpp"
#include "client-sdk/agent/operations_consultations.hpp"
#include "core/base/system_clock.hpp"

#include <new>

namespace samsyn {

namespace {

using nlohmann::json;

const Operation* find_operation(std::string_view name) {
    for (const auto operations : {case_operations(),
                                  consent_operations(),
                                  item_operations(),
                                  search_operations(),
                                  consultation_operations(),
                                  insight_operations(),
                                  admin_operations()})
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
                         Directory& names) {
    const Arguments arguments =
        SAMSYN_TRY(Arguments::from(args, operation.required, operation.optional));
    Call call{device, clock, arguments, names};
    return operation.run(call);
}

const Clock& machine_clock() {
    static const SystemClock clock;
    return clock;
}

}  // namespace

Operations::Operations(Device& device) : Operations(device, machine_clock()) {}

json Operations::run(std::string_view operation, const json& args) {
    const Operation* found = find_operation(operation);
    if (found == nullptr) return failed({Errc::invalid_argument, "op: unknown operation"});

    Directory names{device_};
    // Nothing here throws for what a stranger sends. What is caught is memory that ran out.
    try {
        Result<json> result = run_checked(*found, device_, clock_, args, names);
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

bool Operations::writes(std::string_view operation) {
    const Operation* found = find_operation(operation);
    return found != nullptr && found->writes;
}

}  // namespace samsyn
