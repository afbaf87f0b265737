#include "core/sync/client_session.hpp"

#include "core/sync/client_handshake.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace samsyn {

ClientSession::ClientSession(Ports ports,
                             const Hash& exporter,
                             SessionLimits limits,
                             SessionPurpose purpose)
    : ports_(ports),
      exporter_(exporter),
      limits_(limits),
      purpose_(purpose) {}

// --- What happened -------------------------------------------------------------------------------

void ClientSession::on_open(Instant now) {
    SAMSYN_ASSERT(phase_ == Phase::fresh);
    nonce_ = random_id<Nonce>(ports_.random);
    Hello hello = hello_for(purpose_, ports_.ledger.federation(), nonce_);
    hello.device = ports_.ledger.device();
    send(hello);
    phase_ = Phase::hello_sent;
    deadline_ = now + limits_.handshake_max;
}

void ClientSession::on_message(ByteView message, Instant now) {
    if (phase_ == Phase::closed) return;
    if (const auto handled = dispatch(message, now); !handled) fail_with(handled.error());
}

void ClientSession::on_timer(Instant now) {
    if (phase_ == Phase::closed) return;
    if (deadline_ && now >= *deadline_)
        return close(Error{Errc::timed_out, hands_in() ? "hand-in" : "handshake"});
    if (const auto told = tell_presence(now); !told) return fail_with(told.error());
    if (!next_report_ || now < *next_report_) return;
    const auto told = is_quiet() ? tell_report(now) : Result<bool>{false};
    if (!told) return fail_with(told.error());
    if (!*told) next_report_.reset();  // until something happens, or until it is quiet
}

void ClientSession::poke(Instant now) {
    if (phase_ == Phase::closed || !may_push_) return;
    auto pushed = push_reads();
    if (pushed) pushed = push_resends();
    if (pushed) pushed = push_outgoing(now);
    if (pushed) pushed = ask_receipts();
    attachments_done_ = false;
    if (pushed) pushed = serve_attachments(now);
    if (!pushed) return fail_with(pushed.error());
    const auto told = tell_presence(now);
    if (!told) return fail_with(told.error());
    if (*told) announced_ = false;  // whoever waits for `Synced` hears it behind what was said
    serve_keeper();
    ask_log();
    if (const auto announced = announce_if_synced(now); !announced) fail_with(announced.error());
}

std::optional<ClientSession::Output> ClientSession::poll_output() {
    if (outputs_.empty()) return std::nullopt;
    Output output = std::move(outputs_.front());
    outputs_.pop_front();
    return output;
}

std::optional<Instant> ClientSession::next_deadline() const {
    PresenceKeeper* const keeper = presence_keeper();
    std::optional<Instant> next = keeper == nullptr ? std::nullopt : keeper->next_presence();
    for (const std::optional<Instant>& other : {deadline_, next_report_})
        if (other) next = std::min(next.value_or(*other), *other);
    return next;
}

// --- Messages ------------------------------------------------------------------------------------

Result<void> ClientSession::dispatch(ByteView bytes, Instant now) {
    const bool known_server = phase_ != Phase::fresh && phase_ != Phase::hello_sent;
    const Message message = SAMSYN_TRY(
        decode_message(bytes, known_server ? message_bytes_max : message_bytes_before_proof_max));
    return std::visit([&](const auto& body) { return handle(body, now); }, message);
}

Result<void> ClientSession::handle(const Challenge& challenge, Instant) {
    if (phase_ != Phase::hello_sent) return fail(Errc::unexpected_message, "challenge");
    const auto trusts = [&](const SigningPublicKey& key) {
        return ports_.ledger.trusts_server(key);
    };
    SAMSYN_TRY(check_challenge(challenge, nonce_, exporter_, trusts, ports_.verifier));
    knows_server_ = true;
    Proof proof;
    proof.federation_heads = ports_.ledger.federation_heads();
    std::ranges::sort(proof.federation_heads);
    if (proof.federation_heads.size() > statement_previous_max)
        proof.federation_heads.resize(statement_previous_max);
    proof.signature = ports_.ledger.sign_proof(
        proof_signed_part(challenge.nonce, nonce_, exporter_, proof.federation_heads));
    server_key_ = challenge.server_key;
    incarnation_ = challenge.incarnation;
    phase_ = Phase::proof_sent;
    send(proof);
    // At once, so that it costs no round trip: the answer comes behind the welcome.
    LogKeeper* const log = hands_in() ? nullptr : ports_.ledger.log_keeper();
    if (log != nullptr) send(SAMSYN_TRY(log->known_log()));
    return {};
}

