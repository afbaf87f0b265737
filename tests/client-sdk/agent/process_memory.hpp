#pragma once

#include "tests/support/catch.hpp"

#include <cstdint>
#include <cstdio>
#include <fcntl.h>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <unistd.h>
#include <vector>

namespace samsyn::test {

/// How often each text stands in the readable memory of a process, read as root reads it.
inline std::vector<std::size_t> count_in_memory(pid_t pid, const std::vector<std::string>& texts) {
    std::vector<std::size_t> counts(texts.size(), 0);
    const std::string folder = "/proc/" + std::to_string(pid);
    const int memory = ::open((folder + "/mem").c_str(), O_RDONLY | O_CLOEXEC);
    REQUIRE(memory >= 0);
    std::ifstream maps{folder + "/maps"};
    std::size_t bytes_read = 0;
    for (std::string line; std::getline(maps, line);) {
        std::uint64_t first = 0;
        std::uint64_t last = 0;
        char mode[5] = {};
        if (std::sscanf(line.c_str(), "%lx-%lx %4s", &first, &last, mode) != 3) continue;
        if (mode[0] != 'r' || line.find("[vvar]") != std::string::npos) continue;
        if (last - first > std::uint64_t{1} << 32U) continue;  // a sanitizer's, mostly not there
        std::string bytes(last - first, '\0');
        const ssize_t size = ::pread(memory, bytes.data(), bytes.size(), static_cast<off_t>(first));
        if (size <= 0) continue;
        bytes_read += static_cast<std::size_t>(size);
        for (std::size_t i = 0; i < texts.size(); ++i)
            for (std::size_t at = bytes.find(texts[i]); at != std::string::npos;
                 at = bytes.find(texts[i], at + 1))
                ++counts[i];
    }
    (void)::close(memory);
    REQUIRE(bytes_read > 100'000);  // or nothing was looked at
    return counts;
}

}  // namespace samsyn::test
