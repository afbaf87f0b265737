#include "crypto/keys/sodium.hpp"
#include "sync-server/app/commands.hpp"
#include "sync-server/app/data_folder.hpp"
#include "sync-server/app/founding.hpp"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <sys/stat.h>
#include <unistd.h>

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

/// A folder that vanishes again unless `keep` is called, and the key elsewhere with it.
class FreshFolder {
public:
    explicit FreshFolder(fs::path path) : path_(std::move(path)) {}

    FreshFolder(const FreshFolder&) = delete;
    FreshFolder& operator=(const FreshFolder&) = delete;

    ~FreshFolder() {
        std::error_code ignored;
        if (kept_) return;
        fs::remove_all(path_, ignored);
        if (!key_.empty()) fs::remove(key_, ignored);
    }

    const fs::path& path() const { return path_; }

    void made_key(const fs::path& key) { key_ = key; }

    void keep() { kept_ = true; }

private:
    fs::path path_;
    fs::path key_;
    bool kept_ = false;
};

Fallible<SigningPublicKey> fill(FreshFolder& fresh,
                                const FoundingFile& founding,
                                const fs::path& database_key) {
    const fs::path& folder = fresh.path();
    const SigningKey identity = SigningKey::generate();
    std::string seed = to_hex(identity.seed()) + "\n";
    const auto written = write_new_file(folder / "identity.key", seed, 0600);
    wipe(std::as_writable_bytes(std::span{seed}));
    if (!written) return std::unexpected{written.error()};

    const auto tls = make_self_signed_tls();
    if (!tls) return give_up(ServerExit::failed, to_string(tls.error()) + ".");
    SAMSYN_TRY(write_new_file(folder / "tls-key.pem", tls->key, 0600));
    SAMSYN_TRY(write_new_file(folder / "tls-certificate.pem", tls->certificate, 0644));
    SAMSYN_TRY(write_new_file(folder / "federation", to_hex(founding.federation) + "\n", 0644));

    SAMSYN_TRY(make_database_key(folder, database_key));
    fresh.made_key(database_key);
    SodiumPageCipher pages = SAMSYN_TRY(read_database_key(folder, database_key));
    const auto storage = SAMSYN_TRY(open_database(folder, pages, DatabaseMode::create));
    SAMSYN_TRY(seed_database(*storage, founding, SodiumHasher{}, SodiumVerifier{}));
    return identity.public_key();
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
    std::error_code ec;
    const bool taken = fs::exists(options.data, ec) &&
                       !(fs::is_directory(options.data, ec) && fs::is_empty(options.data, ec));
    if (taken || ec)
        return give_up(ServerExit::folder_exists,
                       options.data.string() + " exists and is not empty. Nothing was changed.");
    const Bytes given = SAMSYN_TRY(read_founding(options.founding));
    const FoundingFile founding = SAMSYN_TRY(parse_founding(given, SodiumHasher{}));

    // Made beside it and moved there, so that a folder is there whole or not at all.
    std::string beside = fs::absolute(options.data, ec).lexically_normal().string();
    while (beside.size() > 1 && beside.ends_with('/')) beside.pop_back();
    beside += ".XXXXXX";
    if (::mkdtemp(beside.data()) == nullptr)  // 0700
        return give_up(ServerExit::disk,
                       "No folder can be made beside " + options.data.string() +
                           ". Does the folder above exist, and is it yours?");
    FreshFolder fresh{beside};
    const SigningPublicKey key = SAMSYN_TRY(fill(fresh, founding, options.database_key));
    fs::rename(fresh.path(), options.data, ec);
    if (ec) return give_up(ServerExit::disk, options.data.string() + " cannot be made.");
    fresh.keep();
    report(options, founding, key);
    return {};
}

}  // namespace samsyn
