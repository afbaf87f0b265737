#include "sync-server/app/commands.hpp"
#include "sync-server/app/data_folder.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cstdio>

namespace samsyn {

Fallible<void> run_status(const StatusOptions& options) {
    const DataFolder folder = SAMSYN_TRY(open_data_folder(options.data));
    SodiumPageCipher pages = SAMSYN_TRY(read_database_key(options.data, options.database_key));
    const auto storage = SAMSYN_TRY(open_database(options.data, pages, DatabaseMode::existing));

    static constexpr std::array<std::pair<EntryKind, const char*>, 4> kinds{
        {{EntryKind::statement, "statements"},
         {EntryKind::packet, "key_packets"},
         {EntryKind::supplement, "supplements"},
         {EntryKind::batch, "batches"}}};
    nlohmann::ordered_json answer{{"federation", to_hex(folder.federation)},
                                  {"server_key", to_hex(folder.identity.public_key())},
                                  {"running", false}};
    for (const auto& [kind, name] : kinds) {
        std::uint64_t count = 0;
        const auto counted = storage->for_each(kind, [&](const LogEntry&) -> Result<void> {
            ++count;
            return {};
        });
        if (!counted)
            return give_up(ServerExit::damaged,
                           "The database cannot be read: " + to_string(counted.error()) + ".");
        answer[name] = count;
    }
    const auto tree = storage->log().tree();
    if (!tree)
        return give_up(ServerExit::damaged,
                       "The access log cannot be read: " + to_string(tree.error()) + ".");
    answer["log_rows"] = *tree ? (**tree).size : 0;
    answer["log_root"] = *tree ? to_hex((**tree).root) : "";
    if (options.json) {
        std::puts(answer.dump().c_str());
        return {};
    }
    for (const auto& [name, value] : answer.items())
        std::printf("%-12s %s\n",
                    name.c_str(),
                    value.is_string() ? value.get<std::string>().c_str() : value.dump().c_str());
    return {};
}

}  // namespace samsyn
