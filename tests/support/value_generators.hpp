#pragma once

#include "core/wire/batch.hpp"
#include "core/wire/statement_codec.hpp"

#include <rapidcheck.h>

#include <algorithm>

namespace samsyn::gen {

// What every generator is made of: numbers, ids, lists, labels, streams.

/// A number of at most `last`.
template <class Integer>
rc::Gen<Integer> up_to(Integer last) {
    return rc::gen::inRange<Integer>(0, static_cast<Integer>(last + 1));
}

/// An id other than "none", from 64 bits, so that it shrinks.
template <class IdType>
rc::Gen<IdType> id() {
    return rc::gen::map(rc::gen::arbitrary<std::uint64_t>(), [](std::uint64_t seed) {
        IdType result;
        for (std::byte& b : result.bytes) {
            b = static_cast<std::byte>(seed >> 56);
            seed = seed * 6364136223846793005U + 1442695040888963407U;
        }
        result.bytes.front() |= std::byte{1};
        return result;
    });
}

template <class Value>
rc::Gen<std::optional<Value>> optional(rc::Gen<Value> value) {
    return rc::gen::map(rc::gen::pair(rc::gen::arbitrary<bool>(), std::move(value)),
                        [](const std::pair<bool, Value>& pair) {
                            return pair.first ? std::optional<Value>{pair.second} : std::nullopt;
                        });
}

template <class Value>
std::vector<Value> sorted(std::vector<Value> list) {
    std::ranges::sort(list);
    const auto doubles = std::ranges::unique(list);
    list.erase(doubles.begin(), doubles.end());
    return list;
}

/// A list of at most `size_max`.
template <class Value>
rc::Gen<std::vector<Value>> list(std::size_t size_max, rc::Gen<Value> value) {
    return rc::gen::mapcat(up_to<std::size_t>(size_max), [value](std::size_t size) {
        return rc::gen::container<std::vector<Value>>(size, value);
    });
}

template <class Value>
rc::Gen<std::vector<Value>> sorted_list(std::size_t size_max, rc::Gen<Value> value) {
    return rc::gen::map(list(size_max, std::move(value)),
                        [](std::vector<Value> all) { return sorted(std::move(all)); });
}

template <class Enum>
rc::Gen<Enum> enumerator(Enum last) {
    return rc::gen::map(up_to<unsigned>(static_cast<unsigned>(last)),
                        [](unsigned number) { return static_cast<Enum>(number); });
}

/// Between 1970 and 9999, or the end of time.
inline rc::Gen<Instant> instant() {
    return rc::gen::map(up_to<std::int64_t>(253'402'300'800'000), [](std::int64_t ms) {
        if (ms == 253'402'300'800'000) return instant_max;
        return Instant{std::chrono::milliseconds{ms}};
    });
}

inline rc::Gen<HybridTime> hybrid_time() {
    return rc::gen::map(rc::gen::arbitrary<std::uint64_t>(),
                        [](std::uint64_t value) { return HybridTime{value}; });
}

inline rc::Gen<Bytes> bytes(std::size_t size_max) {
    return list(size_max, rc::gen::map(rc::gen::arbitrary<std::uint8_t>(), [](std::uint8_t b) {
                    return static_cast<std::byte>(b);
                }));
}

/// Short Swedish texts without control characters.
inline rc::Gen<std::string> text() {
    return rc::gen::element<std::string>(
        "", "å", "hembesök på tisdag", "Örebro län", "för många poster", "\xf0\x9f\x8f\xa0");
}

inline rc::Gen<UnitRef> unit_ref() {
    return rc::gen::map(
        rc::gen::tuple(id<OrganisationId>(), id<UnitId>(), enumerator(Regime::last)),
        [](const auto& t) { return UnitRef{std::get<0>(t), std::get<1>(t), std::get<2>(t)}; });
}

inline rc::Gen<Label> label() {
    return rc::gen::exec([] {
        Label label;
        label.disclosing = *unit_ref();
        label.category = *enumerator(Category::last);
        label.sensitivity = *enumerator(Sensitivity::last);
        label.closed = *optional(id<AudienceId>());
        if (label.category != Category::directory) {
            label.subjects = *list(label_subjects_max - 1, id<PersonId>());
            label.subjects.push_back(*id<PersonId>());
            normalise(label);
        }
        return label;
    });
}

inline rc::Gen<Stream> stream() {
    return rc::gen::exec([] {
        Stream stream;
        stream.kind = *enumerator(StreamKind::last);
        if (stream.kind != StreamKind::federation) stream.case_id = *id<CaseId>();
        if (stream.kind != StreamKind::federation && stream.kind != StreamKind::custody)
            stream.unit = *id<UnitId>();
        return stream;
    });
}

inline rc::Gen<std::vector<StatementId>> statement_ids(std::size_t size_max) {
    return sorted_list(size_max, id<StatementId>());
}

inline rc::Gen<std::vector<StreamHeads>> heads() {
    return rc::gen::exec([] {
        std::vector<StreamHeads> all;
        for (const Stream& one : *sorted_list(5, stream()))
            all.push_back({one, *statement_ids(statement_previous_max)});
        return all;
    });
}

inline rc::Gen<Recipient> recipient() {
    return rc::gen::map(
        rc::gen::tuple(id<UnitId>(), optional(enumerator(Role::last)), optional(id<UserId>())),
        [](const auto& t) { return Recipient{std::get<0>(t), std::get<1>(t), std::get<2>(t)}; });
}

inline rc::Gen<Categories> categories() {
    return rc::gen::map(rc::gen::arbitrary<std::uint64_t>(),
                        [](std::uint64_t bits) { return Categories{bits & Categories::known}; });
}

}  // namespace samsyn::gen
