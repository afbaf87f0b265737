#pragma once

#include "sync-server/app/config_read.hpp"
#include "sync-server/app/failure.hpp"

#include <filesystem>
#include <string>

namespace samsyn {

struct InitOptions {
    std::filesystem::path data;
    std::filesystem::path founding;
    std::filesystem::path database_key;  ///< empty: database.key in the folder
    bool json = false;
};

/// Makes the folder with the server's own identity and the founding statements; prints the key. On
/// any error there is no folder afterwards that was not there before.
Fallible<void> run_init(const InitOptions& options);

struct ServeOptions {
    std::string where{};        ///< how the folder was named: "--config FILE"
    bool accept_clock = false;  ///< serve although the database holds something later than now
};

/// Serves until SIGTERM or SIGINT; SIGHUP looks at the TLS pair.
Fallible<void> run_serve(const ServerConfig& config, const ServeOptions& options);

struct CheckOptions {
    bool json = false;
};

/// Prints all that is wrong with the configuration, and all that a start would find. The exit code
/// of the first error; `ok` where there are warnings alone.
ServerExit run_check(const ConfigSources& sources, const CheckOptions& options);

}  // namespace samsyn
