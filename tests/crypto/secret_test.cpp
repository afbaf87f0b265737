#include "crypto/keys/secret.hpp"

#include "crypto/keys/sodium.hpp"
#include "tests/crypto/real_locks.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <csignal>
#include <fstream>
#include <sys/wait.h>
#include <type_traits>
#include <unistd.h>
#include <vector>

using namespace samsyn;

namespace {

std::array<std::byte, 32> pattern() {
    std::array<std::byte, 32> bytes{};
    bytes.fill(std::byte{0x5a});
    return bytes;
}

/// The exit code of a child that runs `work`; nothing of the child's reaches the parent.
template <class Work>
int in_child(Work work) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) ::_exit(work());
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// The kernel's word on the mapping that holds `address`.
std::string smaps_of(const std::byte* address) {
    std::ifstream in{"/proc/self/smaps"};
    const auto wanted = reinterpret_cast<unsigned long>(address);
    std::string found;
    bool inside = false;
    for (std::string line; std::getline(in, line);) {
        unsigned long from = 0;
        unsigned long to = 0;
        if (std::sscanf(line.c_str(), "%lx-%lx ", &from, &to) == 2)
            inside = from <= wanted && wanted < to;
        if (inside) found.append(line).append("\n");
    }
    return found;
}

}  // namespace

TEST_CASE("Secret: moves, compares and duplicates, and cannot be copied", "[crypto][keys]") {
    REQUIRE(start_sodium().has_value());
    STATIC_REQUIRE_FALSE(std::is_copy_constructible_v<Secret<32>>);
    STATIC_REQUIRE(std::is_nothrow_move_constructible_v<Secret<32>>);
    const auto bytes = pattern();
    auto secret = Secret<32>::from(bytes);
    const auto second = secret.duplicate();
    CHECK((secret == second));
    CHECK_FALSE((secret == Secret<32>::random()));
    const auto moved = std::move(secret);
    CHECK(std::ranges::equal(moved.expose(), bytes));
}

TEST_CASE("Secret: is wiped when it is released", "[crypto][keys]") {
    REQUIRE(start_sodium().has_value());
    const std::byte* where = nullptr;
    {
        const auto secret = Secret<32>::from(pattern());
        where = secret.expose().data();
        CHECK(*where == std::byte{0x5a});
    }
    // The arena is never unmapped, so that the slot may be looked at after its secret is gone.
    CHECK(std::all_of(where, where + 32, [](std::byte b) { return b == std::byte{0}; }));
}

TEST_CASE("SecretArena: is locked, and kept out of core dumps and of children", "[crypto][keys]") {
    REQUIRE(start_sodium().has_value());
    const auto secret = Secret<32>::from(pattern());
    const std::string facts = smaps_of(secret.expose().data());
    const auto flags = facts.substr(facts.find("VmFlags"));
    CAPTURE(facts);
    CHECK((flags.find(" lo") != std::string::npos || !locks_are_real));
    CHECK(flags.find(" dd") != std::string::npos);
    const auto* byte = secret.expose().data();
    CHECK(in_child([byte] { return std::to_integer<int>(*byte); }) == 0);
}

TEST_CASE("SecretArena: slots are given again, and none twice", "[crypto][keys]") {
    REQUIRE(start_sodium().has_value());
    const auto before = SecretArena::in_use();
    for (int round = 0; round < 3; ++round) {
        std::vector<Secret<64>> secrets;
        for (int i = 0; i < 900; ++i) secrets.push_back(Secret<64>::random());
        CHECK(SecretArena::in_use() == before + 900);
        std::vector<const std::byte*> places;
        for (const auto& secret : secrets) places.push_back(secret.expose().data());
        std::ranges::sort(places);
        CHECK(std::ranges::adjacent_find(places) == places.end());
    }
    CHECK(SecretArena::in_use() == before);
}

TEST_CASE("SecretArena: touching memory beside it ends the process", "[crypto][keys]") {
    REQUIRE(start_sodium().has_value());
    const auto secret = Secret<32>::random();
    const std::byte* inside = secret.expose().data();
    const int ended = in_child([inside] {
        ::signal(SIGSEGV, SIG_DFL);  // not the test framework's report
        volatile std::byte sink{};
        for (std::size_t i = 0; i < std::size_t{66} * 1024; ++i) sink = inside[i];
        return static_cast<int>(sink) & 0;
    });
    CHECK(ended == 128 + SIGSEGV);
}
