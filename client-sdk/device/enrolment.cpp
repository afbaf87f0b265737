#include "client-sdk/device/enrolment.hpp"

#include "core/base/codec.hpp"

#include <algorithm>

namespace samsyn {

namespace {

constexpr std::string_view invitation_prefix = "samsyn1-invite-";
constexpr std::string_view answer_prefix = "samsyn1-answer-";

constexpr std::size_t text_bytes_max = 2048;   // an invitation has about 320
constexpr std::size_t server_bytes_max = 260;  // a DNS name, a colon, a port

Bytes authenticated_part(const Nonce& invitation,
                         const SigningPublicKey& signing_key,
                         const SealingPublicKey& sealing_key) {
    Writer out;
    out.id(invitation);
    out.id(signing_key);
    out.id(sealing_key);
    return std::move(out).take();
}

/// The secret has a fixed size, so that secret and content need no delimiter.
Hash mac_of(const std::array<std::byte, 16>& secret, ByteView content, const Hasher& hasher) {
    return hasher.hash(Domain::invitation_mac, {secret, content});
}

/// As `sodium_memcmp`, which core and this room do not know.
bool equal_in_constant_time(const Hash& a, const Hash& b) {
    unsigned difference = 0;
    for (std::size_t i = 0; i < Hash::size; ++i)
        difference |= std::to_integer<unsigned>(a.bytes[i] ^ b.bytes[i]);
    const volatile unsigned result = difference;
    return result == 0;
}

}  // namespace

std::string to_text(const Invitation& invitation) {
    Writer out;
    out.text(invitation.server);
    out.id(invitation.federation);
    out.id(invitation.root_key);
    out.id(invitation.server_key);
    out.id(invitation.user);
    out.enumerator(invitation.kind);
    out.instant(invitation.expires);
    out.id(invitation.id);
    out.raw(invitation.secret);
    return to_checked_text(invitation_prefix, out.view());
}

Result<Invitation> invitation_from_text(std::string_view text) {
    const Bytes bytes = SAMSYN_TRY(from_checked_text(invitation_prefix, text, text_bytes_max));
    Reader in{bytes};
    Invitation invitation;
    invitation.server = SAMSYN_TRY(in.text(server_bytes_max, "server"));
    invitation.federation = SAMSYN_TRY(in.id<FederationId>("federation"));
    invitation.root_key = SAMSYN_TRY(in.id<SigningPublicKey>("root key"));
    invitation.server_key = SAMSYN_TRY(in.id<SigningPublicKey>("server key"));
    invitation.user = SAMSYN_TRY(in.id<UserId>("user"));
    invitation.kind = SAMSYN_TRY(in.enumerator(DeviceKind::last, "kind"));
    invitation.expires = SAMSYN_TRY(in.instant("expires"));
    invitation.id = SAMSYN_TRY(in.id<Nonce>("invitation"));
    const ByteView secret = SAMSYN_TRY(in.raw(invitation.secret.size(), "secret"));
    std::ranges::copy(secret, invitation.secret.begin());
    SAMSYN_TRY(in.finish("invitation"));
    return invitation;
}

std::string make_enrolment_answer(const Invitation& invitation,
                                  const SigningPublicKey& signing_key,
                                  const SealingPublicKey& sealing_key,
                                  const Hasher& hasher) {
    Writer out;
    out.raw(authenticated_part(invitation.id, signing_key, sealing_key));
    out.id(mac_of(invitation.secret, out.view(), hasher));
    return to_checked_text(answer_prefix, out.view());
}

Result<EnrolmentAnswer> enrolment_answer_from_text(std::string_view text) {
    const Bytes bytes = SAMSYN_TRY(from_checked_text(answer_prefix, text, text_bytes_max));
    Reader in{bytes};
    EnrolmentAnswer answer;
    answer.invitation = SAMSYN_TRY(in.id<Nonce>("invitation"));
    answer.signing_key = SAMSYN_TRY(in.id<SigningPublicKey>("signing key"));
    answer.sealing_key = SAMSYN_TRY(in.id<SealingPublicKey>("sealing key"));
    answer.mac = SAMSYN_TRY(in.id<Hash>("authentication"));
    SAMSYN_TRY(in.finish("answer"));
    return answer;
}

bool is_authentic(const EnrolmentAnswer& answer,
                  const std::array<std::byte, 16>& secret,
                  const Hasher& hasher) {
    const Bytes content =
        authenticated_part(answer.invitation, answer.signing_key, answer.sealing_key);
    return equal_in_constant_time(answer.mac, mac_of(secret, content, hasher));
}

}  // namespace samsyn
