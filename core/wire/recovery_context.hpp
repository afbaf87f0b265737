#pragma once

#include "core/wire/escrow.hpp"
#include "core/wire/packet.hpp"

namespace samsyn {

// What recovery boxes are bound to. They share their label with the boxes for devices, and are told
// from them by their length: whatever ids an organisation and a device have, no box of the one kind
// opens as one of the other.

/// Of a packet's recovery box: in no other packet, for no other organisation and for no other
/// generation of its key does it open.
Hash recovery_context(const KeyPacket& packet,
                      const OrganisationId& organisation,
                      std::uint32_t generation,
                      const Hasher& hasher);

/// The same of a blob in escrow.
Hash recovery_context(const EscrowBlob& blob,
                      const OrganisationId& organisation,
                      std::uint32_t generation,
                      const Hasher& hasher);

/// Of an earlier epoch's key that a supplement for no device wraps anew.
Hash rewrapping_context(const CompartmentId& compartment,
                        const EpochId& epoch,
                        const OrganisationId& organisation,
                        std::uint32_t generation,
                        const Hasher& hasher);

/// A supplement that names no recipient wraps keys for the recovery key of the generation in
/// `sealing_epoch`.
inline bool is_rewrapping(const Supplement& supplement) {
    return supplement.recipient.is_none();
}

/// The heads of the federation log that the packet names: they say which recovery key it is for.
std::vector<StatementId> federation_heads_of(const KeyPacket& packet);

}  // namespace samsyn
