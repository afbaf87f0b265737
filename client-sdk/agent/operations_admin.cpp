#include "client-sdk/agent/operations_call.hpp"

#include <samsyn/provisioning.hpp>
#include <samsyn/restoring.hpp>

namespace samsyn {

namespace {

using nlohmann::json;

Result<json> name_organisation(Call& call) {
    const OrganisationId id = SAMSYN_TRY(organisation_of(call));
    const std::string name = SAMSYN_TRY(call.args.text("name"));
    SAMSYN_TRY(call.device.name_organisation(id, name));
    return json::object({{"organisation", json::object({{"id", to_hex(id)}, {"name", name}})}});
}

Result<json> add_unit(Call& call) {
    const OrganisationId organisation = SAMSYN_TRY(organisation_of(call));
    const auto regime = find_regime(SAMSYN_TRY(call.args.text("regime")));
    if (!regime) return fail(Errc::invalid_argument, "regime");
    const std::string name = SAMSYN_TRY(call.args.text("name"));
    const UnitId id = SAMSYN_TRY(call.device.add_unit(organisation, *regime, name));
    return json::object({{"unit", json::object({{"id", to_hex(id)}, {"name", name}})},
                         {"organisation", call.names.describe(organisation)},
                         {"regime", key_of(*regime)}});
}

Result<json> add_user(Call& call) {
    const UnitId unit = SAMSYN_TRY(unit_of(call, "unit"));
    const auto role = find_role(SAMSYN_TRY(call.args.text("role")));
    if (!role || *role == Role::none) return fail(Errc::invalid_argument, "role");
    const std::string name = SAMSYN_TRY(call.args.text("name"));
    const UserId id = SAMSYN_TRY(call.device.add_user(unit, *role, name));
    json result = json::object({{"user", json::object({{"id", to_hex(id)}, {"name", name}})},
                                {"unit", call.names.describe(unit)},
                                {"role", key_of(*role)}});
    add_waiting(call, id, result);
    return result;
}

Result<json> revoke(Call& call) {
    const std::string text = SAMSYN_TRY(call.args.text("device"));
    const DeviceId device = SAMSYN_TRY(call.names.device("device", text));
    const StatementId id = SAMSYN_TRY(call.device.revoke_device(device));
    return json::object({{"device", to_hex(device)}, {"statement", to_hex(id)}});
}

Result<json> lock(Call& call) {
    const std::string text = SAMSYN_TRY(call.args.text("device"));
    const DeviceId device = SAMSYN_TRY(call.names.device("device", text));
    const StatementId id = SAMSYN_TRY(call.device.lock_device(device));
    return json::object({{"device", to_hex(device)}, {"statement", to_hex(id)}});
}

Result<json> wipe_device(Call& call) {
    const std::string text = SAMSYN_TRY(call.args.text("device"));
    const DeviceId device = SAMSYN_TRY(call.names.device("device", text));
    const bool discard = SAMSYN_TRY(call.args.boolean_or("discard_unsent", false));
    const StatementId id = SAMSYN_TRY(
        call.device.wipe_device(device, discard ? UnsentWork::discard : UnsentWork::keep));
    return json::object(
        {{"device", to_hex(device)}, {"statement", to_hex(id)}, {"discard_unsent", discard}});
}

/// Signs that the server's log was restored, and gives it as text for the second person.
Result<json> sign_restored(Call& call) {
    const std::string text_given = SAMSYN_TRY(call.args.text("request"));
    const RestoreRequest request = SAMSYN_TRY(restore_request_from_text(text_given));
    const StatementId id = SAMSYN_TRY(Restoring{call.device}.sign(request));
    const std::string text = SAMSYN_TRY(Provisioning{call.device}.export_statement(id));
    return json::object({{"statement", to_hex(id)},
                         {"text", text},
                         {"backed_up", to_json(request.backed_up)},
                         {"log_rows", request.restored.size}});
}

constexpr Operation operations[] = {
    {"admin.organisation.name", &name_organisation, true, "organisation name"},
    {"admin.unit.add", &add_unit, true, "organisation regime name"},
    {"admin.user.add", &add_user, true, "unit role name"},
    {"admin.revoke", &revoke, true, "device"},
    {"admin.device.revoke", &revoke, true, "device"},
    {"admin.device.lock", &lock, true, "device"},
    {"admin.device.wipe", &wipe_device, true, "device", "discard_unsent"},
    {"admin.restored", &sign_restored, true, "request"},
};

}  // namespace

std::span<const Operation> admin_operations() {
    return operations;
}

}  // namespace samsyn
