// Acceptance: what was taken before a restore, and comes again with what shows that.

#include "sync-server/hub/acceptance.hpp"

namespace samsyn {

Result<Verdict> Acceptance::accept_resent(EntryKind kind, ByteView bytes, const Hash& taken) {
    switch (kind) {
        case EntryKind::packet:
            return conclude(accept_resent_packet(bytes, taken));
        case EntryKind::supplement:
            return conclude(accept_resent_supplement(bytes, taken));
        case EntryKind::batch:
            return conclude(accept_resent_batch(bytes, taken));
        case EntryKind::statement:
        case EntryKind::escrow:
        case EntryKind::reads:
            break;
    }
    return conclude(refuse(Errc::malformed, "kind of what is sent again"));
}

/// The log vouches for one entry and for no other. A revocation that was lost with the rest is sent
/// again too: its pin says what of a revoked device counts.
Checked<void> Acceptance::admit_resent(const LogEntry& entry, const Hash& taken) {
    if (entry.hash != taken) return refuse(Errc::not_authentic, "the receipt of another entry");
    SAMSYN_TRY(admit_offer(entry));
    if (!ports_.registry.federation().counts(entry.author, entry.counter))
        return escrow(entry, "after the revocation of its author");
    return {};
}

Checked<Verdict> Acceptance::accept_resent_packet(ByteView bytes, const Hash& taken) {
    const KeyPacket packet = SAMSYN_TRY(or_refuse(decode_packet(bytes, ports_.hasher)));
    const SigningPublicKey* const key = SAMSYN_TRY(key_of_author(packet.federation, packet.author));
    if (!verify_packet(packet, *key, ports_.verifier)) return refuse(Errc::bad_signature, "packet");
    if (packet.compartment != compartment_id(ports_.hasher, packet.case_id, packet.label))
        return refuse(Errc::malformed, "compartment of the packet");
    LogEntry entry{{packet.compartment},
                   0,
                   EntryKind::packet,
                   Hash::from(packet.id.view()),
                   packet.author,
                   packet.counter,
                   {},
                   to_bytes(bytes)};
    SAMSYN_TRY(admit_resent(entry, taken));
    Verdict verdict = SAMSYN_TRY(store(std::move(entry)));
    ports_.registry.add(packet);
    return verdict;
}

Checked<Verdict> Acceptance::accept_resent_supplement(ByteView bytes, const Hash& taken) {
    const Supplement supplement = SAMSYN_TRY(or_refuse(decode_supplement(bytes, ports_.hasher)));
    const SigningPublicKey* const key =
        SAMSYN_TRY(key_of_author(supplement.federation, supplement.author));
    if (!verify_supplement(supplement, *key, ports_.verifier))
        return refuse(Errc::bad_signature, "supplement");
    LogEntry entry{{supplement.compartment},
                   0,
                   EntryKind::supplement,
                   supplement.id,
                   supplement.author,
                   supplement.counter,
                   {},
                   to_bytes(bytes)};
    SAMSYN_TRY(admit_resent(entry, taken));
    Verdict verdict = SAMSYN_TRY(store(std::move(entry)));
    ports_.registry.add(supplement);
    return verdict;
}

}  // namespace samsyn
