#pragma once

#include <samsyn/device.hpp>

namespace samsyn {

/// How long a recovery key is used before its successor is due.
inline constexpr std::chrono::days recovery_key_age_max{365};

// Contexts of the refusals to open by a recovery key.
inline constexpr std::string_view recovery_not_permitted = "recovery_not_permitted";
inline constexpr std::string_view recovery_waits = "recovery_waits_for_second_person";
inline constexpr std::string_view recovery_ended = "recovery_ended";

/// One generation of an organisation's recovery key, as two persons certified it.
struct RecoveryKeyView {
    OrganisationId organisation;
    std::uint32_t generation = 0;
    SealingPublicKey key;
    std::uint8_t threshold = 0;
    std::vector<Hash> commitments;  ///< one for each holder
    Instant since;                  ///< as its certificate claims
    Instant due;                    ///< for its successor
    bool administered = false;      ///< this device's user is to see to it
};

/// A permission for a device to open by a recovery key, as its statement says.
struct RecoveryUseView {
    StatementId statement;
    OrganisationId organisation;
    std::uint32_t generation = 0;
    DeviceId device;
    Instant until;
    bool waits = false;     ///< for a second person
    bool in_force = false;  ///< now
};

/// What a device opened with a recovery key.
struct RecoveredView {
    std::size_t compartments = 0;  ///< in which something was opened
    std::size_t keys = 0;
    std::size_t shut =
        0;  ///< compartments that this device's user may not read, or not so far back
    std::size_t older = 0;   ///< boxes for another generation of the key
    std::size_t broken = 0;  ///< boxes for this one that do not open; noted as faults
};

/// Recovery of an organisation's keys (docs/PROTOCOL.md, "Recovery"). A recovery key opens what its
/// organisation's units disclosed; its private part exists only while holders put their shares
/// together, on a device that two persons let do so for some hours, and opens there what `decide`
/// lets that device's user read anyway. Shares and private keys are the caller's business
/// (`crypto/recovery`): this class sees the public key, and a `Sealer` that opens its boxes.
///
/// A view of a device, which must outlive it; as thread-safe as the device: not.
class Recovery {
public:
    explicit Recovery(Device& device) : device_(device) {}

    /// The newest key of each organisation that has one.
    std::vector<RecoveryKeyView> keys();

    /// Organisations that this device administers and that have none.
    std::vector<OrganisationId> missing();

    /// None where the federation log here certifies none of that generation with effect.
    std::optional<RecoveryKeyView> key(const OrganisationId& organisation,
                                       std::uint32_t generation);
    std::vector<RecoveryUseView> uses();

    /// The generation for a new key: the one after the newest that has effect. One that nobody
    /// confirmed is made anew under the same number.
    std::uint32_t next_generation(const OrganisationId& organisation);

    /// Certifies a key whose shares have been handed out; it counts once a second person confirms.
    /// Errors: as `Device`; `conflict` for another generation than the next; `weak_key`.
    Result<StatementId> certify(const RecoveryKeyCertified& key);

    /// Lets `device` open by the newest key of its organisation, for at most `recovery_use_max`,
    /// once a second person confirms. The reason stays on this machine; its hash is stated. Errors:
    /// `not_found` for the key or the device; `invalid_argument`.
    Result<StatementId> permit(const OrganisationId& organisation,
                               const DeviceId& device,
                               std::string_view reason,
                               std::chrono::hours how_long);

    /// Errors, checked before a holder types anything: `not_permitted` with one of the contexts
    /// above; `lease_ended` where this device has not heard the server for a day.
    Result<void> check_open(const OrganisationId& organisation, std::uint32_t generation);

    /// Opens the recovery boxes of all packets here that this device lacks keys of, in compartments
    /// of the organisation that its user may read as far back, and keeps the keys as if received.
    /// A signed supplement to itself tells the server and the others. Errors: as `check_open`.
    Result<RecoveredView> open(const OrganisationId& organisation,
                               std::uint32_t generation,
                               Sealer& opener);

private:
    Device& device_;
};

}  // namespace samsyn
