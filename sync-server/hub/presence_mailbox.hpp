#pragma once

#include "core/wire/messages.hpp"

#include <chrono>
#include <deque>
#include <map>
#include <optional>

namespace samsyn {

/// What waits for one link of who is where: the newest few words of each device in each
/// compartment (it may be at several items there), and only of compartments of which the link has
/// said the same within the last minute. So a slow reader costs no more than that, and a device
/// that knows of no presence gets none. Not thread-safe.
class PresenceMailbox {
public:
    static constexpr std::chrono::seconds lasts{60};

    /// This link has said so itself.
    void said(const CompartmentId& compartment, Instant now);

    /// False where the link does not hear of it, or too much waits.
    bool put(const Presence& presence, Instant now);

    std::optional<Presence> take();

private:
    static constexpr std::size_t size_max = 64;
    static constexpr std::ptrdiff_t of_one_max = 8;
    static constexpr std::size_t places_max = 8;

    bool hears(const CompartmentId& compartment, Instant now) const;

    std::deque<Presence> waiting_;
    std::map<CompartmentId, Instant> heard_from_;
};

}  // namespace samsyn
