#include "client-sdk/agent/private_file.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace samsyn {

namespace {

/// Owns a descriptor.
class File {
public:
    explicit File(int descriptor) : descriptor_(descriptor) {}

    ~File() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }

    File(const File&) = delete;
    File& operator=(const File&) = delete;

    int get() const { return descriptor_; }

    bool is_open() const { return descriptor_ >= 0; }

private:
    int descriptor_;
};

/// The one place where errno becomes ours.
std::unexpected<Error> failed(const std::filesystem::path& path) {
    const std::string name = path.filename().string();
    switch (errno) {
        case ENOENT:
            return fail(Errc::not_found, name);
        case EEXIST:
            return fail(Errc::already_exists, name);
        case ENOSPC:
        case EDQUOT:
            return fail(Errc::disk_full, name);
        case EACCES:
        case EPERM:
        case ELOOP:
            return fail(Errc::not_permitted, name);
        default:
            return fail(Errc::system_failed, name);
    }
}

Result<void> write_all(int descriptor,
                       std::string_view content,
                       const std::filesystem::path& path) {
    while (!content.empty()) {
        const ssize_t written = ::write(descriptor, content.data(), content.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return failed(path);
        content.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

/// So that a new name outlives a power cut.
Result<void> sync_folder_of(const std::filesystem::path& path) {
    const std::filesystem::path parent = path.has_parent_path() ? path.parent_path() : ".";
    const File folder{::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (!folder.is_open() || ::fsync(folder.get()) != 0) return failed(path);
    return {};
}

Result<void> write_by_rename(const std::filesystem::path& path,
                             std::string_view content,
                             unsigned rename_flags) {
    std::filesystem::path fresh = path;
    fresh += ".new";
    ::unlink(fresh.c_str());  // of a run that crashed; the next call says if it could not
    {
        const File file{
            ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600)};
        if (!file.is_open()) return failed(path);
        SAMSYN_TRY(write_all(file.get(), content, path));
        if (::fsync(file.get()) != 0) return failed(path);
    }
    if (::renameat2(AT_FDCWD, fresh.c_str(), AT_FDCWD, path.c_str(), rename_flags) != 0) {
        const auto error = failed(path);
        ::unlink(fresh.c_str());
        return error;
    }
    return sync_folder_of(path);
}

}  // namespace

Result<void> write_private_file(const std::filesystem::path& path, std::string_view content) {
    return write_by_rename(path, content, 0);
}

Result<void> create_private_file(const std::filesystem::path& path, std::string_view content) {
    return write_by_rename(path, content, RENAME_NOREPLACE);
}

Result<std::string> read_whole_file(const std::filesystem::path& path,
                                    std::size_t bytes_max,
                                    FileSecrecy secrecy) {
    // Not blocking: a pipe in the file's place must not hold us up.
    const File file{::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
    if (!file.is_open()) return failed(path);
    struct stat facts{};
    if (::fstat(file.get(), &facts) != 0) return failed(path);
    const std::string name = path.filename().string();
    if (!S_ISREG(facts.st_mode)) return fail(Errc::malformed, name);
    const bool exposed = (facts.st_mode & 077U) != 0 || facts.st_uid != ::geteuid();
    if (secrecy == FileSecrecy::secret && exposed) return fail(Errc::not_permitted, name);

    std::string content(bytes_max + 1, '\0');
    std::size_t size = 0;
    while (size < content.size()) {
        const ssize_t got = ::read(file.get(), content.data() + size, content.size() - size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return failed(path);
        if (got == 0) break;
        size += static_cast<std::size_t>(got);
    }
    if (size > bytes_max) return fail(Errc::limit_exceeded, name);
    content.resize(size);
    return content;
}

// --- By and by -----------------------------------------------------------------------------------

Result<FileReader> FileReader::open(const std::filesystem::path& path) {
    // Not blocking: a pipe in the file's place must not hold us up.
    FileReader file{::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC),
                    path.filename().string()};
    if (file.descriptor_ < 0) return failed(path);
    struct stat facts{};
    if (::fstat(file.descriptor_, &facts) != 0) return failed(path);
    if (!S_ISREG(facts.st_mode)) return fail(Errc::malformed, file.name_);
    file.size_ = static_cast<std::uint64_t>(facts.st_size);
    return file;
}

FileReader::FileReader(FileReader&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      name_(std::move(other.name_)),
      size_(other.size_) {}

FileReader& FileReader::operator=(FileReader&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    std::swap(name_, other.name_);
    std::swap(size_, other.size_);
    return *this;
}

FileReader::~FileReader() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

Result<Bytes> FileReader::read(std::size_t bytes_max) {
    Bytes bytes(bytes_max);
    std::size_t size = 0;
    while (size < bytes.size()) {
        const ssize_t got = ::read(descriptor_, bytes.data() + size, bytes.size() - size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return failed(name_);
        if (got == 0) break;
        size += static_cast<std::size_t>(got);
    }
    bytes.resize(size);
    return bytes;
}

Result<FileWriter> FileWriter::create(const std::filesystem::path& path) {
    struct stat facts{};
    if (::lstat(path.c_str(), &facts) == 0)
        return fail(Errc::already_exists, path.filename().string());
    std::string part = path.string() + ".XXXXXX";  // mode 0600, and nobody else's
    const int descriptor = ::mkostemp(part.data(), O_CLOEXEC);
    if (descriptor < 0) return failed(path);
    return FileWriter{descriptor, part, path};
}

FileWriter::FileWriter(FileWriter&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      part_(std::exchange(other.part_, {})),
      path_(std::move(other.path_)) {}

FileWriter::~FileWriter() {
    if (descriptor_ >= 0) ::close(descriptor_);
    if (!part_.empty()) ::unlink(part_.c_str());
}

Result<void> FileWriter::write(ByteView bytes) {
    return write_all(descriptor_, as_text(bytes), path_);
}

Result<void> FileWriter::finish() {
    if (::fsync(descriptor_) != 0) return failed(path_);
    if (::renameat2(AT_FDCWD, part_.c_str(), AT_FDCWD, path_.c_str(), RENAME_NOREPLACE) != 0)
        return failed(path_);
    part_.clear();
    return sync_folder_of(path_);
}

}  // namespace samsyn
