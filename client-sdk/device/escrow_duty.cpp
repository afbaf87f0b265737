// Escrow as a case lead sees it: what was given to this device to judge.

#include "client-sdk/device/change_texts.hpp"
#include "client-sdk/device/engine.hpp"
#include "client-sdk/device/escrow_rows.hpp"
#include "core/policy/leaving.hpp"

#include <samsyn/recalls.hpp>

#include <algorithm>

namespace samsyn {

namespace {

constexpr std::size_t held_entries_max = 4096;

const SealedKey* box_for(const EscrowBlob& blob, const DeviceId& device) {
    const auto found = std::ranges::lower_bound(blob.keys, device, {}, &SealedKey::device);
    return found != blob.keys.end() && found->device == device ? &*found : nullptr;
}

}  // namespace

Result<void> Device::Impl::apply_escrow(const Stream& stream, ByteView bytes) {
    const EscrowEntry entry = SAMSYN_TRY(decode_escrow(bytes, ports.hasher));
    HeldEscrow row;
    if (const auto* blob = std::get_if<EscrowBlob>(&entry)) {
        if (blob->federation != config.federation) return fail(Errc::wrong_federation, "escrow");
        if (escrow_stream(blob->case_id, blob->label) != stream)
            return fail(Errc::malformed, "stream of an escrow entry");
        const SigningPublicKey* author = federation().signing_key(blob->author);
        if (!author) return fail(Errc::unknown_device, "author of an escrow entry");
        if (!verify_escrow(*blob, *author, ports.verifier))
            return fail(Errc::bad_signature, "escrow");
        if (!box_for(*blob, self)) return {};
        row = {blob->id, blob->compartment};
    } else {
        const auto& held = std::get<HeldEntry>(entry);
        row.id = held.id;
        if (held.kind == EntryKind::batch)
            row.compartment = SAMSYN_TRY(decode_batch(held.bytes, ports.hasher)).header.compartment;
    }
    auto rows = SAMSYN_TRY(held_escrow(store));
    if (std::ranges::find(rows, row.id, &HeldEscrow::id) != rows.end()) return {};
    if (rows.size() >= held_entries_max) {  // what was judged makes room first
        for (const HeldEscrow& old : rows)
            if (state_of(stream, old.id) != EscrowState::held)
                SAMSYN_TRY(store.erase_value(escrow_key(old.id)));
        std::erase_if(rows, [&](const HeldEscrow& old) {
            return state_of(stream, old.id) != EscrowState::held;
        });
    }
    if (rows.size() >= held_entries_max) return fail(Errc::limit_exceeded, "entries in escrow");
    rows.push_back(row);
    touch();
    SAMSYN_TRY(store.put_value(escrow_key(row.id), bytes));
    return put_held_escrow(store, rows);
}

/// Who may no longer read a compartment keeps no box for it either.
Result<void> Device::Impl::forget_escrow_of(const CompartmentId& compartment) {
    auto rows = SAMSYN_TRY(held_escrow(store));
    const auto before = rows.size();
    for (const HeldEscrow& row : rows)
        if (row.compartment == compartment) SAMSYN_TRY(store.erase_value(escrow_key(row.id)));
    std::erase_if(rows, [&](const HeldEscrow& row) { return row.compartment == compartment; });
    if (rows.size() == before) return {};
    // Should this user get the ground back, the entries come again (`gain_key`).
    SAMSYN_TRY(store.put_value(escrow_dropped_key(compartment), as_bytes("1")));
    return put_held_escrow(store, rows);
}

Device::Impl::OpenedEscrow Device::Impl::open_escrow(const EscrowBlob& blob) {
    OpenedEscrow entry;
    entry.id = blob.id;
    entry.compartment = {blob.compartment, blob.case_id, blob.label};
    entry.author = blob.author;
    entry.written = blob.written;
    entry.why = {blob.why, blob.reason};
    Change change{.header = blob.change, .values = {}};
    if (const SealedKey* box = box_for(blob, self)) {
        const Hash context = escrow_context(blob, self, box->sealing_epoch, ports.hasher);
        const auto key = ports.sealer.open_key(box->box, context);
        const auto body =
            key ? ports.sealer.open_item(*key, escrow_aad(blob), blob.body, unpacked_body_bytes_max)
                : Result<Bytes>{std::unexpected{key.error()}};
        auto values = body ? decode_values(*body, blob.change.writes.size())
                           : Result<std::vector<Value>>{std::unexpected{body.error()}};
        entry.opened = values.has_value();
        if (values) change.values = *std::move(values);
    }
    entry.changes.push_back(std::move(change));
    return entry;
}

/// What the server kept of a revoked device: a batch opens where this device has its epoch's key.
Device::Impl::OpenedEscrow Device::Impl::open_escrow(const HeldEntry& held) {
    OpenedEscrow entry;
    entry.id = held.id;
    entry.why = {Errc::revoked_device, "after the revocation of its author"};
    if (held.kind == EntryKind::statement) {
        const auto statement = decode_statement(held.bytes, ports.hasher);
        if (!statement) return entry;
        entry.author = statement->header.author;
        entry.compartment.case_id = statement->header.stream.case_id;
        entry.compartment.label.disclosing.unit = statement->header.stream.unit;
        entry.written = statement->header.time.instant();
        return entry;
    }
    const auto batch = decode_batch(held.bytes, ports.hasher);
    if (!batch) return entry;
    const BatchHeader& header = batch->header;
    entry.author = header.author;
    entry.written = header.time.instant();
    entry.compartment.id = header.compartment;
    const SigningPublicKey* author = federation().signing_key(header.author);
    if (!author || !verify_batch(*batch, *author, ports.verifier)) return entry;
    const KnownCompartment* compartment = find(header.compartment);
    if (compartment) entry.compartment = compartment->stored;
    const auto key = compartment ? store.key(header.epoch) : std::optional<ContentKey>{};
    entry.opened = key && *key && !header.restatement;
    for (const BatchItem& item : batch->items) {
        const auto* full = std::get_if<BatchItem::Full>(&item.content);
        if (!full) continue;
        Change change{.header = full->header, .values = {}};
        const auto body =
            entry.opened
                ? ports.sealer.open_item(
                      **key, item_aad(header, full->header), full->sealed, unpacked_body_bytes_max)
                : Result<Bytes>{Bytes{}};
        auto values = body && entry.opened
                          ? decode_values(*body, full->header.writes.size())
                          : Result<std::vector<Value>>{fail(Errc::no_key, "held batch")};
        entry.opened = values.has_value();
        if (values) change.values = *std::move(values);
        entry.changes.push_back(std::move(change));
    }
    return entry;
}

Result<std::optional<Device::Impl::OpenedEscrow>> Device::Impl::find_escrow(const Hash& id) {
    const auto bytes = SAMSYN_TRY(store.value(escrow_key(id)));
    if (!bytes || bytes->empty()) return std::optional<OpenedEscrow>{};
    const EscrowEntry entry = SAMSYN_TRY(decode_escrow(*bytes, ports.hasher));
    return std::optional{std::visit([&](const auto& form) { return open_escrow(form); }, entry)};
}

Result<std::vector<Device::Impl::OpenedEscrow>> Device::Impl::all_escrow() {
    std::vector<OpenedEscrow> entries;
    for (const HeldEscrow& row : SAMSYN_TRY(held_escrow(store)))
        if (auto entry = SAMSYN_TRY(find_escrow(row.id))) entries.push_back(*std::move(entry));
    return entries;
}

Result<std::vector<EscrowView>> Device::escrow() {
    Impl& my = *impl_;
    SAMSYN_TRY(my.require_lease());
    std::vector<EscrowView> views;
    for (const auto& entry : SAMSYN_TRY(my.all_escrow())) {
        const StoredCompartment& compartment = entry.compartment;
        // A statement has no compartment: of it nothing but its being there is shown.
        if (!compartment.id.is_none() && !my.may_read(compartment, my.now())) continue;
        EscrowView view;
        view.id = entry.id;
        view.case_id = compartment.case_id;
        view.compartment = compartment.id;
        view.label = compartment.label;
        view.author = my.user_of(entry.author);
        view.device = entry.author;
        view.written = entry.written;
        view.why = entry.why;
        view.opened = entry.opened;
        view.state = my.state_of(escrow_stream(compartment.case_id, compartment.label), entry.id);
        for (const Change& change : entry.changes) {
            EscrowView::Piece piece;
            piece.item = change.header.item;
            piece.type = change.header.type;
            piece.version = {change.header.time, entry.author};
            if (entry.opened) piece.texts = texts_of(change);
            if (const auto item = SAMSYN_TRY(my.store.item(piece.item))) {
                const auto known = [&](const FieldWrite& write) {
                    const FieldState* field = item->state.field(write.field);
                    return field && (field->standing().contains(piece.version) ||
                                     field->replaced().contains(piece.version));
                };
                piece.here = std::ranges::all_of(change.header.writes, known);
            }
            view.pieces.push_back(std::move(piece));
        }
        views.push_back(std::move(view));
    }
    return views;
}

Result<StatementId> Device::Impl::judge_escrow(const OpenedEscrow& entry,
                                               bool released,
                                               const Hash& reason) {
    const Stream stream = escrow_stream(entry.compartment.case_id, entry.compartment.label);
    if (state_of(stream, entry.id) != EscrowState::held)
        return fail(Errc::already_exists, "verdict on this entry");
    return author(stream, EscrowVerdict{entry.id, released, reason});
}

/// The change as its author made it, in the author's name: this device restates it to the others.
Result<void> Device::Impl::release(const OpenedEscrow& entry) {
    std::vector<ItemId> items;
    for (const Change& change : entry.changes) {
        if (change.header.time.instant() > corrected(now()) + clock_ahead_max)
            return fail(Errc::clock_off, "the change claims a time ahead of now");
        SAMSYN_TRY(validate_edit(change));
        SAMSYN_TRY(check_runs(change, entry.author));
        const auto there = SAMSYN_TRY(store.item(change.header.item));
        if (there &&
            (there->compartment != entry.compartment.id || there->type != change.header.type))
            return fail(Errc::conflict, "item of another compartment or type");
        SAMSYN_TRY(check_recall({change, entry.author, entry.compartment.id}));
        if (SAMSYN_TRY(is_lost(entry.compartment.id, change.header)))
            return fail(Errc::conflict, Recalls::is_recalled);
        Change restated = change;
        restated.header.restated_author = entry.author;
        touch();
        (void)SAMSYN_TRY(know(entry.compartment));
        if (recalls(change.header))
            SAMSYN_TRY(remove_recalled(entry.compartment.id, change.header.item));
        (void)SAMSYN_TRY(store.merge_restated(entry.compartment.id, restated, self));
        items.push_back(change.header.item);
    }
    return mark_restate_due(entry.compartment.id, items);
}

Result<StatementId> Device::release_escrow(const Hash& id) {
    Impl& my = *impl_;
    SAMSYN_TRY(my.require_lease());
    return my.transact([&]() -> Result<StatementId> {
        const auto entry = SAMSYN_TRY(my.find_escrow(id));
        if (!entry || !my.may_read(entry->compartment, my.now()))
            return fail(Errc::not_found, "entry in escrow");
        if (!entry->opened) return fail(Errc::no_key, "entry in escrow");
        const auto verdict = SAMSYN_TRY(my.judge_escrow(*entry, true, {}));
        SAMSYN_TRY(my.release(*entry));
        return verdict;
    });
}

Result<StatementId> Device::refuse_escrow(const Hash& id, std::string_view reason) {
    Impl& my = *impl_;
    SAMSYN_TRY(my.require_lease());
    if (reason.empty()) return fail(Errc::invalid_argument, "reason");
    return my.transact([&]() -> Result<StatementId> {
        const auto entry = SAMSYN_TRY(my.find_escrow(id));
        const bool readable =
            entry && (entry->compartment.id.is_none() || my.may_read(entry->compartment, my.now()));
        if (!readable) return fail(Errc::not_found, "entry in escrow");
        // The statement carries a hash; the text stays on this device, and with whoever asks it.
        Bytes salted = to_bytes(random_id<Nonce>(my.ports.random).view());
        const ByteView text = as_bytes(reason);
        salted.insert(salted.end(), text.begin(), text.end());
        SAMSYN_TRY(my.store.put_value(key_for("escrow.reason", id), salted));
        const Hash hash = my.ports.hasher.hash(Domain::evidence, {salted});
        return my.judge_escrow(*entry, false, hash);
    });
}

}  // namespace samsyn
