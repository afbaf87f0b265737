#pragma once

#include "core/base/domain.hpp"
#include "core/base/ids.hpp"
#include "crypto/keys/secret.hpp"

namespace samsyn {

/// Random, new with every slot that is made.
using SlotId = Id<struct SlotTag, 16>;

struct VaultParts;  // what a vault is made of, inside
class Vault;

/// V = BLAKE2b(pin_verifier ‖ Argon2id(PIN)) proves a PIN to the server that stored it. The proof
/// is `Hasher::hash(Domain::pin_proof, {V, server nonce, client nonce, TLS exporter})`, all of 32
/// bytes: the server computes the same from its stored V.
Hash pin_proof(const Secret<32>& verifier,
               const Nonce& server_nonce,
               const Nonce& client_nonce,
               const Hash& exporter);

/// One counted try at a PIN, made by `Vault::begin_pin_try`. It ends in exactly one of `open_with`,
/// `open_with_keystore` and `give_back`; dropped without any of them, it stays counted, as after a
/// wrong PIN. Move-only; the vault outlives it. Not thread-safe.
class PinTry {
public:
    /// True where it needs the server's secret, false where the platform's keystore holds one.
    bool needs_server() const { return needs_server_; }

    /// V: proves the PIN to the server; opens nothing.
    Secret<32> verifier() const;

    /// The proof for one restricted session, as `pin_proof`.
    /// From here on the try cannot be given back.
    Hash proof(const Nonce& server_nonce, const Nonce& client_nonce, const Hash& exporter);

    /// Opens the vault with the secret that the server handed out (now, or earlier since power-on).
    /// Errors: `not_authentic` where PIN or secret is wrong: the tenth wrong try in a row erases
    /// the slot; `conflict` where the try is over or the slot has been replaced; `invalid_argument`
    /// where the keystore is needed.
    Result<void> open_with(const Secret<32>& server_secret);

    /// As `open_with`, with the keystore's secret. Errors: also the keystore's (the try then stays
    /// counted unless it is given back).
    Result<void> open_with_keystore();

    /// Takes the count back, durably, where nothing could be tried: no secret was here and the
    /// server was not reached. Errors: `conflict` where the try is over or a proof was made: nobody
    /// knows then what the server has answered.
    Result<void> give_back();

    PinTry(PinTry&&) noexcept = default;
    PinTry& operator=(PinTry&&) noexcept = default;

    /// For `Vault::begin_pin_try`.
    PinTry(VaultParts& vault, Secret<32> stretched, const SlotId& slot, bool needs_server);

private:
    Result<void> finish(Domain key_label, const Secret<32>& outer_secret);

    VaultParts* vault_;
    Secret<32> stretched_;
    SlotId slot_;  // the one that was stretched for
    bool needs_server_;
    bool is_proved_ = false;
    bool is_over_ = false;
};

}  // namespace samsyn
