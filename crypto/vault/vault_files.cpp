#include "crypto/vault/vault_files.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace samsyn {

namespace {

/// Owns a descriptor.
class File {
public:
    explicit File(int descriptor) : descriptor_(descriptor) {}

    File(File&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

    File& operator=(File&&) = delete;

    ~File() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }

    int get() const { return descriptor_; }

    bool is_open() const { return descriptor_ >= 0; }

private:
    int descriptor_;
};

class FileLock final : public VaultFiles::Lock {
public:
    explicit FileLock(File file) : file_(std::move(file)) {}

    /// Said aloud, since closing would not release it where a forked child still has the
    /// descriptor.
    ~FileLock() override { ::flock(file_.get(), LOCK_UN); }

private:
    File file_;
};

/// The one place where errno becomes ours.
std::unexpected<Error> failed(const std::filesystem::path& path) {
    const std::string name = path.filename().string();
    switch (errno) {
        case ENOSPC:
        case EDQUOT:
            return fail(Errc::disk_full, name);
        case EACCES:
        case EPERM:
        case ELOOP:
        case EROFS:
            return fail(Errc::not_permitted, name);
        default:
            return fail(Errc::system_failed, name);
    }
}

Result<void> write_all(const File& file, ByteView content, const std::filesystem::path& path) {
    while (!content.empty()) {
        const ssize_t written = ::write(file.get(), content.data(), content.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return failed(path);
        content = content.subspan(static_cast<std::size_t>(written));
    }
    return {};
}

Result<void> sync_folder(const std::filesystem::path& folder, const std::filesystem::path& path) {
    const File opened{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (!opened.is_open() || ::fsync(opened.get()) != 0) return failed(path);
    return {};
}

/// Overwrites a file that has been replaced or removed, so that erased slots do not wait in free
/// blocks. As far as the medium goes: flash and copying file systems keep more than they say, which
/// is why nothing depends on this and no error is one.
void scrub(const File& file) {
    struct stat facts{};
    if (!file.is_open() || ::fstat(file.get(), &facts) != 0 || !S_ISREG(facts.st_mode)) return;
    constexpr std::array<std::byte, 4096> zeroes{};
    off_t at = 0;
    while (at < facts.st_size) {
        const auto size =
            std::min<std::size_t>(zeroes.size(), static_cast<std::size_t>(facts.st_size - at));
        const ssize_t written = ::pwrite(file.get(), zeroes.data(), size, at);
        if (written <= 0) return;
        at += written;
    }
    (void)::fsync(file.get());
}

/// What stands under `path` now. A file with another name (a hard link) is left alone.
File opened_for_replacing(const std::filesystem::path& path) {
    File file{::open(path.c_str(), O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
    struct stat facts{};
    if (file.is_open() && (::fstat(file.get(), &facts) != 0 || facts.st_nlink != 1))
        return File{-1};
    return file;
}

Result<void> write_new(const std::filesystem::path& path, ByteView content) {
    const File file{
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600)};
    if (!file.is_open()) return failed(path);
    SAMSYN_TRY(write_all(file, content, path));
    if (::fsync(file.get()) != 0) return failed(path);
    return {};
}

Result<void> overwrite(const File& file, ByteView content, const std::filesystem::path& path) {
    SAMSYN_TRY(write_all(file, content, path));
    if (::ftruncate(file.get(), static_cast<off_t>(content.size())) != 0) return failed(path);
    if (::fsync(file.get()) != 0) return failed(path);
    return {};
}

}  // namespace

PosixVaultFiles::PosixVaultFiles(std::filesystem::path folder) : folder_(std::move(folder)) {}

std::filesystem::path PosixVaultFiles::path_of(VaultCopy copy) const {
    return folder_ / (copy == VaultCopy::a ? "vault.a" : "vault.b");
}

Result<std::unique_ptr<VaultFiles::Lock>> PosixVaultFiles::lock() {
    const std::filesystem::path path = folder_ / "vault.lock";
    File file{::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600)};
    if (!file.is_open()) return failed(path);
    while (::flock(file.get(), LOCK_EX) != 0)
        if (errno != EINTR) return failed(path);
    return std::make_unique<FileLock>(std::move(file));
}

Result<std::optional<Bytes>> PosixVaultFiles::read(VaultCopy copy) {
    const std::filesystem::path path = path_of(copy);
    const std::string name = path.filename().string();
    // Not blocking: a pipe in the file's place must not hold us up.
    const File file{::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
    if (!file.is_open() && errno == ENOENT) return std::optional<Bytes>{};
    if (!file.is_open()) return failed(path);
    struct stat facts{};
    if (::fstat(file.get(), &facts) != 0) return failed(path);
    if (!S_ISREG(facts.st_mode)) return fail(Errc::malformed, name);
    if ((facts.st_mode & 077U) != 0 || facts.st_uid != ::geteuid())
        return fail(Errc::not_permitted, name);

    Bytes content(vault_bytes_max + 1);
    std::size_t size = 0;
    while (size < content.size()) {
        const ssize_t got = ::read(file.get(), content.data() + size, content.size() - size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return failed(path);
        if (got == 0) break;
        size += static_cast<std::size_t>(got);
    }
    if (size > vault_bytes_max) return fail(Errc::limit_exceeded, name);
    content.resize(size);
    return content;
}

Result<void> PosixVaultFiles::write(VaultCopy copy, ByteView content) {
    const std::filesystem::path path = path_of(copy);
    std::filesystem::path fresh = path;
    fresh += ".new";
    ::unlink(fresh.c_str());  // of a run that crashed; the next call says if it could not
    const File old = opened_for_replacing(path);
    const auto written = write_new(fresh, content);
    if (!written) {
        ::unlink(fresh.c_str());
        // Nobody may be locked out because the disk is full: the blocks that are there will do.
        if (written.error().code == Errc::disk_full && old.is_open())
            return overwrite(old, content, path);
        return fail(written.error().code, path.filename().string());
    }
    if (::rename(fresh.c_str(), path.c_str()) != 0) {
        const auto error = failed(path);
        ::unlink(fresh.c_str());
        return error;
    }
    SAMSYN_TRY(sync_folder(folder_, path));
    scrub(old);
    return {};
}

Result<void> PosixVaultFiles::remove(VaultCopy copy) {
    const std::filesystem::path path = path_of(copy);
    const File old = opened_for_replacing(path);
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) return failed(path);
    SAMSYN_TRY(sync_folder(folder_, path));
    scrub(old);
    return {};
}

}  // namespace samsyn
