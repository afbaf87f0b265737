#pragma once

#include <cstdint>

namespace samsyn {

/// "[########------------] 40 %" over itself on standard output, where that is a terminal;
/// elsewhere nothing. The line ends when all is done.
void show_bar(std::uint64_t done, std::uint64_t total);

}  // namespace samsyn
