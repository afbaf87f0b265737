#include "core/base/checked_text.hpp"

#include "core/base/codec.hpp"

namespace samsyn {

namespace {

constexpr std::string_view base32_letters = "abcdefghijklmnopqrstuvwxyz234567";

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

std::string to_checked_text(std::string_view prefix, ByteView content) {
    Writer out;
    out.raw(content);
    out.number(checksum(content));
    return std::string{prefix} + to_base32(out.view());
}

Result<Bytes> from_checked_text(std::string_view prefix,
                                std::string_view text,
                                std::size_t text_bytes_max) {
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

}  // namespace samsyn
