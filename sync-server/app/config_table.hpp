#pragma once

#include "sync-server/app/config.hpp"
#include "sync-server/app/failure.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <variant>

namespace samsyn {

/// A value as it was given. `std::monostate`: of a type that no key has.
using RawValue =
    std::variant<std::monostate, std::string, std::int64_t, bool, std::vector<std::string>>;

/// Where a key's value lives.
template <class T>
using At = T& (*)(ServerConfig&);

// The kinds of keys. Bounds are inclusive.

struct PathKey {
    At<std::filesystem::path> at;
    bool required = false;
};

struct CountKey {
    std::variant<At<std::size_t>, At<std::int64_t>> at;
    std::int64_t least = 0;
    std::int64_t most = 0;
};

struct SizeKey {
    std::variant<At<std::size_t>, At<int>> at;
    std::int64_t least = 0;  ///< bytes
    std::int64_t most = 0;
};

struct TimeKey {
    At<std::chrono::milliseconds> at;
    std::chrono::milliseconds least;
    std::chrono::milliseconds most;
};

struct FlagKey {
    At<bool> at;
};

struct LevelKey {
    At<LogLevel> at;
};

/// What each text of a list must be.
enum class TextForm : std::uint8_t { listen_address, address_block, origin };

struct TextKey {
    At<std::string> at;  ///< empty: none
    TextForm form{};
};

struct ListKey {
    At<std::vector<std::string>> at;
    TextForm form{};
    std::size_t least = 0;
    std::size_t most = 0;
};

/// One key of the configuration: the table is all that the file's reader, the environment's, the
/// printed file and the documentation know.
struct ConfigKey {
    std::string_view section;
    std::string_view name;
    std::variant<PathKey, CountKey, SizeKey, TimeKey, FlagKey, LevelKey, TextKey, ListKey> kind;
    std::string_view sentence;
};

/// All keys, those of a section together. Their defaults are those of `ServerConfig`.
std::span<const ConfigKey> config_table();

/// "limits.ping_every".
std::string full_name(const ConfigKey& key);

/// Sets what the key names. `is_text`: from the environment or the command line, where numbers and
/// lists (with commas) are text too. Errors: what was expected, as the end of a sentence; then
/// nothing is changed.
std::expected<void, std::string> put_value(const ConfigKey& key,
                                           ServerConfig& config,
                                           const RawValue& value,
                                           bool is_text);

/// What the key has, as the file writes it.
std::string shown_value(const ConfigKey& key, const ServerConfig& config);

/// What the key takes: "a time from 1s to 10min".
std::string expected_value(const ConfigKey& key);

}  // namespace samsyn
