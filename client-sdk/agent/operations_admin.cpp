#include "client-sdk/agent/operations_call.hpp"

#include <samsyn/restoring.hpp>

namespace samsyn {

namespace {

using nlohmann::json;

constexpr std::int64_t invitation_hours_max = 14 * 24;
constexpr std::int64_t invitation_hours_usual = 72;

Result<OrganisationId> organisation_of(Call& call) {
    const std::string text = SAMSYN_TRY(call.args.text("organisation"));
    return call.names.organisation("organisation", text);
}

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
    return json::object({{"user", json::object({{"id", to_hex(id)}, {"name", name}})},
                         {"unit", call.names.describe(unit)},
                         {"role", key_of(*role)}});
}

Result<json> invite(Call& call) {
    const UserId user = SAMSYN_TRY(user_of(call, "user"));
    const auto kind =
        SAMSYN_TRY(term_of(call.args, "kind", &find_device_kind, DeviceKind::staff_tablet));
    const auto hours =
        SAMSYN_TRY(call.args.integer_or("hours", 1, invitation_hours_max, invitation_hours_usual));
    const Invitation invitation =
        SAMSYN_TRY(call.device.invite(user, kind, std::chrono::hours{hours}));
    return json::object({{"invitation", to_text(invitation)},
                         {"user", call.names.describe(user)},
                         {"kind", key_of(kind)},
                         {"expires", to_json(invitation.expires)}});
}

Result<json> accept(Call& call) {
    const std::string answer = SAMSYN_TRY(call.args.text("answer"));
    const DeviceId device = SAMSYN_TRY(call.device.accept_enrolment(answer));
    json result = json::object({{"device", to_hex(device)}});
    for (const DeviceView& view : call.device.devices())
        if (view.id == device) result["user"] = call.names.describe(view.user);
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

Result<json> import(Call& call) {
    const std::string text = SAMSYN_TRY(call.args.text("statement"));
    const auto bytes = from_hex(text);
    if (!bytes) return fail(Errc::invalid_argument, "statement");
    SAMSYN_TRY(call.device.import_statement(*bytes));
    return json::object();
}

/// Signs that the server's log was restored, and gives it as text for the second person.
Result<json> sign_restored(Call& call) {
    const std::string text_given = SAMSYN_TRY(call.args.text("request"));
    const RestoreRequest request = SAMSYN_TRY(restore_request_from_text(text_given));
    Restoring restoring{call.device};
    const StatementId id = SAMSYN_TRY(restoring.sign(request));
    const std::string text = SAMSYN_TRY(restoring.export_statement(id));
    return json::object({{"statement", to_hex(id)},
                         {"text", text},
                         {"backed_up", to_json(request.backed_up)},
                         {"log_rows", request.restored.size}});
}

constexpr Operation operations[] = {
    {"admin.organisation.name", &name_organisation, true, "organisation name"},
    {"admin.unit.add", &add_unit, true, "organisation regime name"},
    {"admin.user.add", &add_user, true, "unit role name"},
    {"admin.invite", &invite, true, "user", "kind hours"},
    {"admin.accept", &accept, true, "answer"},
    {"admin.revoke", &revoke, true, "device"},
    {"admin.device.revoke", &revoke, true, "device"},
    {"admin.device.lock", &lock, true, "device"},
    {"admin.device.wipe", &wipe_device, true, "device", "discard_unsent"},
    {"admin.import", &import, true, "statement"},
    {"admin.restored", &sign_restored, true, "request"},
};

}  // namespace

std::span<const Operation> admin_operations() {
    return operations;
}

}  // namespace samsyn
