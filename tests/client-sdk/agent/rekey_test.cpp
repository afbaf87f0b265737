#include "client-sdk/agent/folder.hpp"
#include "tests/client-sdk/agent/cheap_vault.hpp"
#include "tests/core/store/statement_hook.hpp"
#include "tests/support/catch.hpp"

#include <fstream>
#include <map>

using namespace samsyn;
using namespace samsyn::test;

namespace fs = std::filesystem;

namespace {

/// All files of a folder: what a process that is killed at this moment leaves.
using Image = std::map<std::string, std::string>;

Image image_of(const fs::path& folder) {
    Image image;
    for (const auto& entry : fs::directory_iterator{folder}) {
        if (!entry.is_regular_file()) continue;
        std::ifstream file{entry.path(), std::ios::binary};
        image[entry.path().filename()] = {std::istreambuf_iterator<char>{file}, {}};
    }
    return image;
}

void lay(const fs::path& folder, const Image& image) {
    for (const auto& entry : fs::directory_iterator{folder}) fs::remove_all(entry);
    for (const auto& [name, bytes] : image) {
        std::ofstream{folder / name, std::ios::binary} << bytes;
        fs::permissions(folder / name, fs::perms::owner_read | fs::perms::owner_write);
    }
}

std::vector<std::string> databases_in(const fs::path& folder) {
    std::vector<std::string> names;
    for (const fs::path& file : look_into(folder).databases) names.push_back(file.filename());
    return names;
}

/// A device and its open vault, as the child has them.
struct Unlocked {
    explicit Unlocked(const CheapFolder& folder)
        : files(folder.path()),
          vault(open_vault(folder, files)),
          opened(open_device(folder, vault)) {}

    static Vault open_vault(const CheapFolder& folder, PosixVaultFiles& files) {
        auto vault = Vault::open(folder.ports(files));
        REQUIRE(vault);
        REQUIRE(vault->unlock_with_phrase(folder.phrase));
        return *std::move(vault);
    }

    static std::unique_ptr<OpenedDevice> open_device(const CheapFolder& folder, Vault& vault) {
        const auto config = read_config(folder.path());
        REQUIRE(config);
        auto opened = OpenedDevice::open(
            folder.path(), config->device, vault.contents(), DatabaseMode::existing);
        if (!opened) FAIL(to_string(opened.error()));
        return *std::move(opened);
    }

    PosixVaultFiles files;
    Vault vault;
    std::unique_ptr<OpenedDevice> opened;
};

constexpr std::string_view name = "kept";

/// A folder whose database holds something that must be there after everything.
void fill(const CheapFolder& folder) {
    REQUIRE(folder.create([](OpenedDevice& opened) -> Result<void> {
        return opened.device().put_host_value(name, as_bytes(std::string_view{"unsent work"}));
    }));
}

/// One whole database counts, holds everything, and stands alone once the device was opened.
void check_whole(const CheapFolder& folder) {
    Unlocked again{folder};
    const auto value = again.opened->device().host_value(name);
    REQUIRE((value && *value));
    CHECK(as_text(**value) == "unsent work");
    CHECK(again.opened->device().put_host_value("more", as_bytes(std::string_view{"x"})));
    const std::string file =
        "samsyn." + std::to_string(again.vault.contents().database.number) + ".db";
    CHECK(databases_in(folder.path()) == std::vector<std::string>{file});
}

}  // namespace

