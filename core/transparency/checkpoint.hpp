#pragma once

#include "core/base/codec.hpp"
#include "core/transparency/merkle.hpp"

namespace samsyn {

/// What the server says its access log is, at an instant, in one life of the server. Who keeps two
/// of them that cannot both be true can show that the server lied.
struct Checkpoint {
    FederationId federation;
    Incarnation incarnation;
    TreeHead tree;
    Instant time;
    friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

/// Signed by the server's identity under `log_checkpoint`.
struct SignedCheckpoint {
    Checkpoint checkpoint;
    SigningPublicKey server_key;
    Signature signature;
    friend bool operator==(const SignedCheckpoint&, const SignedCheckpoint&) = default;
};

/// Layout: federation 32 · incarnation 16 · size 8 · root 32 · time 8.
Bytes encode_signed_part(const Checkpoint& checkpoint);

SignedCheckpoint sign_checkpoint(const Checkpoint& checkpoint, Signer& signer);

/// The signature only: whether the key is a server's the caller knows.
bool verify_checkpoint(const SignedCheckpoint& checkpoint, const Verifier& verifier);

/// Layout: signed part · server key 32 · signature 64.
void write(Writer& out, const SignedCheckpoint& checkpoint);

/// Errors: `truncated`, `malformed`. Bytes may be left.
Result<SignedCheckpoint> read_checkpoint(Reader& in);

/// Errors: as above, and `trailing_bytes`.
Result<SignedCheckpoint> decode_checkpoint(ByteView bytes);
Bytes encode_checkpoint(const SignedCheckpoint& checkpoint);

}  // namespace samsyn
