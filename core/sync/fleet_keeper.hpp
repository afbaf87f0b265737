#pragma once

#include "core/wire/messages.hpp"

#include <optional>

namespace samsyn {

/// The device's side of what administrators may know of devices, as its session sees it
/// (docs/PROTOCOL.md, "Devices"). Not thread-safe.
///
/// Once everything has been delivered and answered, the session tells the server how the device is,
/// and again when that has changed, at most once in `SessionLimits::report_interval`. On an
/// administrator's machine it also asks for the devices of an organisation.
class FleetKeeper {
public:
    virtual ~FleetKeeper() = default;

    /// How the device is now. Called as often as the interval says, not more: it may count all that
    /// waits. Errors: of the storage.
    virtual Result<DeviceReport> report(Instant now) = 0;

    /// The page to ask for; the same until it is answered. None as a rule.
    virtual std::optional<FleetQuery> wanted_fleet() = 0;

    /// Its answer: of the devices after the query's `after`, and of no others. Errors: of the
    /// storage.
    virtual Result<void> on_fleet_rows(const FleetRows& rows, Instant now) = 0;
};

/// Would an administrator want to hear of the difference? The end of the lease moves with every
/// contact: only an hour of it counts.
bool is_news(const DeviceReport& said, const DeviceReport& now);

}  // namespace samsyn
