#pragma once

#include "core/base/ids.hpp"
#include "crypto/keys/secret.hpp"

namespace samsyn {

/// Names one secret in the platform's keystore; random, in the vault file.
using KeystoreId = Id<struct KeystoreTag, 16>;

/// A hook for platforms that have a keystore (TPM, Android Keystore, Secure Enclave): holds secrets
/// that a thief of the disk does not get. Where the vault is given one, the PIN works cold and
/// without the server. Not thread-safe.
class PlatformKeystore {
public:
    virtual ~PlatformKeystore() = default;

    /// Makes and durably keeps a fresh random secret under `id`. Errors: `already_exists`,
    /// `system_failed`.
    virtual Result<Secret<32>> create(const KeystoreId& id) = 0;

    /// Errors: `not_found`, `system_failed`.
    virtual Result<Secret<32>> load(const KeystoreId& id) = 0;

    /// Makes it unrecoverable; nothing there is success. Errors: `system_failed`.
    virtual Result<void> erase(const KeystoreId& id) = 0;
};

}  // namespace samsyn
