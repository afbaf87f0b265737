// ClientSession: what it says of its own accord, after something was applied or answered.

#include "core/sync/client_session.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace samsyn {

/// Something was applied or answered: what waits may have changed with it.
Result<void> ClientSession::after_change(Instant now) {
    announced_ = false;
    SAMSYN_TRY(push_reads());
    if (auto rewinds = ports_.ledger.take_rewinds(); !rewinds.empty() && !hands_in()) {
        caught_up_ = false;
        send_cursors(std::move(rewinds));
    }
    SAMSYN_TRY(push_resends());
    SAMSYN_TRY(push_outgoing(now));
    SAMSYN_TRY(ask_receipts());
    SAMSYN_TRY(serve_attachments(now));
    (void)SAMSYN_TRY(tell_presence(now));
    return announce_if_synced(now);
}

Result<void> ClientSession::require_replicating() const {
    if (phase_ != Phase::resuming && phase_ != Phase::live)
        return fail(Errc::unexpected_message, "before the handshake is over");
    return {};
}

bool ClientSession::fits_window(std::size_t bytes) const {
    if (unanswered_.empty()) return true;  // a thing larger than the window goes alone
    return unanswered_.size() < limits_.unanswered_pushes_max &&
           unanswered_bytes_ + bytes <= limits_.unanswered_bytes_max;
}

Result<void> ClientSession::push_outgoing(Instant now) {
    drained_ = false;
    if (!resends_done_ && !hands_in()) return {};  // what is new may rest on what goes again
    while (may_push_ && fits_window(1)) {
        const std::size_t used = std::min(unanswered_bytes_, limits_.unanswered_bytes_max);
        const std::size_t room = limits_.unanswered_bytes_max - used;
        std::vector<Outgoing> outgoing =
            hands_in() ? SAMSYN_TRY(ports_.ledger.hand_in_after(pushed_counter_, room, now))
                       : SAMSYN_TRY(ports_.ledger.outgoing_after(pushed_counter_, room, now));
        if (outgoing.empty()) {
            drained_ = true;
            return {};
        }
        for (Outgoing& one : outgoing) {
            SAMSYN_ASSERT(one.counter > pushed_counter_);
            if (!fits_window(one.bytes.size())) return {};
            const std::uint32_t ticket = next_ticket_++;
            count_sent(ticket, one.counter, one.bytes.size(), false);
            pushed_counter_ = one.counter;
            send(Push{ticket, one.kind, std::move(one.bytes)});
        }
    }
    return {};
}

void ClientSession::count_sent(std::uint32_t ticket,
                               std::uint64_t counter,
                               std::size_t bytes,
                               bool again) {
    unanswered_.emplace(ticket, Unanswered{counter, bytes, again});
    unanswered_bytes_ += bytes;
    announced_ = false;
}

/// True where the answer is to something that went again.
Result<bool> ClientSession::handle_resent(const Answer& answer, Instant now) {
    const auto found = unanswered_.find(answer.ticket);
    if (found == unanswered_.end() || !found->second.again) return false;
    const Unanswered answered = found->second;
    unanswered_.erase(found);
    unanswered_bytes_ -= answered.bytes;
    SAMSYN_TRY(ports_.ledger.log_keeper()->on_resent(answered.counter, answer, now));
    return true;
}

/// Once everything has been asked for again, nothing new is held up any more.
Result<void> ClientSession::push_resends() {
    if (resends_done_ || !may_push_ || hands_in()) return {};
    LogKeeper* const log = ports_.ledger.log_keeper();
    while (log != nullptr && fits_window(1)) {
        const std::size_t used = std::min(unanswered_bytes_, limits_.unanswered_bytes_max);
        auto again =
            SAMSYN_TRY(log->resends_after(resent_place_, limits_.unanswered_bytes_max - used));
        if (again.empty()) break;
        for (OutgoingAgain& one : again) {
            SAMSYN_ASSERT(one.place > resent_place_);
            if (!fits_window(one.bytes.size())) return {};
            const std::uint32_t ticket = next_ticket_++;
            count_sent(ticket, one.place, one.bytes.size(), true);
            resent_place_ = one.place;
            if (one.receipt)
                send(Resend{ticket, one.kind, std::move(one.bytes), *std::move(one.receipt)});
            else
                send(Push{ticket, one.kind, std::move(one.bytes)});
        }
    }
    resends_done_ = unanswered_.empty();
    return {};
}

