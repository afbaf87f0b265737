#include "core/wire/batch.hpp"

#include "core/wire/lists.hpp"

#include <bit>

namespace samsyn {

namespace {

Result<BatchHeader> read_header(Reader& in) {
    BatchHeader header;
    header.federation = SAMSYN_TRY(in.id<FederationId>("federation"));
    header.compartment = SAMSYN_TRY(in.id<CompartmentId>("compartment"));
    header.epoch = SAMSYN_TRY(in.id<EpochId>("epoch"));
    header.author = SAMSYN_TRY(in.id<DeviceId>("author"));
    header.counter = SAMSYN_TRY(in.number<std::uint64_t>("counter"));
    header.sequence = SAMSYN_TRY(in.number<std::uint64_t>("sequence"));
    header.previous = SAMSYN_TRY(in.id<BatchId>("previous batch"));
    header.replaces = SAMSYN_TRY(read_optional_id<BatchId>(in, "replaced batch"));
    header.heads = SAMSYN_TRY(read_heads(in));
    header.log_size = SAMSYN_TRY(in.number<std::uint64_t>("log size"));
    header.log_root = SAMSYN_TRY(in.id<Hash>("log root"));
    header.time = SAMSYN_TRY(read_time(in, "time"));
    header.restatement = SAMSYN_TRY(in.boolean("restatement"));

    if (header.sequence == 0 || (header.sequence == 1) != header.previous.is_none())
        return fail(Errc::malformed, "sequence");
    return header;
}

void write_item(Writer& out, const BatchItem& item) {
    const auto* full = std::get_if<BatchItem::Full>(&item.content);
    out.boolean(full != nullptr);
    if (full) {
        encode(out, full->header);
        out.blob(full->sealed);
    } else {
        out.id(std::get<Hash>(item.content));
    }
}

Result<BatchItem> read_item(Reader& in, const BatchHeader& batch) {
    if (!SAMSYN_TRY(in.boolean("item"))) return BatchItem{SAMSYN_TRY(in.id<Hash>("pruned item"))};
    BatchItem::Full full;
    full.header = SAMSYN_TRY(decode_change_header(in));
    // Only a restatement speaks for somebody else.
    if (full.header.restated_author && !batch.restatement)
        return fail(Errc::malformed, "restated author");
    full.sealed = to_bytes(SAMSYN_TRY(in.blob(sealed_body_bytes_max, "sealed body")));
    return BatchItem{std::move(full)};
}

Hash items_root(const Batch& batch, const Hasher& hasher) {
    std::vector<Hash> leaves;
    leaves.reserve(batch.items.size());
    for (const BatchItem& item : batch.items) leaves.push_back(item_digest(item, hasher));
    return tree_root(leaves, hasher);
}

}  // namespace

Bytes encode_signed_part(const Batch& batch) {
    const BatchHeader& header = batch.header;
    Writer out;
    out.id(header.federation);
    out.id(header.compartment);
    out.id(header.epoch);
    out.id(header.author);
    out.number(header.counter);
    out.number(header.sequence);
    out.id(header.previous);
    write_optional_id(out, header.replaces);
    write_heads(out, header.heads);
    out.number(header.log_size);
    out.id(header.log_root);
    write_time(out, header.time);
    out.boolean(header.restatement);
    out.id(batch.items_root);
    out.number(batch.item_count);
    return std::move(out).take();
}

Bytes item_aad(const BatchHeader& batch, const ChangeHeader& change) {
    Writer out;
    out.raw(as_bytes(label_of(Domain::item_aad)));
    out.id(batch.federation);
    out.id(batch.compartment);
    out.id(batch.epoch);
    out.id(batch.author);
    out.number(batch.counter);
    out.boolean(batch.restatement);
    encode(out, change);
    return std::move(out).take();
}

Hash item_digest(const BatchItem& item, const Hasher& hasher) {
    const auto* full = std::get_if<BatchItem::Full>(&item.content);
    if (full == nullptr) return std::get<Hash>(item.content);
    Writer out;
    encode(out, full->header);
    out.blob(full->sealed);
    return hasher.hash(Domain::tree_leaf, {out.view()});
}

Hash tree_root(std::span<const Hash> leaves, const Hasher& hasher) {
    if (leaves.empty()) return hasher.hash(Domain::tree_leaf, {});
    if (leaves.size() == 1) return leaves.front();
    const std::size_t left = std::bit_floor(leaves.size() - 1);  // RFC 9162: k < n <= 2k
    const Hash left_root = tree_root(leaves.first(left), hasher);
    const Hash right_root = tree_root(leaves.subspan(left), hasher);
    return hasher.hash(Domain::tree_node, {left_root.view(), right_root.view()});
}

void sign_batch(Batch& batch, Signer& signer, const Hasher& hasher) {
    SAMSYN_ASSERT(batch.items.size() <= batch_items_max);
    normalise(batch.header.heads);
    batch.items_root = items_root(batch, hasher);
    batch.item_count = static_cast<std::uint16_t>(batch.items.size());
    const Bytes signed_part = encode_signed_part(batch);
    batch.id = hash_to<BatchId>(hasher, Domain::batch_id, {signed_part});
    batch.signature = signer.sign(Domain::batch, signed_part);
}

bool verify_batch(const Batch& batch,
                  const SigningPublicKey& author_key,
                  const Verifier& verifier) {
    return verifier.verify(author_key, Domain::batch, encode_signed_part(batch), batch.signature);
}

Bytes encode_batch(const Batch& batch) {
    Writer out;
    out.blob(encode_signed_part(batch));
    out.id(batch.signature);
    for (const BatchItem& item : batch.items) write_item(out, item);
    return std::move(out).take();
}

Result<Batch> decode_batch(ByteView bytes, const Hasher& hasher) {
    if (bytes.size() > batch_bytes_max) return fail(Errc::limit_exceeded, "batch");
    Reader in{bytes};
    const ByteView signed_part = SAMSYN_TRY(in.blob(batch_bytes_max, "batch header"));
    Batch batch;
    batch.signature = SAMSYN_TRY(in.id<Signature>("signature"));

    Reader head{signed_part};
    batch.header = SAMSYN_TRY(read_header(head));
    batch.items_root = SAMSYN_TRY(head.id<Hash>("items root"));
    batch.item_count = static_cast<std::uint16_t>(SAMSYN_TRY(head.count(batch_items_max, "items")));
    SAMSYN_TRY(head.finish("batch header"));

    for (std::size_t i = 0; i < batch.item_count; ++i)
        batch.items.push_back(SAMSYN_TRY(read_item(in, batch.header)));
    SAMSYN_TRY(in.finish("batch"));
    if (items_root(batch, hasher) != batch.items_root)
        return fail(Errc::not_authentic, "items root");
    batch.id = hash_to<BatchId>(hasher, Domain::batch_id, {signed_part});
    return batch;
}

}  // namespace samsyn
