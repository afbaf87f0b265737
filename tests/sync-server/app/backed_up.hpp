#pragma once

#include "tests/sync-server/app/server_program.hpp"

namespace samsyn::test {

/// A server's folder, and a configuration with a place for backups and one for their keys.
struct BackedUp : World {
    explicit BackedUp(const std::string& more = {}) {
        REQUIRE(init().exit == 0);
        fs::create_directory(backups);
        configure(config, data, more);
    }

    void configure(const std::string& file, const std::string& of, const std::string& more) const {
        std::ofstream{file} << "[server]\ndata = \"" << of << "\"\nlisten = [\"127.0.0.1:0\"]\n"
                            << "[backup]\nfolder = \"" << backups << "\"\nkeys = \"" << keys
                            << "\"\n"
                            << more;
    }

    Finished with_config(const std::string& command, std::vector<std::string> more = {}) const {
        std::vector<std::string> arguments{command, "--config", config};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return run(std::move(arguments));
    }

    std::vector<std::string> files(const std::string& in) const {
        std::vector<std::string> found;
        for (const auto& file : fs::directory_iterator{in}) found.push_back(file.path());
        return found;
    }

    std::string backups = (folder / "backups").string();
    std::string keys = (folder / "keys").string();
    std::string config = (folder / "server.toml").string();
};

inline std::string last_month() {
    const std::chrono::year_month_day today{
        std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now())};
    const auto month = today.year() / today.month() - std::chrono::months{1};
    const auto number = static_cast<unsigned>(month.month());
    return std::to_string(static_cast<int>(month.year())) + (number < 10 ? "-0" : "-") +
           std::to_string(number);
}

inline void write_key(const std::string& folder, const std::string& month) {
    const std::string file = folder + "/" + month + ".key";
    std::ofstream{file} << std::string(64, 'a') << "\n";
    fs::permissions(file, fs::perms{0600});
}

}  // namespace samsyn::test
