#pragma once

#include "core/base/sorted.hpp"
#include "core/wire/packet.hpp"

#include <optional>
#include <vector>

namespace samsyn {

// Pieces that several encodings in this room share. Private to core/wire.

template <class IdType>
void write_ids(Writer& out, const std::vector<IdType>& ids) {
    out.list(ids, [&](const IdType& id) { out.id(id); });
}

/// In the order that they have. Errors: `truncated`, `limit_exceeded`.
template <class IdType>
Result<std::vector<IdType>> read_ids(Reader& in, std::size_t count_max, std::string_view what) {
    const auto count = SAMSYN_TRY(in.count(count_max, what));
    if (in.rest().size() < count * IdType::size) return fail(Errc::truncated, what);
    std::vector<IdType> ids;
    ids.reserve(count);
    for (std::size_t i = 0; i < count; ++i) ids.push_back(SAMSYN_TRY(in.id<IdType>(what)));
    return ids;
}

/// Errors: `truncated`, `limit_exceeded`, `malformed` where ids are not sorted and distinct.
template <class IdType>
Result<std::vector<IdType>> read_sorted_ids(Reader& in,
                                            std::size_t count_max,
                                            std::string_view what) {
    auto ids = SAMSYN_TRY(read_ids<IdType>(in, count_max, what));
    if (!ascends(ids)) return fail(Errc::malformed, what);
    return ids;
}

template <class IdType>
void write_optional_id(Writer& out, const std::optional<IdType>& id) {
    out.boolean(id.has_value());
    if (id) out.id(*id);
}

template <class IdType>
Result<std::optional<IdType>> read_optional_id(Reader& in, std::string_view what) {
    if (!SAMSYN_TRY(in.boolean(what))) return std::nullopt;
    return SAMSYN_TRY(in.id<IdType>(what));
}

void write_numbers(Writer& out, const std::vector<std::uint64_t>& numbers);

/// Errors: `truncated`, `limit_exceeded`, `malformed` where numbers do not ascend.
Result<std::vector<std::uint64_t>> read_ascending(Reader& in,
                                                  std::size_t count_max,
                                                  std::string_view what);

/// A key sealed for one recipient. Errors: `truncated`, `limit_exceeded`, `malformed`.
Result<Bytes> read_box(Reader& in);

/// Who may open a key, as packets and escrow say it.
/// Layout: count 2 · for each recipient, ascending: device 16 · sealing epoch 4 · box (length 4,
/// bytes).
/// Errors: as `read_box`.
void write_sealed_keys(Writer& out, const std::vector<SealedKey>& keys);
Result<std::vector<SealedKey>> read_sealed_keys(Reader& in, std::size_t count_max);

/// The same for the organisation's recovery key, where there is one.
void write_recovery_box(Writer& out, const std::optional<Bytes>& box);
Result<std::optional<Bytes>> read_recovery_box(Reader& in);

/// Layout: unit 16 · 1, role 1 or 0 · 1, user 16 or 0.
void write_recipient(Writer& out, const Recipient& recipient);
Result<Recipient> read_recipient(Reader& in);

/// Layout: count 2 · for each stream, ascending: stream 33 · count 2 · ids.
void write_heads(Writer& out, const std::vector<StreamHeads>& heads);
Result<std::vector<StreamHeads>> read_heads(Reader& in);

/// Brings heads into the order that `read_heads` wants.
void normalise(std::vector<StreamHeads>& heads);

inline void write_time(Writer& out, HybridTime time) {
    out.number(time.value);
}

inline Result<HybridTime> read_time(Reader& in, std::string_view what) {
    return HybridTime{SAMSYN_TRY(in.number<std::uint64_t>(what))};
}

}  // namespace samsyn
