#pragma once

#include "core/wire/fleet_messages.hpp"

#include <optional>

namespace samsyn {

/// What the server remembers of a device for its administrators: when it was last heard of, and
/// what it last said of itself.
struct FleetRecord {
    Instant last_contact;  ///< none where there was none
    std::optional<DeviceReport> report;
    friend bool operator==(const FleetRecord&, const FleetRecord&) = default;
};

/// The part of the server's storage that is about the life of devices. Same thread, transactions
/// and errors as `Storage`.
class FleetRecords {
public:
    virtual ~FleetRecords() = default;

    /// Nothing in it where the device was never heard of.
    virtual Result<FleetRecord> find(const DeviceId& device) = 0;

    /// A contact before the newest one that is known changes nothing.
    virtual Result<void> put_contact(const DeviceId& device, Instant at) = 0;

    /// Replaces the device's earlier report.
    virtual Result<void> put_report(const DeviceId& device, const DeviceReport& report) = 0;
};

}  // namespace samsyn