Result<void> ClientSession::handle(const Welcome& welcome, Instant now) {
    if (phase_ != Phase::proof_sent) return fail(Errc::unexpected_message, "welcome");
    SAMSYN_TRY(ports_.ledger.on_welcome(welcome));
    if (hands_in()) {  // nothing is delivered: there is nothing to wait for but orders and answers
        phase_ = Phase::live;
        may_push_ = true;
        deadline_ = now + limits_.handshake_max;  // for the order that says why we are here
        return after_change(now);
    }
    phase_ = Phase::proving;
    return ports_.ledger.log_keeper() == nullptr ? start_replicating() : Result<void>{};
}

/// Nothing is replicated with a server whose log is not the one that it showed before.
Result<void> ClientSession::handle(const LogProof& proof, Instant now) {
    if (phase_ != Phase::proving) return fail(Errc::unexpected_message, "log proof");
    SAMSYN_TRY(check_checkpoint(proof.checkpoint));
    SAMSYN_TRY(ports_.ledger.log_keeper()->on_log_proof(proof, now));
    return start_replicating();
}

Result<void> ClientSession::start_replicating() {
    phase_ = Phase::resuming;
    deadline_.reset();
    SAMSYN_TRY(push_reads());  // before anything else that this device has to say
    send_cursors(ports_.ledger.cursors(incarnation_));
    return {};
}

Result<void> ClientSession::check_checkpoint(const SignedCheckpoint& checkpoint) const {
    if (checkpoint.server_key != server_key_ || !verify_checkpoint(checkpoint, ports_.verifier))
        return fail(Errc::bad_signature, "checkpoint");
    if (checkpoint.checkpoint.federation != ports_.ledger.federation() ||
        checkpoint.checkpoint.incarnation != incarnation_)
        return fail(Errc::malformed, "checkpoint of another log");
    return {};
}

Result<void> ClientSession::handle(const LogRows& rows, Instant now) {
    SAMSYN_TRY(require_replicating());
    if (!query_ || query_->ticket != rows.ticket) return fail(Errc::unexpected_message, "log rows");
    query_.reset();
    if (rows.checkpoint) SAMSYN_TRY(check_checkpoint(*rows.checkpoint));
    SAMSYN_TRY(ports_.ledger.log_keeper()->on_log_rows(rows, now));
    ask_log();
    return after_change(now);
}

Result<void> ClientSession::handle(const Receipts& receipts, Instant now) {
    SAMSYN_TRY(require_replicating());
    if (!asking_receipts_) return fail(Errc::unexpected_message, "receipts");
    asking_receipts_ = false;
    SAMSYN_TRY(check_checkpoint(receipts.checkpoint));
    SAMSYN_TRY(ports_.ledger.log_keeper()->on_receipts(receipts, now));
    return after_change(now);
}

Result<void> ClientSession::handle(const Answer& answer, Instant now) {
    SAMSYN_TRY(require_replicating());
    if (SAMSYN_TRY(handle_reads(answer, now))) return after_change(now);
    if (SAMSYN_TRY(handle_resent(answer, now))) return after_change(now);
    const auto found = unanswered_.find(answer.ticket);
    if (found == unanswered_.end()) return fail(Errc::unexpected_message, "ticket");
    const Unanswered answered = found->second;
    SAMSYN_TRY(ports_.ledger.on_answer(answered.counter, answer, now));
    unanswered_.erase(found);
    unanswered_bytes_ -= answered.bytes;
    outputs_.emplace_back(Answered{answered.counter, answer});
    return after_change(now);
}