TEST_CASE("rekey: everything is in a new file under a new key, and the old file is gone",
          "[agent][rekey]") {
    CheapFolder folder;
    fill(folder);
    const Image before = image_of(folder.path());
    {
        Unlocked device{folder};
        const auto old_key = device.vault.contents().database.key.duplicate();
        std::uint64_t last = 0;
        REQUIRE(device.opened->rekey(
            folder.path(), device.vault, [&](std::uint64_t done, std::uint64_t) -> Result<void> {
                CHECK(done >= last);
                last = done;
                return {};
            }));
        CHECK(last > 0);
        const VaultDatabase& now = device.vault.contents().database;
        CHECK(now.number == 2);
        CHECK_FALSE(equal(now.key.expose(), old_key.expose()));
        CHECK(databases_in(folder.path()) == std::vector<std::string>{"samsyn.2.db"});
        CHECK_FALSE(fs::exists(folder.path() / "samsyn.1.db-pages0"));
        CHECK_FALSE(fs::exists(folder.path() / "samsyn.1.db-wal"));
        // It goes on with the new one, and can be done again.
        CHECK(device.opened->device().put_host_value("a", as_bytes(std::string_view{"b"})));
        REQUIRE(device.opened->rekey(folder.path(), device.vault, {}));
    }
    check_whole(folder);
    CHECK(databases_in(folder.path()) == std::vector<std::string>{"samsyn.3.db"});

    // The old file, put back beside the new one, is a leftover; put back in its place it is
    // foreign.
    lay(folder.path(), [&] {
        Image mixed = image_of(folder.path());
        mixed["samsyn.1.db"] = before.at("samsyn.1.db");
        return mixed;
    }());
    check_whole(folder);
}

TEST_CASE("rekey: stopped at any row it changes nothing", "[agent][rekey]") {
    CheapFolder folder;
    fill(folder);
    Unlocked device{folder};
    int reports = 0;
    for (int stop_at = 1;; ++stop_at) {
        int seen = 0;
        const auto moved = device.opened->rekey(
            folder.path(), device.vault, [&](std::uint64_t, std::uint64_t) -> Result<void> {
                if (++seen == stop_at) return fail(Errc::link_lost, "stopped");
                return {};
            });
        if (moved) break;
        ++reports;
        CHECK(moved.error().context == "stopped");
        CHECK(device.vault.contents().database.number == 1);
        CHECK(databases_in(folder.path()) == std::vector<std::string>{"samsyn.1.db"});
        CHECK(device.opened->device().put_host_value(name,
                                                     as_bytes(std::string_view{"unsent work"})));
    }
    CHECK(reports > 5);
    CHECK(device.vault.contents().database.number == 2);
}

TEST_CASE("rekey: killed before any statement, one whole database counts",
          "[agent][rekey][crash]") {
    CheapFolder folder;
    fill(folder);
    std::vector<Image> images;
    {
        Unlocked device{folder};
        images.push_back(image_of(folder.path()));
        const StatementHook hook{[&](int) {
            Image image = image_of(folder.path());
            if (image != images.back()) images.push_back(std::move(image));
            return false;
        }};
        REQUIRE(device.opened->rekey(folder.path(), device.vault, {}));
        images.push_back(image_of(folder.path()));
    }
    CHECK(images.size() > 10);
    int with_two = 0;
    for (const Image& image : images) {
        lay(folder.path(), image);
        with_two += databases_in(folder.path()).size() == 2 ? 1 : 0;
        check_whole(folder);
    }
    CHECK(with_two > 5);
    // Before the vault names the new one, and after, with the old file still there.
    Image half = images.back();
    for (const auto& [file, bytes] : images.front())
        if (file.starts_with("samsyn.1.db")) half[file] = bytes;
    lay(folder.path(), half);
    check_whole(folder);
}

TEST_CASE("rekey: where the vault cannot be written the device stays readable, and opens again",
          "[agent][rekey]") {
    CheapFolder folder;
    fill(folder);
    {
        Unlocked device{folder};
        bool last = false;
        // Both copies become what the vault refuses to write over, just before the commit.
        const auto moved =
            device.opened->rekey(folder.path(),
                                 device.vault,
                                 [&](std::uint64_t done, std::uint64_t total) -> Result<void> {
                                     last = done == total;
                                     if (last)
                                         fs::permissions(folder.path() / "vault.a", fs::perms::all);
                                     return {};
                                 });
        REQUIRE_FALSE(moved);
        CHECK(last);
        CHECK(device.opened->device().host_value(name));
        CHECK_FALSE(device.opened->device().put_host_value("x", as_bytes(std::string_view{"y"})));
    }
    fs::permissions(folder.path() / "vault.a", fs::perms::owner_read | fs::perms::owner_write);
    check_whole(folder);
}
