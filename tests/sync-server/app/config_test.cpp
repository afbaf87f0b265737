// The configuration: what is read, what is refused and how, and what is printed.

#include "sync-server/app/config_read.hpp"
#include "sync-server/app/config_value.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <random>

using namespace samsyn;
using namespace std::chrono_literals;

namespace {

/// A folder with one configuration file.
struct Written {
    explicit Written(const std::string& text) {
        std::ofstream out{file, std::ios::binary};
        out << text;
    }

    LoadedConfig load(std::vector<std::string> environment = {},
                      std::vector<Setting> options = {}) const {
        return load_config({file, std::move(environment), std::move(options)});
    }

    TemporaryFolder folder;
    std::filesystem::path file = folder / "server.toml";
};

std::string sentences(const LoadedConfig& loaded) {
    std::string all;
    for (const ConfigError& error : loaded.errors) all += error.sentence + "\n";
    return all;
}

bool says(const LoadedConfig& loaded, const std::string& words) {
    return sentences(loaded).contains(words);
}

/// The documented file with the comment marks of keys taken away.
std::string with_all_keys(const std::string& documented) {
    std::string text;
    for (std::size_t start = 0; start < documented.size();) {
        const std::size_t end = documented.find('\n', start);
        const std::string line = documented.substr(start, end - start);
        const bool is_key = line.starts_with('#') && !line.starts_with("# ");
        text += (is_key ? line.substr(1) : line) + "\n";
        start = end + 1;
    }
    return text;
}

bool has_bounds(const ConfigKey& key) {
    return std::holds_alternative<CountKey>(key.kind) ||
           std::holds_alternative<SizeKey>(key.kind) || std::holds_alternative<TimeKey>(key.kind);
}

}  // namespace

TEST_CASE("config: the printed file, with and without its comments, gives the defaults",
          "[app][config]") {
    const ServerConfig defaults;
    const std::string printed = documented_config(defaults);
    for (const std::string& text : {printed, with_all_keys(printed)}) {
        const LoadedConfig loaded = Written{text}.load();
        INFO(sentences(loaded));
        CHECK(loaded.errors.empty());
        CHECK(documented_config(loaded.config) == printed);
    }
    for (const ConfigKey& key : config_table()) {
        INFO(full_name(key));
        CHECK(printed.contains(std::string{key.sentence}));
        CHECK(with_all_keys(printed).contains("\n" + std::string{key.name} + " = "));
    }
}

TEST_CASE("config: the file that the package installs is the one that is printed",
          "[app][config]") {
    std::ifstream in{SAMSYN_SOURCE "/packaging/server.toml"};
    const std::string shipped{std::istreambuf_iterator<char>{in}, {}};
    CHECK(shipped == documented_config(ServerConfig{}));
}

TEST_CASE("config: every key refuses what it cannot be, and says where and what it takes",
          "[app][config]") {
    for (const ConfigKey& key : config_table()) {
        const std::string head =
            "[" + std::string{key.section} + "]\n" + std::string{key.name} + " = ";
        INFO(full_name(key));
        std::vector<std::string> wrong{"1.5", "2026-05-04", "{}", "[1]", "\"\\u0000\""};
        if (has_bounds(key)) wrong.insert(wrong.end(), {"-1", "\"\"", "\"9999999999d\"", "true"});
        for (const std::string& value : wrong) {
            const LoadedConfig loaded = Written{head + value + "\n"}.load();
            INFO(value);
            REQUIRE_FALSE(loaded.errors.empty());
            CHECK(loaded.errors.front().line == 2);
            CHECK(says(loaded, full_name(key) + " is "));
            CHECK(says(loaded, "must be " + expected_value(key)));
        }
    }
}

TEST_CASE("config: bounds are inclusive", "[app][config]") {
    const auto errors_of = [](const std::string& value) {
        return Written{"[server]\nthreads = " + value + "\n"}.load().errors.size();
    };
    CHECK(errors_of("0") == 1);
    CHECK(errors_of("1") == 0);
    CHECK(errors_of("64") == 0);
    CHECK(errors_of("65") == 1);
    CHECK(errors_of("\"2\"") == 1);  // text, in a file, is no number
}

