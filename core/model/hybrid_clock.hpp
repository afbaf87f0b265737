#pragma once

#include "core/base/result.hpp"
#include "core/base/time.hpp"

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>

namespace samsyn {

/// A hybrid logical time (Kulkarni et al., "Logical Physical Clocks", 2014): 48 bits of
/// milliseconds since 1970, then 16 bits that count within one millisecond.
/// Ordered; later than everything its writer had seen.
struct HybridTime {
    std::uint64_t value = 0;

    static constexpr HybridTime at(Instant instant, std::uint16_t count = 0) {
        return {static_cast<std::uint64_t>(instant.time_since_epoch().count()) << 16 | count};
    }

    constexpr Instant instant() const {
        return Instant{std::chrono::milliseconds{static_cast<std::int64_t>(value >> 16)}};
    }

    friend auto operator<=>(const HybridTime&, const HybridTime&) = default;
};

/// How far ahead of our clock a time may be before we neither follow nor accept it.
inline constexpr std::chrono::minutes clock_ahead_max{5};

/// Hands out strictly increasing hybrid times. Not thread-safe.
class HybridClock {
public:
    /// `last`: the newest time handed out or observed before, from durable storage.
    explicit HybridClock(HybridTime last = {}) : last_(last) {}

    /// A time later than every earlier answer and every observed time, at or after `now`.
    HybridTime tick(Instant now);

    /// Follows a time seen elsewhere, unless it is more than `clock_ahead_max` ahead of `now`:
    /// then nothing changes, so that one broken clock does not drag the others along.
    void observe(HybridTime seen, Instant now);

    HybridTime last() const { return last_; }

private:
    HybridTime last_;
};

}  // namespace samsyn
