#include "core/base/codec.hpp"

namespace samsyn {

namespace {

// 9999-12-31T23:59:59.999Z: later times are nonsense, and their arithmetic would overflow.
constexpr std::uint64_t instant_ms_max = 253'402'300'799'999;

struct Sequence {
    std::size_t length;
    std::uint32_t bits;
    std::uint32_t least;
};

Sequence sequence_of(std::uint32_t lead) {
    if (lead < 0x80) return {1, lead, 0};
    if (lead >> 5 == 0x06) return {2, lead & 0x1fU, 0x80};
    if (lead >> 4 == 0x0e) return {3, lead & 0x0fU, 0x800};
    if (lead >> 3 == 0x1e) return {4, lead & 0x07U, 0x10000};
    return {0, 0, 0};
}

}  // namespace

void Writer::blob(ByteView bytes) {
    SAMSYN_ASSERT(bytes.size() <= 0xffff'ffffU);
    number(static_cast<std::uint32_t>(bytes.size()));
    raw(bytes);
}

Result<bool> Reader::boolean(std::string_view what) {
    const auto value = SAMSYN_TRY(number<std::uint8_t>(what));
    if (value > 1) return fail(Errc::malformed, what);
    return value == 1;
}

Result<Instant> Reader::instant(std::string_view what) {
    const auto value = SAMSYN_TRY(number<std::uint64_t>(what));
    if (value == static_cast<std::uint64_t>(instant_max.time_since_epoch().count()))
        return instant_max;
    if (value > instant_ms_max) return fail(Errc::malformed, what);
    return Instant{std::chrono::milliseconds{static_cast<std::int64_t>(value)}};
}

Result<ByteView> Reader::raw(std::size_t size, std::string_view what) {
    if (rest_.size() < size) return fail(Errc::truncated, what);
    const ByteView bytes = rest_.first(size);
    rest_ = rest_.subspan(size);
    return bytes;
}

Result<ByteView> Reader::blob(std::size_t size_max, std::string_view what) {
    const auto size = SAMSYN_TRY(number<std::uint32_t>(what));
    if (size > size_max) return fail(Errc::limit_exceeded, what);
    return raw(size, what);
}

Result<std::string> Reader::text(std::size_t size_max, std::string_view what) {
    const ByteView bytes = SAMSYN_TRY(blob(size_max, what));
    if (!is_utf8(bytes)) return fail(Errc::malformed, what);
    return std::string{as_text(bytes)};
}

Result<std::size_t> Reader::count(std::size_t count_max, std::string_view what) {
    const auto value = SAMSYN_TRY(number<std::uint16_t>(what));
    if (value > count_max) return fail(Errc::limit_exceeded, what);
    return static_cast<std::size_t>(value);
}

Result<void> Reader::finish(std::string_view what) const {
    if (!rest_.empty()) return fail(Errc::trailing_bytes, what);
    return {};
}

bool is_utf8(ByteView bytes) {
    for (std::size_t at = 0; at < bytes.size();) {
        const Sequence sequence = sequence_of(std::to_integer<std::uint32_t>(bytes[at]));
        if (sequence.length == 0 || bytes.size() - at < sequence.length) return false;
        std::uint32_t point = sequence.bits;
        for (std::size_t i = 1; i < sequence.length; ++i) {
            const auto next = std::to_integer<std::uint32_t>(bytes[at + i]);
            if (next >> 6 != 2) return false;
            point = point << 6 | (next & 0x3fU);
        }
        const bool surrogate = point >= 0xd800 && point <= 0xdfff;
        if (point < sequence.least || point > 0x10ffff || surrogate) return false;
        at += sequence.length;
    }
    return true;
}

}  // namespace samsyn
