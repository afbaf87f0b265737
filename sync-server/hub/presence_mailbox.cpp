#include "sync-server/hub/presence_mailbox.hpp"

#include <algorithm>

namespace samsyn {

bool PresenceMailbox::put(const Presence& presence, Instant now) {
    if (!hears(presence.compartment, now)) return false;
    const auto same = [&](const Presence& other) {
        return other.compartment == presence.compartment && other.device == presence.device;
    };
    if (std::ranges::count_if(waiting_, same) >= of_one_max)
        waiting_.erase(std::ranges::find_if(waiting_, same));
    if (waiting_.size() >= size_max) return false;
    waiting_.push_back(presence);
    return true;
}

std::optional<Presence> PresenceMailbox::take() {
    if (waiting_.empty()) return std::nullopt;
    Presence presence = std::move(waiting_.front());
    waiting_.pop_front();
    return presence;
}

void PresenceMailbox::said(const CompartmentId& compartment, Instant now) {
    std::erase_if(heard_from_, [&](const auto& each) { return now - each.second >= lasts; });
    if (heard_from_.contains(compartment) || heard_from_.size() < places_max)
        heard_from_[compartment] = now;
}

bool PresenceMailbox::hears(const CompartmentId& compartment, Instant now) const {
    const auto found = heard_from_.find(compartment);
    return found != heard_from_.end() && now - found->second < lasts;
}

}  // namespace samsyn
