#include "sync-server/app/data_folder.hpp"

#include "crypto/keys/sodium.hpp"

#include <cerrno>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <sys/stat.h>
#include <unistd.h>

namespace samsyn {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t file_size_max = 64 * 1024;  // none of ours comes near

bool write_all(int descriptor, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(descriptor, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return ::fsync(descriptor) == 0;
}

std::string trimmed(std::string text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' '))
        text.pop_back();
    return text;
}

/// Refuses a file that others than its owner may read or change.
Fallible<void> check_private(const fs::path& file) {
    struct stat status{};

    if (::stat(file.c_str(), &status) != 0)
        return give_up(ServerExit::damaged,
                       file.string() + " is missing. Restore it from a backup of the folder.");
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return give_up(ServerExit::loose_permissions,
                       file.string() +
                           " can be read by others. Find out who may have read it, "
                           "then: chmod go= " +
                           file.string());
    return {};
}

Fallible<SigningKey> read_identity(const fs::path& file) {
    std::string text = trimmed(SAMSYN_TRY(read_small_file(file)));
    auto seed = from_hex(text);
    wipe(std::as_writable_bytes(std::span{text}));
    if (!seed || seed->size() != SigningKey::seed_size)
        return give_up(ServerExit::damaged, file.string() + " does not hold a key.");
    auto key = SigningKey::from_seed(std::span<const std::byte, SigningKey::seed_size>{*seed});
    wipe(*seed);
    return key;
}

fs::path database_key_file(const fs::path& folder, const fs::path& file) {
    return file.empty() ? folder / "database.key" : file;
}

}  // namespace

Fallible<std::string> read_small_file(const fs::path& file) {
    std::error_code ec;
    const auto size = fs::file_size(file, ec);
    if (ec || size > file_size_max)
        return give_up(ServerExit::damaged,
                       file.string() +
                           " is missing or is no file of ours. Restore it from a "
                           "backup of the folder.");
    std::ifstream in{file, std::ios::binary};
    std::string text{std::istreambuf_iterator<char>{in}, {}};
    if (!in.good() && !in.eof())
        return give_up(ServerExit::disk, file.string() + " cannot be read.");
    return text;
}

Fallible<void> write_new_file(const fs::path& file, std::string_view text, int mode) {
    const int descriptor =
        ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, static_cast<mode_t>(mode));
    if (descriptor < 0)
        return give_up(ServerExit::disk,
                       file.string() +
                           " cannot be written. Is the disk full, "
                           "or the folder not yours?");
    const bool written = write_all(descriptor, text);
    if (::close(descriptor) == 0 && written) return {};
    ::unlink(file.c_str());
    return give_up(ServerExit::disk, file.string() + " cannot be written. Is the disk full?");
}

Fallible<void> replace_file(const fs::path& file, std::string_view text) {
    const fs::path fresh = file.string() + ".new";
    std::error_code ec;
    fs::remove(fresh, ec);  // of a process that was killed here
    SAMSYN_TRY(write_new_file(fresh, text, 0644));
    fs::rename(fresh, file, ec);
    if (ec) return give_up(ServerExit::disk, file.string() + " cannot be written.");
    return {};
}

Fallible<DataFolder> open_data_folder(const fs::path& folder) {
    std::error_code ec;
    if (!fs::is_directory(folder, ec))
        return give_up(ServerExit::no_folder,
                       folder.string() + " is no folder. Make it with: samsyn-server init --data " +
                           folder.string() + " --founding FILE");
    if (!fs::exists(folder / "identity.key", ec))
        return give_up(ServerExit::no_folder,
                       folder.string() + " is not a folder that samsyn-server init has made.");
    SAMSYN_TRY(check_private(folder));
    SAMSYN_TRY(check_private(folder / "identity.key"));
    SAMSYN_TRY(check_private(folder / "tls-key.pem"));
    auto identity = SAMSYN_TRY(read_identity(folder / "identity.key"));

    const auto federation = from_hex(trimmed(SAMSYN_TRY(read_small_file(folder / "federation"))));
    if (!federation || federation->size() != FederationId::size)
        return give_up(ServerExit::damaged,
                       (folder / "federation").string() + " does not hold a federation's id.");
    TlsIdentity tls;
    tls.certificate = SAMSYN_TRY(read_small_file(folder / "tls-certificate.pem"));
    tls.key = SAMSYN_TRY(read_small_file(folder / "tls-key.pem"));
    return DataFolder{FederationId::from(*federation), std::move(identity), std::move(tls)};
}

Fallible<void> make_database_key(const fs::path& folder, const fs::path& file) {
    std::array<std::byte, database_key_size> key{};
    SodiumRandom{}.fill(key);
    std::string text = to_hex(key) + "\n";
    wipe(key);
    const auto written = write_new_file(database_key_file(folder, file), text, 0600);
    wipe(std::as_writable_bytes(std::span{text}));
    return written;
}

Fallible<SodiumPageCipher> read_database_key(const fs::path& folder, const fs::path& file) {
    const fs::path path = database_key_file(folder, file);
    SAMSYN_TRY(check_private(path));
    std::string text = trimmed(SAMSYN_TRY(read_small_file(path)));
    auto bytes = from_hex(text);
    wipe(std::as_writable_bytes(std::span{text}));
    if (!bytes || bytes->size() != database_key_size)
        return give_up(ServerExit::damaged, path.string() + " does not hold a key.");
    auto pages = page_cipher_from(std::span<const std::byte, database_key_size>{*bytes});
    wipe(*bytes);
    return pages;
}

Fallible<std::unique_ptr<Storage>> open_database(const fs::path& folder,
                                                 PageCipher& pages,
                                                 DatabaseMode mode) {
    auto storage = open_sqlite_storage(folder, pages, mode);
    if (storage) return *std::move(storage);
    const Error& error = storage.error();
    switch (error.code) {
        case Errc::conflict:
            return give_up(ServerExit::database_locked,
                           "A server runs on " + folder.string() +
                               " already. Stop it first, or give this one a folder of its own.");
        case Errc::disk_full:
            return give_up(ServerExit::disk, "The disk is full. Make room and start again.");
        case Errc::not_found:
            return give_up(
                ServerExit::damaged,
                "The database in " + folder.string() + " is missing. Restore it from a backup.");
        case Errc::not_authentic:
            return give_up(ServerExit::wrong_key,
                           "The database key does not open the database in " + folder.string() +
                               ". Give the key that init made with it (--database-key FILE).");
        case Errc::malformed:
            return give_up(ServerExit::damaged,
                           "The database in " + folder.string() + " is damaged (" + error.context +
                               "). Restore it from a backup.");
        default:
            return give_up(ServerExit::failed, to_string(error) + ".");
    }
}

}  // namespace samsyn
