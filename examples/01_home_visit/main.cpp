#include "examples/01_home_visit/day.hpp"

#include <cstdio>
#include <cstdlib>
#include <exception>

// Usage: story_home_visit --bin BUILD_FOLDER [--seed N]

int main(int argc, char** argv) {
    std::filesystem::path bin;
    std::uint64_t seed = 1;
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string option = argv[i];
        if (option == "--bin") bin = argv[i + 1];
        if (option == "--seed") seed = std::strtoull(argv[i + 1], nullptr, 10);
    }
    if (bin.empty()) {
        std::fprintf(stderr, "usage: story_home_visit --bin BUILD_FOLDER [--seed N]\n");
        return 2;
    }
    std::printf("An invented family, seed %llu. Every step runs the real programs.\n",
                static_cast<unsigned long long>(seed));
    try {
        story::Day{{bin / "client-sdk" / "samsyn", bin / "sync-server" / "samsyn-server"}, seed}
            .tell_all();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "\nThe day went wrong: %s\n", error.what());
        return 1;
    }
    std::printf("\nThe day is over: seven steps, all as promised (seed %llu).\n",
                static_cast<unsigned long long>(seed));
    return 0;
}
