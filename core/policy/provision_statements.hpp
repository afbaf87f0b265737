#pragma once

#include "core/base/ids.hpp"
#include "core/base/time.hpp"

#include <cstdint>
#include <vector>

namespace samsyn {

// The kinds of the federation log that are about the life of devices, two-person acts and recovery.

inline constexpr std::chrono::hours countersigning_max{72};
inline constexpr std::chrono::hours unit_lease_min{24};
inline constexpr std::chrono::hours unit_lease_max{30 * 24};
inline constexpr std::size_t resumed_names_max = 32;
inline constexpr std::size_t recovery_shares_max = 16;
inline constexpr std::chrono::hours recovery_use_max{72};

/// By a second person: confirms one statement that has no effect without. Counts only where it
/// knows the statement (it is among its ancestors) and claims a time at most `countersigning_max`
/// after it. Whose confirmation a kind wants, `core/policy/two_persons.hpp` says. It does nothing
/// else.
struct Countersigned {
    StatementId statement;
    friend bool operator==(const Countersigned&, const Countersigned&) = default;
};

/// By an administrator of the unit's organisation: how long its devices show content without fresh
/// signed time. The newest counts.
struct UnitLease {
    UnitId unit;
    std::uint16_t reading_hours = 0;  ///< `unit_lease_min` to `unit_lease_max`
    friend bool operator==(const UnitLease&, const UnitLease&) = default;
};

/// By an administrator and a second person: the organisation's recovery key from now on, split
/// among as many holders as there are commitments, of whom `threshold` open it. The greatest
/// generation counts.
struct RecoveryKeyCertified {
    OrganisationId organisation;
    std::uint32_t generation = 0;  ///< from 1
    SealingPublicKey key;
    std::uint8_t threshold = 0;     ///< 2 to the number of shares
    std::vector<Hash> commitments;  ///< to the shares, in their order: a wrong one is named
    friend bool operator==(const RecoveryKeyCertified&, const RecoveryKeyCertified&) = default;
};

/// By an administrator and a second person: this device may open what is sealed to the
/// organisation's recovery key, as far as its user may read it anyway.
struct RecoveryUsed {
    OrganisationId organisation;
    std::uint32_t generation = 0;
    DeviceId device;
    Hash reason;    ///< of the sealed or printed reason
    Instant until;  ///< at most `recovery_use_max` after the statement's time
    friend bool operator==(const RecoveryUsed&, const RecoveryUsed&) = default;
};

/// By an administrator of the device's organisation: it is lost. It is not in good standing until
/// it is found: it reads nothing new, and is sealed no key.
struct DeviceSuspended {
    DeviceId device;
    friend bool operator==(const DeviceSuspended&, const DeviceSuspended&) = default;
};

/// By an administrator of the device's organisation: found again. Ends the suspensions that it
/// names, and no others.
struct DeviceResumed {
    DeviceId device;
    std::vector<StatementId> names;  ///< sorted, 1 to `resumed_names_max`
    friend bool operator==(const DeviceResumed&, const DeviceResumed&) = default;
};

}  // namespace samsyn
