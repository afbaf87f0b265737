#pragma once

#include "sync-server/app/config_table.hpp"

#include <filesystem>
#include <vector>

namespace samsyn {

/// Something wrong with the configuration, as a sentence that names its place.
struct ConfigError {
    int line = 0;  ///< of the file; 0: not of the file
    std::string sentence;
    ServerExit exit = ServerExit::config;
};

/// A key with its value, as some place gave it.
struct Setting {
    std::string section;
    std::string name;
    RawValue value;
    std::string place;  ///< "server.toml:12", "SAMSYN_SERVER_TLS_KEY", "--listen"
    int line = 0;
    bool is_text = false;  ///< numbers and lists are text too
};

struct ConfigFile {
    std::vector<Setting> settings;  ///< in the order of their lines
    std::vector<ConfigError> errors;
    bool is_read = false;  ///< as far as there are lines that can be read
};

/// How many errors are listed; whoever has more corrects these first.
inline constexpr std::size_t config_errors_max = 200;

/// Reads a TOML file, at most 256 KiB. A line that cannot be read does not hide what is wrong after
/// it: it is left out and the rest read, as long as that costs little. Keys and values are not
/// judged here.
ConfigFile read_config_file(const std::filesystem::path& file);

/// The same of a text; `name` stands in the sentences.
ConfigFile parse_config_text(const std::string& text, const std::string& name);

}  // namespace samsyn
