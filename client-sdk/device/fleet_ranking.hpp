#pragma once

#include "core/policy/federation.hpp"

#include <samsyn/provisioning.hpp>

namespace samsyn {

/// What this machine goes by when it judges devices.
struct FleetMeasure {
    const Federation& members;
    Instant now;
    std::string_view version;  ///< of this machine's own program
};

/// Fills in what the federation log and the row say of the device, and what is wrong with it.
/// `row` is null where the server has said nothing. Pure.
FleetDevice judge_device(const FleetMeasure& measure, const DeviceId& device, const FleetRow* row);

/// Least trusted first: by the worst warning, then the next ones, then by how many there are; of
/// equals, the one that has been silent longest. Retired devices come last.
void sort_by_trust(std::vector<FleetDevice>& devices);

/// True where the first version is older: numbers are compared as numbers, part by part; what
/// follows a "~" or "+" does not count. Nothing is older or newer than an empty version.
bool is_older_version(std::string_view version, std::string_view than);

/// Would an administrator's machine renew this by itself (`certificate_validity`)?
bool is_renewal_due(const FleetMeasure& measure,
                    const Federation::Device& device,
                    Instant last_contact);

}  // namespace samsyn
