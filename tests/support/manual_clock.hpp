#pragma once

#include "core/base/ports.hpp"

namespace samsyn {

/// A clock that tests move by hand.
class ManualClock final : public Clock {
public:
    explicit ManualClock(Instant now = Instant{std::chrono::sys_days{std::chrono::year{2026} /
                                                                     std::chrono::May / 4}})
        : now_(now) {}

    Instant now() const override { return now_; }

    void advance(std::chrono::milliseconds by) { now_ += by; }

    void set(Instant now) { now_ = now; }

private:
    Instant now_;
};

}  // namespace samsyn
