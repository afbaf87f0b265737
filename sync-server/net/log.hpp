#pragma once

#include "core/base/result.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace samsyn {

/// One thing that an operator may want to know. Holds no payload, name, address or device.
struct LogEvent {
    std::string_view event;  ///< a fixed word: "link_closed"
    std::uint64_t link = 0;  ///< 0: about no link
    std::string why;         ///< a fixed phrase or the text of an `Error`
    std::uint64_t count = 0;
};

/// Called from any thread; must not block for long.
using Log = std::function<void(const LogEvent&)>;

}  // namespace samsyn