TEST_CASE("config: all errors are listed at once, each with its line", "[app][config]") {
    const Written written{
        "threads = 2\n"                          // 1: before any section
        "[server]\n"                             // 2
        "listen = [\"0.0.0.0:443\", \"x\"]\n"    // 3
        "drain =\n"                              // 4: no value
        "[limts]\n"                              // 5
        "ping_every = \"20s\"\n"                 // 6: no such section
        "[limits]\n"                             // 7
        "pin_every = \"20s\"\n"                  // 8: no such key
        "silence_max = \"2h\"\n"                 // 9: out of bounds
        "silence_max = \"60s\"\n"                // 10: twice
        "allowed_origins = [\"https://a.se\"\n"  // 11: not closed
        "certificate = \"x\"\n"                  // 12: of another section
        "[log]\n"                                // 13
        "level = \"loud\"\n"};                   // 14
    const LoadedConfig loaded = written.load();
    const std::string all = sentences(loaded);
    INFO(all);
    CHECK(all.contains("toml:1: threads stands before the first [section]"));
    CHECK(all.contains("toml:3: server.listen is [\"0.0.0.0:443\", \"x\"], and must be"));
    CHECK(all.contains("toml:4: cannot be read"));
    CHECK(all.contains("toml:6: limts.ping_every is not known; the nearest is limits.ping_every."));
    CHECK(all.contains("toml:8: limits.pin_every is not known; the nearest is limits.ping_every."));
    CHECK(all.contains("toml:9: limits.silence_max is \"2h\", and must be"));
    CHECK(all.contains("toml:10: cannot be read"));
    CHECK(all.contains("toml:11: cannot be read"));
    CHECK(
        all.contains("toml:12: limits.certificate is not known; the nearest is tls.certificate."));
    CHECK(all.contains("toml:14: log.level is \"loud\", and must be \"info\", "));
    CHECK(loaded.errors.size() == 10);
    CHECK(std::ranges::is_sorted(loaded.errors, {}, &ConfigError::line));
}

TEST_CASE("config: the environment overrides the file, and an option both", "[app][config]") {
    const Written written{"[server]\nthreads = 3\n[tls]\nlook_every = \"5s\"\n"};
    CHECK(written.load().config.threads == 3);
    const std::vector<std::string> environment{"SAMSYN_SERVER_SERVER_THREADS=4",
                                               "SAMSYN_SERVER_SERVER_LISTEN=[::]:443,0.0.0.0:443",
                                               "HOME=/root"};
    const LoadedConfig overridden = written.load(environment);
    CHECK(overridden.errors.empty());
    CHECK(overridden.config.threads == 4);
    CHECK(overridden.config.tls.look_every == 5s);
    CHECK(overridden.config.listen == std::vector<std::string>{"[::]:443", "0.0.0.0:443"});
    const Setting option{"server", "threads", "5", "--threads", 0, true};
    CHECK(written.load(environment, {option}).config.threads == 5);

    const LoadedConfig wrong = written.load(
        {"SAMSYN_SERVER_SERVER_THREADS=many", "SAMSYN_SERVER_SERVER_TREADS=4"}, {option});
    INFO(sentences(wrong));
    CHECK(says(wrong, "SAMSYN_SERVER_SERVER_THREADS: server.threads is \"many\""));
    CHECK(says(wrong, "the nearest is SAMSYN_SERVER_SERVER_THREADS."));
}

TEST_CASE("config: keys that contradict one another are refused", "[app][config]") {
    CHECK(says(Written{"[tls]\nkey = \"k.pem\"\n"}.load(), "belong together"));
    CHECK(says(Written{"[limits]\nping_every = \"2min\"\n"}.load(), "limits.silence_max must be"));
    CHECK(says(Written{"[metrics]\nlisten = \"0.0.0.0:443\"\n"}.load(), "another address"));
}

