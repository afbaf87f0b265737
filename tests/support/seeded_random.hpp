#pragma once

#include "core/base/ports.hpp"

#include <random>

namespace samsyn {

/// The same bytes for the same seed.
class SeededRandom final : public Random {
public:
    explicit SeededRandom(std::uint64_t seed) : engine_(seed) {}

    void fill(std::span<std::byte> target) override {
        for (std::byte& b : target) b = static_cast<std::byte>(engine_() & 0xffU);
    }

private:
    std::mt19937_64 engine_;
};

}  // namespace samsyn
