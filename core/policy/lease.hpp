#pragma once

#include "core/base/time.hpp"

namespace samsyn {

/// How long a device goes by itself (security.md, "Lease"). One table: policy, not code.
struct LeasePolicy {
    /// Without fresh signed server time for longer than this, reading locks itself. A unit may say
    /// otherwise (`UnitLease`).
    std::chrono::hours reading{7 * 24};
    /// Longer than this: no key packets and no supplements are made. Writing goes on.
    std::chrono::hours keys{24};
};

inline constexpr LeasePolicy lease_policy{};

/// What a device may still do, `since` its newest fresh signed time, at `now` of its decision
/// clock. A device that has never had signed time has nothing yet that it could read.
struct Lease {
    Instant fresh_at;  ///< none (the epoch of the clock) where there never was any
    Instant now;
    /// Of the device's units (`Federation::reading_lease`).
    std::chrono::hours reading = lease_policy.reading;

    bool begun() const { return fresh_at != Instant{}; }

    Instant reading_ends() const { return begun() ? fresh_at + reading : instant_max; }

    bool may_read() const { return now < reading_ends(); }

    bool may_make_keys() const { return !begun() || now < fresh_at + lease_policy.keys; }
};

}  // namespace samsyn
