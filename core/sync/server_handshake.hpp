#pragma once

#include "core/policy/federation.hpp"
#include "core/wire/messages.hpp"

#include <optional>

namespace samsyn {

/// The server's side of one connection until the device is known. Sans-I/O, single-threaded.
///
/// Before the proof a message is at most 1 KiB and anything unexpected ends the connection with one
/// generic `Goodbye`: a stranger learns nothing about who exists.
class ServerHandshake {
public:
    struct Identity {
        FederationId federation;
        Incarnation incarnation;
        Signer& signer;
        const Verifier& verifier;
        Random& random;
        std::uint32_t statute_version = 0;
    };

    struct Authenticated {
        DeviceId device;
        Hello hello;
        std::vector<StatementId> federation_heads;
    };

    /// A locked device says which it is by its token; whether anybody knows that, and what its
    /// proof is worth, the hub's storage decides.
    struct Restricted {
        RestrictedProof proof;
        Nonce server_nonce;
        Nonce client_nonce;
    };

    /// `hello.purpose` says for what: a session, or handing in. What to do after a message: send
    /// `reply`, and go on, close, or be authenticated (for a restricted session: ask the hub).
    struct Step {
        std::optional<Bytes> reply;
        std::optional<Authenticated> authenticated;
        std::optional<Restricted> restricted{};
        std::optional<Error>
            failed{};  ///< for the log; the peer got a generic `Goodbye` in `reply`
    };

    ServerHandshake(Identity identity, const Hash& exporter);

    /// `federation`: as the server knows it now. A revoked or unknown device, a wrong federation,
    /// version or signature all fail alike towards the peer.
    Step on_message(ByteView message, const Federation& federation, Instant now);

    /// One refusal for everybody who is not let in, whatever the reason.
    static Step refuse(Error why);

private:
    Step on_hello(const Hello& hello, Instant now);
    Step on_proof(const Proof& proof, const Federation& federation, Instant now);
    bool is_for(SessionPurpose purpose) const;
    Step on_restricted_proof(const RestrictedProof& proof);

    Identity identity_;
    Hash exporter_;
    std::optional<Hello> hello_;
    Nonce nonce_;
    bool over_ = false;
};

}  // namespace samsyn
