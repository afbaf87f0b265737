#include "sync-server/app/unfinished.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <optional>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace samsyn {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view unfinished_name = ".samsyn-unfinished";
constexpr std::size_t random_letters = 6;  // of mkdtemp, behind a hyphen
constexpr std::chrono::hours left_after{24};
constexpr int attempts = 8;

fs::path folder_of(const fs::path& path) {
    return path.has_parent_path() ? path.parent_path() : fs::path{"."};
}

bool is_at(const fs::path& path, int descriptor) {
    struct stat named{};
    struct stat open{};

    return ::lstat(path.c_str(), &named) == 0 && ::fstat(descriptor, &open) == 0 &&
           named.st_ino == open.st_ino && named.st_dev == open.st_dev;
}

/// Locks what we have just made. Whoever holds it meanwhile looks for leftovers: false where it
/// went as one.
bool hold(const fs::path& path, const Descriptor& made) {
    while (::flock(made.number(), LOCK_EX) != 0 && errno == EINTR) {
    }
    return is_at(path, made.number());
}

bool has_unfinished_name(const std::string& name, bool is_folder) {
    if (!is_folder) return name.ends_with(unfinished_name);
    if (name.size() <= random_letters + 1) return false;
    const std::size_t hyphen = name.size() - random_letters - 1;
    return name[hyphen] == '-' &&
           std::string_view{name}.substr(0, hyphen).ends_with(unfinished_name);
}

/// When something in it was last written.
fs::file_time_type last_write(const fs::path& path) {
    std::error_code ec;
    auto newest = fs::last_write_time(path, ec);
    if (ec) return fs::file_time_type::max();
    for (fs::directory_iterator at{path, ec}, end; !ec && at != end; at.increment(ec)) {
        std::error_code gone;
        const auto written = at->last_write_time(gone);
        if (!gone) newest = std::max(newest, written);
    }
    return newest;
}

bool is_old(const fs::path& path) {
    return last_write(path) < fs::file_time_type::clock::now() - left_after;
}

/// The lock on a leftover; none where somebody makes it, or it is not ours.
std::optional<Descriptor> take_left(const fs::path& path) {
    struct stat facts{};

    if (::lstat(path.c_str(), &facts) != 0 || facts.st_uid != ::geteuid()) return std::nullopt;
    const bool is_folder = S_ISDIR(facts.st_mode);
    if (!is_folder && !S_ISREG(facts.st_mode)) return std::nullopt;
    if (!has_unfinished_name(path.filename(), is_folder)) return std::nullopt;
    const int how = is_folder ? O_RDONLY | O_DIRECTORY : O_RDWR;
    Descriptor lock{::open(path.c_str(), how | O_NOFOLLOW | O_CLOEXEC)};
    if (!lock || !is_at(path, lock.number())) return std::nullopt;
    if (::flock(lock.number(), LOCK_EX | LOCK_NB) == 0) return lock;
    if (errno == EWOULDBLOCK || !is_old(path)) return std::nullopt;
    return lock;
}

/// Calls `each` with every leftover while it is locked.
template <class Each>
void for_each_leftover(const fs::path& folder, Each each) {
    std::error_code ec;
    const fs::path in = folder.empty() ? fs::path{"."} : folder;
    for (fs::directory_iterator at{in, ec}, end; !ec && at != end; at.increment(ec))
        if (const auto lock = take_left(at->path())) each(at->path());
}

bool write_at(int descriptor, std::optional<std::uint64_t> at, ByteView bytes) {
    while (!bytes.empty()) {
        const ssize_t written =
            at ? ::pwrite(descriptor, bytes.data(), bytes.size(), static_cast<off_t>(*at))
               : ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        bytes = bytes.subspan(static_cast<std::size_t>(written));
        if (at) *at += static_cast<std::uint64_t>(written);
    }
    return true;
}

}  // namespace

bool sync_folder(const fs::path& folder) {
    const Descriptor open{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    return open && ::fsync(open.number()) == 0;
}

std::vector<fs::path> leftovers(const fs::path& folder) {
    std::vector<fs::path> found;
    for_each_leftover(folder, [&](const fs::path& path) { found.push_back(path); });
    std::ranges::sort(found);
    return found;
}

void remove_leftovers(const fs::path& folder) {
    for_each_leftover(folder, [](const fs::path& path) {
        std::error_code ignored;
        fs::remove_all(path, ignored);
    });
}

Descriptor::Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
}

