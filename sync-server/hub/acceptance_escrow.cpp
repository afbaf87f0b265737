// Acceptance: unsent work of withdrawn compartments (docs/PROTOCOL.md, "Escrow").

#include "core/policy/leaving.hpp"
#include "core/policy/recovery_recipient.hpp"
#include "core/wire/escrow.hpp"
#include "sync-server/hub/acceptance.hpp"

namespace samsyn {

/// Taken of whoever ever took part in the case, revoked or removed since: its author has destroyed
/// the text, and only its recipients can open it. Who gets it is decided at delivery.
Checked<Verdict> Acceptance::accept_escrow(ByteView bytes) {
    const EscrowEntry decoded = SAMSYN_TRY(or_refuse(decode_escrow(bytes, ports_.hasher)));
    const auto* const blob = std::get_if<EscrowBlob>(&decoded);
    if (blob == nullptr) return refuse(Errc::malformed, "form of an escrow entry");
    const SigningPublicKey* const key = SAMSYN_TRY(key_of_author(blob->federation, blob->author));
    if (!verify_escrow(*blob, *key, ports_.verifier)) return refuse(Errc::bad_signature, "escrow");
    const CaseView* const view = ports_.registry.view(blob->case_id);
    if (blob->case_id == directory_case || view == nullptr ||
        !took_part_once(blob->author, *view, ports_.registry.federation()))
        return refuse(Errc::not_permitted, "author of the escrow entry");
    // It names no heads, and its author may have written it offline before there was a key: one
    // without a box is taken. One for a key that does not exist is for somebody else.
    if (blob->recovery_box &&
        recovery_recipient(blob->label, ports_.registry.federation()) == nullptr)
        return refuse(Errc::not_permitted, "recovery box for nobody");

    LogEntry entry{{escrow_stream(blob->case_id, blob->label)},
                   0,
                   EntryKind::escrow,
                   blob->id,
                   blob->author,
                   blob->counter,
                   {},
                   to_bytes(bytes)};
    SAMSYN_TRY(admit_offer(entry));
    ports_.registry.note_author(entry.channel, entry.author);
    Verdict verdict = SAMSYN_TRY(store(std::move(entry)));
    verdict.outcome = AnswerOutcome::escrowed;
    return verdict;
}

Checked<std::vector<Channel>> Acceptance::show_held(const LogEntry& entry) {
    Stream stream{StreamKind::notice, {}, {}};
    if (const auto* const compartment = std::get_if<CompartmentId>(&entry.channel.name)) {
        const auto* const info = ports_.registry.compartment(*compartment);
        if (info == nullptr || entry.kind != EntryKind::batch) return {};
        stream = escrow_stream(info->case_id, info->label);
    } else {
        const Stream& said_in = std::get<Stream>(entry.channel.name);
        const CaseView* const view = ports_.registry.view(said_in.case_id);
        if (view == nullptr || !view->custody().opened) return {};
        stream.case_id = said_in.case_id;
        stream.unit = said_in.unit.is_none() ? view->custody().opened->body.unit : said_in.unit;
    }
    if (stream.case_id == directory_case) return {};

    const Bytes bytes = encode_escrow(HeldEntry{entry.kind, entry.bytes, {}});
    const auto held = SAMSYN_TRY(or_refuse(decode_escrow(bytes, ports_.hasher)));
    const Hash& id = std::get<HeldEntry>(held).id;
    if (SAMSYN_TRY(or_fail(ports_.storage.find(id)))) return {};
    LogEntry shown{{stream}, 0, EntryKind::escrow, id, entry.author, entry.counter, {}, bytes};
    (void)SAMSYN_TRY(or_fail(ports_.storage.append(shown)));
    return std::vector{Channel{stream}};
}

Checked<void> Acceptance::record_release(const Statement& verdict) {
    const auto& body = std::get<EscrowVerdict>(verdict.body);
    const Channel channel{verdict.header.stream};
    const auto found = SAMSYN_TRY(or_fail(ports_.storage.find(body.blob)));
    if (!body.released || !found || found->kind != EntryKind::escrow || found->channel != channel)
        return {};
    const auto read = SAMSYN_TRY(or_fail(ports_.storage.read(channel, found->number - 1, 1)));
    if (read.empty() || read.front().number != found->number) return {};
    const auto entry = SAMSYN_TRY(or_refuse(decode_escrow(read.front().bytes, ports_.hasher)));

    const auto release = [&](const ChangeHeader& change,
                             const DeviceId& author,
                             const CompartmentId& compartment) -> Checked<void> {
        const auto known = SAMSYN_TRY(find_item(change.item));
        if (known && (known->compartment != compartment || known->type != change.type)) return {};
        if (!known) SAMSYN_TRY(record_place(change.item, {compartment, change.type}));
        return record_write(change, author);
    };
    if (const auto* const blob = std::get_if<EscrowBlob>(&entry))
        return release(blob->change, blob->author, blob->compartment);
    const auto& held = std::get<HeldEntry>(entry);
    if (held.kind != EntryKind::batch) return {};
    const Batch batch = SAMSYN_TRY(or_refuse(decode_batch(held.bytes, ports_.hasher)));
    for (const BatchItem& item : batch.items)
        if (const auto* const full = std::get_if<BatchItem::Full>(&item.content))
            SAMSYN_TRY(release(full->header, batch.header.author, batch.header.compartment));
    return {};
}

}  // namespace samsyn
