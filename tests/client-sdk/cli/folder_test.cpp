#include "client-sdk/agent/folder.hpp"

#include "client-sdk/agent/private_file.hpp"
#include "client-sdk/cli/root_key.hpp"
#include "crypto/keys/sodium.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/seeded_random.hpp"
#include "tests/support/temporary_folder.hpp"

#include <fstream>
#include <sys/stat.h>

using namespace samsyn;

namespace fs = std::filesystem;

namespace {

/// A folder that goes with the test; keys need a started libsodium.
class Temporary : public TemporaryFolder {
public:
    Temporary() { REQUIRE(start_sodium().has_value()); }
};

DeviceConfig a_config() {
    SeededRandom random{1};
    return {.server = "samsyn.nora.example:443",
            .federation = random_id<FederationId>(random),
            .root_key = random_id<SigningPublicKey>(random),
            .server_key = random_id<SigningPublicKey>(random),
            .user = random_id<UserId>(random),
            .kind = DeviceKind::loaner};
}

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

}  // namespace

TEST_CASE("create_folder: only its owner gets in, and it opens again as it was",
          "[agent][folder]") {
    const Temporary temporary;
    const fs::path folder = temporary / "a/b";
    const SigningKey signing = SigningKey::generate();
    const SealingKey sealing = SealingKey::generate();
    REQUIRE(create_folder(folder, a_config(), signing, sealing).has_value());
    CHECK(mode_of(folder) == 0700);
    CHECK(mode_of(folder / "device.keys") == 0600);

    const auto opened = open_folder(folder);
    REQUIRE(opened.has_value());
    CHECK(opened->config.server == a_config().server);
    CHECK(opened->config.federation == a_config().federation);
    CHECK(opened->config.root_key == a_config().root_key);
    CHECK(opened->config.server_key == a_config().server_key);
    CHECK(opened->config.user == a_config().user);
    CHECK(opened->config.kind == DeviceKind::loaner);
    CHECK(opened->signing.public_key() == signing.public_key());
    CHECK(opened->sealing.public_key() == sealing.public_key());
}

TEST_CASE("create_folder: a device that is there is not overwritten", "[agent][folder]") {
    const Temporary temporary;
    const fs::path folder = temporary / "data";
    REQUIRE(create_folder(folder, a_config(), SigningKey::generate(), SealingKey::generate()));
    const std::string keys = text_of(folder / "device.keys");
    const auto again =
        create_folder(folder, a_config(), SigningKey::generate(), SealingKey::generate());
    REQUIRE_FALSE(again.has_value());
    CHECK(again.error().code == Errc::already_exists);
    CHECK(text_of(folder / "device.keys") == keys);
}

TEST_CASE("open_folder: refuses keys that others may read", "[agent][folder]") {
    const Temporary temporary;
    const fs::path folder = temporary / "data";
    REQUIRE(create_folder(folder, a_config(), SigningKey::generate(), SealingKey::generate()));
    REQUIRE(::chmod((folder / "device.keys").c_str(), 0640) == 0);
    CHECK(open_folder(folder).error() == Error{Errc::not_permitted, "device.keys"});
}

TEST_CASE("open_folder: a folder without a device is not found", "[agent][folder]") {
    const Temporary temporary;
    CHECK(open_folder(temporary / "nothing").error().code == Errc::not_found);
}

TEST_CASE("open_folder: every wrong configuration is named", "[agent][folder]") {
    const Temporary temporary;
    const fs::path folder = temporary / "data";
    REQUIRE(create_folder(folder, a_config(), SigningKey::generate(), SealingKey::generate()));
    const fs::path config = folder / "config.json";

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
    SECTION("an unknown kind") {
        replace_in(config, "loaner", "tank");
    }
    SECTION("a number for a text") {
        replace_in(config, "\"samsyn.nora.example:443\"", "12345678901234567890");
    }
    const auto opened = open_folder(folder);
    REQUIRE_FALSE(opened.has_value());
    CHECK(opened.error().code == Errc::malformed);
    CHECK(opened.error().context.starts_with("config.json"));
}

TEST_CASE("open_folder: a newer format and a huge file are refused as such", "[agent][folder]") {
    const Temporary temporary;
    const fs::path folder = temporary / "data";
    REQUIRE(create_folder(folder, a_config(), SigningKey::generate(), SealingKey::generate()));
    const fs::path config = folder / "config.json";
    replace_in(config, "\"version\": 1", "\"version\": 2");
    CHECK(open_folder(folder).error().code == Errc::newer_format);
    overwrite(config, std::string(1 << 20, ' '));
    CHECK(open_folder(folder).error().code == Errc::limit_exceeded);
}

TEST_CASE("open_folder: damaged keys are malformed, never half a key", "[agent][folder]") {
    const Temporary temporary;
    const fs::path folder = temporary / "data";
    REQUIRE(create_folder(folder, a_config(), SigningKey::generate(), SealingKey::generate()));
    const fs::path keys = folder / "device.keys";
    const std::string whole = text_of(keys);
    for (std::size_t size = 0; size < whole.size(); ++size) {
        overwrite(keys, whole.substr(0, size));
        const auto opened = open_folder(folder);
        REQUIRE_FALSE(opened.has_value());
        CHECK(opened.error() == Error{Errc::malformed, "device.keys"});
    }
}

TEST_CASE("save_config: changes the server and nothing else", "[agent][folder]") {
    const Temporary temporary;
    const fs::path folder = temporary / "data";
    REQUIRE(create_folder(folder, a_config(), SigningKey::generate(), SealingKey::generate()));
    DeviceConfig config = a_config();
    config.server = "127.0.0.1:8443";
    REQUIRE(save_config(folder, config).has_value());
    const auto opened = open_folder(folder);
    REQUIRE(opened.has_value());
    CHECK(opened->config.server == "127.0.0.1:8443");
    CHECK(opened->config.user == a_config().user);
}

TEST_CASE("Root key: is for its owner's eyes, and says where its log stands", "[cli][root]") {
    const Temporary temporary;
    const fs::path path = temporary / "root.key";
    SeededRandom random{2};
    RootKey root{SigningKey::generate(),
                 random_id<FederationId>(random),
                 41,
                 random_id<StatementId>(random)};
    REQUIRE(create_root_key(path, root).has_value());
    CHECK(mode_of(path) == 0600);
    CHECK(create_root_key(path, root).error().code == Errc::already_exists);

    root.counter = 42;
    REQUIRE(save_root_key(path, root).has_value());
    const auto read = read_root_key(path);
    REQUIRE(read.has_value());
    CHECK(read->key.public_key() == root.key.public_key());
    CHECK(read->federation == root.federation);
    CHECK(read->counter == 42);
    CHECK(read->head == root.head);

    REQUIRE(::chmod(path.c_str(), 0644) == 0);
    CHECK(read_root_key(path).error().code == Errc::not_permitted);
}
