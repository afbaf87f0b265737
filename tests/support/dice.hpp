#pragma once

#include <cstdint>
#include <span>

namespace samsyn {

/// A small seeded generator (SplitMix64) for tests that draw millions of numbers: the same rolls
/// for the same seed, on every machine.
class Dice {
public:
    explicit Dice(std::uint64_t seed) : state_(seed) {}

    std::uint64_t roll() {
        state_ += 0x9E3779B97F4A7C15U;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
        z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
        return z ^ (z >> 31U);
    }

    /// 0 .. limit-1; `limit` is not 0.
    std::uint64_t below(std::uint64_t limit) { return roll() % limit; }

    /// `low` .. `high`, both included.
    std::uint64_t between(std::uint64_t low, std::uint64_t high) {
        return low + below(high - low + 1);
    }

    bool percent(unsigned chance) { return below(100) < chance; }

    void fill(std::span<std::byte> target) {
        for (std::byte& b : target) b = static_cast<std::byte>(roll() & 0xffU);
    }

private:
    std::uint64_t state_;
};

}  // namespace samsyn
