#pragma once

#include "core/wire/lists.hpp"
#include "core/wire/statement_bodies.hpp"

#include <optional>
#include <vector>

namespace samsyn {

// One description of a body's fields serves both directions, and the sorting of its lists:
// `fields(archive, body)` names each field once, in the order of the wire. It stands in `samsyn`
// itself, since what is looked up by an argument is not found in an unnamed namespace. Private to
// core/wire.

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

    Result<void> numbers(const std::vector<std::uint64_t>& value, std::size_t, std::string_view) {
        write_numbers(out_, value);
        return {};
    }

    /// At most 255 ids, whose order says something: it is kept.
    template <class IdType>
    Result<void> ids_in_order(const std::vector<IdType>& value, std::size_t, std::string_view) {
        out_.number(static_cast<std::uint8_t>(value.size()));
        for (const IdType& one : value) out_.id(one);
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

    Result<void> unit(const UnitRef& value) {
        encode(out_, value);
        return {};
    }

    Result<void> recipient(const Recipient& value) {
        write_recipient(out_, value);
        return {};
    }

    Result<void> recipient(const std::optional<Recipient>& value) {
        out_.boolean(value.has_value());
        if (value) write_recipient(out_, *value);
        return {};
    }

    /// What a reader demands of fields that it has read; never a reason not to write the rest.
    Result<void> check(bool, std::string_view) { return {}; }

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

    Result<void> numbers(std::vector<std::uint64_t>& value,
                         std::size_t count_max,
                         std::string_view what) {
        value = SAMSYN_TRY(read_ascending(in_, count_max, what));
        return {};
    }

    template <class IdType>
    Result<void> ids_in_order(std::vector<IdType>& value,
                              std::size_t count_max,
                              std::string_view what) {
        const auto count = SAMSYN_TRY(in_.number<std::uint8_t>(what));
        if (count > count_max) return fail(Errc::limit_exceeded, what);
        for (std::size_t i = 0; i < count; ++i) value.push_back(SAMSYN_TRY(in_.id<IdType>(what)));
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

    Result<void> unit(UnitRef& value) {
        value = SAMSYN_TRY(decode_unit(in_));
        return {};
    }

    Result<void> recipient(Recipient& value) {
        value = SAMSYN_TRY(read_recipient(in_));
        return {};
    }

    Result<void> recipient(std::optional<Recipient>& value) {
        if (SAMSYN_TRY(in_.boolean("recipient"))) value = SAMSYN_TRY(read_recipient(in_));
        return {};
    }

    Result<void> check(bool holds, std::string_view what) {
        if (!holds) return fail(Errc::malformed, what);
        return {};
    }

private:
    Reader& in_;
};

/// Brings each list that a reader wants sorted into that order; what else a body has has none.
class FieldSorter {
public:
    template <class IdType>
    static Result<void> ids(std::vector<IdType>& value, std::size_t, std::string_view) {
        sort_and_drop_doubles(value);
        return {};
    }

    static Result<void> numbers(std::vector<std::uint64_t>& value, std::size_t, std::string_view) {
        sort_and_drop_doubles(value);
        return {};
    }

    // clang-format off
    template <class... Field> static Result<void> id(const Field&...) { return {}; }
    template <class... Field> static Result<void> ids_in_order(const Field&...) { return {}; }
    template <class... Field> static Result<void> enumerator(const Field&...) { return {}; }
    template <class... Field> static Result<void> bits(const Field&...) { return {}; }
    template <class... Field> static Result<void> number(const Field&...) { return {}; }
    template <class... Field> static Result<void> purpose(const Field&...) { return {}; }
    template <class... Field> static Result<void> flag(const Field&...) { return {}; }
    template <class... Field> static Result<void> instant(const Field&...) { return {}; }
    template <class... Field> static Result<void> unit(const Field&...) { return {}; }
    template <class... Field> static Result<void> recipient(const Field&...) { return {}; }
    template <class... Field> static Result<void> check(const Field&...) { return {}; }

    // clang-format on
};

template <class Body>
void write_body(Writer& out, const Body& body) {
    FieldWriter archive{out};
    SAMSYN_ASSERT(fields(archive, body));
}

template <class Body>
Result<Body> read_body(Reader& in) {
    Body body;
    FieldReader archive{in};
    SAMSYN_TRY(fields(archive, body));
    return body;
}

template <class Body>
void sort_lists(Body& body) {
    FieldSorter archive;
    SAMSYN_ASSERT(fields(archive, body));
}

/// What `statement_bodies.hpp` declares, for a kind that `fields` describes.
#define SAMSYN_BODY(Kind)                           \
    template void write_body(Writer&, const Kind&); \
    template Result<Kind> read_body(Reader&);       \
    template void sort_lists(Kind&);

}  // namespace samsyn
