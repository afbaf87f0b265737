#pragma once

#include "core/base/codec.hpp"
#include "core/base/errc.hpp"
#include "core/base/ids.hpp"

#include <string>
#include <vector>

namespace samsyn {

// What administrators may know of the devices of their organisation (docs/PROTOCOL.md, "Devices"):
// counts and times, never which case.

inline constexpr std::size_t version_bytes_max = 32;
inline constexpr std::size_t fleet_rows_max = 256;  ///< a message

/// From a device in a session, after it has caught up and when something changed. The server keeps
/// the newest.
struct DeviceReport {
    std::string version;              ///< of its software; letters, digits, ".+-~"
    std::uint32_t unsent = 0;         ///< changes that no server has
    Instant oldest_unsent;            ///< none where nothing is unsent
    std::uint32_t waiting_keys = 0;   ///< compartments that it may read and has no key of
    std::uint32_t owed_receipts = 0;  ///< purges that it has not confirmed
    Instant reading_ends;             ///< of its lease
    friend bool operator==(const DeviceReport&, const DeviceReport&) = default;
};

/// From an administrator's device: the devices of the organisation, after `after` in the order of
/// ids. Answered by one `FleetRows`; another while one is unanswered is refused.
struct FleetQuery {
    OrganisationId organisation;
    DeviceId after;  ///< none: from the first
    friend bool operator==(const FleetQuery&, const FleetQuery&) = default;
};

struct FleetRow {
    DeviceId device;
    Instant last_contact;  ///< of a session or an order's answer; none where there was none
    std::uint32_t unconfirmed = 0;  ///< compartments that it lost and has not signed a purge for
    bool emptied = false;           ///< it has answered an order: its keys are destroyed
    bool reported = false;
    DeviceReport report;  ///< the newest, where `reported`
    friend bool operator==(const FleetRow&, const FleetRow&) = default;
};

struct FleetRows {
    Errc refused{};              ///< `not_permitted` for whom is no administrator there; else 0
    std::vector<FleetRow> rows;  ///< sorted by device, at most `fleet_rows_max`
    bool last = true;
    friend bool operator==(const FleetRows&, const FleetRows&) = default;
};

namespace fleet {

// The bodies. Private to core/wire.

void write(Writer& out, const DeviceReport& report);
void write(Writer& out, const FleetQuery& query);
void write(Writer& out, const FleetRows& rows);

/// Errors: `truncated`, `malformed`, `limit_exceeded`. Bytes may be left.
Result<DeviceReport> read_device_report(Reader& in);
Result<FleetQuery> read_fleet_query(Reader& in);
Result<FleetRows> read_fleet_rows(Reader& in);

}  // namespace fleet

}  // namespace samsyn
