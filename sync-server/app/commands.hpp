#pragma once

#include "sync-server/app/failure.hpp"
#include "sync-server/net/limits.hpp"

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
    std::filesystem::path data;
    std::string listen = "127.0.0.1:0";  ///< host:port, [v6]:port
    std::filesystem::path port_file;     ///< empty: none
    unsigned threads = 2;
    std::filesystem::path record_frames;
    std::filesystem::path database_key;  ///< as in `InitOptions`
    std::size_t unauthenticated_per_block_max = NetLimits{}.unauthenticated_per_block_max;
};

/// Serves until SIGTERM or SIGINT.
Fallible<void> run_serve(const ServeOptions& options);

}  // namespace samsyn
