#pragma once

#include "client-sdk/device/engine.hpp"
#include "core/sync/fleet_keeper.hpp"

#include <samsyn/provisioning.hpp>

#include <set>

namespace samsyn {

/// What the server last answered about the devices of one organisation.
struct FleetAnswer {
    Instant at;
    bool refused = false;
    std::vector<FleetRow> rows;  ///< sorted by device
};

/// A device's side of the fleet: what it tells of itself, and, on an administrator's machine, what
/// it learns of others and renews. The engine must outlive it.
class Device::Impl::FleetBook final : public FleetKeeper {
public:
    explicit FleetBook(Impl& my) : my_(my) {}

    /// A person waits for it.
    void ask(const OrganisationId& organisation) { asked_.insert(organisation); }

    /// A new session: renewals are looked after once in each.
    void begin_session();

    Result<std::optional<FleetAnswer>> answer(const OrganisationId& organisation);

    Result<DeviceReport> report(Instant now) override;
    std::optional<FleetQuery> wanted_fleet() override;
    Result<void> on_fleet_rows(const FleetRows& rows, Instant now) override;

private:
    bool has_renewals(const OrganisationId& organisation, Instant now);
    Result<void> renew_due(const FleetAnswer& answer,
                           const OrganisationId& organisation,
                           Instant now);

    Impl& my_;
    std::set<OrganisationId> asked_;
    std::set<OrganisationId> looked_after_;  ///< in this session
    std::optional<FleetQuery> query_;        ///< the page that is wanted now
    std::vector<FleetRow> rows_;             ///< of the pages before it
};

}  // namespace samsyn
