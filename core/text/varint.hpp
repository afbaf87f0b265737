#pragma once

#include "core/base/codec.hpp"

#include <bit>

namespace samsyn::text {

// Numbers of few bytes: seven bits a byte, least first, the top bit set where another follows.

inline void put_varint(Bytes& out, std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) out.push_back(static_cast<std::byte>(value | 0x80U));
    out.push_back(static_cast<std::byte>(value));
}

/// Small numbers of either sign as small unsigned ones: 0, -1, 1, -2 …
constexpr std::uint64_t zigzag(std::int64_t value) {
    return static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63);
}

constexpr std::int64_t unzigzag(std::uint64_t value) {
    return static_cast<std::int64_t>(value >> 1 ^ (~(value & 1) + 1));
}

/// Reads what `put_varint` wrote, from bytes that nobody trusts. A failed read gives 0 and is
/// remembered, so that a loop over thousands of numbers asks once, at its end.
class VarintReader {
public:
    explicit VarintReader(ByteView input) : at_(input.data()), end_(input.data() + input.size()) {}

    /// A number of at most `most` in its shortest form.
    std::uint64_t number(std::uint64_t most = 0xffff'ffffU) {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 35 && at_ != end_; shift += 7) {
            const auto byte = std::to_integer<std::uint64_t>(*at_++);
            value |= (byte & 0x7fU) << shift;
            if (byte < 0x80) {
                if (value > most || (byte == 0 && shift > 0)) break;
                return value;
            }
        }
        ok_ = false;
        at_ = end_;
        return 0;
    }

    /// Empty where fewer than `size` bytes are left.
    ByteView raw(std::size_t size) {
        if (size > rest()) {
            ok_ = false;
            at_ = end_;
            return {};
        }
        const ByteView bytes{at_, size};
        at_ += size;
        return bytes;
    }

    std::size_t rest() const { return static_cast<std::size_t>(end_ - at_); }

    bool ok() const { return ok_; }

    void refuse() { ok_ = false; }

private:
    const std::byte* at_;
    const std::byte* end_;
    bool ok_ = true;
};

/// How many code points well-formed UTF-8 has.
inline std::uint32_t count_points(std::string_view utf8) {
    std::uint32_t count = 0;
    for (const char c : utf8) count += (static_cast<unsigned char>(c) & 0xc0U) != 0x80U ? 1 : 0;
    return count;
}

/// The bytes of the first `points` code points of well-formed UTF-8, which has at least as many.
inline std::uint32_t bytes_of_points(std::string_view utf8, std::uint32_t points) {
    std::uint32_t at = 0;
    for (; points > 0; --points) {
        const auto lead = static_cast<unsigned char>(utf8[at]);
        at += lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    }
    return at;
}

}  // namespace samsyn::text
