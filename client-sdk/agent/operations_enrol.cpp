#include "client-sdk/agent/operations_enrol.hpp"

#include "core/model/local_date.hpp"
#include "crypto/keys/sodium.hpp"

#include <samsyn/enrolment.hpp>

namespace samsyn {

namespace {

using nlohmann::json;

json end_json(Instant until) {
    return until == instant_max ? json{} : json(to_json(until));
}

/// A loaner's last day is the person's to say; others go on for two years and are renewed.
Result<Instant> certificate_end(Call& call, DeviceKind kind) {
    if (call.args.has("until")) {
        const Date last = SAMSYN_TRY(call.args.date("until"));
        return end_of_day(last);
    }
    if (kind == DeviceKind::loaner) return fail(Errc::invalid_argument, "until");
    return call.clock.now() + device_certificate_usual;
}

Result<NewInvitation> invitation_of(Call& call) {
    NewInvitation wish;
    const bool room = call.args.has("room");
    wish.kind = SAMSYN_TRY(term_of(call.args,
                                   "kind",
                                   &find_device_kind,
                                   room ? DeviceKind::room_screen : DeviceKind::staff_tablet));
    if (room == call.args.has("user")) return fail(Errc::invalid_argument, "user or room");
    if (room) {
        const std::string name = SAMSYN_TRY(call.args.text("room"));
        wish.room = SAMSYN_TRY(clean_text(name, "room"));
        wish.unit = SAMSYN_TRY(unit_of(call, "unit"));
    } else {
        wish.user = SAMSYN_TRY(user_of(call, "user"));
    }
    wish.until = SAMSYN_TRY(certificate_end(call, wish.kind));
    const auto hours =
        SAMSYN_TRY(call.args.integer_or("hours", 1, invitation_hours_max, invitation_hours_usual));
    wish.valid_for = std::chrono::hours{hours};
    return wish;
}

Result<json> make_invitation(Call& call) {
    const NewInvitation wish = SAMSYN_TRY(invitation_of(call));
    Inviting inviting{call.device};
    const Invitation invitation = SAMSYN_TRY(inviting.invite(wish));
    json made = invitation_json(invitation, inviting.fingerprint());
    if (wish.room.empty())
        made["user"] = call.names.describe(wish.user);
    else
        made["room"] = wish.room;
    return made;
}

json answered_invitation_json(Call& call, const AnsweredInvitation& answered) {
    json result =
        json::object({{"kind", key_of(answered.kind)}, {"until", end_json(answered.until)}});
    if (answered.user.is_none())
        result["room"] = answered.name;
    else
        result["user"] = call.names.describe(answered.user);
    if (answered.device) {
        result["device"] = to_hex(*answered.device);
        result["waits"] = answered.waits;
    } else {
        result["reveal"] = answered.reveal;
    }
    return result;
}

Result<json> take_answer(Call& call) {
    const std::string answer = SAMSYN_TRY(call.args.text("answer"));
    Inviting inviting{call.device};
    if (!call.args.has("code")) {
        const AnsweredInvitation revealed = SAMSYN_TRY(inviting.reveal(answer));
        return answered_invitation_json(call, revealed);
    }
    const std::string code = SAMSYN_TRY(call.args.text("code"));
    const AnsweredInvitation accepted = SAMSYN_TRY(inviting.accept(answer, code));
    return answered_invitation_json(call, accepted);
}

Result<json> show_code(Call& call) {
    const std::string reveal = SAMSYN_TRY(call.args.text("reveal"));
    const auto kept = SAMSYN_TRY(call.device.host_value(comparison_value));
    if (!kept) return fail(Errc::not_found, enrolment_nothing_open);
    const OpenComparison open = SAMSYN_TRY(decode_comparison(*kept));
    const std::string code = SAMSYN_TRY(comparison_code(open, reveal, SodiumHasher{}));
    return json::object({{"code", code}});
}

constexpr Operation enrolment_rows[] = {
    {"admin.invite", &make_invitation, true, "", "user room unit kind hours until"},
    {"admin.accept", &take_answer, true, "answer", "code"},
    {"enrol.compare", &show_code, false, "reveal"},
};

}  // namespace

json invitation_json(const Invitation& invitation, std::string_view fingerprint) {
    return json::object({{"invitation", to_text(invitation)},
                         {"fingerprint", fingerprint},
                         {"kind", key_of(invitation.kind)},
                         {"until", end_json(invitation.until)},
                         {"expires", to_json(invitation.expires)}});
}

std::span<const Operation> enrolment_operations() {
    return enrolment_rows;
}

}  // namespace samsyn
