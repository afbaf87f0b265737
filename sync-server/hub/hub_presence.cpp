// The hub's part in presence: passes on to who says it, too, after asking, and keeps nothing.

#include "sync-server/hub/hub_impl.hpp"

namespace samsyn {

bool Hub::Impl::may_see_present(const CompartmentId& compartment,
                                const DeviceId& device,
                                Instant now) const {
    return registry.may(compartment, Request{}, device, now).permitted;
}

/// More than the rate is dropped: the next one says the same.
void Hub::Impl::on_presence(LinkId id, HubLink& link, const Presence& presence, Instant now) {
    const DeviceId from = link.delivery->device();
    if (presence.device != from)
        return close(id, link, {Errc::not_permitted, "presence of another"});
    if (!allowances[from].presences.take(limits.presence_rate, now)) return;
    link.presences.said(presence.compartment, now);
    for (auto& [other_id, other] : links) {
        if (!other.delivery || other.delivery->device() == from || other.closing) continue;
        if (other.presences.put(presence, now)) awake.insert(other_id);
    }
}

/// The fence: both may read there, at this moment.
std::optional<Message> Hub::Impl::next_of_presence(HubLink& link, Instant now) {
    const DeviceId to = link.delivery->device();
    while (auto presence = link.presences.take()) {
        if (may_see_present(presence->compartment, presence->device, now) &&
            may_see_present(presence->compartment, to, now))
            return Message{*std::move(presence)};
    }
    return std::nullopt;
}

}  // namespace samsyn
