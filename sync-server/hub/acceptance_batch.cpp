#include "core/model/schema.hpp"
#include "sync-server/hub/acceptance.hpp"

namespace samsyn {
namespace {

// Small facts about batches, kept beside the log in the same transaction.

std::string item_key(const ItemId& item) {
    return "item/" + std::string{as_text(item.view())};
}

std::string sequence_key(const BatchHeader& header, std::uint64_t sequence) {
    Writer out;
    out.raw(as_bytes("sequence/"));
    out.id(header.compartment);
    out.id(header.author);
    out.number(sequence);
    return std::string{as_text(out.view())};
}

std::string name_of_change(std::size_t index, std::string_view what) {
    return "change " + std::to_string(index) + ": " + std::string{what};
}

}  // namespace

Checked<Acceptance::Verified<Batch>> Acceptance::verified_batch(ByteView bytes) const {
    if (bytes.size() > batch_bytes_max) return refuse(Errc::limit_exceeded, "batch");
    Batch batch = SAMSYN_TRY(or_refuse(decode_batch(bytes, ports_.hasher)));
    const BatchHeader& header = batch.header;
    const SigningPublicKey* const key = SAMSYN_TRY(key_of_author(header.federation, header.author));
    if (!verify_batch(batch, *key, ports_.verifier)) return refuse(Errc::bad_signature, "batch");
    LogEntry entry{{header.compartment},
                   0,
                   EntryKind::batch,
                   Hash::from(batch.id.view()),
                   header.author,
                   header.counter,
                   header.epoch,
                   to_bytes(bytes)};
    return Verified<Batch>{std::move(batch), std::move(entry)};
}

Checked<Verdict> Acceptance::accept_batch(ByteView bytes) {
    auto verified = SAMSYN_TRY(verified_batch(bytes));
    const BatchHeader& header = verified.said.header;
    SAMSYN_TRY(admit(verified.entry));
    const Federation& federation = ports_.registry.federation();
    if (!federation.in_good_standing(header.author, now_)) {
        const Federation::Device* const author = federation.device(header.author);
        if (author != nullptr && author->revoked)
            return std::unexpected{escrow(verified.entry, "its author is revoked").error()};
        return refuse(Errc::not_permitted, "author of the batch");
    }
    SAMSYN_TRY(check_clock(header.time.instant()));
    SAMSYN_TRY(check_epoch(header));
    SAMSYN_TRY(check_sequence(verified.said));
    const auto created = SAMSYN_TRY(check_changes(verified.said));
    return store_batch(std::move(verified), created);
}

/// With the facts about it: which items it creates, its place in the sequence, what it wrote.
Checked<Verdict> Acceptance::store_batch(Verified<Batch> batch,
                                         const std::map<ItemId, ItemType>& created) {
    const BatchHeader& header = batch.said.header;
    for (const auto& [item, type] : created)
        SAMSYN_TRY(record_place(item, {header.compartment, type}));
    SAMSYN_TRY(or_fail(
        ports_.storage.put_value(sequence_key(header, header.sequence), batch.said.id.view())));
    if (!header.restatement) SAMSYN_TRY(record_writes(batch.said));
    return store(std::move(batch.entry));
}

Checked<void> Acceptance::check_epoch(const BatchHeader& header) const {
    const Registry& registry = ports_.registry;
    const Registry::Epoch* const epoch = registry.epoch(header.epoch);
    // Its packet may have been refused as stale a moment ago: sealing again is the way out.
    if (epoch == nullptr) return answer(AnswerOutcome::stale_epoch, "epoch is not known");
    if (epoch->compartment != header.compartment)
        return refuse(Errc::not_permitted, "epoch of another compartment");
    if (!epoch->holders.contains(header.author))
        return refuse(Errc::not_permitted, "author does not hold the key");
    if (!registry.is_open(*epoch, now_))
        return answer(AnswerOutcome::stale_epoch, "a recipient is no longer permitted");
    return {};
}

Checked<void> Acceptance::check_sequence(const Batch& batch) {
    const BatchHeader& header = batch.header;
    const auto taken =
        SAMSYN_TRY(or_fail(ports_.storage.value(sequence_key(header, header.sequence))));
    if (taken) return refuse(Errc::counter_reused, "sequence in the compartment");
    if (header.sequence == 1) return {};
    // The batch before may have been refused, or be on its way: readers see such a hole. One that
    // is here must be the one that is named.
    const auto before =
        SAMSYN_TRY(or_fail(ports_.storage.value(sequence_key(header, header.sequence - 1))));
    if (before && !equal(*before, header.previous.view()))
        return refuse(Errc::malformed, "previous batch");
    return {};
}

Checked<std::optional<Acceptance::ItemPlace>> Acceptance::find_item(const ItemId& id) {
    const auto bytes = SAMSYN_TRY(or_fail(ports_.storage.value(item_key(id))));
    if (!bytes) return std::nullopt;
    Reader in{*bytes};
    ItemPlace place;
    place.compartment = SAMSYN_TRY(or_fail(in.id<CompartmentId>("place of an item")));
    place.type =
        static_cast<ItemType>(SAMSYN_TRY(or_fail(in.number<std::uint16_t>("type of an item"))));
    return place;
}

Checked<std::map<ItemId, ItemType>> Acceptance::check_changes(const Batch& batch) {
    const BatchHeader& header = batch.header;
    if (header.restatement &&
        !ports_.registry.may(header.compartment, {}, header.author, now_).permitted)
        return refuse(Errc::not_permitted, "author may not read what it restates");
    std::map<ItemId, ItemType> created;
    for (std::size_t i = 0; i < batch.items.size(); ++i) {
        const auto* const full = std::get_if<BatchItem::Full>(&batch.items[i].content);
        if (full == nullptr) return refuse(Errc::malformed, name_of_change(i, "pruned"));
        const ChangeHeader& change = full->header;
        SAMSYN_TRY(check_clock(change.time.instant()));
        auto known = SAMSYN_TRY(find_item(change.item));
        if (!known && created.contains(change.item))
            known = ItemPlace{header.compartment, created.at(change.item)};
        if (auto checked = check_change(header, change, known); !checked) {
            Stop stop = std::move(checked).error();
            stop.why.context = name_of_change(i, stop.why.context);
            return std::unexpected{std::move(stop)};
        }
        if (!known) created.emplace(change.item, change.type);
    }
    return created;
}

Checked<void> Acceptance::check_change(const BatchHeader& batch,
                                       const ChangeHeader& change,
                                       const std::optional<ItemPlace>& known) const {
    if (known && known->compartment != batch.compartment)
        return refuse(Errc::already_exists, "item of another compartment");
    // The type decides who may change an item: it cannot be claimed anew.
    if (known && known->type != change.type)
        return refuse(Errc::invalid_argument, "type of the item");
    if (batch.restatement) {
        if (!known) return refuse(Errc::not_permitted, "restates an item that is not here");
        return check_restated(batch, change, *known);
    }
    // Items are created under the own unit's label only; afterwards types such as plan, meeting and
    // commitment may be changed by every permitted unit, and recalled by none but the own.
    const TypeInfo* const type = find_type(change.type);
    Request request;
    request.action = Action::contribute;
    request.shared_editing_type =
        known && type != nullptr && type->shared_editing && !recalls(change);
    if (!ports_.registry.may(batch.compartment, request, batch.author, now_).permitted)
        return refuse(Errc::not_permitted, known ? "change of the item" : "new item");
    return {};
}

/// Whoever restates speaks for others: only the disclosing unit does, or who may change the item
/// anyway, and only in the words that the server knows them to have said. A value that nobody wrote
/// is refused, and so is a replacement that nobody made, which would hide what stands.
Checked<void> Acceptance::check_restated(const BatchHeader& batch,
                                         const ChangeHeader& change,
                                         const ItemPlace& known) const {
    if (!change.restated_author) return refuse(Errc::malformed, "restates nobody");
    const Registry& registry = ports_.registry;
    const Registry::Compartment* const info = registry.compartment(batch.compartment);
    SAMSYN_ASSERT(info != nullptr);  // the epoch is of this compartment
    const TypeInfo* const type = find_type(known.type);
    Request request;
    request.action = Action::contribute;
    request.shared_editing_type = type != nullptr && type->shared_editing;
    if (!registry.federation().acts_in(batch.author, info->label.disclosing.unit, now_) &&
        !registry.may(batch.compartment, request, batch.author, now_).permitted)
        return refuse(Errc::not_permitted, "author may not restate the item");

    const auto is_known =
        [&](const FieldWrite& write, WriteRecord::Kind kind, const Version& version) {
            return or_fail(ports_.storage.has_write({change.item, write.field, kind, version}));
        };
    for (const FieldWrite& write : change.writes) {
        if (!SAMSYN_TRY(is_known(
                write, WriteRecord::Kind::written, {change.time, *change.restated_author})))
            return refuse(Errc::not_permitted, "restates what nobody wrote");
        for (const Version& replaced : write.replaces)
            if (!SAMSYN_TRY(is_known(write, WriteRecord::Kind::replaced, replaced)))
                return refuse(Errc::not_permitted, "replaces what nobody replaced");
    }
    return {};
}

Checked<void> Acceptance::record_writes(const Batch& batch) {
    for (const BatchItem& item : batch.items)
        SAMSYN_TRY(
            record_write(std::get<BatchItem::Full>(item.content).header, batch.header.author));
    return {};
}

Checked<void> Acceptance::record_write(const ChangeHeader& change, const DeviceId& author) {
    Storage& storage = ports_.storage;
    for (const FieldWrite& write : change.writes) {
        SAMSYN_TRY(or_fail(storage.put_write(
            {change.item, write.field, WriteRecord::Kind::written, Version{change.time, author}})));
        for (const Version& replaced : write.replaces)
            SAMSYN_TRY(or_fail(storage.put_write(
                {change.item, write.field, WriteRecord::Kind::replaced, replaced})));
    }
    return {};
}

Checked<void> Acceptance::record_place(const ItemId& item, const ItemPlace& place) {
    Writer out;
    out.id(place.compartment);
    out.enumerator(place.type);
    return or_fail(ports_.storage.put_value(item_key(item), out.view()));
}

}  // namespace samsyn