Result<void> ClientSession::handle(const Deliver& deliver, Instant now) {
    SAMSYN_TRY(require_replicating());
    if (hands_in()) return fail(Errc::unexpected_message, "delivery while handing in");
    const bool content = std::holds_alternative<CompartmentId>(deliver.channel.name);
    if (content && !may_push_) return fail(Errc::unexpected_message, "content before statements");
    SAMSYN_TRY(ports_.ledger.apply(incarnation_, deliver, now));
    if (!deliver.entries.empty()) {  // else only a cursor moved
        caught_up_ = false;
        attachments_done_ = false;
        outputs_.emplace_back(Changed{});
    }
    return after_change(now);
}

Result<void> ClientSession::handle(const Withdrawn& withdrawn, Instant now) {
    SAMSYN_TRY(require_replicating());
    SAMSYN_TRY(ports_.ledger.on_withdrawn(withdrawn.channel, now));
    outputs_.emplace_back(Changed{});
    return after_change(now);
}

Result<void> ClientSession::handle(const CaughtUp& caught_up, Instant now) {
    SAMSYN_TRY(require_replicating());
    if (hands_in()) return fail(Errc::unexpected_message, "signed time while handing in");
    const bool first = caught_up.phase == CaughtUp::Phase::statements;
    if (first == may_push_) return fail(Errc::unexpected_message, "caught up");
    if (!ports_.verifier.verify(server_key_,
                                Domain::signed_time,
                                signed_time_part(incarnation_, caught_up.time),
                                caught_up.signature))
        return fail(Errc::bad_signature, "caught up");

    SAMSYN_TRY(ports_.ledger.on_caught_up(caught_up.time, caught_up.phase, now));
    may_push_ = true;
    caught_up_ = !first;
    if (!first) phase_ = Phase::live;
    serve_keeper();
    ask_log();
    return after_change(now);
}

Result<void> ClientSession::handle(const UnlockRegistered& registered, Instant now) {
    SAMSYN_TRY(require_replicating());
    if (!registering_) return fail(Errc::unexpected_message, "unlock registered");
    const UnlockRegistration registration = *std::exchange(registering_, std::nullopt);
    if (registered.refused != Errc{}) {
        ports_.keeper->on_refused(registered.refused);
        keeper_failed_ = true;
        return after_change(now);
    }
    if (registered.secret.has_value() != registration.verifier.has_value())
        return fail(Errc::unexpected_message, "secret");
    registered_ = registration;
    after_keeper(ports_.keeper->on_registered(registration, registered.secret));
    return after_change(now);
}

Result<void> ClientSession::handle(const UnlockConfirmed& confirmed, Instant now) {
    SAMSYN_TRY(require_replicating());
    if (!confirming_) return fail(Errc::unexpected_message, "unlock confirmed");
    const PinVerifier verifier = *std::exchange(confirming_, std::nullopt);
    if (confirmed.refused != Errc{}) {
        ports_.keeper->on_refused(confirmed.refused);
        keeper_failed_ = true;
    } else {
        after_keeper(ports_.keeper->on_confirmed(verifier));
    }
    return after_change(now);
}

Result<void> ClientSession::handle(const Order& order, Instant now) {
    if (!hands_in() || phase_ != Phase::live) return fail(Errc::unexpected_message, "order");
    if (const auto outcome = SAMSYN_TRY(ports_.ledger.on_order(order, now))) send(*outcome);
    caught_up_ = true;
    deadline_.reset();
    return after_change(now);
}

Result<void> ClientSession::handle(const Goodbye& goodbye, Instant) {
    close(Error{goodbye.why, goodbye.context});
    return {};
}

template <class Other>
Result<void> ClientSession::handle(const Other&, Instant) {
    return fail(Errc::unexpected_message, "a client's message");
}

}  // namespace samsyn
