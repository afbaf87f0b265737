#include "core/wire/lists.hpp"

#include "core/wire/statement_codec.hpp"

#include <algorithm>

namespace samsyn {

void write_numbers(Writer& out, const std::vector<std::uint64_t>& numbers) {
    out.list(numbers, [&](std::uint64_t number) { out.number(number); });
}

Result<std::vector<std::uint64_t>> read_ascending(Reader& in,
                                                  std::size_t count_max,
                                                  std::string_view what) {
    const auto count = SAMSYN_TRY(in.count(count_max, what));
    std::vector<std::uint64_t> numbers;
    for (std::size_t i = 0; i < count; ++i)
        // NOLINTNEXTLINE(performance-inefficient-vector-operation): memory follows bytes
        numbers.push_back(SAMSYN_TRY(in.number<std::uint64_t>(what)));
    if (!ascends(numbers)) return fail(Errc::malformed, what);
    return numbers;
}

void write_heads(Writer& out, const std::vector<StreamHeads>& heads) {
    out.list(heads, [&](const StreamHeads& one) {
        encode(out, one.stream);
        write_ids(out, one.heads);
    });
}

Result<std::vector<StreamHeads>> read_heads(Reader& in) {
    const auto count = SAMSYN_TRY(in.count(packet_streams_max, "streams"));
    std::vector<StreamHeads> all;
    for (std::size_t i = 0; i < count; ++i) {
        StreamHeads one;
        one.stream = SAMSYN_TRY(decode_stream(in));
        one.heads =
            SAMSYN_TRY(read_sorted_ids<StatementId>(in, statement_previous_max, "stream heads"));
        all.push_back(std::move(one));
    }
    if (!ascends(all, &StreamHeads::stream)) return fail(Errc::malformed, "streams");
    return all;
}

void normalise(std::vector<StreamHeads>& heads) {
    for (StreamHeads& one : heads) sort_and_drop_doubles(one.heads);
    std::ranges::sort(heads, {}, &StreamHeads::stream);
}

void write_recipient(Writer& out, const Recipient& recipient) {
    out.id(recipient.unit);
    out.boolean(recipient.role.has_value());
    if (recipient.role) out.enumerator(*recipient.role);
    write_optional_id(out, recipient.user);
}

Result<Recipient> read_recipient(Reader& in) {
    Recipient recipient;
    recipient.unit = SAMSYN_TRY(in.id<UnitId>("recipient unit"));
    if (SAMSYN_TRY(in.boolean("recipient role")))
        recipient.role = SAMSYN_TRY(in.enumerator(Role::last, "recipient role"));
    recipient.user = SAMSYN_TRY(read_optional_id<UserId>(in, "recipient user"));
    return recipient;
}

Result<Bytes> read_box(Reader& in) {
    const ByteView box = SAMSYN_TRY(in.blob(sealed_key_size, "sealed key"));
    if (box.size() != sealed_key_size) return fail(Errc::malformed, "sealed key");
    return to_bytes(box);
}

void write_sealed_keys(Writer& out, const std::vector<SealedKey>& keys) {
    out.list(keys, [&](const SealedKey& key) {
        out.id(key.device);
        out.number(key.sealing_epoch);
        out.blob(key.box);
    });
}

Result<std::vector<SealedKey>> read_sealed_keys(Reader& in, std::size_t count_max) {
    const auto count = SAMSYN_TRY(in.count(count_max, "recipients"));
    std::vector<SealedKey> keys;
    for (std::size_t i = 0; i < count; ++i) {
        SealedKey key;
        key.device = SAMSYN_TRY(in.id<DeviceId>("recipient"));
        key.sealing_epoch = SAMSYN_TRY(in.number<std::uint32_t>("sealing epoch"));
        key.box = SAMSYN_TRY(read_box(in));
        keys.push_back(std::move(key));
    }
    if (!ascends(keys, &SealedKey::device)) return fail(Errc::malformed, "recipients");
    return keys;
}

void write_recovery_box(Writer& out, const std::optional<Bytes>& box) {
    out.boolean(box.has_value());
    if (box) out.blob(*box);
}

Result<std::optional<Bytes>> read_recovery_box(Reader& in) {
    if (!SAMSYN_TRY(in.boolean("recovery box"))) return std::nullopt;
    return SAMSYN_TRY(read_box(in));
}

}  // namespace samsyn
