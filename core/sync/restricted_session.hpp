#pragma once

#include "core/sync/order.hpp"

#include <deque>
#include <functional>
#include <optional>

namespace samsyn {

/// What keys a PIN proof and what it covers: `Hasher::hash(Domain::pin_proof, {V, server nonce,
/// client nonce, exporter})`. One function for the device's vault and the server.
Hash pin_proof(const Hasher& hasher,
               const PinVerifier& verifier,
               const Nonce& server_nonce,
               const Nonce& client_nonce,
               const Hash& exporter);

struct RestrictedLimits {
    std::chrono::seconds handshake_max{20};  ///< until the answer, then `timed_out`
};

/// A locked device's side of a *restricted* session (docs/PROTOCOL.md, "Restricted session"): the
/// unlock token, perhaps a proof of the PIN, the server's secret for it, and signed orders. Nothing
/// else: no content, no cursors, no pushes. Sans-I/O and single-threaded.
///
/// Call `on_open` once the connection stands. After any `on_*` or `answer_order`, take outputs with
/// `poll_output` until there are none, then sleep until `next_deadline`. A session runs once. The
/// ports must outlive it. `now` never goes back.
///
/// The server speaks first: it must prove a pinned identity on this very connection before the
/// token leaves. Orders that the server holds come before its answer, later ones whenever they are
/// committed, as long as the session is kept open.
class RestrictedSession {
public:
    struct Send {
        Bytes message;  ///< may hold secrets: wipe it once it is written
    };

    /// The token is known to the server; a session without a proof now waits for orders.
    struct Accepted {};

    /// The proof was right: S, to open the vault with, and to be kept in locked memory.
    struct GotSecret {
        PinSecret secret;
    };

    /// The PIN was wrong; after `tries_left` more wrong ones the server destroys its secret.
    struct WrongPin {
        std::uint32_t tries_left = 0;
    };

    /// The server has no secret for this device (any more): the PIN opens nothing cold. The phrase
    /// does, and a new PIN can be set then.
    struct SecretDestroyed {};

    /// An order that this device has verified itself. Carry it out, then `answer_order`. The same
    /// order may come again in every session until it was answered `done` or `keys_erased`.
    struct GotOrder {
        VerifiedOrder order;
    };

    /// Something that claims to be an order and does not verify: reported, otherwise ignored.
    struct IgnoredOrder {
        StatementId id;  ///< none where it could not even be parsed
        Error why;
    };

    /// The session is over; nothing follows. `not_permitted`: the server does not know this token
    /// (or will not say why); `wrong_server`; `bad_signature`; `rate_limited`; `timed_out`.
    struct Close {
        Error why;
    };

    using Output = std::variant<Send,
                                Accepted,
                                GotSecret,
                                WrongPin,
                                SecretDestroyed,
                                GotOrder,
                                IgnoredOrder,
                                Close>;

    /// Makes the proof once the server is known: `PinTry::proof` of the vault, called at most once.
    using MakeProof = std::function<Hash(
        const Nonce& server_nonce, const Nonce& client_nonce, const Hash& exporter)>;

    struct Request {
        UnlockToken token;
        MakeProof make_proof;  ///< empty: only orders are wanted (the courier)
    };

    struct Ports {
        const Verifier& verifier;
        const Hasher& hasher;
        Random& random;
    };

    /// `exporter`: TLS keying material of this connection, so that a relay gains nothing.
    RestrictedSession(Ports ports,
                      PinnedFederation pinned,
                      Request request,
                      const Hash& exporter,
                      RestrictedLimits limits = {});

    void on_open(Instant now);

    /// One WebSocket message. A message that does not fit ends the session with a `Close`.
    void on_message(ByteView message, Instant now);
    void on_timer(Instant now);

    /// What this device has done about an order. Ignored once the session is over.
    void answer_order(const StatementId& order, OrderOutcome outcome);

    std::optional<Output> poll_output();

    std::optional<Instant> next_deadline() const { return deadline_; }

    /// The server has accepted the token.
    bool is_live() const { return phase_ == Phase::live; }

    /// The server has proven a pinned identity on this very connection; it stays so to the end.
    bool knows_server() const { return knows_server_; }

private:
    enum class Phase : std::uint8_t { fresh, hello_sent, proof_sent, live, closed };

    Result<void> dispatch(ByteView bytes);
    Result<void> handle(const Challenge& challenge);
    Result<void> handle(const RestrictedAnswer& answer);
    Result<void> handle(const Order& order);
    Result<void> handle(const Goodbye& goodbye);
    template <class Other>
    Result<void> handle(const Other& other);

    void send(const Message& message);
    void close(Error why);

    Ports ports_;
    PinnedFederation pinned_;
    Request request_;
    Hash exporter_;
    RestrictedLimits limits_;
    Phase phase_ = Phase::fresh;
    bool knows_server_ = false;
    Nonce nonce_;
    std::optional<Instant> deadline_;
    std::deque<Output> outputs_;
};

}  // namespace samsyn
