#include "client-sdk/cli/root_key.hpp"

#include "client-sdk/agent/private_file.hpp"
#include "crypto/keys/sodium.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/seeded_random.hpp"
#include "tests/support/temporary_folder.hpp"

#include <sys/stat.h>

using namespace samsyn;

namespace fs = std::filesystem;

namespace {

unsigned mode_of(const fs::path& path) {
    struct stat facts{};
    REQUIRE(::stat(path.c_str(), &facts) == 0);
    return facts.st_mode & 0777U;
}

}  // namespace

TEST_CASE("Root key: is for its owner's eyes, and says where its log stands", "[cli][root]") {
    REQUIRE(start_sodium());
    const TemporaryFolder temporary;
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
