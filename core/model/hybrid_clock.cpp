#include "core/model/hybrid_clock.hpp"

#include <algorithm>

namespace samsyn {

HybridTime HybridClock::tick(Instant now) {
    last_ = std::max(HybridTime::at(now), HybridTime{last_.value + 1});
    return last_;
}

void HybridClock::observe(HybridTime seen, Instant now) {
    if (seen.instant() > now + clock_ahead_max) return;
    last_ = std::max(last_, seen);
}

}  // namespace samsyn
