#include "tests/crypto/vault/vault_world.hpp"
#include "tests/support/temporary_folder.hpp"

#include <csignal>
#include <fstream>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace samsyn;
namespace fs = std::filesystem;

namespace {

mode_t mode_of(const fs::path& path) {
    struct stat facts{};
    REQUIRE(::lstat(path.c_str(), &facts) == 0);
    return facts.st_mode & 0777U;
}

Bytes bytes_of(const fs::path& path) {
    std::ifstream in{path, std::ios::binary};
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    return to_bytes(as_bytes(text));
}

/// The exit code of a child that runs `work`.
template <class Work>
int in_child(Work work) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) ::_exit(work());
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

TEST_CASE("PosixVaultFiles: writes, reads and replaces files of mode 0600", "[vault][files]") {
    const TemporaryFolder folder;
    PosixVaultFiles files{folder.path()};
    CHECK_FALSE(files.read(VaultCopy::a).value().has_value());
    const mode_t before = ::umask(0);
    REQUIRE(files.write(VaultCopy::a, as_bytes("one")).has_value());
    ::umask(before);
    CHECK(mode_of(folder / "vault.a") == 0600);
    CHECK(as_text(*files.read(VaultCopy::a).value()) == "one");
    REQUIRE(files.write(VaultCopy::a, as_bytes("two, longer")).has_value());
    CHECK(as_text(*files.read(VaultCopy::a).value()) == "two, longer");
    CHECK_FALSE(files.read(VaultCopy::b).value().has_value());
    CHECK_FALSE(fs::exists(folder / "vault.a.new"));
    REQUIRE(files.remove(VaultCopy::a).has_value());
    CHECK_FALSE(files.read(VaultCopy::a).value().has_value());
    CHECK(files.remove(VaultCopy::a).has_value());
}

TEST_CASE("PosixVaultFiles: what was replaced or removed is overwritten", "[vault][files]") {
    const TemporaryFolder folder;
    PosixVaultFiles files{folder.path()};
    REQUIRE(files.write(VaultCopy::a, as_bytes("an old slot")).has_value());
    {
        std::ifstream old{folder / "vault.a", std::ios::binary};  // holds on to the old file
        REQUIRE(files.write(VaultCopy::a, as_bytes("new")).has_value());
        const std::string text{std::istreambuf_iterator<char>{old}, {}};
        CHECK(text == std::string(11, '\0'));
    }
    std::ifstream old{folder / "vault.a", std::ios::binary};
    REQUIRE(files.remove(VaultCopy::a).has_value());
    CHECK(std::string{std::istreambuf_iterator<char>{old}, {}} == std::string(3, '\0'));

    // A file that has another name too is somebody else's as well.
    REQUIRE(files.write(VaultCopy::b, as_bytes("backup")).has_value());
    fs::create_hard_link(folder / "vault.b", folder / "elsewhere");
    REQUIRE(files.write(VaultCopy::b, as_bytes("new")).has_value());
    CHECK(as_text(bytes_of(folder / "elsewhere")) == "backup");
}

TEST_CASE("PosixVaultFiles: loose permissions, links, pipes and giants are refused",
          "[vault][files]") {
    const TemporaryFolder folder;
    PosixVaultFiles files{folder.path()};
    REQUIRE(files.write(VaultCopy::a, as_bytes("one")).has_value());
    for (const mode_t loose : {0640U, 0604U, 0620U, 0602U, 0610U}) {
        REQUIRE(::chmod((folder / "vault.a").c_str(), loose) == 0);
        CHECK(files.read(VaultCopy::a).error() == Error{Errc::not_permitted, "vault.a"});
    }
    fs::create_symlink(folder / "vault.a", folder / "vault.b");
    CHECK(files.read(VaultCopy::b).error() == Error{Errc::not_permitted, "vault.b"});
    REQUIRE(files.write(VaultCopy::b, as_bytes("mine")).has_value());  // replaces the link itself
    CHECK(as_text(bytes_of(folder / "vault.a")) == "one");
    REQUIRE(files.remove(VaultCopy::b).has_value());
    REQUIRE(::mkfifo((folder / "vault.b").c_str(), 0600) == 0);
    CHECK(files.read(VaultCopy::b).error() == Error{Errc::malformed, "vault.b"});
    REQUIRE(files.remove(VaultCopy::b).has_value());
    REQUIRE(files.write(VaultCopy::b, Bytes(vault_bytes_max + 1)).has_value());
    CHECK(files.read(VaultCopy::b).error() == Error{Errc::limit_exceeded, "vault.b"});
}

