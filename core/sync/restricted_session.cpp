#include "core/sync/restricted_session.hpp"

#include "core/sync/client_handshake.hpp"
#include "core/wire/statement_codec.hpp"

#include <algorithm>

namespace samsyn {

Hash pin_proof(const Hasher& hasher,
               const PinVerifier& verifier,
               const Nonce& server_nonce,
               const Nonce& client_nonce,
               const Hash& exporter) {
    return hasher.hash(
        Domain::pin_proof,
        {verifier.view(), server_nonce.view(), client_nonce.view(), exporter.view()});
}

RestrictedSession::RestrictedSession(Ports ports,
                                     PinnedFederation pinned,
                                     Request request,
                                     const Hash& exporter,
                                     RestrictedLimits limits)
    : ports_(ports),
      pinned_(std::move(pinned)),
      request_(std::move(request)),
      exporter_(exporter),
      limits_(limits) {}

// --- What happened -------------------------------------------------------------------------------

void RestrictedSession::on_open(Instant now) {
    SAMSYN_ASSERT(phase_ == Phase::fresh);
    nonce_ = random_id<Nonce>(ports_.random);
    send(hello_for(SessionPurpose::restricted, pinned_.federation, nonce_));
    phase_ = Phase::hello_sent;
    deadline_ = now + limits_.handshake_max;
}

void RestrictedSession::on_message(ByteView message, Instant) {
    if (phase_ == Phase::closed) return;
    if (const auto handled = dispatch(message); !handled) close(handled.error());
}

void RestrictedSession::on_timer(Instant now) {
    if (phase_ != Phase::closed && deadline_ && now >= *deadline_)
        close(Error{Errc::timed_out, "restricted session"});
}

void RestrictedSession::answer_order(const StatementId& order, OrderOutcome outcome) {
    if (phase_ == Phase::proof_sent || phase_ == Phase::live) send(OrderAnswer{order, outcome});
}

std::optional<RestrictedSession::Output> RestrictedSession::poll_output() {
    if (outputs_.empty()) return std::nullopt;
    Output output = std::move(outputs_.front());
    outputs_.pop_front();
    return output;
}

// --- Messages ------------------------------------------------------------------------------------

Result<void> RestrictedSession::dispatch(ByteView bytes) {
    const bool known_server = phase_ == Phase::proof_sent || phase_ == Phase::live;
    const Message message = SAMSYN_TRY(
        decode_message(bytes, known_server ? message_bytes_max : message_bytes_before_proof_max));
    return std::visit([&](const auto& body) { return handle(body); }, message);
}

Result<void> RestrictedSession::handle(const Challenge& challenge) {
    if (phase_ != Phase::hello_sent) return fail(Errc::unexpected_message, "challenge");
    const auto trusts = [&](const SigningPublicKey& key) {
        return std::ranges::count(pinned_.server_keys, key) > 0;
    };
    SAMSYN_TRY(check_challenge(challenge, nonce_, exporter_, trusts, ports_.verifier));
    knows_server_ = true;
    RestrictedProof proof;
    proof.token = request_.token;
    if (request_.make_proof)
        proof.pin_proof = request_.make_proof(challenge.nonce, nonce_, exporter_);
    phase_ = Phase::proof_sent;
    send(proof);
    return {};
}

Result<void> RestrictedSession::handle(const RestrictedAnswer& answer) {
    if (phase_ != Phase::proof_sent) return fail(Errc::unexpected_message, "restricted answer");
    const bool proved = static_cast<bool>(request_.make_proof);
    if (proved == (answer.outcome == RestrictedOutcome::accepted))
        return fail(Errc::unexpected_message, "outcome");
    phase_ = Phase::live;
    deadline_.reset();
    switch (answer.outcome) {
        case RestrictedOutcome::accepted:
            outputs_.emplace_back(Accepted{});
            break;
        case RestrictedOutcome::secret:
            outputs_.emplace_back(GotSecret{*answer.secret});
            break;
        case RestrictedOutcome::wrong:
            outputs_.emplace_back(WrongPin{answer.tries_left});
            break;
        case RestrictedOutcome::destroyed:
            outputs_.emplace_back(SecretDestroyed{});
            break;
    }
    return {};
}

Result<void> RestrictedSession::handle(const Order& order) {
    if (phase_ != Phase::proof_sent && phase_ != Phase::live)
        return fail(Errc::unexpected_message, "order");
    const auto verified = verify_order(order, pinned_, ports_.verifier, ports_.hasher);
    if (verified) {
        outputs_.emplace_back(GotOrder{*verified});
        return {};
    }
    const auto parsed = decode_statement(order.statement, ports_.hasher);
    const StatementId id = parsed ? parsed->id : StatementId{};
    outputs_.emplace_back(IgnoredOrder{id, verified.error()});
    if (parsed) send(OrderAnswer{id, OrderOutcome::ignored});
    return {};
}

Result<void> RestrictedSession::handle(const Goodbye& goodbye) {
    close(Error{goodbye.why, goodbye.context});
    return {};
}

template <class Other>
Result<void> RestrictedSession::handle(const Other&) {
    return fail(Errc::unexpected_message, "in a restricted session");
}

void RestrictedSession::send(const Message& message) {
    outputs_.emplace_back(Send{encode_message(message)});
}

void RestrictedSession::close(Error why) {
    phase_ = Phase::closed;
    deadline_.reset();
    outputs_.emplace_back(Close{std::move(why)});
}

}  // namespace samsyn
