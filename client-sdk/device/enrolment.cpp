#include "client-sdk/device/enrolment.hpp"

#include "core/base/codec.hpp"

#include <algorithm>

namespace samsyn {

namespace {

constexpr std::string_view invitation_prefix = "samsyn1-invite-";
constexpr std::string_view answer_prefix = "samsyn1-answer-";
constexpr std::string_view base32_letters = "abcdefghijklmnopqrstuvwxyz234567";

constexpr std::size_t text_bytes_max = 2048;   // an invitation has about 320
constexpr std::size_t server_bytes_max = 260;  // a DNS name, a colon, a port

/// CRC-32 as in IEEE 802.3: finds every mistyped letter and every swapped pair. It keeps out
/// mistakes, not attackers: those the MAC keeps out.
std::uint32_t checksum(ByteView bytes) {
    std::uint32_t crc = 0xffff'ffffU;
    for (const std::byte b : bytes) {
        crc ^= std::to_integer<std::uint32_t>(b);
        for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ ((crc & 1U) != 0 ? 0xedb8'8320U : 0U);
    }
    return ~crc;
}

bool is_filler(char c) {
    return c == ' ' || c == '-' || c == '\n' || c == '\r' || c == '\t';
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// What people leave in when they copy: spaces, line ends, dashes, capitals.
std::string without_filler(std::string_view text) {
    std::string plain;
    for (const char c : text)
        if (!is_filler(c)) plain.push_back(lower(c));
    return plain;
}

std::string to_checked_text(std::string_view prefix, ByteView content) {
    Writer out;
    out.raw(content);
    out.number(checksum(content));
    return std::string{prefix} + to_base32(out.view());
}

Result<Bytes> from_checked_text(std::string_view prefix, std::string_view text) {
    if (text.size() > text_bytes_max) return fail(Errc::limit_exceeded, "text");
    const std::string plain = without_filler(text);
    const std::string plain_prefix = without_filler(prefix);
    if (!plain.starts_with(plain_prefix))
        return fail(Errc::malformed, "prefix: it begins with " + std::string{prefix});

    Bytes bytes = SAMSYN_TRY(from_base32(std::string_view{plain}.substr(plain_prefix.size())));
    if (bytes.size() < sizeof(std::uint32_t)) return fail(Errc::truncated, "text");
    const std::size_t size = bytes.size() - sizeof(std::uint32_t);
    Reader end{ByteView{bytes}.subspan(size)};
    if (SAMSYN_TRY(end.number<std::uint32_t>("checksum")) != checksum(ByteView{bytes}.first(size)))
        return fail(Errc::malformed, "checksum");
    bytes.resize(size);
    return bytes;
}

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

std::string to_base32(ByteView bytes) {
    std::string text;
    text.reserve(bytes.size() * 8 / 5 + 1);
    std::uint32_t pending = 0;
    unsigned bits = 0;
    for (const std::byte b : bytes) {
        pending = pending << 8 | std::to_integer<std::uint32_t>(b);
        for (bits += 8; bits >= 5; bits -= 5)
            text.push_back(base32_letters[pending >> (bits - 5) & 31U]);
        pending &= 0xffU;
    }
    if (bits > 0) text.push_back(base32_letters[pending << (5 - bits) & 31U]);
    return text;
}

Result<Bytes> from_base32(std::string_view text) {
    Bytes bytes;
    std::uint32_t pending = 0;
    unsigned bits = 0;
    for (const char c : text) {
        if (is_filler(c)) continue;
        const std::size_t letter = base32_letters.find(lower(c));
        if (letter == std::string_view::npos) return fail(Errc::malformed, "base32 letter");
        pending = pending << 5 | static_cast<std::uint32_t>(letter);
        bits += 5;
        if (bits < 8) continue;
        bits -= 8;
        bytes.push_back(static_cast<std::byte>(pending >> bits & 0xffU));
        pending &= (1U << bits) - 1U;
    }
    if (bits >= 5) return fail(Errc::malformed, "base32 length");
    if (pending != 0) return fail(Errc::malformed, "base32 end");
    return bytes;
}

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
    const Bytes bytes = SAMSYN_TRY(from_checked_text(invitation_prefix, text));
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
    const Bytes bytes = SAMSYN_TRY(from_checked_text(answer_prefix, text));
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
