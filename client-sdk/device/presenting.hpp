#pragma once

#include "core/room/onlooker.hpp"

#include <samsyn/device.hpp>

namespace samsyn {

/// Who shows something: this device's user, on it.
inline Requester presenter_of(const Device& device) {
    return {device.user(), device.device()};
}

/// Asks the device's own `decide`. The device must outlive it.
inline Asking asking_of(Device& device, const CaseId& case_id) {
    return
        [&device, case_id](const Label& label, const Request& request, const Requester& requester) {
            return device.decide(case_id, label, requester, request);
        };
}

}  // namespace samsyn
