#include "tests/sim/seeded_sodium.hpp"

#include <sodium.h>

#include <random>

namespace samsyn::sim {

namespace {

std::mt19937_64 generator;  // the process-wide source that libsodium asks for

std::uint32_t next_number() {
    return static_cast<std::uint32_t>(generator());
}

void fill(void* const target, const std::size_t size) {
    auto* bytes = static_cast<unsigned char*>(target);
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<unsigned char>(generator());
}

const char* name() {
    return "seeded";
}

randombytes_implementation implementation{name, next_number, nullptr, nullptr, fill, nullptr};

}  // namespace

void seed_sodium(std::uint64_t seed) {
    generator.seed(seed);
    randombytes_set_implementation(&implementation);
}

}  // namespace samsyn::sim
