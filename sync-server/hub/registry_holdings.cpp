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

const StatementGraph* Registry::case_log(const CaseId& id) const {
    const auto found = cases_.find(id);
    return found == cases_.end() ? nullptr : &found->second.log;
}

}  // namespace samsyn
