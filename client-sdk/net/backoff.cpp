#include "client-sdk/net/backoff.hpp"

#include <algorithm>
#include <cstring>

namespace samsyn {

Backoff::Backoff(Random& random, BackoffLimits limits)
    : random_(random),
      limits_(limits),
      step_(limits.first) {
    SAMSYN_ASSERT(limits.first.count() > 1 && limits.greatest >= limits.first);
}

std::chrono::milliseconds Backoff::next() {
    const auto step = step_;
    step_ = std::min(step_ * 2, limits_.greatest);

    std::array<std::byte, 8> bytes{};
    random_.fill(bytes);
    std::uint64_t draw = 0;
    std::memcpy(&draw, bytes.data(), sizeof draw);
    const auto half = static_cast<std::uint64_t>(step.count()) / 2;
    return step - std::chrono::milliseconds{static_cast<std::int64_t>(draw % (half + 1))};
}

}  // namespace samsyn
