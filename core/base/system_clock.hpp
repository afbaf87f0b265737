#pragma once

#include "core/base/ports.hpp"

namespace samsyn {

/// The machine's clock, for `main`s. Thread-safe.
class SystemClock final : public Clock {
public:
    Instant now() const override {
        return std::chrono::time_point_cast<std::chrono::milliseconds>(
            std::chrono::system_clock::now());
    }
};

}  // namespace samsyn
