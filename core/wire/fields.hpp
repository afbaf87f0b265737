#pragma once

#include "core/wire/lists.hpp"

#include <optional>
#include <vector>

namespace samsyn {

// One description of a body's fields serves both directions: `fields(archive, body)` names each
// field once, in the order of the wire. Private to core/wire.

template <class Body, class Kind>
concept SameBody = std::same_as<std::remove_const_t<Body>, Kind>;

class FieldWriter {
public:
    explicit FieldWriter(Writer& out) : out_(out) {}

    template <class IdType>
    Result<void> id(const IdType& value, std::string_view) {
        out_.id(value);
        return {};
    }

    template <class IdType>
    Result<void> id(const std::optional<IdType>& value, std::string_view) {
        write_optional_id(out_, value);
        return {};
    }

    template <class IdType>
    Result<void> ids(const std::vector<IdType>& value, std::size_t, std::string_view) {
        write_ids(out_, value);
        return {};
    }

    template <class Enum>
    Result<void> enumerator(Enum value, Enum, std::string_view) {
        out_.enumerator(value);
        return {};
    }

    /// A set of bits, of which a reader knows `known`.
    template <class Bits>
    Result<void> bits(Bits value, Bits, std::string_view) {
        out_.number(value);
        return {};
    }

    template <class Number>
    Result<void> number(Number value, std::string_view) {
        out_.number(value);
        return {};
    }

    /// A code of the statute table: which ones exist is data, not format.
    Result<void> purpose(Purpose value, std::string_view) {
        out_.enumerator(value);
        return {};
    }

    Result<void> flag(bool value, std::string_view) {
        out_.boolean(value);
        return {};
    }

    Result<void> instant(Instant value, std::string_view) {
        out_.instant(value);
        return {};
    }

    Result<void> recipient(const Recipient& value) {
        write_recipient(out_, value);
        return {};
    }

private:
    Writer& out_;
};

/// Errors: `truncated`, `malformed`, `limit_exceeded`, naming the field.
class FieldReader {
public:
    explicit FieldReader(Reader& in) : in_(in) {}

    template <class IdType>
    Result<void> id(IdType& value, std::string_view what) {
        value = SAMSYN_TRY(in_.id<IdType>(what));
        return {};
    }

    template <class IdType>
    Result<void> id(std::optional<IdType>& value, std::string_view what) {
        value = SAMSYN_TRY(read_optional_id<IdType>(in_, what));
        return {};
    }

    template <class IdType>
    Result<void> ids(std::vector<IdType>& value, std::size_t count_max, std::string_view what) {
        value = SAMSYN_TRY(read_sorted_ids<IdType>(in_, count_max, what));
        return {};
    }

    template <class Enum>
    Result<void> enumerator(Enum& value, Enum last, std::string_view what) {
        value = SAMSYN_TRY(in_.enumerator(last, what));
        return {};
    }

    template <class Bits>
    Result<void> bits(Bits& value, Bits known, std::string_view what) {
        value = SAMSYN_TRY(in_.number<Bits>(what));
        if ((value & ~known) != 0) return fail(Errc::malformed, what);
        return {};
    }

    template <class Number>
    Result<void> number(Number& value, std::string_view what) {
        value = SAMSYN_TRY(in_.number<Number>(what));
        return {};
    }

    Result<void> purpose(Purpose& value, std::string_view what) {
        value = static_cast<Purpose>(SAMSYN_TRY(in_.number<std::uint16_t>(what)));
        return {};
    }

    Result<void> flag(bool& value, std::string_view what) {
        value = SAMSYN_TRY(in_.boolean(what));
        return {};
    }

    Result<void> instant(Instant& value, std::string_view what) {
        value = SAMSYN_TRY(in_.instant(what));
        return {};
    }

    Result<void> recipient(Recipient& value) {
        value = SAMSYN_TRY(read_recipient(in_));
        return {};
    }

private:
    Reader& in_;
};

/// The two directions of a body that `fields` describes.
#define SAMSYN_BODY(Kind)                            \
    void write_body(Writer& out, const Kind& body) { \
        FieldWriter archive{out};                    \
        (void)fields(archive, body);                 \
    }                                                \
    template <>                                      \
    Result<Kind> read_body(Reader& in) {             \
        Kind body;                                   \
        FieldReader archive{in};                     \
        SAMSYN_TRY(fields(archive, body));           \
        return body;                                 \
    }

}  // namespace samsyn
