#pragma once

#include "client-sdk/agent/attaching.hpp"
#include "client-sdk/agent/looks.hpp"
#include "client-sdk/agent/operations_arguments.hpp"
#include "client-sdk/agent/operations_directory.hpp"
#include "client-sdk/agent/operations_views.hpp"

#include <samsyn/showing.hpp>

#include <span>

namespace samsyn {

/// One request under way.
struct Call {
    Device& device;
    const Clock& clock;
    const Arguments& args;
    Directory& names;
    ShowMode& showing;
    Attaching& attaching;
    Looks& looks;
};

/// One row of the table of operations. `required` and `optional`: argument names, spaces between.
struct Operation {
    std::string_view name;
    Result<nlohmann::json> (*run)(Call& call);
    bool writes = false;
    std::string_view required;
    std::string_view optional = {};
};

std::span<const Operation> access_operations();
std::span<const Operation> attachment_operations();
std::span<const Operation> case_operations();
std::span<const Operation> custody_operations();
std::span<const Operation> closing_operations();
std::span<const Operation> conflict_operations();
std::span<const Operation> commitment_operations();
std::span<const Operation> consent_operations();
std::span<const Operation> copy_operations();
std::span<const Operation> form_operations();
std::span<const Operation> item_operations();
std::span<const Operation> search_operations();
std::span<const Operation> insight_operations();
std::span<const Operation> act_operations();
std::span<const Operation> admin_operations();
std::span<const Operation> enrolment_operations();
std::span<const Operation> fleet_operations();
std::span<const Operation> leaving_operations();
std::span<const Operation> log_operations();
std::span<const Operation> note_operations();
std::span<const Operation> meeting_operations();
std::span<const Operation> plan_operations();
std::span<const Operation> provision_operations();
std::span<const Operation> recall_operations();
std::span<const Operation> recovery_operations();
std::span<const Operation> showing_operations();
std::span<const Operation> stand_in_operations();
std::span<const Operation> visit_operations();

/// Adds `waits_for_second`, and the `statements` about the user's certificates that wait.
void add_waiting(Call& call, const UserId& user, nlohmann::json& result);

/// A device of the user that is not revoked: `decide` asks about a user on a device.
DeviceId device_of(Call& call, const UserId& user);

/// The case, organisation, user, unit or persons that an argument names.
Result<CaseId> case_of(Call& call);
Result<OrganisationId> organisation_of(Call& call);
Result<UserId> user_of(Call& call, std::string_view argument);
Result<UnitId> unit_of(Call& call, std::string_view argument);
Result<PersonId> person_of(Call& call, const CaseId& case_id, std::string_view argument);
Result<std::vector<PersonId>> persons_of(Call& call,
                                         const CaseId& case_id,
                                         std::string_view argument);
Result<std::vector<UnitId>> units_of(Call& call, std::string_view argument);

/// The id of a closed circle, whole; none where the argument is missing.
Result<std::optional<AudienceId>> closed_of(Call& call, std::string_view argument);

/// Keys like "health"; empty where the argument is missing.
Result<Categories> categories_of(const Arguments& args, std::string_view argument);

/// A term by `find`, or `otherwise` where the argument is missing.
template <class Enum>
Result<Enum> term_of(const Arguments& args,
                     std::string_view argument,
                     std::optional<Enum> (*find)(std::string_view key),
                     Enum otherwise) {
    if (!args.has(argument)) return otherwise;
    const std::string key = SAMSYN_TRY(args.text(argument));
    const auto found = find(key);
    if (!found) return fail(Errc::invalid_argument, argument);
    return *found;
}

/// `{"key": value, …}` of the argument as fields of a type. Where the value of a field is a list,
/// each element is one.
Result<std::vector<FieldInput>> fields_of(Call& call,
                                          const CaseId& case_id,
                                          const TypeInfo& type,
                                          std::string_view argument);

/// A JSON value as a value of the field; null clears.
Result<Value> value_of(Call& call,
                       const CaseId& case_id,
                       const FieldInfo& field,
                       const nlohmann::json& value);

}  // namespace samsyn
