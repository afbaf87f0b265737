#include "crypto/at_rest/page_cipher.hpp"
#include "crypto/keys/sodium.hpp"
#include "tests/sqlite-suite/clear_or_sealed.hpp"

#include <cstdlib>
#include <string_view>

// What SQLite's test program calls at its start (SQLITE_EXTRA_INIT), and where it registers the
// VFSs of its own. The environment's SAMSYN_SUITE says which configuration it is: "plain",
// "reserved" (40 bytes of each page, and nothing more) or "sealed" (our VFS too).

namespace samsyn::suite {

namespace {

std::string_view configuration() {
    const char* const name =
        std::getenv("SAMSYN_SUITE");  // NOLINT(concurrency-mt-unsafe): at start
    return name != nullptr ? name : "plain";
}

/// The key is the same in all processes of a test: some start others on the same file.
SodiumPageCipher& cipher() {
    static SodiumPageCipher all = [] {
        std::array<std::byte, database_key_size> key{};
        key.fill(std::byte{0x5a});
        return page_cipher_from(key);
    }();
    return all;
}

/// SQLite's crashing device opens files by the name "crash". It must lie below our VFS: what a
/// power cut tears are sealed pages. So it gets another name, and ours over it gets its own.
int register_below(sqlite3_vfs& crash) {
    static sqlite3_vfs* const unix_vfs = sqlite3_vfs_find("unix");
    crash.pAppData = unix_vfs;
    crash.zName = "crash-below";
    if (const int code = sqlite3_vfs_register(&crash, 0); code != SQLITE_OK) return code;
    static const int registered = register_clear_or_sealed(cipher(), crash, "crash", false);
    return registered;
}

}  // namespace
}  // namespace samsyn::suite

using samsyn::suite::configuration;

extern "C" {

[[gnu::visibility("default")]] int samsyn_suite_reserved() {
    return configuration() == "plain" ? 0 : static_cast<int>(samsyn::PageCipher::overhead);
}

[[gnu::visibility("default")]] int samsyn_suite_init(const char*) {
    if (configuration() != "sealed") return SQLITE_OK;
    sqlite3_vfs* const below = sqlite3_vfs_find("unix");
    if (below == nullptr) return SQLITE_ERROR;
    if (!samsyn::start_sodium()) return SQLITE_ERROR;
    return samsyn::suite::register_clear_or_sealed(samsyn::suite::cipher(), *below, "samsyn", true);
}

[[gnu::visibility("default")]] int __wrap_sqlite3_vfs_register(sqlite3_vfs* vfs, int is_default) {
    const bool crash = std::string_view{vfs->zName} == "crash";
    if (crash && configuration() == "sealed") return samsyn::suite::register_below(*vfs);
    return sqlite3_vfs_register(vfs, is_default);
}

[[gnu::visibility("default")]] int __wrap_sqlite3_vfs_unregister(sqlite3_vfs* vfs) {
    return sqlite3_vfs_unregister(vfs);
}
}
