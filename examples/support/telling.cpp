#include "examples/support/telling.hpp"

#include <cstdio>
#include <sstream>
#include <stdexcept>

namespace story {

void tell(const std::string& text) {
    std::printf("  %s\n", text.c_str());
    std::fflush(stdout);
}

void chapter(int number, const std::string& title) {
    std::printf("\n\033[1m%d. %s\033[0m\n", number, title.c_str());
    std::fflush(stdout);
}

void show(const std::string& output) {
    std::istringstream lines{output};
    std::printf("\n");
    for (std::string line; std::getline(lines, line);)
        if (!line.empty()) std::printf("    %s\n", line.c_str());
    std::printf("\n");
    std::fflush(stdout);
}

void expect(bool held, const std::string& what) {
    if (!held) throw std::runtime_error("the story expected: " + what);
}

}  // namespace story
