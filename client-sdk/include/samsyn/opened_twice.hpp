#pragma once

#include <samsyn/device.hpp>

namespace samsyn {

/// Two open cases of one service model that name the same people by personal number: a family that
/// two opened without a network, each for themselves.
struct SameFamily {
    CaseId first;  ///< by the time of its opening
    CaseId other;
    std::vector<std::string> names;  ///< of those who are in both, eight at most
};

/// All that this device can see, but for cases in which somebody is protected. A person looks, and
/// moves what belongs together (`Recalls::move`): what was refused or locked in the one does not
/// move by itself. Errors: those of `Device::cases` and `Device::items`.
Result<std::vector<SameFamily>> opened_twice(Device& device);

}  // namespace samsyn
