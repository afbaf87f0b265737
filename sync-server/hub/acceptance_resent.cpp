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
    auto verified = SAMSYN_TRY(verified_packet(bytes));
    SAMSYN_TRY(admit_resent(verified.entry, taken));
    return store_keys(std::move(verified));
}

Checked<Verdict> Acceptance::accept_resent_supplement(ByteView bytes, const Hash& taken) {
    auto verified = SAMSYN_TRY(verified_supplement(bytes));
    SAMSYN_TRY(admit_resent(verified.entry, taken));
    return store_keys(std::move(verified));
}

/// Whatever its epoch: who may read it is decided at delivery. What others wrote may not be here
/// yet, so what a restatement says is not compared with it; the server did that when it took it.
Checked<Verdict> Acceptance::accept_resent_batch(ByteView bytes, const Hash& taken) {
    auto verified = SAMSYN_TRY(verified_batch(bytes));
    SAMSYN_TRY(admit_resent(verified.entry, taken));
    SAMSYN_TRY(check_sequence(verified.said));
    const auto created = SAMSYN_TRY(find_places(verified.said));
    return store_batch(std::move(verified), created);
}

/// The items of a batch that are not here yet. Errors: an item that is elsewhere, or is another
/// thing.
Checked<std::map<ItemId, ItemType>> Acceptance::find_places(const Batch& batch) {
    std::map<ItemId, ItemType> created;
    for (const BatchItem& item : batch.items) {
        const auto* const full = std::get_if<BatchItem::Full>(&item.content);
        if (full == nullptr) return refuse(Errc::malformed, "pruned");
        const auto known = SAMSYN_TRY(find_item(full->header.item));
        if (!known) {
            created.emplace(full->header.item, full->header.type);
            continue;
        }
        if (known->compartment != batch.header.compartment)
            return refuse(Errc::already_exists, "item of another compartment");
        if (known->type != full->header.type)
            return refuse(Errc::invalid_argument, "type of the item");
    }
    return created;
}

}  // namespace samsyn
