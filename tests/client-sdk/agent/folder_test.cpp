#include "client-sdk/agent/folder.hpp"

#include "tests/client-sdk/agent/cheap_vault.hpp"
#include "tests/support/catch.hpp"

#include <fstream>
#include <sys/stat.h>

using namespace samsyn;
using namespace samsyn::test;

namespace fs = std::filesystem;

namespace {

unsigned mode_of(const fs::path& path) {
    struct stat facts{};
    REQUIRE(::stat(path.c_str(), &facts) == 0);
    return facts.st_mode & 0777U;
}

std::string text_of(const fs::path& path) {
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

void overwrite(const fs::path& path, std::string_view text) {
    std::ofstream{path, std::ios::binary | std::ios::trunc} << text;
}

void replace_in(const fs::path& path, std::string_view from, std::string_view to) {
    std::string text = text_of(path);
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    text.replace(at, from.size(), to);
    overwrite(path, text);
}

/// Opens a folder's device by its phrase, as the child does.
Result<std::unique_ptr<OpenedDevice>> open_by_phrase(const CheapFolder& folder) {
    SAMSYN_TRY(check_folder(folder.path()));
    const FolderConfig config = SAMSYN_TRY(read_config(folder.path()));
    PosixVaultFiles files{folder.path()};
    auto vault = SAMSYN_TRY(Vault::open(folder.ports(files)));
    SAMSYN_TRY(vault.unlock_with_phrase(folder.phrase));
    return OpenedDevice::open(
        folder.path(), config.device, vault.contents(), DatabaseMode::existing);
}

const auto nothing = [](OpenedDevice&) { return Result<void>{}; };

}  // namespace

TEST_CASE("create_device: only its owner gets in, and it opens again as it was",
          "[agent][folder]") {
    CheapFolder folder;
    SigningPublicKey key;
    REQUIRE(folder.create([&](OpenedDevice& opened) {
        key = opened.signing_key();
        return Result<void>{};
    }));
    CHECK(mode_of(folder.path()) == 0700);
    for (const char* const name : {"config.json", "vault.a", "vault.b", "samsyn.1.db"})
        CHECK(mode_of(folder.path() / name) == 0600);
    const auto config = read_config(folder.path());
    REQUIRE(config);
    CHECK(config->device.server == a_config().server);
    CHECK(config->device.user == a_config().user);
    CHECK(config->device.kind == DeviceKind::loaner);

    const auto opened = open_by_phrase(folder);
    REQUIRE(opened);
    CHECK((*opened)->signing_key() == key);
    CHECK((*opened)->device().device() == config->id);
}

TEST_CASE("create_device: a device that is there stays as it is", "[agent][folder]") {
    CheapFolder folder;
    REQUIRE(folder.create(nothing));
    const std::string vault = text_of(folder.path() / "vault.a");
    const std::string config = text_of(folder.path() / "config.json");
    CHECK(folder.create(nothing).error() == Error{Errc::already_exists, "device"});
    CHECK(text_of(folder.path() / "vault.a") == vault);
    CHECK(text_of(folder.path() / "config.json") == config);
    CHECK(open_by_phrase(folder));
}

TEST_CASE("create_device: interrupted, it begins anew and leaves one whole device",
          "[agent][folder]") {
    CheapFolder folder;
    SECTION("while the database was being filled") {
        CHECK(
            folder
                .create([](OpenedDevice&) -> Result<void> { return fail(Errc::disk_full, "test"); })
                .error()
                .code == Errc::disk_full);
        CHECK(check_folder(folder.path()));  // it is there, and its vault says `creating`
    }
    SECTION("before there was a vault") {
        fs::create_directories(folder.path());
        overwrite(folder.path() / "config.json", "{");
    }
    SECTION("before there was anything") {}
    REQUIRE(folder.create(nothing));
    CHECK(open_by_phrase(folder));
}

TEST_CASE("create_device: a PIN that anybody would try first makes nothing", "[agent][folder]") {
    CheapFolder folder;
    CHECK(folder.create(nothing, "123456").error().code == Errc::invalid_argument);
    CHECK_FALSE(fs::exists(folder.path()));
}

TEST_CASE("create_device: what is no leftover of ours is refused and kept", "[agent][folder]") {
    CheapFolder folder;
    SECTION("a folder of a version before the vault") {
        fs::create_directories(folder.path());
        overwrite(folder.path() / "device.keys", "samsyn device keys 1");
        overwrite(folder.path() / "samsyn.db", "SQLite");
        CHECK(folder.create(nothing).error().code == Errc::unsupported_version);
        CHECK(text_of(folder.path() / "samsyn.db") == "SQLite");
    }
    SECTION("a database whose vault is gone") {
        REQUIRE(folder.create(nothing));
        const std::string database = text_of(folder.path() / "samsyn.1.db");
        fs::remove(folder.path() / "vault.a");
        fs::remove(folder.path() / "vault.b");
        CHECK(folder.create(nothing).error() == Error{Errc::not_found, "vault"});
        CHECK(open_by_phrase(folder).error() == Error{Errc::not_found, "vault"});
        CHECK(text_of(folder.path() / "samsyn.1.db") == database);
    }
    SECTION("a vault both copies of which are damaged") {
        REQUIRE(folder.create(nothing));
        overwrite(folder.path() / "vault.a", "x");
        overwrite(folder.path() / "vault.b", "y");
        CHECK(folder.create(nothing).error() == Error{Errc::malformed, "vault"});
        CHECK(text_of(folder.path() / "vault.a") == "x");
    }
}

TEST_CASE("check_folder: every part that is gone has its own error", "[agent][folder]") {
    CheapFolder folder;
    CHECK(check_folder(folder.path()).error() == Error{Errc::not_found, "device"});
    REQUIRE(folder.create(nothing));
    CHECK(check_folder(folder.path()));
    SECTION("config.json") {
        fs::remove(folder.path() / "config.json");
        CHECK(check_folder(folder.path()).error() == Error{Errc::not_found, "config.json"});
    }
    SECTION("erased by an order") {
        REQUIRE(erase_data(folder.path()));
        CHECK(check_folder(folder.path()).error() == Error{Errc::not_found, "wiped"});
        CHECK(look_into(folder.path()).databases.empty());
        CHECK_FALSE(fs::exists(folder.path() / "samsyn.1.db-pages0"));
        REQUIRE(folder.create(nothing));  // such a folder may become a device again
        CHECK(open_by_phrase(folder));
    }
}

TEST_CASE("OpenedDevice: a database that is gone, foreign or damaged is an error and stays",
          "[agent][folder]") {
    CheapFolder folder;
    REQUIRE(folder.create(nothing));
    const fs::path database = folder.path() / "samsyn.1.db";
    SECTION("gone") {
        REQUIRE(remove_databases(folder.path()));
        CHECK_FALSE(open_by_phrase(folder));
        CHECK_FALSE(fs::exists(database));  // never a silent new one
    }
    SECTION("of another device") {
        CheapFolder other;
        REQUIRE(other.create(nothing));
        const std::string foreign = text_of(other.path() / "samsyn.1.db");
        overwrite(database, foreign);
        CHECK_FALSE(open_by_phrase(folder));
        CHECK(text_of(database) == foreign);
    }
    SECTION("damaged in every page") {
        std::string bytes = text_of(database);
        for (std::size_t at = 50; at < bytes.size(); at += 4096)
            bytes[at] = static_cast<char>(~bytes[at]);
        overwrite(database, bytes);
        CHECK_FALSE(open_by_phrase(folder));
        CHECK(text_of(database) == bytes);
    }
}

TEST_CASE("read_config: every wrong configuration is named", "[agent][folder]") {
    CheapFolder folder;
    REQUIRE(folder.create(nothing));
    const fs::path config = folder.path() / "config.json";

    SECTION("no JSON") {
        overwrite(config, "{");
    }
    SECTION("no object") {
        overwrite(config, "[1]");
    }
    SECTION("an unknown key") {
        replace_in(config, "\"server\"", "\"sever\"");
    }
    SECTION("a short id") {
        replace_in(config, to_hex(a_config().user), "abcd");
    }
    SECTION("no device") {
        replace_in(config, "\"device\": \"", "\"device\": \"x");
    }
    SECTION("an unknown kind") {
        replace_in(config, "loaner", "tank");
    }
    SECTION("a number for a text") {
        replace_in(config, "\"samsyn.nora.example:443\"", "12345678901234567890");
    }
    const auto read = read_config(folder.path());
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().code == Errc::malformed);
    CHECK(read.error().context.starts_with("config.json"));
}

TEST_CASE("read_config: a newer format and a huge file are refused as such", "[agent][folder]") {
    CheapFolder folder;
    REQUIRE(folder.create(nothing));
    const fs::path config = folder.path() / "config.json";
    replace_in(config, "\"version\": 1", "\"version\": 2");
    CHECK(read_config(folder.path()).error().code == Errc::newer_format);
    overwrite(config, std::string(1 << 20, ' '));
    CHECK(read_config(folder.path()).error().code == Errc::limit_exceeded);
}
