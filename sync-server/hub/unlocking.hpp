#pragma once

#include "core/policy/federation.hpp"
#include "core/sync/restricted_session.hpp"
#include "core/sync/server_handshake.hpp"
#include "sync-server/storage/storage.hpp"

namespace samsyn {

/// Wrong proofs of a PIN in a row after which the server destroys its secret. In the protocol: a
/// device tells its person how many are left.
inline constexpr std::uint32_t pin_proofs_max = 10;

/// What the server knows of devices' PINs (docs/PROTOCOL.md, "PIN and the server"). Made for one
/// call: it refers to the hub's storage, which has a transaction open. What is counted here is
/// durable before any answer leaves, since answers leave after the group's commit.
///
/// The server stores V and never sees a PIN; it runs no Argon2. An error means that the storage
/// failed; then the group must be undone.
class Unlocking {
public:
    struct Ports {
        UnlockRecords& records;
        const Hasher& hasher;
        Random& random;
    };

    explicit Unlocking(Ports ports) : ports_(ports) {}

    /// From an authenticated session of this device. `is_to_be_wiped`: then no secret is made.
    Result<UnlockRegistered> enrol(const DeviceId& device,
                                   const UnlockRegister& request,
                                   bool is_to_be_wiped);
    Result<UnlockConfirmed> confirm(const DeviceId& device, const UnlockConfirm& request);

    /// Whose token this is; none for a stranger's.
    Result<std::optional<DeviceId>> device_of(const UnlockToken& token);

    /// Judges a proof of the PIN on this very connection, and counts it.
    Result<RestrictedAnswer> prove(const DeviceId& device,
                                   const ServerHandshake::Restricted& offered,
                                   const Hash& exporter);

    /// Revoked, or to be wiped: verifiers and secrets go. The token stays, for orders.
    static Result<void> destroy(UnlockRecords& records, const DeviceId& device);

private:
    Ports ports_;
};

}  // namespace samsyn
