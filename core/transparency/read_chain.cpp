#include "core/transparency/read_chain.hpp"

#include <algorithm>

namespace samsyn {

namespace {

constexpr std::size_t entry_bytes_max =
    128 + read_parts_max * 34 + read_items_max * ItemId::size;  // more than any entry takes

Bytes signed_part(const ReadSegment& segment, std::uint64_t sequence, const Hash& hash) {
    Writer out;
    out.id(segment.federation);
    out.id(segment.device);
    out.number(sequence);
    out.id(hash);
    return std::move(out).take();
}

template <class Range, class Projection = std::identity>
bool ascends(const Range& range, Projection projection = {}) {
    return std::ranges::adjacent_find(range, std::greater_equal{}, projection) == range.end();
}

Result<ReadEntry::Part> read_part(Reader& in) {
    ReadEntry::Part part;
    part.compartment = SAMSYN_TRY(in.id<CompartmentId>("read compartment"));
    const auto count = SAMSYN_TRY(in.count(read_items_max, "read items"));
    if (count == 0) return fail(Errc::malformed, "read items");
    for (std::size_t i = 0; i < count; ++i)
        part.items.push_back(SAMSYN_TRY(in.id<ItemId>("read items")));
    if (!ascends(part.items)) return fail(Errc::malformed, "read items");
    return part;
}

}  // namespace

Bytes encode_read_entry(const ReadEntry& entry) {
    Writer out;
    out.number(entry.sequence);
    out.id(entry.previous);
    out.instant(entry.device_time);
    out.instant(entry.signed_time);
    out.enumerator(entry.action);
    out.id(entry.case_id);
    out.list(entry.parts, [&](const ReadEntry::Part& part) {
        out.id(part.compartment);
        out.list(part.items, [&](const ItemId& item) { out.id(item); });
    });
    return std::move(out).take();
}

Result<ReadEntry> decode_read_entry(ByteView bytes) {
    Reader in{bytes};
    ReadEntry entry;
    entry.sequence = SAMSYN_TRY(in.number<std::uint64_t>("read sequence"));
    entry.previous = SAMSYN_TRY(in.id<Hash>("previous read"));
    entry.device_time = SAMSYN_TRY(in.instant("device time"));
    entry.signed_time = SAMSYN_TRY(in.instant("signed time"));
    entry.action = SAMSYN_TRY(in.enumerator(ReadAction::last, "read action"));
    entry.case_id = SAMSYN_TRY(in.id<CaseId>("read case"));
    const auto count = SAMSYN_TRY(in.count(read_parts_max, "read parts"));
    std::size_t items = 0;
    for (std::size_t i = 0; i < count; ++i) {
        entry.parts.push_back(SAMSYN_TRY(read_part(in)));
        items += entry.parts.back().items.size();
    }
    SAMSYN_TRY(in.finish("read entry"));
    if (items > read_items_max) return fail(Errc::limit_exceeded, "read items");
    if (entry.parts.empty() || !ascends(entry.parts, &ReadEntry::Part::compartment))
        return fail(Errc::malformed, "read parts");
    const bool first = entry.sequence == 1;
    if (entry.sequence == 0 || entry.sequence >> 62U != 0 || entry.previous.is_none() != first)
        return fail(Errc::malformed, "read sequence");
    return entry;
}

Hash read_entry_hash(ByteView encoded_entry, const Hasher& hasher) {
    return hasher.hash(Domain::read_chain, {encoded_entry});
}

void sign_read_segment(ReadSegment& segment, Signer& signer, const Hasher& hasher) {
    SAMSYN_ASSERT(!segment.entries.empty());
    const Bytes& last = segment.entries.back();
    const auto entry = decode_read_entry(last);
    SAMSYN_ASSERT(entry.has_value());  // our own
    segment.signature = signer.sign(
        Domain::read_chain, signed_part(segment, entry->sequence, read_entry_hash(last, hasher)));
}

Bytes encode_read_segment(const ReadSegment& segment) {
    Writer out;
    out.id(segment.federation);
    out.id(segment.device);
    out.list(segment.entries, [&](const Bytes& entry) { out.blob(entry); });
    out.id(segment.signature);
    return std::move(out).take();
}

Result<CheckedReads> decode_read_segment(ByteView bytes, const Hasher& hasher) {
    if (bytes.size() > read_segment_bytes_max) return fail(Errc::limit_exceeded, "reads");
    Reader in{bytes};
    CheckedReads reads;
    reads.segment.federation = SAMSYN_TRY(in.id<FederationId>("federation"));
    reads.segment.device = SAMSYN_TRY(in.id<DeviceId>("device"));
    const auto count = SAMSYN_TRY(in.count(read_segment_max, "reads"));
    if (count == 0) return fail(Errc::malformed, "reads");
    for (std::size_t i = 0; i < count; ++i) {
        const ByteView encoded = SAMSYN_TRY(in.blob(entry_bytes_max, "read entry"));
        ReadEntry entry = SAMSYN_TRY(decode_read_entry(encoded));
        if (i > 0 && (entry.sequence != reads.entries.back().sequence + 1 ||
                      entry.previous != reads.hashes.back()))
            return fail(Errc::missing_parent, "reads");
        reads.hashes.push_back(read_entry_hash(encoded, hasher));
        reads.segment.entries.push_back(to_bytes(encoded));
        reads.entries.push_back(std::move(entry));
    }
    reads.segment.signature = SAMSYN_TRY(in.id<Signature>("signature"));
    SAMSYN_TRY(in.finish("reads"));
    return reads;
}

bool verify_read_segment(const CheckedReads& reads,
                         const SigningPublicKey& device_key,
                         const Verifier& verifier) {
    return verifier.verify(
        device_key,
        Domain::read_chain,
        signed_part(reads.segment, reads.entries.back().sequence, reads.hashes.back()),
        reads.segment.signature);
}

}  // namespace samsyn
