// Device: letting a new device in, on an administrator's machine.

#include "client-sdk/device/engine.hpp"
#include "client-sdk/device/enrolment.hpp"

#include <algorithm>

namespace samsyn {

namespace {

/// What an administrator's machine remembers of an invitation.
struct Invited {
    UserId user;
    DeviceKind kind{};
    Instant expires;
    bool used = false;
    std::array<std::byte, 16> secret{};
};

Bytes encode_invited(const Invited& invited) {
    Writer out;
    out.id(invited.user);
    out.enumerator(invited.kind);
    out.instant(invited.expires);
    out.boolean(invited.used);
    out.raw(invited.secret);
    return std::move(out).take();
}

Result<Invited> decode_invited(ByteView bytes) {
    Reader in{bytes};
    Invited invited;
    invited.user = SAMSYN_TRY(in.id<UserId>("invitation"));
    invited.kind = SAMSYN_TRY(in.enumerator(DeviceKind::last, "invitation"));
    invited.expires = SAMSYN_TRY(in.instant("invitation"));
    invited.used = SAMSYN_TRY(in.boolean("invitation"));
    const ByteView secret = SAMSYN_TRY(in.raw(invited.secret.size(), "invitation"));
    std::ranges::copy(secret, invited.secret.begin());
    SAMSYN_TRY(in.finish("invitation"));
    return invited;
}

}  // namespace

Result<Invitation> Device::invite(const UserId& user,
                                  DeviceKind kind,
                                  std::chrono::hours valid_for) {
    Impl& my = *impl_;
    const Federation::User* known = my.federation().user(user);
    if (!known) return fail(Errc::not_found, "user");
    const bool ours = std::ranges::any_of(known->memberships, [&](const auto& membership) {
        return my.federation().is_administrator(my.self, membership.organisation);
    });
    if (!ours) return fail(Errc::not_permitted, "not an administrator of the user's organisation");
    if (valid_for <= std::chrono::hours{0}) return fail(Errc::invalid_argument, "validity");

    Invitation invitation;
    invitation.server = my.config.server;
    invitation.federation = my.config.federation;
    invitation.root_key = my.config.root_key;
    invitation.server_key = my.config.server_key;
    invitation.user = user;
    invitation.kind = kind;
    invitation.expires = my.corrected(my.now()) + valid_for;
    invitation.id = random_id<Nonce>(my.ports.random);
    my.ports.random.fill(invitation.secret);
    return my.transact([&]() -> Result<Invitation> {
        const Invited invited{user, kind, invitation.expires, false, invitation.secret};
        SAMSYN_TRY(my.store.put_value(key_for("invited", invitation.id), encode_invited(invited)));
        return invitation;
    });
}

Result<DeviceId> Device::accept_enrolment(std::string_view text) {
    Impl& my = *impl_;
    const EnrolmentAnswer answer = SAMSYN_TRY(enrolment_answer_from_text(text));
    const std::string key = key_for("invited", answer.invitation);
    const auto bytes = SAMSYN_TRY(my.store.value(key));
    if (!bytes) return fail(Errc::not_found, "invitation");
    Invited invited = SAMSYN_TRY(decode_invited(*bytes));
    if (!is_authentic(answer, invited.secret, my.ports.hasher))
        return fail(Errc::not_authentic, "answer to an invitation");
    if (invited.used) return fail(Errc::already_exists, "the invitation has been used");
    if (invited.expires <= my.corrected(my.now()))
        return fail(Errc::timed_out, "the invitation has expired");
    if (!my.ports.verifier.can_seal_to(answer.sealing_key))
        return fail(Errc::weak_key, "sealing key");
    const Federation::User* user = my.federation().user(invited.user);
    if (!user) return fail(Errc::not_found, "user");

    DeviceCertified certificate;
    certificate.device =
        hash_to<DeviceId>(my.ports.hasher, Domain::device_id, {answer.signing_key.view()});
    certificate.kind = invited.kind;
    certificate.user = invited.user;
    certificate.signing_key = answer.signing_key;
    certificate.sealing_key = answer.sealing_key;
    for (const Federation::Membership& membership : user->memberships)
        if (my.federation().is_administrator(my.self, membership.organisation))
            certificate.organisation = membership.organisation;
    if (my.federation().device(certificate.device)) return fail(Errc::already_exists, "device");
    return my.transact([&]() -> Result<DeviceId> {
        SAMSYN_TRY(my.author(Stream{}, certificate));
        invited.used = true;
        SAMSYN_TRY(my.store.put_value(key, encode_invited(invited)));
        return certificate.device;
    });
}

}  // namespace samsyn
