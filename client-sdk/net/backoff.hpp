#pragma once

#include "core/base/ports.hpp"

#include <chrono>

namespace samsyn {

struct BackoffLimits {
    std::chrono::milliseconds first{1'000};      ///< the most to wait after the first failure
    std::chrono::milliseconds greatest{60'000};  ///< the most to wait ever
};

/// How long to wait before connecting again: doubling, with jitter, so that the tablets of a whole
/// municipality do not return in step after a server's restart.
///
/// The n-th wait is drawn evenly from the upper half of `min(greatest, first · 2ⁿ)`. Pure: the
/// caller does the waiting. Not thread-safe; `random` must outlive it.
class Backoff {
public:
    explicit Backoff(Random& random, BackoffLimits limits = {});

    /// How long to wait now, after one more failure.
    std::chrono::milliseconds next();

    /// A session came to life: the next failure waits as briefly as the first.
    void reset() { step_ = limits_.first; }

private:
    Random& random_;
    BackoffLimits limits_;
    std::chrono::milliseconds step_;
};

}  // namespace samsyn
