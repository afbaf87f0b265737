#include "client-sdk/cli/progress_bar.hpp"

#include "client-sdk/cli/session.hpp"

#include <algorithm>
#include <cstdio>
#include <string>
#include <unistd.h>

namespace samsyn {

void show_bar(std::uint64_t done, std::uint64_t total) {
    constexpr std::uint64_t width = 40;
    if (::isatty(STDOUT_FILENO) == 0 || total == 0) return;
    const std::uint64_t part = std::min(done, total);
    const auto filled = static_cast<std::size_t>(width * part / total);
    std::string line = "\r[" + std::string(filled, '#');
    line.append(width - filled, '-').append("] ");
    line.append(std::to_string(100 * part / total)).append(" %");
    print(line + (part == total ? "\n" : ""));
    std::fflush(stdout);
}

}  // namespace samsyn
