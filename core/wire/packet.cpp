#include "core/wire/packet.hpp"

#include "core/wire/lists.hpp"

#include <algorithm>

namespace samsyn {

namespace {

constexpr std::size_t supplement_keys_max = 300;

Result<KeyPacket> read_packet(Reader& in, const Hasher& hasher) {
    KeyPacket packet;
    packet.federation = SAMSYN_TRY(in.id<FederationId>("federation"));
    packet.case_id = SAMSYN_TRY(in.id<CaseId>("case"));
    packet.label = SAMSYN_TRY(decode_label(in));
    packet.compartment = SAMSYN_TRY(in.id<CompartmentId>("compartment"));
    packet.nonce = SAMSYN_TRY(in.id<Nonce>("nonce"));
    packet.check = SAMSYN_TRY(in.id<Hash>("check value"));
    packet.heads = SAMSYN_TRY(read_heads(in));
    packet.statute_version = SAMSYN_TRY(in.number<std::uint32_t>("statute version"));
    packet.instant = SAMSYN_TRY(in.instant("instant"));
    packet.reason = SAMSYN_TRY(in.enumerator(PacketReason::last, "packet reason"));
    packet.author = SAMSYN_TRY(in.id<DeviceId>("author"));
    packet.counter = SAMSYN_TRY(in.number<std::uint64_t>("counter"));
    packet.part = SAMSYN_TRY(in.number<std::uint16_t>("part"));
    packet.part_count = SAMSYN_TRY(in.number<std::uint16_t>("part count"));
    packet.keys = SAMSYN_TRY(read_sealed_keys(in, packet_recipients_max));
    packet.recovery_box = SAMSYN_TRY(read_recovery_box(in));

    if (packet.part >= packet.part_count) return fail(Errc::malformed, "part");
    if (packet.compartment != compartment_id(hasher, packet.case_id, packet.label))
        return fail(Errc::malformed, "compartment");
    return packet;
}

Result<std::vector<Supplement::OldKey>> read_old_keys(Reader& in) {
    const auto count = SAMSYN_TRY(in.count(supplement_keys_max, "epochs"));
    std::vector<Supplement::OldKey> keys;
    for (std::size_t i = 0; i < count; ++i) {
        Supplement::OldKey key;
        key.epoch = SAMSYN_TRY(in.id<EpochId>("epoch"));
        key.box = SAMSYN_TRY(read_box(in));
        keys.push_back(std::move(key));
    }
    if (!ascends(keys, &Supplement::OldKey::epoch)) return fail(Errc::malformed, "epochs");
    return keys;
}

Result<Supplement> read_supplement(Reader& in) {
    Supplement supplement;
    supplement.federation = SAMSYN_TRY(in.id<FederationId>("federation"));
    supplement.compartment = SAMSYN_TRY(in.id<CompartmentId>("compartment"));
    supplement.author = SAMSYN_TRY(in.id<DeviceId>("author"));
    supplement.counter = SAMSYN_TRY(in.number<std::uint64_t>("counter"));
    supplement.recipient = SAMSYN_TRY(in.id<DeviceId>("recipient"));
    supplement.sealing_epoch = SAMSYN_TRY(in.number<std::uint32_t>("sealing epoch"));
    supplement.keys = SAMSYN_TRY(read_old_keys(in));
    supplement.ground = SAMSYN_TRY(read_optional_id<StatementId>(in, "ground"));
    return supplement;
}

Bytes with_signature(ByteView signed_part, const Signature& signature) {
    Writer out;
    out.blob(signed_part);
    out.id(signature);
    return std::move(out).take();
}

struct Signed {
    ByteView part;
    Signature signature;
};

Result<Signed> split_signature(ByteView bytes, std::string_view what) {
    if (bytes.size() > packet_bytes_max) return fail(Errc::limit_exceeded, what);
    Reader in{bytes};
    Signed both;
    both.part = SAMSYN_TRY(in.blob(packet_bytes_max, what));
    both.signature = SAMSYN_TRY(in.id<Signature>("signature"));
    SAMSYN_TRY(in.finish(what));
    return both;
}

Hash box_context(const Hasher& hasher,
                 Domain domain,
                 const CompartmentId& compartment,
                 ByteView epoch,
                 const DeviceId& recipient,
                 std::uint32_t sealing_epoch) {
    Writer out;
    out.id(compartment);
    out.raw(epoch);  // nonce or id: 32 bytes either way
    out.id(recipient);
    out.number(sealing_epoch);
    return hasher.hash(domain, {out.view()});
}

}  // namespace

// --- Packets -------------------------------------------------------------------------------------

Bytes encode_signed_part(const KeyPacket& packet) {
    Writer out;
    out.id(packet.federation);
    out.id(packet.case_id);
    encode(out, packet.label);
    out.id(packet.compartment);
    out.id(packet.nonce);
    out.id(packet.check);
    write_heads(out, packet.heads);
    out.number(packet.statute_version);
    out.instant(packet.instant);
    out.enumerator(packet.reason);
    out.id(packet.author);
    out.number(packet.counter);
    out.number(packet.part);
    out.number(packet.part_count);
    write_sealed_keys(out, packet.keys);
    write_recovery_box(out, packet.recovery_box);
    return std::move(out).take();
}

Bytes encode_packet(const KeyPacket& packet) {
    return with_signature(encode_signed_part(packet), packet.signature);
}

Result<KeyPacket> decode_packet(ByteView bytes, const Hasher& hasher) {
    const Signed both = SAMSYN_TRY(split_signature(bytes, "packet"));
    Reader in{both.part};
    KeyPacket packet = SAMSYN_TRY(read_packet(in, hasher));
    SAMSYN_TRY(in.finish("packet"));
    packet.id = hash_to<EpochId>(hasher, Domain::epoch_id, {both.part});
    packet.signature = both.signature;
    return packet;
}

Hash packet_context(const KeyPacket& packet,
                    const DeviceId& recipient,
                    std::uint32_t sealing_epoch,
                    const Hasher& hasher) {
    return box_context(hasher,
                       Domain::packet_context,
                       packet.compartment,
                       packet.nonce.view(),
                       recipient,
                       sealing_epoch);
}

void sign_packet(KeyPacket& packet, Signer& signer, const Hasher& hasher) {
    normalise(packet.label);
    normalise(packet.heads);
    std::ranges::sort(packet.keys, {}, &SealedKey::device);
    const Bytes signed_part = encode_signed_part(packet);
    packet.id = hash_to<EpochId>(hasher, Domain::epoch_id, {signed_part});
    packet.signature = signer.sign(Domain::packet, signed_part);
}

bool verify_packet(const KeyPacket& packet,
                   const SigningPublicKey& author_key,
                   const Verifier& verifier) {
    return verifier.verify(
        author_key, Domain::packet, encode_signed_part(packet), packet.signature);
}

// --- Supplements ---------------------------------------------------------------------------------

Bytes encode_signed_part(const Supplement& supplement) {
    Writer out;
    out.id(supplement.federation);
    out.id(supplement.compartment);
    out.id(supplement.author);
    out.number(supplement.counter);
    out.id(supplement.recipient);
    out.number(supplement.sealing_epoch);
    out.list(supplement.keys, [&](const Supplement::OldKey& key) {
        out.id(key.epoch);
        out.blob(key.box);
    });
    write_optional_id(out, supplement.ground);
    return std::move(out).take();
}

Bytes encode_supplement(const Supplement& supplement) {
    return with_signature(encode_signed_part(supplement), supplement.signature);
}

Result<Supplement> decode_supplement(ByteView bytes, const Hasher& hasher) {
    const Signed both = SAMSYN_TRY(split_signature(bytes, "supplement"));
    Reader in{both.part};
    Supplement supplement = SAMSYN_TRY(read_supplement(in));
    SAMSYN_TRY(in.finish("supplement"));
    supplement.id = hasher.hash(Domain::supplement_id, {both.part});
    supplement.signature = both.signature;
    return supplement;
}

Hash supplement_context(const Supplement& supplement, const EpochId& epoch, const Hasher& hasher) {
    return box_context(hasher,
                       Domain::supplement_context,
                       supplement.compartment,
                       epoch.view(),
                       supplement.recipient,
                       supplement.sealing_epoch);
}

void sign_supplement(Supplement& supplement, Signer& signer, const Hasher& hasher) {
    std::ranges::sort(supplement.keys, {}, &Supplement::OldKey::epoch);
    const Bytes signed_part = encode_signed_part(supplement);
    supplement.id = hasher.hash(Domain::supplement_id, {signed_part});
    supplement.signature = signer.sign(Domain::supplement, signed_part);
}

bool verify_supplement(const Supplement& supplement,
                       const SigningPublicKey& author_key,
                       const Verifier& verifier) {
    return verifier.verify(
        author_key, Domain::supplement, encode_signed_part(supplement), supplement.signature);
}

}  // namespace samsyn
