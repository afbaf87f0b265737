#include "client-sdk/device/engine.hpp"

#include <algorithm>

namespace samsyn {

namespace {

/// What an item adds to a batch beside its AAD-sized header and sealed body: flag and lengths.
constexpr std::size_t item_overhead = 16;

std::size_t changes_bytes(const Batch& empty) {
    return encode_batch(empty).size();
}

}  // namespace

Result<void> Device::Impl::seal_pending(Instant now) {
    for (const CompartmentId& id : SAMSYN_TRY(store.compartments_with_unsealed())) {
        KnownCompartment* compartment = find(id);
        if (!compartment) {
            SAMSYN_TRY(park_all(id, {Errc::not_found, "compartment"}));
            continue;
        }
        if (auto sealed = seal_compartment(*compartment, now); !sealed) {
            if (is_storage_fault(sealed.error())) return sealed;
            SAMSYN_TRY(park_all(id, sealed.error()));
        }
    }
    return {};
}

Result<void> Device::Impl::seal_compartment(KnownCompartment& compartment, Instant now) {
    const StoredCompartment& stored = compartment.stored;
    if (!may_contribute(stored, now)) {
        Request request;
        request.action = Action::contribute;
        request.shared_editing_type = true;
        return park_all(stored.id, denial(decision(stored, request, me(), now)));
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
    header.time = tick(now);
    header.restatement = restatement;
    const std::string replaces_key = key_for("replaces", compartment.id);
    if (const auto replaced = SAMSYN_TRY(store.value(replaces_key));
        replaced && replaced->size() == BatchId::size) {
        header.replaces = BatchId::from(*replaced);
        SAMSYN_TRY(store.put_value(replaces_key, {}));
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
    if (batch.items.empty()) return fail(Errc::limit_exceeded, "change does not fit a batch");
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

}  // namespace samsyn
