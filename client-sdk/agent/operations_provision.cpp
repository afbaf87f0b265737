// The life of users and devices, as administrators change it (docs/AGENT.md, "Administration").

#include "client-sdk/agent/operations_call.hpp"
#include "core/model/local_date.hpp"

#include <samsyn/provisioning.hpp>

namespace samsyn {

namespace {

using nlohmann::json;

constexpr std::int64_t renewal_days_max = 5 * 366;

Result<DeviceId> provisioned_device(Call& call) {
    return call.names.device("device", SAMSYN_TRY(call.args.text("device")));
}

/// A day in Sweden, from its first moment; now where none is named.
Result<Instant> provision_day(Call& call, std::string_view argument) {
    if (!call.args.has(argument)) return call.clock.now();
    return start_of_day(SAMSYN_TRY(call.args.date(argument)));
}

Result<std::optional<Role>> provision_role(Call& call) {
    if (!call.args.has("role")) return std::optional<Role>{};
    const auto role = find_role(SAMSYN_TRY(call.args.text("role")));
    if (!role || *role == Role::none) return fail(Errc::invalid_argument, "role");
    return role;
}

/// The one unit of the user, or the one that is named. Errors: `ambiguous` for several.
Result<UnitId> provision_unit(Call& call, const UserId& user, std::string_view argument) {
    if (call.args.has(argument)) return unit_of(call, argument);
    for (const UserView& view : call.names.users()) {
        if (view.id != user) continue;
        if (view.units.size() == 1) return view.units.front();
        return fail(view.units.empty() ? Errc::not_found : Errc::ambiguous, argument);
    }
    return fail(Errc::not_found, argument);
}

bool provision_waits(Call& call, const StatementId& statement) {
    for (const WaitingView& view : Provisioning{call.device}.waiting())
        if (view.id == statement) return true;
    return false;
}

Result<json> rename_unit(Call& call) {
    const UnitId unit = SAMSYN_TRY(unit_of(call, "unit"));
    const std::string name = SAMSYN_TRY(call.args.text("name"));
    SAMSYN_TRY(Provisioning{call.device}.rename_unit(unit, name));
    return json::object({{"unit", json::object({{"id", to_hex(unit)}, {"name", name}})}});
}

Result<json> rename_user(Call& call) {
    const UserId user = SAMSYN_TRY(user_of(call, "user"));
    const std::string name = SAMSYN_TRY(call.args.text("name"));
    SAMSYN_TRY(Provisioning{call.device}.rename_user(user, name));
    return json::object({{"user", json::object({{"id", to_hex(user)}, {"name", name}})}});
}

Result<json> rename_device(Call& call) {
    const DeviceId device = SAMSYN_TRY(provisioned_device(call));
    const std::string name = SAMSYN_TRY(call.args.text("name"));
    SAMSYN_TRY(Provisioning{call.device}.rename_device(device, name));
    return json::object({{"device", to_hex(device)}, {"name", name}});
}

Result<json> move_user(Call& call) {
    MoveUser move;
    move.user = SAMSYN_TRY(user_of(call, "user"));
    move.to = SAMSYN_TRY(unit_of(call, "unit"));
    move.from = SAMSYN_TRY(provision_unit(call, move.user, "from_unit"));
    move.role = SAMSYN_TRY(provision_role(call));
    move.at = SAMSYN_TRY(provision_day(call, "from"));
    SAMSYN_TRY(Provisioning{call.device}.move_user(move));
    json result = json::object({{"user", call.names.describe(move.user)},
                                {"unit", call.names.describe(move.to)},
                                {"from_unit", call.names.describe(move.from)},
                                {"from", to_json(std::max(move.at, call.clock.now()))}});
    add_waiting(call, move.user, result);
    return result;
}

Result<json> place_user(Call& call) {
    const UserId user = SAMSYN_TRY(user_of(call, "user"));
    const UnitId unit = SAMSYN_TRY(unit_of(call, "unit"));
    const auto role = SAMSYN_TRY(provision_role(call));
    if (!role) return fail(Errc::invalid_argument, "role");
    const Instant from = SAMSYN_TRY(provision_day(call, "from"));
    const auto id = SAMSYN_TRY(Provisioning{call.device}.place_user(user, unit, *role, from));
    return json::object({{"user", call.names.describe(user)},
                         {"unit", call.names.describe(unit)},
                         {"role", key_of(*role)},
                         {"statement", to_hex(id)},
                         {"waits_for_second", provision_waits(call, id)}});
}

Result<json> change_role(Call& call) {
    const UserId user = SAMSYN_TRY(user_of(call, "user"));
    const UnitId unit = SAMSYN_TRY(provision_unit(call, user, "unit"));
    const auto role = SAMSYN_TRY(provision_role(call));
    if (!role) return fail(Errc::invalid_argument, "role");
    const auto id = SAMSYN_TRY(Provisioning{call.device}.change_role(user, unit, *role));
    return json::object({{"user", call.names.describe(user)},
                         {"unit", call.names.describe(unit)},
                         {"role", key_of(*role)},
                         {"statement", to_hex(id)},
                         {"waits_for_second", provision_waits(call, id)}});
}

/// Of the user's unit, where the organisation is not named.
Result<OrganisationId> employer_of(Call& call, const UserId& user) {
    if (call.args.has("organisation")) return organisation_of(call);
    const UnitId unit = SAMSYN_TRY(provision_unit(call, user, "organisation"));
    for (const UnitView& view : call.names.units())
        if (view.unit.unit == unit) return view.unit.organisation;
    return fail(Errc::not_found, "organisation");
}

Result<json> remove_user(Call& call) {
    const UserId user = SAMSYN_TRY(user_of(call, "user"));
    const OrganisationId employer = SAMSYN_TRY(employer_of(call, user));
    const Instant from = SAMSYN_TRY(provision_day(call, "from"));
    const auto id = SAMSYN_TRY(Provisioning{call.device}.remove_user(user, employer, from));
    return json::object({{"user", call.names.describe(user)},
                         {"organisation", call.names.describe(employer)},
                         {"from", to_json(std::max(from, call.clock.now()))},
                         {"statement", to_hex(id)}});
}

Result<json> device_lost(Call& call) {
    const DeviceId device = SAMSYN_TRY(provisioned_device(call));
    const auto id = SAMSYN_TRY(Provisioning{call.device}.report_lost(device));
    return json::object({{"device", to_hex(device)}, {"statement", to_hex(id)}});
}

Result<json> device_found(Call& call) {
    const DeviceId device = SAMSYN_TRY(provisioned_device(call));
    const auto id = SAMSYN_TRY(Provisioning{call.device}.report_found(device));
    return json::object({{"device", to_hex(device)}, {"statement", to_hex(id)}});
}

Result<json> renew_device(Call& call) {
    const DeviceId device = SAMSYN_TRY(provisioned_device(call));
    const auto days =
        SAMSYN_TRY(call.args.integer_or("days", 1, renewal_days_max, certificate_validity.count()));
    const Instant until = call.clock.now() + std::chrono::days{days};
    const auto id = SAMSYN_TRY(Provisioning{call.device}.renew_device(device, until));
    return json::object(
        {{"device", to_hex(device)}, {"statement", to_hex(id)}, {"until", to_json(until)}});
}

Result<json> unit_lease(Call& call) {
    const UnitId unit = SAMSYN_TRY(unit_of(call, "unit"));
    const auto hours = SAMSYN_TRY(
        call.args.integer_or("hours", unit_lease_min.count(), unit_lease_max.count(), 0));
    if (hours == 0) return fail(Errc::invalid_argument, "hours");
    const auto id =
        SAMSYN_TRY(Provisioning{call.device}.set_unit_lease(unit, std::chrono::hours{hours}));
    return json::object(
        {{"unit", call.names.describe(unit)}, {"hours", hours}, {"statement", to_hex(id)}});
}

/// Whose keys a statement of the root would name: this machine's, or an enrolled device's.
Result<json> admin_machine(Call& call) {
    DeviceId device = call.device.device();
    if (call.args.has("device")) device = SAMSYN_TRY(provisioned_device(call));
    const auto certificate = SAMSYN_TRY(Provisioning{call.device}.certificate(device));
    return json::object({{"device", to_hex(device)},
                         {"user", to_hex(certificate.user)},
                         {"signing_key", to_hex(certificate.signing_key)},
                         {"sealing_key", to_hex(certificate.sealing_key)}});
}

Result<json> organisation_dates(Call& call) {
    const OrganisationId id = SAMSYN_TRY(organisation_of(call));
    const auto admitted = SAMSYN_TRY(Provisioning{call.device}.admission(id));
    return json::object({{"organisation", call.names.describe(id)},
                         {"from", to_json(admitted.from)},
                         {"from_ms", admitted.from.time_since_epoch().count()},
                         {"until", to_json(admitted.until)}});
}

constexpr Operation provision_rows[] = {
    {"admin.machine", &admin_machine, false, "", "device"},
    {"admin.organisation.dates", &organisation_dates, false, "organisation"},
    {"admin.unit.rename", &rename_unit, true, "unit name"},
    {"admin.unit.lease", &unit_lease, true, "unit hours"},
    {"admin.user.rename", &rename_user, true, "user name"},
    {"admin.user.move", &move_user, true, "user unit", "from_unit role from"},
    {"admin.user.place", &place_user, true, "user unit role", "from"},
    {"admin.user.role", &change_role, true, "user role", "unit"},
    {"admin.user.leave", &remove_user, true, "user", "organisation from"},
    {"admin.device.rename", &rename_device, true, "device name"},
    {"admin.device.lost", &device_lost, true, "device"},
    {"admin.device.found", &device_found, true, "device"},
    {"admin.device.renew", &renew_device, true, "device", "days"},
};

}  // namespace

void add_waiting(Call& call, const UserId& user, json& result) {
    json waiting = json::array();
    for (const WaitingView& view : Provisioning{call.device}.waiting())
        if (!view.over && view.user == user && view.device.is_none())
            waiting.push_back(to_hex(view.id));
    result["waits_for_second"] = !waiting.empty();
    result["statements"] = std::move(waiting);
}

std::span<const Operation> provision_operations() {
    return provision_rows;
}

}  // namespace samsyn
