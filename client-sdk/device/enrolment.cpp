#include "client-sdk/device/enrolment.hpp"

#include "core/base/codec.hpp"

#include <algorithm>

namespace samsyn {

namespace {

constexpr std::string_view invitation_prefix = "samsyn2-invite-";
constexpr std::string_view answer_prefix = "samsyn2-answer-";
constexpr std::string_view reveal_prefix = "samsyn2-reveal-";
constexpr std::string_view older_prefixes[] = {"samsyn1-invite-", "samsyn1-answer-"};

constexpr std::size_t enrolment_text_bytes_max = 2048;  // an invitation has about 450
constexpr std::size_t server_bytes_max = 260;           // a DNS name, a colon, a port
constexpr std::uint32_t enrolment_codes = 1'000'000;

/// What a hash of this page is of: the first byte under its domain.
enum class Hashed : std::uint8_t { nonce = 1, federation, transcript, code };

Hash enrolment_hash(Domain domain,
                    Hashed what,
                    std::initializer_list<ByteView> parts,
                    const Hasher& hasher) {
    Writer out;
    out.enumerator(what);
    for (const ByteView part : parts) out.raw(part);
    return hasher.hash(domain, {out.view()});
}

bool is_told_apart(const Result<Bytes>& read) {
    return !read && read.error().context.starts_with("prefix");
}

/// A text of this page; what is wrong with it is said in the words of people who copy texts.
Result<Bytes> enrolment_content(std::string_view prefix, std::string_view text) {
    auto read = from_checked_text(prefix, text, enrolment_text_bytes_max);
    if (read || read.error().code == Errc::limit_exceeded) return read;
    if (!is_told_apart(read)) return fail(Errc::malformed, enrolment_mistyped);
    for (const std::string_view older : older_prefixes)
        if (!is_told_apart(from_checked_text(older, text, enrolment_text_bytes_max)))
            return fail(Errc::unsupported_version, enrolment_older_text);
    for (const std::string_view other : {invitation_prefix, answer_prefix, reveal_prefix})
        if (!is_told_apart(from_checked_text(other, text, enrolment_text_bytes_max)))
            return fail(Errc::malformed, enrolment_other_text);
    return fail(Errc::malformed, enrolment_mistyped);
}

Bytes authenticated_part(const EnrolmentAnswer& answer) {
    Writer out;
    out.id(answer.invitation);
    out.id(answer.federation);
    out.id(answer.signing_key);
    out.id(answer.sealing_key);
    out.id(answer.nonce);
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

/// Letters and digits in lower case.
std::string plain_letters(std::string_view text) {
    std::string plain;
    for (const char c : text) {
        if (c == ' ' || c == '-') continue;
        plain.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
    }
    return plain;
}

}  // namespace

Bytes encode_invitation(const Invitation& invitation) {
    Writer out;
    out.text(invitation.server);
    out.id(invitation.federation);
    out.id(invitation.root_key);
    out.id(invitation.server_key);
    out.id(invitation.user);
    out.text(invitation.name);
    out.enumerator(invitation.kind);
    out.instant(invitation.until);
    out.instant(invitation.expires);
    out.id(invitation.id);
    out.id(invitation.commitment);
    out.raw(invitation.secret);
    return std::move(out).take();
}

Result<Invitation> decode_invitation(ByteView bytes) {
    Reader in{bytes};
    Invitation invitation;
    invitation.server = SAMSYN_TRY(in.text(server_bytes_max, "server"));
    invitation.federation = SAMSYN_TRY(in.id<FederationId>("federation"));
    invitation.root_key = SAMSYN_TRY(in.id<SigningPublicKey>("root key"));
    invitation.server_key = SAMSYN_TRY(in.id<SigningPublicKey>("server key"));
    invitation.user = SAMSYN_TRY(in.id<UserId>("user"));
    invitation.name = SAMSYN_TRY(in.text(invitation_name_bytes_max, "name"));
    invitation.kind = SAMSYN_TRY(in.enumerator(DeviceKind::last, "kind"));
    invitation.until = SAMSYN_TRY(in.instant("until"));
    invitation.expires = SAMSYN_TRY(in.instant("expires"));
    invitation.id = SAMSYN_TRY(in.id<Nonce>("invitation"));
    invitation.commitment = SAMSYN_TRY(in.id<Hash>("commitment"));
    const ByteView secret = SAMSYN_TRY(in.raw(invitation.secret.size(), "secret"));
    std::ranges::copy(secret, invitation.secret.begin());
    SAMSYN_TRY(in.finish("invitation"));
    return invitation;
}

std::string to_text(const Invitation& invitation) {
    return to_checked_text(invitation_prefix, encode_invitation(invitation));
}

Result<Invitation> invitation_from_text(std::string_view text) {
    const Bytes bytes = SAMSYN_TRY(enrolment_content(invitation_prefix, text));
    return decode_invitation(bytes);
}

std::string federation_fingerprint(const FederationId& federation,
                                   const SigningPublicKey& root_key,
                                   const Hasher& hasher) {
    const Hash hash = enrolment_hash(Domain::enrolment_commitment,
                                     Hashed::federation,
                                     {federation.view(), root_key.view()},
                                     hasher);
    const std::string letters = to_base32(hash.view().first(10));
    std::string groups;
    for (std::size_t at = 0; at < letters.size(); at += 4)
        groups.append(at == 0 ? "" : " ").append(letters, at, 4);
    return groups;
}

bool is_fingerprint(std::string_view typed, std::string_view fingerprint) {
    return plain_letters(typed) == plain_letters(fingerprint);
}

EnrolmentReply answer_invitation(const Invitation& invitation,
                                 const SigningPublicKey& signing_key,
                                 const SealingPublicKey& sealing_key,
                                 Random& random,
                                 const Hasher& hasher) {
    EnrolmentAnswer answer{.invitation = invitation.id,
                           .federation = invitation.federation,
                           .signing_key = signing_key,
                           .sealing_key = sealing_key,
                           .nonce = random_id<Nonce>(random),
                           .mac = {}};
    Writer out;
    out.raw(authenticated_part(answer));
    out.id(mac_of(invitation.secret, out.view(), hasher));
    return {.answer = to_checked_text(answer_prefix, out.view()),
            .comparison = {.invitation = invitation.id,
                           .commitment = invitation.commitment,
                           .transcript = enrolment_transcript(invitation, answer, hasher)}};
}

Result<EnrolmentAnswer> enrolment_answer_from_text(std::string_view text) {
    const Bytes bytes = SAMSYN_TRY(enrolment_content(answer_prefix, text));
    Reader in{bytes};
    EnrolmentAnswer answer;
    answer.invitation = SAMSYN_TRY(in.id<Nonce>("invitation"));
    answer.federation = SAMSYN_TRY(in.id<FederationId>("federation"));
    answer.signing_key = SAMSYN_TRY(in.id<SigningPublicKey>("signing key"));
    answer.sealing_key = SAMSYN_TRY(in.id<SealingPublicKey>("sealing key"));
    answer.nonce = SAMSYN_TRY(in.id<Nonce>("nonce"));
    answer.mac = SAMSYN_TRY(in.id<Hash>("authentication"));
    SAMSYN_TRY(in.finish("answer"));
    return answer;
}

bool is_authentic(const EnrolmentAnswer& answer,
                  const std::array<std::byte, 16>& secret,
                  const Hasher& hasher) {
    return equal_in_constant_time(answer.mac, mac_of(secret, authenticated_part(answer), hasher));
}

std::string reveal_text(const RevealNonce& nonce) {
    return to_checked_text(reveal_prefix, nonce);
}

Hash commit_to(const RevealNonce& nonce, const Nonce& invitation, const Hasher& hasher) {
    return enrolment_hash(
        Domain::enrolment_commitment, Hashed::nonce, {nonce, invitation.view()}, hasher);
}

Hash enrolment_transcript(const Invitation& invitation,
                          const EnrolmentAnswer& answer,
                          const Hasher& hasher) {
    Writer out;
    out.blob(encode_invitation(invitation));
    out.raw(authenticated_part(answer));
    return enrolment_hash(Domain::enrolment_code, Hashed::transcript, {out.view()}, hasher);
}

std::string code_of(const Hash& transcript, const RevealNonce& nonce, const Hasher& hasher) {
    const Hash hash =
        enrolment_hash(Domain::enrolment_code, Hashed::code, {transcript.view(), nonce}, hasher);
    // 64 bits over a million: no code is likelier than another by more than 2^-44.
    std::uint64_t number = 0;
    for (const std::byte b : hash.view().first(8))
        number = number << 8 | std::to_integer<std::uint64_t>(b);
    std::string digits = std::to_string(number % enrolment_codes);
    return std::string(6 - digits.size(), '0') + digits;
}

Bytes encode_comparison(const OpenComparison& comparison) {
    Writer out;
    out.id(comparison.invitation);
    out.id(comparison.commitment);
    out.id(comparison.transcript);
    return std::move(out).take();
}

Result<OpenComparison> decode_comparison(ByteView bytes) {
    Reader in{bytes};
    OpenComparison comparison;
    comparison.invitation = SAMSYN_TRY(in.id<Nonce>("comparison"));
    comparison.commitment = SAMSYN_TRY(in.id<Hash>("comparison"));
    comparison.transcript = SAMSYN_TRY(in.id<Hash>("comparison"));
    SAMSYN_TRY(in.finish("comparison"));
    return comparison;
}

Result<std::string> comparison_code(const OpenComparison& comparison,
                                    std::string_view reveal,
                                    const Hasher& hasher) {
    const Bytes bytes = SAMSYN_TRY(enrolment_content(reveal_prefix, reveal));
    RevealNonce nonce{};
    if (bytes.size() != nonce.size()) return fail(Errc::malformed, enrolment_mistyped);
    std::ranges::copy(bytes, nonce.begin());
    if (commit_to(nonce, comparison.invitation, hasher) != comparison.commitment)
        return fail(Errc::not_authentic, enrolment_wrong_reveal);
    return code_of(comparison.transcript, nonce, hasher);
}

}  // namespace samsyn