/// When all else is quiet, so that one question is about many.
Result<void> ClientSession::ask_receipts() {
    LogKeeper* const log = ports_.ledger.log_keeper();
    if (log == nullptr || hands_in() || asking_receipts_ || receipts_done_) return {};
    if (!caught_up_ || !drained_ || !unanswered_.empty()) return {};
    const auto wanted = SAMSYN_TRY(log->wanted_receipts());
    receipts_done_ = !wanted;
    if (!wanted) return {};
    asking_receipts_ = true;
    announced_ = false;
    send(*wanted);
    return {};
}

/// True where the answer is to the reads in flight. A server that refuses them is told no more of
/// them in this session: they wait, and the rest goes on.
Result<bool> ClientSession::handle_reads(const Answer& answer, Instant now) {
    if (!reads_ || reads_->ticket != answer.ticket) return false;
    const std::uint64_t last = reads_->last;
    reads_.reset();
    const bool taken =
        answer.outcome == AnswerOutcome::stored || answer.outcome == AnswerOutcome::duplicate;
    reads_failed_ = !taken;
    if (taken) SAMSYN_TRY(ports_.ledger.log_keeper()->on_reads_acknowledged(last, now));
    return true;
}

/// One piece at a time.
Result<void> ClientSession::push_reads() {
    LogKeeper* const log = ports_.ledger.log_keeper();
    if (log == nullptr || reads_ || reads_failed_) return {};
    auto reads = SAMSYN_TRY(log->waiting_reads());
    if (!reads) return {};
    reads_ = UnansweredReads{next_ticket_++, reads->last};
    announced_ = false;
    send(Push{reads_->ticket, EntryKind::reads, std::move(reads->bytes)});
    return {};
}

void ClientSession::ask_log() {
    LogKeeper* const log = ports_.ledger.log_keeper();
    if (log == nullptr || query_ || !may_push_ || hands_in()) return;
    query_ = log->wanted_query();
    if (!query_) return;
    announced_ = false;
    send(*query_);
}

void ClientSession::send_cursors(std::vector<Resume::Cursor> cursors) {
    std::span<const Resume::Cursor> rest{cursors};
    do {
        const auto chunk = rest.first(std::min(rest.size(), resume_cursors_max));
        rest = rest.subspan(chunk.size());
        send(Resume{{chunk.begin(), chunk.end()}, rest.empty()});
    } while (!rest.empty());
}

/// One thing at a time: first what the server must be told so that it can forget, then what is new.
/// A vault that fails is no reason not to synchronise: a later session asks it again.
void ClientSession::serve_keeper() {
    if (ports_.keeper == nullptr || hands_in() || keeper_failed_ || !may_push_ || registering_ ||
        confirming_)
        return;
    auto unconfirmed = ports_.keeper->unconfirmed();
    if (!unconfirmed) return after_keeper(std::unexpected{unconfirmed.error()});
    if (*unconfirmed) {
        confirming_ = **unconfirmed;
        send(UnlockConfirm{*confirming_});
        return;
    }
    auto wanted = ports_.keeper->wanted();
    if (!wanted) return after_keeper(std::unexpected{wanted.error()});
    if (!*wanted || *wanted == registered_) return;
    registering_ = **wanted;
    send(UnlockRegister{registering_->token, registering_->verifier});
}

void ClientSession::after_keeper(const Result<void>& kept) {
    if (!kept)
        keeper_failed_ = true;
    else
        serve_keeper();
}

/// Everything is here and everything is answered.
bool ClientSession::is_quiet() const {
    return caught_up_ && drained_ && unanswered_.empty() && !registering_ && !confirming_ &&
           !reads_ && !query_ && !fleet_query_ && !asking_receipts_ && !upload_ && !download_;
}

Result<void> ClientSession::announce_if_synced(Instant now) {
    // What was just said may change the answer: so the fleet is asked about last.
    if (!is_quiet() || ask_fleet() || announced_) return {};
    if (SAMSYN_TRY(tell_report(now))) return {};  // once the server has it
    announced_ = true;
    outputs_.emplace_back(Synced{});
    return {};
}

void ClientSession::send(const Message& message) {
    outputs_.emplace_back(Send{encode_message(message)});
}

/// A server that has shown who it is hears why; anybody else hears nothing.
void ClientSession::fail_with(const Error& why) {
    const bool known_server = phase_ != Phase::fresh && phase_ != Phase::hello_sent;
    if (known_server) send(Goodbye{why.code, ""});
    close(why);
}

void ClientSession::close(Error why) {
    phase_ = Phase::closed;
    deadline_.reset();
    next_report_.reset();
    outputs_.emplace_back(Close{std::move(why)});
}

}  // namespace samsyn
