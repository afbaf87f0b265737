// Unsent work of a compartment that its author may no longer read (DESIGN.md, "Escrow"): its way
// out of this device.

#include "client-sdk/device/engine.hpp"
#include "client-sdk/device/escrow_rows.hpp"
#include "core/policy/leaving.hpp"
#include "core/policy/recovery_recipient.hpp"
#include "core/wire/recovery_context.hpp"

#include <algorithm>

namespace samsyn {

/// Null where it cannot be sealed for anybody.
Result<std::optional<EscrowBlob>> Device::Impl::seal_for_escrow(
    const StoredCompartment& compartment,
    const PendingChange& unsent,
    const Error& why,
    const std::vector<DeviceId>& recipients,
    Instant now) {
    EscrowBlob blob;
    blob.federation = config.federation;
    blob.case_id = compartment.case_id;
    blob.label = compartment.label;
    blob.compartment = compartment.id;
    blob.author = self;
    blob.counter = SAMSYN_TRY(store.take_counter());
    blob.written = unsent.written;
    blob.made = stamping_time(now);
    blob.why = why.code;
    blob.reason = why.context;
    blob.change = unsent.change.header;
    prepare_escrow(blob);

    // A key of its own for each change: nothing else opens with it.
    const ContentKey key = ports.sealer.random_key();
    for (const DeviceId& device : recipients) {
        if (blob.keys.size() == escrow_recipients_max) break;
        const Federation::Device* certified = federation().device(device);
        if (!certified) continue;
        SealedKey sealed;
        sealed.device = device;
        sealed.sealing_epoch = certified->certificate.sealing_epoch;
        const Hash context = escrow_context(blob, device, sealed.sealing_epoch, ports.hasher);
        auto box = ports.sealer.seal_key(certified->certificate.sealing_key, context, key);
        if (!box) continue;  // one bad key keeps nobody else out
        sealed.box = *std::move(box);
        blob.keys.push_back(std::move(sealed));
    }
    if (const RecoveryKey* recovery = recovery_recipient(blob.label, federation())) {
        const Hash context = recovery_context(
            blob, blob.label.disclosing.organisation, recovery->generation, ports.hasher);
        auto box = ports.sealer.seal_key(recovery->key, context, key);
        if (box) blob.recovery_box = *std::move(box);
    }
    blob.body = ports.sealer.seal_item(key, escrow_aad(blob), encode_values(unsent.change.values));
    sign_escrow(blob, ports.signer, ports.hasher);
    if (blob.keys.empty() || encode_escrow(blob).size() > escrow_bytes_max)
        return std::optional<EscrowBlob>{};
    return std::optional{std::move(blob)};
}

Result<bool> Device::Impl::escrow_unsent(const StoredCompartment& compartment,
                                         const Error& why,
                                         Instant now) {
    if (compartment.case_id == directory_case) return false;  // names are no case content
    SAMSYN_TRY(take_texts(compartment.id));
    std::vector<PendingChange> unsent;
    for (PendingChange& pending : SAMSYN_TRY(store.pending())) {
        if (pending.compartment != compartment.id) continue;
        if (SAMSYN_TRY(is_lost(compartment.id, pending.change.header)))
            SAMSYN_TRY(store.erase_pending(pending.id));  // goes nowhere any more
        else
            unsent.push_back(std::move(pending));
    }
    if (unsent.empty()) return false;
    const auto recipients = escrow_recipients(compartment.label,
                                              {federation(), view(compartment.case_id)},
                                              current_statute_table(),
                                              decision_time(now));
    if (recipients.empty()) return false;

    bool some = false;
    auto notices = SAMSYN_TRY(sent_escrow(store));
    for (const PendingChange& pending : unsent) {
        touch();
        const auto blob = SAMSYN_TRY(seal_for_escrow(compartment, pending, why, recipients, now));
        if (!blob) continue;
        SAMSYN_TRY(store.put_outgoing({.counter = blob->counter,
                                       .kind = EntryKind::escrow,
                                       .bytes = encode_escrow(*blob),
                                       .compartment = compartment.id,
                                       .made = blob->made}));
        // What was sealed and not answered goes on its way, too: had it been stored before, the
        // case lead sees that it is there already.
        SAMSYN_TRY(store.mark_sealed(pending.id, blob->counter));
        SAMSYN_TRY(store.drop_sealed(blob->counter));
        SAMSYN_TRY(store.erase_value(key_offered(pending.id)));
        alone.erase(pending.id);
        notices.push_back({.id = blob->id,
                           .counter = blob->counter,
                           .case_id = blob->case_id,
                           .unit = blob->label.disclosing.unit,
                           .item = blob->change.item,
                           .type = blob->change.type,
                           .written = blob->written,
                           .made = blob->made,
                           .why = why,
                           .at_server = false});
        some = true;
    }
    if (some) SAMSYN_TRY(put_sent_escrow(store, notices));
    return some;
}

/// The outbox holds the only copy until the server has it: an answer that is not "escrowed" leaves
/// it there, and it goes again with the next session.
Result<void> Device::Impl::answer_escrow(const StoredOutgoing& sent, const Answer& answer) {
    const bool kept = answer.outcome == AnswerOutcome::escrowed ||
                      answer.outcome == AnswerOutcome::duplicate ||
                      answer.outcome == AnswerOutcome::stored;
    if (!kept) return note_fault({answer.why, "escrow: " + answer.context});
    SAMSYN_TRY(store.mark_answered(sent.counter, AnswerOutcome::escrowed));
    SAMSYN_TRY(store.erase_outgoing(sent.counter));
    auto notices = SAMSYN_TRY(sent_escrow(store));
    for (SentEscrow& notice : notices)
        if (notice.counter == sent.counter) notice.at_server = true;
    return put_sent_escrow(store, notices);
}

EscrowState Device::Impl::state_of(const Stream& stream, const Hash& id) const {
    EscrowState state = EscrowState::held;
    for (const StatementPtr& statement : graph(stream.case_id).in(stream)) {
        const auto* verdict = std::get_if<EscrowVerdict>(&statement->body);
        if (!verdict || verdict->blob != id) continue;
        // What one of two released is in the case, whatever the other said.
        if (verdict->released) return EscrowState::released;
        state = EscrowState::refused;
    }
    return state;
}

Result<std::vector<EscrowNotice>> Device::escrowed() {
    Impl& my = *impl_;
    std::vector<EscrowNotice> views;
    for (const SentEscrow& sent : SAMSYN_TRY(sent_escrow(my.store))) {
        EscrowNotice view;
        view.id = sent.id;
        view.case_id = sent.case_id;
        view.unit = sent.unit;
        view.item = sent.item;
        view.type = sent.type;
        view.written = sent.written;
        view.made = sent.made;
        view.why = sent.why;
        const Stream stream{StreamKind::notice, sent.case_id, sent.unit};
        view.state = sent.at_server ? my.state_of(stream, sent.id) : EscrowState::sending;
        views.push_back(std::move(view));
    }
    std::ranges::reverse(views);
    return views;
}

}  // namespace samsyn
