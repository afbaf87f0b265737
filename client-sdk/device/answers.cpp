#include "client-sdk/device/engine.hpp"

#include <algorithm>

namespace samsyn {

namespace {

/// The server lacks or no longer takes the epoch: seal again under another.
bool is_stale(const Answer& answer) {
    if (answer.outcome == AnswerOutcome::stale_epoch) return true;
    if (answer.outcome != AnswerOutcome::refused) return false;
    return answer.why == Errc::stale_epoch || answer.why == Errc::no_key ||
           answer.why == Errc::missing_parent;
}

Error reason_of(const Answer& answer) {
    if (answer.outcome == AnswerOutcome::escrowed) return {Errc::escrowed, answer.context};
    return {answer.why, answer.context};
}

/// Replaces names of statements that were signed again.
struct Renaming {
    const std::map<StatementId, StatementId>& names;

    void rename(StatementId& id) const {
        if (const auto found = names.find(id); found != names.end()) id = found->second;
    }

    void rename(std::vector<StatementId>& ids) const {
        for (StatementId& id : ids) rename(id);
        std::ranges::sort(ids);
    }

    void operator()(Consent& consent) const { rename(consent.names); }

    void operator()(Confirmation& confirmation) const {
        rename(confirmation.consent);
        rename(confirmation.names);
    }

    void operator()(Ended& ended) const { rename(ended.statement); }

