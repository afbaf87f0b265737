#pragma once

#include "core/base/time.hpp"

#include <algorithm>

namespace samsyn {

/// So much at once, and then one for each interval.
struct Rate {
    std::chrono::milliseconds interval;
    std::int64_t burst = 1;
};

/// Counts what is taken by when it would all be paid for (the generic cell rate algorithm, ITU-T
/// I.371). A clock that is set back costs at most one burst. Not thread-safe.
class TokenBucket {
public:
    /// False where nothing is left; then nothing is taken.
    bool take(const Rate& rate, Instant now) {
        const Instant latest = now + rate.interval * rate.burst;
        const Instant paid_at = std::clamp(paid_at_, now, latest) + rate.interval;
        if (paid_at > latest) return false;
        paid_at_ = paid_at;
        return true;
    }

    /// True where all of the burst is there again.
    bool is_full(Instant now) const { return paid_at_ <= now; }

private:
    Instant paid_at_{};
};

}  // namespace samsyn
