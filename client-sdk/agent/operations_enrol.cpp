#include "client-sdk/agent/operations_call.hpp"

namespace samsyn {

namespace {

using nlohmann::json;

constexpr std::int64_t invitation_hours_max = 14 * 24;
constexpr std::int64_t invitation_hours_usual = 72;

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

constexpr Operation enrolment_rows[] = {
    {"admin.invite", &invite, true, "user", "kind hours"},
    {"admin.accept", &accept, true, "answer"},
};

}  // namespace

std::span<const Operation> enrolment_operations() {
    return enrolment_rows;
}

}  // namespace samsyn
