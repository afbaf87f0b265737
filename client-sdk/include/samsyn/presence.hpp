#pragma once

#include <samsyn/device.hpp>

#include <vector>

namespace samsyn {

/// Somebody who is at an item now.
struct PresentView {
    UserId user;
    DeviceId device;
    Instant since;     ///< that this device knows of
    bool own = false;  ///< on this device
};

/// Who is here: at a meeting, for example. Whoever says so is seen by those who may read the item
/// and say so, too, as long as both are connected; the server does not learn at which item, and
/// nobody stores it. Ends with `leave`, the lock, the process, and after `longest`.
///
/// As `Device`: errors, thread. The device must outlive it.
class Presences {
public:
    static constexpr std::chrono::hours longest{8};
    static constexpr std::size_t items_max = 8;  ///< at once

    explicit Presences(Device& device) : device_(device) {}

    /// Errors: also `limit_exceeded` for more than `items_max`.
    Result<void> enter(const ItemId& item);

    /// Nothing happens where this device's person is not there.
    void leave(const ItemId& item);

    /// This device's person first, then by user; empty where that one is not there.
    Result<std::vector<PresentView>> at(const ItemId& item);

private:
    Device& device_;
};

}  // namespace samsyn
