#include "sync-server/app/data_folder.hpp"

#include "crypto/keys/sodium.hpp"

#include <cerrno>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace samsyn {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t file_size_max = 64 * 1024;  // none of ours comes near
constexpr std::uint64_t space_least = 16 << 20;

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

/// What the operating system said about writing a file, as what to do.
std::unexpected<Failure> cannot_write(const fs::path& file, int why) {
    if (why == ENOSPC || why == EDQUOT)
        return give_up(ServerExit::disk,
                       file.string() + " cannot be written: the disk is full. Make room.");
    if (why == EROFS || why == EACCES || why == EPERM)
        return give_up(ServerExit::read_only,
                       file.string() + " cannot be written: " +
                           (why == EROFS ? "the disk is mounted for reading alone. Mount it anew."
                                         : "its folder belongs to somebody else. Start the server "
                                           "as the user who owns it."));
    return give_up(ServerExit::disk,
                   file.string() + " cannot be written: " +
                       std::error_code{why, std::generic_category()}.message() + ".");
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

Failure database_failure(const fs::path& folder, const Error& error) {
    switch (error.code) {
        case Errc::conflict:
            return {ServerExit::database_locked,
                    "A server runs on " + folder.string() +
                        " already. Stop it first, or give this one a folder of its own."};
        case Errc::disk_full:
            return {ServerExit::disk, "The disk is full. Make room and start again."};
        case Errc::newer_format:
            return {ServerExit::newer_database,
                    "The database in " + folder.string() +
                        " was written by a newer version of samsyn-server. Install that "
                        "version, or restore a backup made before the upgrade."};
        case Errc::not_found:
            return {
                ServerExit::damaged,
                "The database in " + folder.string() + " is missing. Restore it from a backup."};
        case Errc::not_authentic:
            return {ServerExit::wrong_key,
                    "The database key does not open the database in " + folder.string() +
                        ". Give the key that init made with it (--database-key FILE)."};
        case Errc::malformed:
            return {ServerExit::damaged,
                    "The database in " + folder.string() + " is damaged (" + error.context +
                        "). Restore it from a backup."};
        default:
            return {ServerExit::failed, to_string(error) + "."};
    }
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
    if (!in)
        return give_up(ServerExit::read_only,
                       file.string() + " cannot be read: " +
                           std::error_code{errno, std::generic_category()}.message() +
                           ". It must belong to the user that the server runs as.");
    std::string text{std::istreambuf_iterator<char>{in}, {}};
    if (!in.good() && !in.eof())
        return give_up(ServerExit::disk, file.string() + " cannot be read.");
    return text;
}

Fallible<void> check_vacant(const fs::path& folder) {
    std::error_code ec;
    const bool taken =
        fs::exists(folder, ec) && !(fs::is_directory(folder, ec) && fs::is_empty(folder, ec));
    if (taken || ec)
        return give_up(ServerExit::folder_exists,
                       folder.string() + " exists and is not empty. Nothing was changed.");
    return {};
}

Fallible<void> check_private(const fs::path& file) {
    struct stat status{};

    const int why = ::stat(file.c_str(), &status) == 0 ? 0 : errno;
    if (why == EACCES)
        return give_up(ServerExit::read_only,
                       file.string() +
                           " cannot be read: its folder belongs to somebody else. "
                           "Start the server as the user who owns it.");
    if (why != 0)
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

Fallible<void> check_writable(const fs::path& folder) {
    struct stat status{};

    // Root could write, and leave files there that the owner cannot open.
    if (::stat(folder.c_str(), &status) == 0 && status.st_uid != ::geteuid()) {
        const passwd* owner = ::getpwuid(status.st_uid);  // NOLINT(concurrency-mt-unsafe): at start
        const std::string name =
            owner != nullptr ? std::string{owner->pw_name} : std::to_string(status.st_uid);
        return give_up(ServerExit::read_only,
                       folder.string() + " belongs to the user " + name +
                           ". Run this as that user: sudo -u " + name + " samsyn-server ...");
    }
    if (::access(folder.c_str(), W_OK | X_OK) == 0) return {};
    return cannot_write(folder / storage_file_names[0], errno);
}

std::optional<std::uint64_t> space_left(const fs::path& folder) {
    std::error_code ec;
    const auto space = fs::space(folder, ec);
    if (ec || space.available == static_cast<std::uintmax_t>(-1)) return std::nullopt;
    return space.available;
}

Fallible<void> check_space(const fs::path& folder) {
    const auto left = space_left(folder);
    if (!left || *left >= space_least) return {};
    return give_up(ServerExit::disk,
                   "The disk of " + folder.string() + " is full: " + std::to_string(*left >> 20U) +
                       " MiB are left, and the server needs at least 16. Make room.");
}

Fallible<void> write_new_file(const fs::path& file, std::string_view text, int mode) {
    const int descriptor =
        ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, static_cast<mode_t>(mode));
    if (descriptor < 0) return cannot_write(file, errno);
    const bool written = write_all(descriptor, text);
    const int why = errno;
    if (::close(descriptor) == 0 && written) return {};
    ::unlink(file.c_str());
    return cannot_write(file, written ? errno : why);
}

Fallible<void> replace_file(const fs::path& file, std::string_view text) {
    const fs::path fresh = file.string() + ".new";
    std::error_code ec;
    fs::remove(fresh, ec);  // of a process that was killed here
    SAMSYN_TRY(write_new_file(fresh, text, 0644));
    fs::rename(fresh, file, ec);
    if (ec) return cannot_write(file, ec.value());
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

Fallible<void> write_data_folder(const fs::path& folder, const DataFolder& files) {
    std::string seed = to_hex(files.identity.seed()) + "\n";
    const auto written = write_new_file(folder / "identity.key", seed, 0600);
    wipe(std::as_writable_bytes(std::span{seed}));
    if (!written) return written;
    SAMSYN_TRY(write_new_file(folder / "tls-key.pem", files.tls.key, 0600));
    SAMSYN_TRY(write_new_file(folder / "tls-certificate.pem", files.tls.certificate, 0644));
    return write_new_file(folder / "federation", to_hex(files.federation) + "\n", 0644);
}

FreshDatabaseKey::~FreshDatabaseKey() {
    std::error_code ignored;
    if (made_) fs::remove(file_, ignored);
}

Fallible<void> FreshDatabaseKey::check_vacant(const fs::path& file) {
    std::error_code ec;
    if (file.empty() || !fs::exists(file, ec)) return {};
    return give_up(ServerExit::folder_exists,
                   file.string() +
                       " exists, and a new database gets a key of its own. Move the old one away "
                       "first. Nothing was changed.");
}

Fallible<SodiumPageCipher> FreshDatabaseKey::make(const fs::path& folder) {
    std::array<std::byte, database_key_size> key{};
    SodiumRandom{}.fill(key);
    std::string text = to_hex(key) + "\n";
    wipe(key);
    const auto written = write_new_file(database_key_file(folder, file_), text, 0600);
    wipe(std::as_writable_bytes(std::span{text}));
    if (!written) return std::unexpected{written.error()};
    made_ = !file_.empty();
    // A database that outlives its key is lost.
    if (made_ && !sync_folder(fs::absolute(file_).parent_path())) return cannot_write(file_, errno);
    return read_database_key(folder, file_);
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
    SAMSYN_TRY(check_writable(folder));
    auto storage = open_sqlite_storage(folder, pages, mode);
    if (!storage) return std::unexpected{database_failure(folder, storage.error())};
    return *std::move(storage);
}

Fallible<int> database_version(const fs::path& folder, PageCipher& pages) {
    const auto version = read_storage_version(folder, pages);
    if (!version) return std::unexpected{database_failure(folder, version.error())};
    if (*version > storage_version)
        return std::unexpected{database_failure(folder, {Errc::newer_format, {}})};
    return *version;
}

}  // namespace samsyn
