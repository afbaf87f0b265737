#pragma once

#include "sync-server/app/config_file.hpp"

namespace samsyn {

/// Where a configuration comes from; what stands later overrides what stands before.
struct ConfigSources {
    std::filesystem::path file;            ///< empty: none
    std::vector<std::string> environment;  ///< "NAME=value"; those of others are passed over
    std::vector<Setting> options;          ///< of the command line
};

/// The configuration with all that is wrong with it; where something is, the key keeps what it had.
struct LoadedConfig {
    ServerConfig config;
    std::vector<ConfigError> errors;  ///< of the file by line, then environment, then options
    bool is_read = true;              ///< false: nothing of the file is in `config`
};

/// Reads and judges everything: unknown keys (with the nearest name), values out of bounds, keys
/// that contradict one another; of very many errors the first 200. SAMSYN_SERVER_<SECTION>_<KEY>
/// overrides the file.
LoadedConfig load_config(const ConfigSources& sources);

/// The configuration, or all its errors as one failure, each on a line; the exit code of the first.
Fallible<ServerConfig> usable_config(const ConfigSources& sources);

/// The environment of this process as `ConfigSources` takes it.
std::vector<std::string> process_environment();

/// The documented configuration file that gives `config`: each key with its sentence, what it takes
/// and its value; as a comment where that is the default.
std::string documented_config(const ServerConfig& config);

}  // namespace samsyn
