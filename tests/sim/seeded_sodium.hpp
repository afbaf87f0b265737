#pragma once

#include <cstdint>

namespace samsyn::sim {

/// Makes libsodium itself draw from a generator with this seed, so that real sealing replays byte
/// for byte. For simulations only; process-wide. The first call comes before `start_sodium`.
void seed_sodium(std::uint64_t seed);

}  // namespace samsyn::sim