    template <class Other>
    void operator()(Other&) const {}
};

}  // namespace

Result<void> Device::on_answer(std::uint64_t counter, const Answer& answer, Instant now) {
    Impl& my = *impl_;
    return my.transact([&]() -> Result<void> {
        const auto sent = SAMSYN_TRY(my.store.outgoing(counter));
        if (!sent) return {};
        if (sent->kind == EntryKind::escrow) return my.answer_escrow(*sent, answer);
        SAMSYN_TRY(my.store.mark_answered(counter, answer.outcome));
        // After a purge the box in a packet or supplement would be the last copy of a key.
        const KnownCompartment* compartment = my.find(sent->compartment);
        const bool boxes = sent->kind == EntryKind::packet || sent->kind == EntryKind::supplement;
        if (boxes && (!compartment || compartment->epochs.empty()))
            SAMSYN_TRY(my.store.erase_outgoing(counter));
        if (answer.outcome == AnswerOutcome::clock_off)
            SAMSYN_TRY(my.correct_clock(answer.server_time, now));
        switch (sent->kind) {
            case EntryKind::batch:
                return my.answer_batch(*sent, answer, now);
            case EntryKind::packet:
                return my.answer_packet(*sent, answer, now);
            case EntryKind::statement:
                return my.answer_statement(*sent, answer, now);
            case EntryKind::supplement:
            case EntryKind::escrow:
            case EntryKind::reads:
                break;
        }
        const bool fine =
            answer.outcome == AnswerOutcome::stored || answer.outcome == AnswerOutcome::duplicate;
        if (!fine) SAMSYN_TRY(my.note_fault(reason_of(answer)));
        return {};
    });
}

/// The changes of a batch wait to be sealed again; the next one names this one as replaced.
Result<void> Device::Impl::reseal(const StoredOutgoing& sent, const Batch& batch) {
    touch();
    SAMSYN_TRY(store.put_value(key_for("replaces", sent.compartment), batch.id.view()));
    if (!batch.header.restatement) {
        // Somebody may have them from a restatement: they are never folded into a later edit.
        for (const PendingChange& pending : SAMSYN_TRY(store.pending()))
            if (pending.sealed_in == sent.counter)
                SAMSYN_TRY(store.put_value(key_offered(pending.id), as_bytes("1")));
        return store.unseal(sent.counter);
    }
    return mark_restate_due(sent.compartment, items_of(batch));
}

Result<void> Device::Impl::answer_batch(const StoredOutgoing& sent,
                                        const Answer& answer,
                                        Instant now) {
    if (answer.outcome == AnswerOutcome::stored || answer.outcome == AnswerOutcome::duplicate) {
        stale_answers.erase(sent.compartment);
        SAMSYN_TRY(store.drop_sealed(sent.counter));
        KnownCompartment* compartment = find(sent.compartment);
        if (!compartment) return {};
        const auto stored = SAMSYN_TRY(decode_batch(sent.bytes, ports.hasher));
        return stored.header.restatement ? Result<void>{}
                                         : restate_if_late(*compartment, stored, now);
    }
    const auto batch = SAMSYN_TRY(decode_batch(sent.bytes, ports.hasher));
    if (is_stale(answer)) {
        ++stale_answers[sent.compartment];
        SAMSYN_TRY(close_epoch(batch.header.epoch));
        return reseal(sent, batch);
    }
    if (answer.outcome == AnswerOutcome::clock_off) {
        ++stale_answers[sent.compartment];  // bounded, as for a stale epoch
        SAMSYN_TRY(reseal(sent, batch));
        return restamp(now);
    }
    if (batch.header.restatement) {
        // Most likely it restates what was under way itself and came to nothing: that is sealed
        // again first. Bounded, as for a stale epoch.
        ++stale_answers[sent.compartment];
        SAMSYN_TRY(note_fault(reason_of(answer)));
        return reseal(sent, batch);
    }

    std::vector<std::uint64_t> changes;
    for (const PendingChange& pending : SAMSYN_TRY(store.pending()))
        if (pending.sealed_in == sent.counter) changes.push_back(pending.id);
    touch();
    if (answer.outcome == AnswerOutcome::refused && changes.size() > 1) {
        alone.insert(changes.begin(), changes.end());
        return reseal(sent, batch);
    }
    for (const std::uint64_t id : changes) SAMSYN_TRY(store.park(id, reason_of(answer)));
    return {};
}

Result<void> Device::Impl::answer_packet(const StoredOutgoing& sent,
                                         const Answer& answer,
                                         Instant now) {
    if (answer.outcome == AnswerOutcome::stored || answer.outcome == AnswerOutcome::duplicate)
        return {};
    if (!is_stale(answer) && answer.outcome != AnswerOutcome::clock_off)
        SAMSYN_TRY(note_fault(reason_of(answer)));
    ++stale_answers[sent.compartment];
    const auto packet = SAMSYN_TRY(decode_packet(sent.bytes, ports.hasher));
    SAMSYN_TRY(close_epoch(packet.id));
    KnownCompartment* const compartment = find(sent.compartment);
    const KnownEpoch* const epoch = compartment ? find_epoch(*compartment, packet.id) : nullptr;
    eager.insert(packet.case_id);  // what this epoch was started for is still to be done
    // Everything sealed under it fails with it; spare the server the asking.
    for (const StoredOutgoing& later :
         SAMSYN_TRY(store.outgoing_after(sent.counter, std::numeric_limits<std::size_t>::max()))) {
        if (later.kind != EntryKind::batch || later.compartment != sent.compartment) continue;
        const auto batch = SAMSYN_TRY(decode_batch(later.bytes, ports.hasher));
        const EpochId& under = batch.header.epoch;
        if (under != packet.id && !(epoch && epoch->is(under))) continue;
        SAMSYN_TRY(store.mark_answered(later.counter, AnswerOutcome::stale_epoch));
        SAMSYN_TRY(reseal(later, batch));
    }
    return answer.outcome == AnswerOutcome::clock_off ? restamp(now) : Result<void>{};
}

/// Gives unsealed changes times of the corrected clock.
Result<void> Device::Impl::restamp(Instant now) {
    touch();
    std::map<std::pair<ItemId, Version>, Version> renamed;
    for (const PendingChange& pending : SAMSYN_TRY(store.pending())) {
        if (pending.parked || pending.sealed_in != 0) continue;
        Change change = pending.change;
        const ItemId& item = change.header.item;
        const Version old{change.header.time, self};
        for (FieldWrite& write : change.header.writes)
            for (Version& replaced : write.replaces)
                if (const auto found = renamed.find({item, replaced}); found != renamed.end())
                    replaced = found->second;
        if (old.time.instant() > corrected(now)) {
            change.header.time = tick(now);
            renamed.emplace(std::pair{item, old}, Version{change.header.time, self});
            // A restatement may have carried the old version to others.
            for (FieldWrite& write : change.header.writes)
                if (write.replaces.size() < write_replaces_max &&
                    !only_grows(merge_kind(write.field)))
                    write.replaces.push_back(old);
        }
        if (change == pending.change) continue;
        for (FieldWrite& write : change.header.writes) std::ranges::sort(write.replaces);
        SAMSYN_TRY(store.forget_version(item, old));
        (void)SAMSYN_TRY(store.merge(pending.compartment, change, self));
        SAMSYN_TRY(store.replace_pending(pending.id, change));
    }
    return {};
}

Result<void> Device::Impl::answer_statement(const StoredOutgoing& sent,
                                            const Answer& answer,
                                            Instant) {
    if (answer.outcome == AnswerOutcome::stored || answer.outcome == AnswerOutcome::duplicate)
        return {};
    const auto statement = SAMSYN_TRY(decode_statement(sent.bytes, ports.hasher));
    // Once for each: a server whose clock we cannot meet would make us sign for ever.
    const bool again = std::ranges::any_of(
        signed_again, [&](const auto& names) { return names.second == statement.id; });
    if (answer.outcome == AnswerOutcome::clock_off && !again) {
        const auto renewed = contained([&]() -> Result<void> {
            SAMSYN_TRY(discard_statement(statement.id));
            StatementBody body = statement.body;
            std::visit(Renaming{signed_again}, body);
            const auto id = SAMSYN_TRY(author(statement.header.stream, std::move(body)));
            signed_again[statement.id] = id;
            return {};
        });
        if (!renewed) return std::unexpected{renewed.error()};
        if (*renewed) return {};
    }
    return give_up_statement(statement, reason_of(answer));
}

}  // namespace samsyn
