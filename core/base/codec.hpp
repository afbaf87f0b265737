#pragma once

#include "core/base/bytes.hpp"
#include "core/base/ids.hpp"
#include "core/base/time.hpp"

#include <concepts>
#include <cstdint>
#include <type_traits>

namespace samsyn {

/// Writes the one binary encoding of everything that is signed or sent: fixed order, fixed-width
/// big-endian integers, length prefixes. What is written cannot fail.
class Writer {
public:
    template <std::unsigned_integral Integer>
    void number(Integer value) {
        for (std::size_t shift = sizeof(Integer) * 8; shift > 0; shift -= 8)
            out_.push_back(static_cast<std::byte>(value >> (shift - 8) & 0xffU));
    }

    /// An enumeration as its underlying unsigned number.
    template <class Enum>
        requires std::is_enum_v<Enum>
    void enumerator(Enum value) {
        number(static_cast<std::make_unsigned_t<std::underlying_type_t<Enum>>>(value));
    }

    void boolean(bool value) { number<std::uint8_t>(value ? 1 : 0); }

    void instant(Instant value) {
        number(static_cast<std::uint64_t>(value.time_since_epoch().count()));
    }

    template <class Tag, std::size_t Size>
    void id(const Id<Tag, Size>& value) {
        raw(value.view());
    }

    /// Bytes whose size the reader knows.
    void raw(ByteView bytes) { out_.insert(out_.end(), bytes.begin(), bytes.end()); }

    /// A 32-bit length and the bytes.
    void blob(ByteView bytes);

    void text(std::string_view text) { blob(as_bytes(text)); }

    /// A 16-bit count and each element by `write(element)`. At most 65 535 elements.
    template <class Range, class Write>
    void list(const Range& range, Write write) {
        SAMSYN_ASSERT(range.size() <= 0xffff);
        number(static_cast<std::uint16_t>(range.size()));
        for (const auto& element : range) write(element);
    }

    /// Makes room for `size` bytes in all, so that none of what is written moves: secrets would
    /// leave copies behind.
    void reserve(std::size_t size) { out_.reserve(size); }

    std::size_t size() const { return out_.size(); }

    ByteView view() const { return out_; }

    Bytes take() && { return std::move(out_); }

private:
    Bytes out_;
};

/// Reads what `Writer` wrote, from bytes that nobody trusts. Every read is bounded by the input and
/// by a limit that the caller names; nothing is allocated before its size is known to be there.
///
/// After a failed read the position is unspecified: give up on the input. The input must outlive
/// the reader and every view it hands out.
class Reader {
public:
    explicit Reader(ByteView input) : rest_(input) {}

    /// Errors: `truncated`.
    template <std::unsigned_integral Integer>
    Result<Integer> number(std::string_view what) {
        if (rest_.size() < sizeof(Integer)) return fail(Errc::truncated, what);
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < sizeof(Integer); ++i)
            value = value << 8 | std::to_integer<std::uint64_t>(rest_[i]);
        rest_ = rest_.subspan(sizeof(Integer));
        return static_cast<Integer>(value);
    }

    /// An enumerator of at most `last`. Errors: `truncated`, `malformed` above it.
    template <class Enum>
        requires std::is_enum_v<Enum>
    Result<Enum> enumerator(Enum last, std::string_view what) {
        using Number = std::make_unsigned_t<std::underlying_type_t<Enum>>;
        const auto value = number<Number>(what);
        if (!value) return std::unexpected{value.error()};
        if (*value > static_cast<Number>(last)) return fail(Errc::malformed, what);
        return static_cast<Enum>(*value);
    }

    /// Errors: `truncated`, `malformed` for anything but 0 and 1.
    Result<bool> boolean(std::string_view what);

    /// Errors: `truncated`, `malformed` for a time outside the years 1970 to 9999, `instant_max`
    /// excepted.
    Result<Instant> instant(std::string_view what);

    template <class IdType>
    Result<IdType> id(std::string_view what) {
        if (rest_.size() < IdType::size) return fail(Errc::truncated, what);
        const IdType value = IdType::from(rest_.first(IdType::size));
        rest_ = rest_.subspan(IdType::size);
        return value;
    }

    /// Exactly `size` bytes. Errors: `truncated`.
    Result<ByteView> raw(std::size_t size, std::string_view what);

    /// A length and at most `size_max` bytes. Errors: `truncated`, `limit_exceeded`.
    Result<ByteView> blob(std::size_t size_max, std::string_view what);

    /// As `blob`, and well-formed UTF-8. Errors: also `malformed`.
    Result<std::string> text(std::size_t size_max, std::string_view what);

    /// A count of at most `count_max` for `list` loops. Errors: `truncated`, `limit_exceeded`.
    Result<std::size_t> count(std::size_t count_max, std::string_view what);

    bool at_end() const { return rest_.empty(); }

    ByteView rest() const { return rest_; }

    /// Errors: `trailing_bytes` where input is left.
    Result<void> finish(std::string_view what) const;

private:
    ByteView rest_;
};

/// True for well-formed UTF-8 as in RFC 3629: no overlong forms, no surrogates, at most U+10FFFF.
bool is_utf8(ByteView bytes);

}  // namespace samsyn
