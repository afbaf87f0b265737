#include "client-sdk/device/attachment_book.hpp"
#include "client-sdk/device/escrow_rows.hpp"
#include "core/policy/recovery_recipient.hpp"
#include "core/text/text_run.hpp"
#include "core/wire/escrow.hpp"

#include <algorithm>

namespace samsyn {

namespace {

constexpr std::size_t faults_bytes_max = 4 * 1024;

const SealedKey* box_for(const KeyPacket& packet, const DeviceId& device) {
    const auto found = std::ranges::lower_bound(packet.keys, device, {}, &SealedKey::device);
    return found != packet.keys.end() && found->device == device ? &*found : nullptr;
}

/// Of batches that wait for a key we keep so many for each compartment. The rest comes again.
constexpr std::uint64_t held_count_max = 256;
constexpr std::uint64_t held_bytes_max = 8U * 1024 * 1024;

std::string dropped_key(const CompartmentId& compartment) {
    return key_for("dropped", compartment);
}

}  // namespace

Result<void> Device::apply(const Incarnation& incarnation, const Deliver& deliver, Instant now) {
    Impl& my = *impl_;
    if (!deliver.entries.empty()) my.attachment_book().note_changes();
    return my.transact([&]() -> Result<void> {
        EntryNumber number = deliver.up_to;
        const auto rewinds_before = my.rewinds.size();
        for (const Deliver::Entry& entry : deliver.entries) {
            number = std::max(number, entry.number);
            (void)SAMSYN_TRY(
                my.contained([&] { return my.apply_entry(deliver.channel, entry, now); }));
        }
        SAMSYN_TRY(my.store.put_value(key_incarnation, incarnation.view()));
        SAMSYN_TRY(my.store.put_cursor(incarnation, deliver.channel, number));
        if (const auto* stream = std::get_if<Stream>(&deliver.channel.name);
            stream && !deliver.entries.empty()) {
            my.stale_answers.clear();
            if (stream->kind == StreamKind::federation) my.attentive = true;
            SAMSYN_TRY(my.purge_denied(now));
            // Of a roster that we are on no more only that was said: should we come back, all of it
            // comes again.
            if (stream->kind == StreamKind::roster && my.was_put_on(*stream) &&
                !my.view(stream->case_id)
                     .roster(stream->unit)
                     .participates(my.config.user, my.decision_time(now)))
                SAMSYN_TRY(my.store.put_cursor(incarnation, deliver.channel, 0));
        }
        for (auto i = rewinds_before; i < my.rewinds.size(); ++i)
            SAMSYN_TRY(my.store.put_cursor(incarnation, my.rewinds[i].channel, 0));
        return {};
    });
}

bool Device::Impl::was_put_on(const Stream& roster) const {
    return std::ranges::any_of(graph(roster.case_id).in(roster), [&](const auto& statement) {
        const auto* added = std::get_if<ParticipantAdded>(&statement->body);
        return added && added->user == config.user;
    });
}

Result<void> Device::Impl::apply_entry(const Channel& channel,
                                       const Deliver::Entry& entry,
                                       Instant now) {
    if (std::holds_alternative<Stream>(channel.name)) {
        const auto& stream = std::get<Stream>(channel.name);
        if (entry.kind == EntryKind::escrow && stream.kind == StreamKind::notice)
            return apply_escrow(stream, entry.bytes);
        if (entry.kind != EntryKind::statement) return fail(Errc::malformed, "kind of entry");
        const auto statement = SAMSYN_TRY(decode_statement(entry.bytes, ports.hasher));
        if (statement.header.stream != stream)
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
        case EntryKind::escrow:
        case EntryKind::reads:
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
    const auto fault = fault_of(packet);
    if (fault) {
        SAMSYN_TRY(note_fault({Errc::not_permitted, std::string{*fault}}));
        SAMSYN_TRY(store.put_value(key_for("closed", packet.id), as_bytes("1")));
    }
    auto given_before = SAMSYN_TRY(holders(store, packet.id));
    const KeyPacket came = packet;
    KnownEpoch& epoch = put_packet(*compartment, std::move(packet));
    epoch.given_to.merge(std::move(given_before));
    epoch.closed = epoch.closed || fault.has_value();
    SAMSYN_TRY(forget_restated(*compartment, epoch));

    if (epoch.has_key) {  // by another part: what is sealed under this one's name opens, too
        const auto key = SAMSYN_TRY(store.key(epoch.packet.id));
        return key ? gain_key(epoch, *key, now) : Result<void>{};
    }
    if (const SealedKey* box = box_for(came, self)) {
        const Hash context = packet_context(came, self, box->sealing_epoch, ports.hasher);
        const auto key = ports.sealer.open_key(box->box, context);
        const auto gained =
            key ? gain_key(epoch, *key, now) : Result<void>{std::unexpected{key.error()}};
        if (gained) return {};
        if (is_storage_fault(gained.error())) return gained;
        SAMSYN_TRY(note_fault(gained.error()));
    }
    // A supplement for it may have come first.
    SAMSYN_TRY(open_kept_supplements(epoch, now));
    if (epoch.has_key) return {};
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
    for (const EpochId& id : epoch.ids()) SAMSYN_TRY(store.put_key(id, key));
    SAMSYN_TRY(store.put_value(key_for("waiting", packet.compartment), {}));
    epoch.has_key = true;
    if (const auto dropped = SAMSYN_TRY(store.value(dropped_key(packet.compartment)));
        dropped && !dropped->empty()) {
        SAMSYN_TRY(store.put_value(dropped_key(packet.compartment), {}));
        rewinds.push_back({.channel = Channel{packet.compartment}, .number = 0});
    }
    if (SAMSYN_TRY(store.value(escrow_dropped_key(packet.compartment)))) {
        SAMSYN_TRY(store.erase_value(escrow_dropped_key(packet.compartment)));
        rewinds.push_back(
            {.channel = Channel{escrow_stream(packet.case_id, packet.label)}, .number = 0});
    }
    for (const EpochId& id : epoch.ids())
        for (const Bytes& held : SAMSYN_TRY(store.take_held(id))) {
            const auto batch = SAMSYN_TRY(decode_batch(held, ports.hasher));
            const auto merged = merge_batch(batch, key, now);
            if (merged) continue;
            if (is_storage_fault(merged.error())) return merged;
            SAMSYN_TRY(note_fault(merged.error()));
        }
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
    if (!key) return hold(compartment, batch, number, bytes);
    return merge_batch(batch, *key, now);
}

/// Keeps a batch until its key comes. Where there are too many already, or nothing is known of the
/// compartment, only that something was left: it comes again from the start with the next key.
Result<void> Device::Impl::hold(KnownCompartment* compartment,
                                const Batch& batch,
                                EntryNumber number,
                                ByteView bytes) {
    const CompartmentId& id = batch.header.compartment;
    const bool fits = compartment && SAMSYN_TRY(store.held_count(id)) < held_count_max &&
                      SAMSYN_TRY(store.held_bytes(id)) + bytes.size() <= held_bytes_max;
    if (fits) return store.hold_batch(id, batch.header.epoch, number, bytes);
    return store.put_value(dropped_key(id), as_bytes("1"));
}

/// Who may say something under this epoch: its recipients, and who may contribute now. And only the
/// disclosing unit, which holds all that stands, restates what others wrote.
Result<void> Device::Impl::check_author(const KnownCompartment& compartment,
                                        const KnownEpoch& epoch,
                                        const BatchHeader& header,
                                        Instant now) {
    if (!epoch.names(header.author) && !may_contribute(compartment.stored, header.author, now))
        return fail(Errc::not_permitted, "author of a batch");
    if (!header.restatement) return {};
    // Its author may have left since: those who arrive later still need what was restated then.
    const UnitId& unit = compartment.stored.label.disclosing.unit;
    if (!federation().acted_in(header.author, unit, header.time.instant()))
        return fail(Errc::not_permitted, "a restatement by another unit");
    return {};
}

Result<std::optional<Device::Impl::Written>> Device::Impl::open_change(const BatchHeader& header,
                                                                       const BatchItem::Full& item,
                                                                       const ContentKey& key) {
    if (item.header.restated_author.has_value() != header.restatement)
        return fail(Errc::malformed, "restated author");
    const Bytes aad = item_aad(header, item.header);
    const Bytes body =
        SAMSYN_TRY(ports.sealer.open_item(key, aad, item.sealed, unpacked_body_bytes_max));
    auto values = SAMSYN_TRY(decode_values(body, item.header.writes.size()));
    Written written{.change = {.header = item.header, .values = std::move(values)},
                    .author = item.header.restated_author.value_or(header.author),
                    .compartment = header.compartment};
    if (!federation().device(written.author)) return fail(Errc::unknown_device, "restated author");
    SAMSYN_TRY(check_recall(written));
    SAMSYN_TRY(check_runs(written.change, written.author));
    const auto there = SAMSYN_TRY(store.compartment_of(item.header.item));
    if (there && *there != header.compartment)
        return fail(Errc::malformed, "item of another compartment");
    if (!header.restatement) return std::optional{std::move(written)};
    const auto here = SAMSYN_TRY(store.item(item.header.item));
    if (!SAMSYN_TRY(may_restate(written, here))) return std::optional<Written>{};
    return std::optional{std::move(written)};
}

/// What the others may change with the disclosing unit they do not take away.
Result<void> Device::Impl::check_recall(const Written& written) {
    if (!recalls(written.change.header)) return {};
    const KnownCompartment* compartment = find(written.compartment);
    if (compartment && federation().acted_in(written.author,
                                             compartment->stored.label.disclosing.unit,
                                             written.change.header.time.instant()))
        return {};
    return fail(Errc::not_permitted, "a recall by another unit");
}

/// A run of our own that a purge took from here, and escrow gave to the others.
Result<bool> Device::Impl::wrote_run(const Written& written, std::size_t at) {
    const auto* const bytes = std::get_if<Bytes>(&written.change.values[at]);
    const auto run = bytes ? decode_text_run(*bytes) : fail(Errc::not_found);
    if (written.author != self || !run) return false;
    const ChangeHeader& header = written.change.header;
    const auto used =
        SAMSYN_TRY(store.numbers_used({written.compartment, header.item, header.writes[at].field}));
    return std::uint64_t{run->first} + run->operations() <= used;
}

/// Others' word for what we have changes no value, and where it differs, somebody lies. Of what
/// this device wrote there is nothing that it does not know.
Result<bool> Device::Impl::may_restate(const Written& written,
                                       const std::optional<StoredItem>& there) {
    const Version version{written.change.header.time, written.author};
    const auto& writes = written.change.header.writes;
    bool known_all = true;
    bool differs = false;
    for (std::size_t i = 0; i < writes.size(); ++i) {
        const FieldState* field = there ? there->state.field(writes[i].field) : nullptr;
        const bool replaced = field && field->replaced().contains(version);
        const bool standing = field && field->standing().contains(version);
        differs |= standing && field->standing().at(version) != written.change.values[i];
        known_all &= replaced || standing || SAMSYN_TRY(wrote_run(written, i));
    }
    if (differs) SAMSYN_TRY(note_fault({Errc::conflict, "a restatement says something else"}));
    if (differs) return false;
    if (known_all || written.author != self) return true;
    SAMSYN_TRY(note_fault({Errc::not_permitted, "a restatement of what we never wrote"}));
    return false;
}

/// All or nothing: every item is opened and checked before the first is merged.
Result<void> Device::Impl::merge_batch(const Batch& batch, const ContentKey& key, Instant now) {
    const BatchHeader& header = batch.header;
    KnownCompartment* compartment = find(header.compartment);
    KnownEpoch* epoch = compartment ? find_epoch(*compartment, header.epoch) : nullptr;
    if (!epoch) return fail(Errc::malformed, "epoch of another compartment");
    SAMSYN_TRY(check_author(*compartment, *epoch, header, now));

    std::vector<Written> changes;
    for (const BatchItem& item : batch.items) {
        const auto* full = std::get_if<BatchItem::Full>(&item.content);
        if (!full) continue;  // pruned: superseded by something else that is served
        if (auto written = SAMSYN_TRY(open_change(header, *full, key)))
            changes.push_back(*std::move(written));
    }
    touch();
    bool news = false;
    for (const Written& written : changes) {
        observe(written.change.header.time, now);
        if (recalls(written.change.header))
            SAMSYN_TRY(remove_recalled(header.compartment, written.change.header.item));
        const bool merged =
            header.restatement
                ? SAMSYN_TRY(
                      store.merge_restated(header.compartment, written.change, header.author))
                : SAMSYN_TRY(store.merge(header.compartment, written.change, header.author));
        news = news || merged;
        if (merged && !header.restatement) SAMSYN_TRY(keep_late(written));
    }
    observe(header.time, now);
    if (header.restatement) {
        if (federation().works_in(user_of(header.author),
                                  compartment->stored.label.disclosing.unit,
                                  decision_time(now)))
            SAMSYN_TRY(note_restated(*compartment, header.epoch, now));
        return unmark_restated(batch, now);
    }
    // Whose key came by a supplement leaves late work to those who had it before.
    if (!news || !epoch->names(self)) return {};
    return restate_if_late(*compartment, batch, now);
}

/// Runs are in texts and nowhere else, and of who brings them: nobody writes in another's name. Of
/// a newer format it is not known: it waits for the program that reads it.
Result<void> Device::Impl::check_runs(const Change& change, const DeviceId& author) {
    for (std::size_t i = 0; i < change.values.size(); ++i) {
        const auto* const bytes = std::get_if<Bytes>(&change.values[i]);
        const bool is_text = merge_kind(change.header.writes[i].field) == MergeKind::text;
        if (is_text != (bytes != nullptr)) return fail(Errc::malformed, "run of a text");
        if (!bytes) continue;
        const auto run = decode_text_run(*bytes);
        if (!run && run.error().code != Errc::unsupported_version)
            return std::unexpected{run.error()};
        if (run && run->writer != author) return fail(Errc::malformed, "writer of a run");
    }
    return {};
}

Result<void> Device::Impl::fold_texts() {
    for (const Error& fault : SAMSYN_TRY(store.fold_texts(self))) SAMSYN_TRY(note_fault(fault));
    return {};
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

/// Is a packet wider than the policy at exactly the statements that it names? Or does it leave out
/// the recovery key of then, or seal for one that is not there? Where we do not hold them all, we
/// cannot say; then the rule "none of its recipients is denied now" must do.
std::optional<std::string_view> Device::Impl::fault_of(const KeyPacket& packet) {
    constexpr std::string_view too_wide = "a key packet names too many devices";
    const StatuteTable* table = find_statute_table(packet.statute_version);
    if (!table) return too_wide;  // decided by rules that this program does not know
    std::vector<StatementId> federation_heads;
    std::vector<StatementId> case_heads;
    for (const StreamHeads& stream : packet.heads) {
        auto& heads = stream.stream.kind == StreamKind::federation ? federation_heads : case_heads;
        heads.insert(heads.end(), stream.heads.begin(), stream.heads.end());
    }
    const auto federation_then = federation_graph.at(federation_heads);
    const auto case_then = graph(packet.case_id).at(case_heads);
    if (!federation_then || !case_then) return std::nullopt;
    const auto members = Federation::build(*federation_then, config.federation, ports.hasher);
    if (!members) return std::nullopt;
    const bool wants_recovery = recovery_recipient(packet.label, *members) != nullptr;
    if (wants_recovery && !packet.recovery_box) return "a key packet leaves out the recovery key";
    if (!wants_recovery && packet.recovery_box)
        return "a key packet is sealed for a recovery key that is not there";
    const CaseView facts = CaseView::build(packet.case_id, *case_then, *members);
    const auto devices = permitted_devices(packet.label, {*members, facts}, *table, packet.instant);
    const bool within = std::ranges::all_of(packet.keys, [&](const SealedKey& sealed) {
        return std::ranges::binary_search(devices, sealed.device);
    });
    return within ? std::nullopt : std::optional{too_wide};
}

}  // namespace samsyn