TEST_CASE("config: a file that is not there, not to be read or no text is said to be so",
          "[app][config]") {
    const TemporaryFolder folder;
    const LoadedConfig missing = load_config({folder / "none.toml", {}, {}});
    REQUIRE(missing.errors.size() == 1);
    CHECK(says(missing, "none.toml cannot be read: No such file"));
    CHECK(says(load_config({folder.path(), {}, {}}), "it is a folder"));
    const LoadedConfig noise = Written{std::string(5000, '\xff') + "\n[\n"}.load();
    CHECK_FALSE(noise.errors.empty());
}

TEST_CASE("config: a terminal's codes in a value do not reach the terminal", "[app][config]") {
    const LoadedConfig loaded =
        load_config({{}, {"SAMSYN_SERVER_LOG_LEVEL=\x1b[2J\nerror: all is well"}, {}});
    REQUIRE(loaded.errors.size() == 1);
    CHECK(std::ranges::none_of(loaded.errors.front().sentence,
                               [](unsigned char c) { return c < 0x20; }));
}

TEST_CASE("config: no damage of a file is more than errors", "[app][config]") {
    const std::string good = with_all_keys(documented_config(ServerConfig{}));
    constexpr unsigned seed = 20261126;
    std::mt19937 dice{seed};
    for (int round = 0; round < 300; ++round) {
        std::string text = good;
        for (unsigned changes = dice() % 4 + 1; changes > 0; --changes) {
            const std::size_t at = dice() % text.size();
            switch (dice() % 3) {
                case 0:
                    text[at] = "\"[]=\n#{}\\x1"[dice() % 11];
                    break;
                case 1:
                    text.erase(at, dice() % 20);
                    break;
                default:
                    text.insert(at, text.substr(dice() % text.size(), dice() % 20));
                    break;
            }
        }
        CAPTURE(round);
        const ConfigFile read = parse_config_text(text, "x");
        CHECK(read.errors.size() <= 51);
        for (const ConfigError& error : read.errors)
            CHECK(error.line <= std::ranges::count(text, '\n') + 1);
    }
}

TEST_CASE("config: times and sizes are whole numbers with a unit", "[app][config]") {
    CHECK(parse_duration("500ms") == 500ms);
    CHECK(parse_duration("5min") == 5min);
    CHECK(parse_duration("180d") == 24h * 180);
    CHECK(parse_size("64KiB") == 65'536);
    CHECK(parse_size("10") == 10);
    for (const char* text : {"",
                             "5",
                             "s",
                             "5 s",
                             "-5s",
                             "5.5s",
                             "+5s",
                             "5S",
                             "99999999999999999999s",
                             "9223372036854775807d"}) {
        INFO(text);
        CHECK_FALSE(parse_duration(text));
    }
    for (const char* text : {"", "KiB", "1 KiB", "1kb", "-1", "9223372036854775807GiB"}) {
        INFO(text);
        CHECK_FALSE(parse_size(text));
    }
    for (const auto time : {0ms, 1ms, 1000ms, 1001ms, 60'000ms, 86'400'000ms})
        CHECK(parse_duration(shown_duration(time)) == time);
    for (const std::uint64_t size : {0U, 1U, 1024U, 1025U, 1U << 20U})
        CHECK(parse_size(shown_size(size)) == size);
}

TEST_CASE("config: addresses to listen on", "[app][config]") {
    for (const char* text : {"0.0.0.0:443", "[::]:443", "samsyn.example:0", "localhost:65535"}) {
        INFO(text);
        const auto address = parse_listen_address(text);
        REQUIRE(address);
        CHECK(shown(*address) == text);
    }
    for (const char* text :
         {"", ":443", "443", "::1:443", "host:", "host:65536", "host:4x", "[]:1"}) {
        INFO(text);
        CHECK_FALSE(parse_listen_address(text));
    }
}
