#include "client-sdk/device/engine.hpp"
#include "core/store/read_log.hpp"

#include <algorithm>

namespace samsyn {

namespace {

/// What an item adds to a batch beside its AAD-sized header and sealed body: flag and lengths.
constexpr std::size_t item_overhead = 16;

std::size_t changes_bytes(const Batch& empty) {
    return encode_batch(empty).size();
}

std::string denied_key(const CompartmentId& compartment) {
    return key_for("denied", compartment);
}

/// Reasons that a new consent may take away.
bool may_pass(const Error& why) {
    return why.code == Errc::not_permitted || why.code == Errc::consent_needed ||
           why.code == Errc::limit_exceeded;
}

}  // namespace

Result<void> Device::Impl::seal_pending(Instant now) {
    SAMSYN_TRY(unpark_reopened(now));
    for (const CompartmentId& id : SAMSYN_TRY(store.compartments_with_unsealed())) {
        if (!find(id)) {
            SAMSYN_TRY(park_all(id, {Errc::not_found, "compartment"}));
            continue;
        }
        // What fails waits: a compartment's own trouble is no reason to call its changes refused.
        (void)SAMSYN_TRY(contained([&]() -> Result<void> {
            KnownCompartment* compartment = find(id);
            return compartment ? seal_compartment(*compartment, now) : Result<void>{};
        }));
    }
    return {};
}

Result<void> Device::Impl::seal_compartment(KnownCompartment& compartment, Instant now) {
    const StoredCompartment& stored = compartment.stored;
    SAMSYN_TRY(take_texts(stored.id));
    SAMSYN_TRY(park_lost(stored.id));
    if (!may_contribute(stored, now)) {
        Request request;
        request.action = Action::contribute;
        request.shared_editing_type = true;
        return park_denied(stored.id, denial(decision(stored, request, me(), now)));
    }
    KnownEpoch* epoch = SAMSYN_TRY(current_epoch(compartment, now));
    if (!epoch) return {};  // not among the readers, or waiting for news after stale answers

    for (;;) {
        const auto pending = SAMSYN_TRY(store.pending_unsealed(stored.id, batch_items_max));
        if (pending.empty()) break;
        std::vector<Change> changes;
        for (const PendingChange& one : pending) {
            const bool lonely = alone.contains(one.id);
            if (lonely && !changes.empty()) break;
            changes.push_back(one.change);
            if (lonely) break;
        }
        const Sealed sealed = SAMSYN_TRY(seal_batch(stored, *epoch, changes, false, now));
        if (sealed.count == 0)  // and it holds up no other
            SAMSYN_TRY(store.park(pending.front().id,
                                  {Errc::limit_exceeded, "change does not fit a batch"}));
        for (std::size_t i = 0; i < sealed.count; ++i)
            SAMSYN_TRY(store.mark_sealed(pending[i].id, sealed.counter));
    }
    return welcome_newcomers(compartment, *epoch, now);
}

Result<Device::Impl::Sealed> Device::Impl::seal_batch(const StoredCompartment& compartment,
                                                      const KnownEpoch& epoch,
                                                      std::span<const Change> changes,
                                                      bool restatement,
                                                      Instant now) {
    touch();
    const auto key = SAMSYN_TRY(store.key(epoch.packet.id));
    if (!key) return fail(Errc::no_key, "epoch");
    const auto position = SAMSYN_TRY(store.position(compartment.id));

    Batch batch;
    BatchHeader& header = batch.header;
    header.federation = config.federation;
    header.compartment = compartment.id;
    header.epoch = epoch.packet.id;
    header.author = self;
    header.counter = SAMSYN_TRY(store.take_counter());
    header.sequence = position.sequence + 1;
    header.previous = position.previous;
    header.heads = heads_for(compartment);
    if (const auto seen = SAMSYN_TRY(ReadLog{store.database()}.checkpoint())) {
        header.log_size = seen->checkpoint.tree.size;
        header.log_root = seen->checkpoint.tree.root;
    }
    header.time = tick(now);
    header.restatement = restatement;
    const std::string replaces_key = key_for("replaces", compartment.id);
    if (const auto replaced = SAMSYN_TRY(store.value(replaces_key));
        replaced && replaced->size() == BatchId::size) {
        header.replaces = BatchId::from(*replaced);
    }

    std::size_t bytes = changes_bytes(batch);
    for (const Change& change : changes.first(std::min(changes.size(), batch_items_max))) {
        const Bytes aad = item_aad(header, change.header);
        BatchItem::Full item;
        item.header = change.header;
        item.sealed = ports.sealer.seal_item(*key, aad, encode_values(change.values));
        const std::size_t size = aad.size() + item.sealed.size() + item_overhead;
        if (bytes + size > batch_bytes_max) break;
        bytes += size;
        batch.items.push_back({std::move(item)});
    }
    if (batch.items.empty()) return Sealed{};
    if (header.replaces) SAMSYN_TRY(store.put_value(replaces_key, {}));
    sign_batch(batch, ports.signer, ports.hasher);
    SAMSYN_TRY(store.put_outgoing({.counter = header.counter,
                                   .kind = EntryKind::batch,
                                   .bytes = encode_batch(batch),
                                   .compartment = compartment.id,
                                   .made = corrected(now)}));
    SAMSYN_TRY(store.put_position(compartment.id, {header.sequence, batch.id}));
    return Sealed{batch.items.size(), header.counter};
}

Result<void> Device::Impl::park_all(const CompartmentId& compartment, const Error& why) {
    for (;;) {
        const auto pending = SAMSYN_TRY(store.pending_unsealed(compartment, batch_items_max));
        if (pending.empty()) return {};
        touch();
        for (const PendingChange& one : pending) SAMSYN_TRY(store.park(one.id, why));
    }
}

Result<void> Device::Impl::park_denied(const CompartmentId& compartment, const Error& why) {
    SAMSYN_TRY(park_all(compartment, why));
    // A server that refuses what we think permitted is not asked again and again: only what we have
    // seen closed ourselves is tried anew once it is open.
    return store.put_value(denied_key(compartment), as_bytes("1"));
}

Result<void> Device::Impl::unpark_reopened(Instant now) {
    for (const CompartmentId& id : SAMSYN_TRY(store.compartments_with_parked())) {
        const KnownCompartment* compartment = find(id);
        if (!compartment || !may_contribute(compartment->stored, now)) continue;
        if (!SAMSYN_TRY(store.value(denied_key(id)))) continue;
        touch();
        SAMSYN_TRY(store.erase_value(denied_key(id)));
        // A purge took it away: compartment and change are here again from now on.
        SAMSYN_TRY(store.put_compartment(compartment->stored));
        for (const PendingChange& pending : SAMSYN_TRY(store.pending())) {
            if (pending.compartment != id || !pending.parked || !may_pass(*pending.parked))
                continue;
            (void)SAMSYN_TRY(store.merge(id, pending.change, self));
            SAMSYN_TRY(store.replace_pending(pending.id, pending.change));
        }
    }
    return {};
}

}  // namespace samsyn
