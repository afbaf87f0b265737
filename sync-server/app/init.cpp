#include "crypto/keys/sodium.hpp"
#include "sync-server/app/commands.hpp"
#include "sync-server/app/data_folder.hpp"
#include "sync-server/app/founding.hpp"
#include "sync-server/app/unfinished.hpp"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <fstream>
#include <iterator>

namespace samsyn {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t founding_size_max = 16 << 20;

Fallible<Bytes> read_founding(const fs::path& file) {
    std::error_code ec;
    const auto size = fs::file_size(file, ec);
    if (ec)
        return give_up(ServerExit::bad_founding,
                       file.string() +
                           " cannot be read. It is the file that samsyn admin found "
                           "has written.");
    if (size > founding_size_max)
        return give_up(ServerExit::bad_founding, "The founding file is too long.");
    std::ifstream in{file, std::ios::binary};
    if (!in)
        return give_up(
            ServerExit::read_only,
            file.string() + " cannot be read by this user. Then: chmod a+r " + file.string());
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    return to_bytes(as_bytes(text));
}

Fallible<void> make_database(const fs::path& folder,
                             FreshDatabaseKey& key,
                             const FoundingFile& founding) {
    SodiumPageCipher pages = SAMSYN_TRY(key.make(folder));
    const auto storage = SAMSYN_TRY(open_database(folder, pages, DatabaseMode::create));
    return seed_database(*storage, founding, SodiumHasher{}, SodiumVerifier{});
}

void report(const InitOptions& options, const FoundingFile& founding, const SigningPublicKey& key) {
    if (options.json) {
        const nlohmann::json answer{{"data", options.data.string()},
                                    {"federation", to_hex(founding.federation)},
                                    {"server_key", to_hex(key)},
                                    {"statements", founding.statements.size()},
                                    {"administrators", founding.administrators}};
        std::puts(answer.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
        return;
    }
    std::printf(
        "The server's folder is ready: %s\n"
        "Federation:  %s\n"
        "Server key:  %s\n"
        "\n"
        "Next: give the server key to the federation's administrators; every invitation of\n"
        "a device carries it. Then start the server:\n"
        "  samsyn-server serve --data %s --listen 0.0.0.0:443\n",
        options.data.c_str(),
        to_hex(founding.federation).c_str(),
        to_hex(key).c_str(),
        options.data.c_str());
}

}  // namespace

Fallible<void> run_init(const InitOptions& options) {
    SAMSYN_TRY(check_vacant(options.data));
    SAMSYN_TRY(FreshDatabaseKey::check_vacant(options.database_key));
    const Bytes given = SAMSYN_TRY(read_founding(options.founding));
    const FoundingFile founding = SAMSYN_TRY(parse_founding(given, SodiumHasher{}));
    auto tls = make_self_signed_tls();
    if (!tls) return give_up(ServerExit::failed, to_string(tls.error()) + ".");
    const DataFolder files{founding.federation, SigningKey::generate(), *std::move(tls)};

    UnfinishedFolder fresh = SAMSYN_TRY(UnfinishedFolder::make(options.data));
    FreshDatabaseKey key{options.database_key};
    SAMSYN_TRY(write_data_folder(fresh.path(), files));
    SAMSYN_TRY(make_database(fresh.path(), key, founding));
    SAMSYN_TRY(fresh.keep());
    key.keep();
    report(options, founding, files.identity.public_key());
    return {};
}

}  // namespace samsyn