TEST_CASE("PosixVaultFiles: on a full disk the old file's own blocks are written",
          "[vault][files][fault]") {
    // A small file system of its own, in a child that may make one; elsewhere this says it cannot.
    const TemporaryFolder folder;
    const int ended = in_child([&] {
        if (::unshare(CLONE_NEWNS) != 0 ||
            ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
            ::mount("tmpfs", folder.path().c_str(), "tmpfs", 0, "size=64k") != 0)
            return 77;
        PosixVaultFiles files{folder.path()};
        const Bytes first(3000, std::byte{1});
        const Bytes second(2000, std::byte{2});
        if (!files.write(VaultCopy::a, first)) return 1;
        std::ofstream{folder / "filler"} << std::string(1 << 20, 'x') << std::flush;
        if (!files.write(VaultCopy::a, second)) return 2;
        if (**files.read(VaultCopy::a) != second) return 3;
        if (fs::exists(folder / "vault.a.new")) return 4;
        // Nothing to write over: then it is an error, and no half file is left.
        const auto refused = files.write(VaultCopy::b, first);
        if (refused || refused.error() != Error{Errc::disk_full, "vault.b"}) return 5;
        return *files.read(VaultCopy::b) ? 6 : 0;
    });
    if (ended == 77)
        WARN("no right to mount a small file system: not tested");
    else
        CHECK(ended == 0);
}

TEST_CASE("PosixVaultFiles: a folder that is not there is an error", "[vault][files]") {
    const TemporaryFolder folder;
    PosixVaultFiles files{folder / "nowhere"};
    CHECK_FALSE(files.read(VaultCopy::a).value().has_value());
    CHECK(files.write(VaultCopy::a, as_bytes("x")).error().code == Errc::system_failed);
    CHECK(files.lock().error().code == Errc::system_failed);
}

TEST_CASE("PosixVaultFiles: its lock is one at a time, in another process too", "[vault][files]") {
    const TemporaryFolder folder;
    PosixVaultFiles files{folder.path()};
    int ready[2];
    REQUIRE(::pipe(ready) == 0);
    auto lock = files.lock().value();
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        PosixVaultFiles theirs{folder.path()};
        char byte = 'w';
        (void)!::write(ready[1], &byte, 1);
        const auto their_lock = theirs.lock();
        // The parent writes the file before it lets go.
        const auto seen = theirs.read(VaultCopy::a);
        ::_exit(their_lock && seen && seen->has_value() ? 0 : 1);
    }
    char byte = 0;
    REQUIRE(::read(ready[0], &byte, 1) == 1);
    REQUIRE(files.write(VaultCopy::a, as_bytes("done")).has_value());
    lock.reset();
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
    ::close(ready[0]);
    ::close(ready[1]);
}

TEST_CASE("Vault: killed at any moment on a real disk it opens again", "[vault][crash]") {
    // kill -9 of a process that changes the vault without end, at a moment of its own choosing.
    const TemporaryFolder folder;
    VaultWorld world;
    PosixVaultFiles files{folder.path()};
    const Vault::Ports ports{files, world.hash, nullptr, password_cost_stated};
    REQUIRE(Vault::create(ports, world.contents, phrase_of(first_words)).has_value());
    std::uint64_t before = 0;
    for (int round = 0; round < 25; ++round) {
        int progress[2];
        REQUIRE(::pipe(progress) == 0);
        const pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            auto vault = Vault::open(ports);
            for (std::uint64_t counter = before + 1; vault; ++counter) {
                if (!vault->acknowledge_counter(counter)) ::_exit(1);
                (void)!::write(progress[1], &counter, sizeof counter);
            }
            ::_exit(2);
        }
        std::uint64_t durable = 0;
        for (int i = 0; i <= round % 5; ++i)
            REQUIRE(::read(progress[0], &durable, sizeof durable) == sizeof durable);
        REQUIRE(::kill(child, SIGKILL) == 0);
        int status = 0;
        REQUIRE(::waitpid(child, &status, 0) == child);
        REQUIRE(WIFSIGNALED(status));
        ::close(progress[0]);
        ::close(progress[1]);
        const Vault vault = Vault::open(ports).value();
        CHECK(vault.acknowledged_counter() >= durable);
        before = vault.acknowledged_counter();
    }
    Vault vault = Vault::open(ports).value();
    CHECK(vault.unlock_with_phrase(phrase_of(first_words)).has_value());
}
