#include "core/wire/recovery_context.hpp"

namespace samsyn {

namespace {

void write_recovery_key(Writer& out, const OrganisationId& organisation, std::uint32_t generation) {
    out.id(organisation);
    out.number(generation);
    out.raw(as_bytes("recovery"));
}

}  // namespace

Hash recovery_context(const KeyPacket& packet,
                      const OrganisationId& organisation,
                      std::uint32_t generation,
                      const Hasher& hasher) {
    Writer out;
    out.id(packet.compartment);
    out.id(packet.nonce);
    write_recovery_key(out, organisation, generation);
    return hasher.hash(Domain::packet_context, {out.view()});
}

Hash recovery_context(const EscrowBlob& blob,
                      const OrganisationId& organisation,
                      std::uint32_t generation,
                      const Hasher& hasher) {
    Writer out;
    out.id(blob.compartment);
    out.id(blob.author);
    out.number(blob.counter);
    write_recovery_key(out, organisation, generation);
    return hasher.hash(Domain::escrow_context, {out.view()});
}

Hash rewrapping_context(const CompartmentId& compartment,
                        const EpochId& epoch,
                        const OrganisationId& organisation,
                        std::uint32_t generation,
                        const Hasher& hasher) {
    Writer out;
    out.id(compartment);
    out.id(epoch);
    write_recovery_key(out, organisation, generation);
    return hasher.hash(Domain::supplement_context, {out.view()});
}

std::vector<StatementId> federation_heads_of(const KeyPacket& packet) {
    std::vector<StatementId> heads;
    for (const StreamHeads& named : packet.heads)
        if (named.stream.kind == StreamKind::federation)
            heads.insert(heads.end(), named.heads.begin(), named.heads.end());
    return heads;
}

}  // namespace samsyn
