#include "client-sdk/device/engine.hpp"

#include <algorithm>

namespace samsyn {

namespace {

constexpr std::size_t body_bytes_max = sealed_body_bytes_max * 4;  ///< unpacked
constexpr std::size_t faults_bytes_max = 4 * 1024;

const SealedKey* box_for(const KeyPacket& packet, const DeviceId& device) {
    const auto found = std::ranges::lower_bound(packet.keys, device, {}, &SealedKey::device);
    return found != packet.keys.end() && found->device == device ? &*found : nullptr;
}

KnownEpoch* find_epoch(KnownCompartment& compartment, const EpochId& id) {
    for (KnownEpoch& epoch : compartment.epochs)
        if (epoch.packet.id == id) return &epoch;
    return nullptr;
}

}  // namespace

Result<void> Device::apply(const Incarnation& incarnation, const Deliver& deliver, Instant now) {
    Impl& my = *impl_;
    return my.transact([&]() -> Result<void> {
        EntryNumber number = deliver.up_to;
        const auto rewinds_before = my.rewinds.size();
        for (const Deliver::Entry& entry : deliver.entries) {
            number = std::max(number, entry.number);
            const auto applied = my.apply_entry(deliver.channel, entry, now);
            if (applied) continue;
            if (is_storage_fault(applied.error())) return applied;
            SAMSYN_TRY(my.note_fault(applied.error()));
        }
        SAMSYN_TRY(my.store.put_value(key_incarnation, incarnation.view()));
        SAMSYN_TRY(my.store.put_cursor(incarnation, deliver.channel, number));
        if (const auto* stream = std::get_if<Stream>(&deliver.channel.name);
            stream && !deliver.entries.empty()) {
            my.stale_answers.clear();
            if (stream->kind == StreamKind::federation) my.attentive = true;
            SAMSYN_TRY(my.purge_denied(now));
        }
        for (auto i = rewinds_before; i < my.rewinds.size(); ++i)
            SAMSYN_TRY(my.store.put_cursor(incarnation, my.rewinds[i].channel, 0));
        return {};
    });
}

Result<void> Device::Impl::apply_entry(const Channel& channel,
                                       const Deliver::Entry& entry,
                                       Instant now) {
    if (std::holds_alternative<Stream>(channel.name)) {
        if (entry.kind != EntryKind::statement) return fail(Errc::malformed, "kind of entry");
        const auto statement = SAMSYN_TRY(decode_statement(entry.bytes, ports.hasher));
        if (statement.header.stream != std::get<Stream>(channel.name))
            return fail(Errc::malformed, "stream of a statement");
        if (SAMSYN_TRY(take_statement(entry.bytes))) observe(statement.header.time, now);
        return {};
    }
    const auto& compartment = std::get<CompartmentId>(channel.name);
    switch (entry.kind) {
        case EntryKind::packet:
            return apply_packet(compartment, entry.bytes, now);
        case EntryKind::supplement:
            return apply_supplement(compartment, entry.bytes, now);
        case EntryKind::batch:
            return apply_batch(compartment, entry.number, entry.bytes, now);
        case EntryKind::statement:
            break;
    }
    return fail(Errc::malformed, "kind of entry");
}

Result<void> Device::Impl::apply_packet(const CompartmentId& channel, ByteView bytes, Instant now) {
    KeyPacket packet = SAMSYN_TRY(decode_packet(bytes, ports.hasher));
    if (packet.federation != config.federation) return fail(Errc::wrong_federation, "key packet");
    if (packet.compartment != channel) return fail(Errc::malformed, "compartment of a packet");
    const SigningPublicKey* author = federation().signing_key(packet.author);
    if (!author || !federation().device(packet.author))
        return fail(Errc::unknown_device, "author of a packet");
    if (!federation().counts(packet.author, packet.counter))
        return fail(Errc::revoked_device, "author of a packet");
    if (!verify_packet(packet, *author, ports.verifier))
        return fail(Errc::bad_signature, "key packet");

    KnownCompartment* compartment =
        SAMSYN_TRY(know({packet.compartment, packet.case_id, packet.label}));
    if (!may_read(compartment->stored, now)) return {};  // not ours any more: nothing to keep
    if (find_epoch(*compartment, packet.id)) return {};
    touch();
    (void)SAMSYN_TRY(store.put_epoch(packet.id, channel, bytes));
    KnownEpoch known_epoch{.packet = std::move(packet), .has_key = false, .closed = false};
    SAMSYN_TRY(forget_restated(*compartment, known_epoch.packet));
    if (is_wider_than_permitted(known_epoch.packet)) {
        SAMSYN_TRY(note_fault({Errc::not_permitted, "a key packet names too many devices"}));
        SAMSYN_TRY(store.put_value(key_for("closed", known_epoch.packet.id), as_bytes("1")));
        known_epoch.closed = true;
    }
    compartment->epochs.push_back(std::move(known_epoch));
    KnownEpoch& epoch = compartment->epochs.back();

    if (const SealedKey* box = box_for(epoch.packet, self)) {
        const Hash context = packet_context(epoch.packet, self, box->sealing_epoch, ports.hasher);
        const auto key = SAMSYN_TRY(ports.sealer.open_key(box->box, context));
        return gain_key(epoch, key, now);
    }
    // A supplement for it may have come first.
    const auto kept = SAMSYN_TRY(store.value(key_for("supplement", epoch.packet.id)));
    if (kept) {
        const auto supplement = SAMSYN_TRY(decode_supplement(*kept, ports.hasher));
        (void)SAMSYN_TRY(open_old_key(epoch, supplement, now));
        return {};
    }
    const std::string waiting = key_for("waiting", channel);
    if (SAMSYN_TRY(instant(waiting))) return {};
    return put_instant(waiting, corrected(now));
}

Result<void> Device::Impl::gain_key(KnownEpoch& epoch, const ContentKey& key, Instant now) {
    const KeyPacket& packet = epoch.packet;
    // The cipher does not commit to its key; the signed check value does.
    if (ports.sealer.check_value(key, packet.compartment, packet.nonce) != packet.check)
        return fail(Errc::not_authentic, "key check value");
    touch();
    SAMSYN_TRY(store.put_key(packet.id, key));
    SAMSYN_TRY(store.put_value(key_for("waiting", packet.compartment), {}));
    epoch.has_key = true;
    for (const Bytes& held : SAMSYN_TRY(store.take_held(packet.id))) {
        const auto batch = SAMSYN_TRY(decode_batch(held, ports.hasher));
        const auto merged = merge_batch(batch, key, now);
        if (merged) continue;
        if (is_storage_fault(merged.error())) return merged;
        SAMSYN_TRY(note_fault(merged.error()));
    }
    return {};
}

Result<bool> Device::Impl::open_old_key(KnownEpoch& epoch,
                                        const Supplement& supplement,
                                        Instant now) {
    for (const Supplement::OldKey& old : supplement.keys) {
        if (old.epoch != epoch.packet.id) continue;
        const Hash context = supplement_context(supplement, old.epoch, ports.hasher);
        const auto key = SAMSYN_TRY(ports.sealer.open_key(old.box, context));
        SAMSYN_TRY(gain_key(epoch, key, now));
        return true;
    }
    return false;
}

Result<void> Device::Impl::apply_supplement(const CompartmentId& channel,
                                            ByteView bytes,
                                            Instant now) {
    const auto supplement = SAMSYN_TRY(decode_supplement(bytes, ports.hasher));
    if (supplement.federation != config.federation)
        return fail(Errc::wrong_federation, "supplement");
    if (supplement.compartment != channel)
        return fail(Errc::malformed, "compartment of a supplement");
    const SigningPublicKey* author = federation().signing_key(supplement.author);
    if (!author) return fail(Errc::unknown_device, "author of a supplement");
    if (!federation().counts(supplement.author, supplement.counter))
        return fail(Errc::revoked_device, "author of a supplement");
    if (!verify_supplement(supplement, *author, ports.verifier))
        return fail(Errc::bad_signature, "supplement");

    std::vector<EpochId> epochs;
    for (const Supplement::OldKey& old : supplement.keys) epochs.push_back(old.epoch);
    SAMSYN_TRY(note_given(channel, supplement.recipient, epochs));
    KnownCompartment* compartment = find(channel);
    if (supplement.recipient != self) return {};
    if (compartment && !may_read(compartment->stored, now)) return {};

    bool gained = false;
    for (const EpochId& id : epochs) {
        KnownEpoch* epoch = compartment ? find_epoch(*compartment, id) : nullptr;
        if (epoch && epoch->has_key) continue;
        const std::string kept = key_for("supplement", id);
        if (!epoch && SAMSYN_TRY(store.value(kept))) continue;
        gained = true;
        if (epoch)
            (void)SAMSYN_TRY(open_old_key(*epoch, supplement, now));
        else
            SAMSYN_TRY(store.put_value(kept, bytes));
    }
    // What the server skipped while we had no key for it comes from the start.
    if (gained) rewinds.push_back({.channel = Channel{channel}, .number = 0});
    return {};
}

Result<void> Device::Impl::apply_batch(const CompartmentId& channel,
                                       EntryNumber number,
                                       ByteView bytes,
                                       Instant now) {
    const auto batch = SAMSYN_TRY(decode_batch(bytes, ports.hasher));
    const BatchHeader& header = batch.header;
    if (header.federation != config.federation) return fail(Errc::wrong_federation, "batch");
    if (header.compartment != channel) return fail(Errc::malformed, "compartment of a batch");
    const SigningPublicKey* author = federation().signing_key(header.author);
    if (!author || !federation().device(header.author))
        return fail(Errc::unknown_device, "author of a batch");
    if (!federation().counts(header.author, header.counter))
        return fail(Errc::revoked_device, "author of a batch");
    if (!verify_batch(batch, *author, ports.verifier)) return fail(Errc::bad_signature, "batch");

    KnownCompartment* compartment = find(channel);
    if (compartment && !may_read(compartment->stored, now)) return {};
    const auto key = SAMSYN_TRY(store.key(header.epoch));
    if (!key) return store.hold_batch(channel, header.epoch, number, bytes);
    return merge_batch(batch, *key, now);
}

/// All or nothing: every item is opened and checked before the first is merged.
Result<void> Device::Impl::merge_batch(const Batch& batch, const ContentKey& key, Instant now) {
    const BatchHeader& header = batch.header;
    KnownCompartment* compartment = find(header.compartment);
    KnownEpoch* epoch = compartment ? find_epoch(*compartment, header.epoch) : nullptr;
    if (!epoch) return fail(Errc::malformed, "epoch of another compartment");

    std::vector<std::pair<Change, DeviceId>> changes;
    for (const BatchItem& item : batch.items) {
        const auto* full = std::get_if<BatchItem::Full>(&item.content);
        if (!full) continue;  // pruned: superseded by something else that is served
        if (full->header.restated_author.has_value() != header.restatement)
            return fail(Errc::malformed, "restated author");
        const Bytes aad = item_aad(header, full->header);
        const Bytes body =
            SAMSYN_TRY(ports.sealer.open_item(key, aad, full->sealed, body_bytes_max));
        Change change{.header = full->header,
                      .values = SAMSYN_TRY(decode_values(body, full->header.writes.size()))};
        const DeviceId author = full->header.restated_author.value_or(header.author);
        if (!federation().device(author)) return fail(Errc::unknown_device, "restated author");
        const auto there = SAMSYN_TRY(store.item(change.header.item));
        if (there && there->compartment != header.compartment)
            return fail(Errc::malformed, "item of another compartment");
        changes.emplace_back(std::move(change), author);
    }
    touch();
    bool news = false;
    for (const auto& [change, author] : changes) {
        observe(change.header.time, now);
        news = SAMSYN_TRY(store.merge(header.compartment, change, author)) || news;
    }
    observe(header.time, now);
    if (header.restatement) {
        if (federation().works_in(user_of(header.author),
                                  compartment->stored.label.disclosing.unit,
                                  decision_time(now)))
            SAMSYN_TRY(note_restated(*compartment, header.epoch, now));
        return unmark_restated(batch);
    }
    // Whose key came by a supplement leaves late work to those who had it before.
    if (!news || !epoch->names(self)) return {};
    return restate_if_late(*compartment, batch, now);
}

Result<void> Device::Impl::note_fault(const Error& error) {
    Bytes all = SAMSYN_TRY(store.value(key_faults)).value_or(Bytes{});
    const std::string line = to_string(error) + "\n";
    const ByteView added = as_bytes(line);
    all.insert(all.end(), added.begin(), added.end());
    if (all.size() > faults_bytes_max)
        all.erase(all.begin(), all.end() - static_cast<std::ptrdiff_t>(faults_bytes_max));
    return store.put_value(key_faults, all);
}

/// Is a packet wider than the policy at exactly the statements that it names? Where we do not hold
/// them all, we cannot say; then the rule "none of its recipients is denied now" must do.
bool Device::Impl::is_wider_than_permitted(const KeyPacket& packet) {
    const StatuteTable* table = find_statute_table(packet.statute_version);
    if (!table) return true;  // decided by rules that this program does not know
    std::vector<StatementId> federation_heads;
    std::vector<StatementId> case_heads;
    for (const StreamHeads& stream : packet.heads) {
        auto& heads = stream.stream.kind == StreamKind::federation ? federation_heads : case_heads;
        heads.insert(heads.end(), stream.heads.begin(), stream.heads.end());
    }
    const auto federation_then = federation_graph.at(federation_heads);
    const auto case_then = graph(packet.case_id).at(case_heads);
    if (!federation_then || !case_then) return false;
    const auto members = Federation::build(*federation_then, config.federation, ports.hasher);
    if (!members) return false;
    const CaseView facts = CaseView::build(packet.case_id, *case_then, *members);
    const auto devices = permitted_devices(packet.label, {*members, facts}, *table, packet.instant);
    return !std::ranges::all_of(packet.keys, [&](const SealedKey& sealed) {
        return std::ranges::binary_search(devices, sealed.device);
    });
}

}  // namespace samsyn
