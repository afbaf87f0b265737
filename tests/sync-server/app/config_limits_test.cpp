// That every limit is a key, and that a hostile file costs little.

#include "sync-server/app/config_read.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

#include <algorithm>
#include <ctime>
#include <fstream>

using namespace samsyn;
using namespace std::chrono_literals;

namespace {

/// Where in memory a key's value lies.
struct Place {
    const void* at = nullptr;
    std::size_t size = 0;
};

Place place_of_key(const ConfigKey& key, ServerConfig& config) {
    const auto place = [&](auto at) {
        auto& value = at(config);
        return Place{&value, sizeof(value)};
    };
    return std::visit(
        [&](const auto& kind) {
            if constexpr (requires { kind.at(config); })
                return place(kind.at);
            else
                return std::visit(place, kind.at);
        },
        key.kind);
}

/// The longest run of bytes in `limits` of `config` that no key reaches, and where it begins. What
/// lies between members because of their alignment is shorter than eight.
template <class Limits>
std::pair<std::size_t, std::size_t> longest_hole(ServerConfig& config, const Limits& limits) {
    std::vector<bool> reached(sizeof limits);
    const auto begin = reinterpret_cast<std::uintptr_t>(&limits);
    for (const ConfigKey& key : config_table()) {
        const Place place = place_of_key(key, config);
        const auto at = reinterpret_cast<std::uintptr_t>(place.at);
        if (at < begin || at >= begin + sizeof limits) continue;
        for (std::size_t i = 0; i < place.size; ++i) reached.at(at - begin + i) = true;
    }
    std::pair<std::size_t, std::size_t> longest;
    std::size_t run = 0;
    for (std::size_t i = 0; i < reached.size(); ++i) {
        run = reached[i] ? 0 : run + 1;
        longest = std::max(longest, {run, i + 1 - run});
    }
    return longest;
}

/// What comes of a file, and of what it cost in seconds of one core.
std::pair<LoadedConfig, double> load_hostile(const std::string& text) {
    const TemporaryFolder folder;
    const auto file = folder / "server.toml";
    std::ofstream{file, std::ios::binary} << text.substr(0, 256 << 10);
    const std::clock_t before = std::clock();
    LoadedConfig loaded = load_config({file, {}, {}});
    return {std::move(loaded), static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC};
}

std::string repeated(std::string_view what, std::size_t times) {
    std::string text;
    for (std::size_t i = 0; i < times; ++i) text += what;
    return text;
}

}  // namespace

TEST_CASE("config: every limit has a key", "[app][config]") {
    ServerConfig config;
    const auto net = longest_hole(config, config.net);
    CAPTURE(net.first, net.second);
    CHECK(net.first < 8);
    const auto hub = longest_hole(config, config.hub);
    CAPTURE(hub.first, hub.second);
    CHECK(hub.first < 8);
}

// Attack: on whoever checks a file that somebody else has written.
TEST_CASE("config: a hostile file costs seconds and ends in a list that one can read",
          "[app][config][attack]") {
    std::string unknown = "[server]\n";
    for (int i = 0; unknown.size() < (256U << 10U); ++i)
        unknown += "k" + std::to_string(i) + "=1\n";
    const std::vector<std::pair<std::string, std::string>> files{
        {"a list that is not closed", "[server]\nlisten = [\n" + repeated("\"x\",\n", 60'000)},
        {"a text that is not closed", "[server]\ndata = \"\"\"\n" + repeated("y\n", 130'000)},
        {"lines that are none", repeated("=\n", 130'000)},
        {"lists that are not closed", repeated("a = [\n", 44'000)},
        {"unknown keys", unknown},
        {"tables outside", repeated("[a]\n[b]\n", 30'000)},
        {"a long key", "[server]\n" + repeated("k", 200'000) + " = 1\n"},
        {"brackets", repeated("[", 260'000)},
        {"deep tables", "[" + repeated("a.", 130'000) + "b]\n"},
        {"deep lists", "x = " + repeated("[", 130'000) + "\n"},
        {"a long list", "[server]\nlisten = [" + repeated("\"x\",", 60'000) + "]\n"},
        {"keys before a section", repeated("a = 1\n", 1) + unknown.substr(9)}};
    for (const auto& [what, text] : files) {
        const auto [loaded, seconds] = load_hostile(text);
        CAPTURE(what, seconds, loaded.errors.size());
        CHECK_FALSE(loaded.errors.empty());
        CHECK(loaded.errors.size() <= config_errors_max + 1);
        CHECK(seconds < 30);
        CHECK(std::ranges::all_of(
            loaded.errors, [](const ConfigError& error) { return error.sentence.size() < 1000; }));
    }
}
