#pragma once

#include "core/base/result.hpp"

#include <cstdint>
#include <functional>

namespace samsyn {

/// Told now and then how many rows of a long work are done, of how many. An error stops the work,
/// undoes what is not committed, and becomes its result. May be empty.
using Progress = std::function<Result<void>(std::uint64_t done, std::uint64_t total)>;

/// Calls `progress` where there is one.
inline Result<void> report(const Progress& progress, std::uint64_t done, std::uint64_t total) {
    if (!progress) return {};
    return progress(done, total);
}

}  // namespace samsyn
