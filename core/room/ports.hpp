#pragma once

#include "core/base/view_sealer.hpp"

#include <chrono>

namespace samsyn {

/// What both sides of a room session need of the world. All must outlive them.
struct RoomPorts {
    Random& random;
    const Hasher& hasher;
    const Verifier& verifier;
    Signer& signer;  ///< this device's
    Sealer& sealer;  ///< this device's
    ViewSealer& views;
};

// The times of DESIGN.md, "Rooms". A screen is dark `screen_lit_for` after the newest tick of its
// own that the presenter is known to have heard; so it is dark for certain once the presenter has
// waited `confirmation_wait` for it, whatever lies between them, with room for clocks that drift.
inline constexpr std::chrono::seconds screen_lit_for{30};
inline constexpr std::chrono::seconds confirmation_wait{40};
inline constexpr std::chrono::seconds beat_every{10};
inline constexpr std::chrono::seconds call_every{5};
inline constexpr std::chrono::seconds tick_every{5};

}  // namespace samsyn
