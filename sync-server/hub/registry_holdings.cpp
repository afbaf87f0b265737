// Registry: who holds which keys of a case.

#include "sync-server/hub/registry.hpp"

#include <algorithm>

namespace samsyn {

std::vector<KeyHolding> Registry::holdings_of(const CaseId& id, Instant latest) const {
    std::vector<KeyHolding> holdings;
    for (const CompartmentId& name : compartments_of(id)) {
        const auto epochs = epochs_of_.find(name);
        if (epochs == epochs_of_.end()) continue;
        std::map<DeviceId, Instant> newest;
        for (const auto& epoch : epochs->second) {
            const Instant claimed = std::min(epoch->instant, latest);
            for (const DeviceId& device : epoch->holders) {
                Instant& at = newest[device];
                at = std::max(at, claimed);
            }
        }
        for (const auto& [device, at] : newest)
            holdings.push_back({name, compartment(name)->label, device, at});
    }
    return holdings;
}

std::vector<Unconfirmed> Registry::unconfirmed_in(const CaseId& id,
                                                  std::span<const KeyHolding> holdings,
                                                  Instant now) const {
    const CaseView* const case_view = view(id);
    if (case_view == nullptr || id == directory_case) return {};
    return unconfirmed(holdings,
                       cases_.at(id).log,
                       federation_log_,
                       {*federation_, *case_view},
                       current_statute_table(),
                       now);
}

Registry::LostKeys Registry::lost_keys(const std::set<DeviceId>& devices, Instant now) const {
    LostKeys lost;
    const auto hold = [&](const Epoch& epoch, const Compartment& info, const DeviceId& device) {
        if (may(epoch.compartment, info, Request{}, device, now).permitted) return;
        const Instant instant = std::min(epoch.instant, now);  // a packet may claim any time
        KeyHolding& one = lost[info.case_id][{epoch.compartment, device}];
        one = {.compartment = epoch.compartment,
               .label = info.label,
               .device = device,
               .newest = std::max(one.newest, instant)};
    };
    for (const auto& [id, epoch] : packets_) {
        const Compartment* const info = compartment(epoch->compartment);
        if (info == nullptr || info->case_id == directory_case) continue;
        for (const DeviceId& device : epoch->holders)
            if (devices.contains(device)) hold(*epoch, *info, device);
    }
    return lost;
}

std::map<DeviceId, std::uint32_t> Registry::unconfirmed_of(const std::set<DeviceId>& devices,
                                                           Instant now) const {
    std::map<DeviceId, std::uint32_t> counts;
    for (const auto& [id, holdings] : lost_keys(devices, now)) {
        std::vector<KeyHolding> all;
        all.reserve(holdings.size());
        for (const auto& [key, holding] : holdings) all.push_back(holding);
        for (const Unconfirmed& one : unconfirmed_in(id, all, now))
            counts[one.device] += static_cast<std::uint32_t>(one.compartments.size());
    }
    return counts;
}

}  // namespace samsyn