Descriptor::~Descriptor() {
    if (number_ >= 0) ::close(number_);
}

UnfinishedFile::UnfinishedFile(fs::path target)
    : target_(std::move(target)),
      path_(target_.string().append(unfinished_name)) {
    for (int i = 0; i < attempts; ++i) {
        if (const auto left = take_left(path_)) ::unlink(path_.c_str());
        file_ = Descriptor{::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
        if (!file_) return;  // somebody makes it, or the disk says no
        if (hold(path_, file_)) return;
    }
    file_ = Descriptor{};
}

UnfinishedFile::~UnfinishedFile() {
    if (file_ && !gone_) ::unlink(path_.c_str());
}

bool UnfinishedFile::write(ByteView bytes) {
    return file_ && write_at(file_.number(), std::nullopt, bytes);
}

bool UnfinishedFile::rewrite(std::uint64_t at, ByteView bytes) {
    return file_ && write_at(file_.number(), at, bytes);
}

bool UnfinishedFile::is_whole() const {
    return file_ && ::fsync(file_.number()) == 0;
}

bool UnfinishedFile::keep() {
    if (!is_whole() || std::rename(path_.c_str(), target_.c_str()) != 0) return false;
    gone_ = true;
    return sync_folder(folder_of(target_));
}

/// A second name is refused where one is; a rename is the way of disks that have no second names.
UnfinishedFile::Kept UnfinishedFile::keep_new() {
    if (!is_whole()) return Kept::no;
    if (::link(path_.c_str(), target_.c_str()) == 0) {
        gone_ = ::unlink(path_.c_str()) == 0;
    } else if (errno == EEXIST) {
        return Kept::taken;
    } else {
        const int renamed =
            ::renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, target_.c_str(), RENAME_NOREPLACE);
        if (renamed != 0) return errno == EEXIST ? Kept::taken : Kept::no;
        gone_ = true;
    }
    return sync_folder(folder_of(target_)) ? Kept::yes : Kept::no;
}

Fallible<UnfinishedFolder> UnfinishedFolder::make(const fs::path& target) {
    std::error_code ec;
    std::string place = fs::absolute(target, ec).lexically_normal().string();
    while (place.size() > 1 && place.ends_with('/')) place.pop_back();
    remove_leftovers(folder_of(place));
    for (int i = 0; i < attempts; ++i) {
        std::string path = place;
        path.append(unfinished_name).append("-").append(random_letters, 'X');
        if (::mkdtemp(path.data()) == nullptr) break;  // 0700
        Descriptor lock{::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
        if (lock && hold(path, lock)) return UnfinishedFolder{place, path, std::move(lock)};
    }
    return give_up(ServerExit::disk,
                   "No folder can be made beside " + target.string() +
                       ". Does the folder above exist, and is it yours?");
}

UnfinishedFolder::UnfinishedFolder(fs::path target, fs::path path, Descriptor lock)
    : target_(std::move(target)),
      path_(std::move(path)),
      lock_(std::move(lock)) {}

UnfinishedFolder::UnfinishedFolder(UnfinishedFolder&& other) noexcept
    : target_(std::move(other.target_)),
      path_(std::exchange(other.path_, fs::path{})),
      lock_(std::move(other.lock_)) {}

UnfinishedFolder::~UnfinishedFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
}

Fallible<void> UnfinishedFolder::keep() {
    std::error_code ec;
    const bool whole = ::fsync(lock_.number()) == 0;
    if (whole) fs::rename(path_, target_, ec);
    if (!whole || ec) return give_up(ServerExit::disk, target_.string() + " cannot be made.");
    if (sync_folder(folder_of(target_))) {
        path_.clear();
        return {};
    }
    fs::rename(target_, path_, ec);
    if (ec) path_.clear();
    return give_up(ServerExit::disk,
                   target_.string() + " cannot be made: its name would not last.");
}

}  // namespace samsyn
