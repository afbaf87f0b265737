#include "sync-server/hub/purge_count.hpp"

#include <algorithm>

namespace samsyn {

void PurgeCount::on_touched(const std::set<Channel>& channels, const Registry& registry) {
    for (const Channel& channel : channels) {
        if (const auto* const stream = std::get_if<Stream>(&channel.name)) {
            touched_.insert(stream->case_id);
        } else if (const auto* const compartment =
                       registry.compartment(std::get<CompartmentId>(channel.name))) {
            touched_.insert(compartment->case_id);
        }
    }
}

void PurgeCount::go_on(const Registry& registry, Instant now) {
    std::size_t left = cases_at_once;
    for (; left > 0 && !touched_.empty(); --left)
        look_at(touched_.extract(touched_.begin()).value(), registry, now);
    if (left == 0) return;
    const std::vector<CaseId> cases = registry.cases();
    if (cases.empty()) return;
    auto next = std::ranges::upper_bound(cases, last_);
    if (next == cases.end()) next = cases.begin();
    last_ = *next;
    look_at(last_, registry, now);
}

/// Most cases have nobody who has lost anything: the decisions about their holders are remembered.
void PurgeCount::look_at(const CaseId& id, const Registry& registry, Instant now) {
    if (id == directory_case) return;  // names are no case content
    const auto old = found_.extract(id);
    if (!old.empty()) total_ -= old.mapped();
    const auto holdings = registry.holdings_of(id, now);
    const bool all_may = std::ranges::all_of(holdings, [&](const KeyHolding& one) {
        return registry.decide_read(one.compartment, one.device, now).permitted();
    });
    if (all_may) return;
    const auto rows = registry.unconfirmed_in(id, holdings, now);
    if (rows.empty()) return;
    found_[id] = rows.size();
    total_ += rows.size();
}

}  // namespace samsyn
