#pragma once

#include "core/base/bytes.hpp"
#include "sync-server/app/failure.hpp"

#include <filesystem>
#include <vector>

namespace samsyn {

// What is being made has a name that says so, beside its place: NAME.samsyn-unfinished, or
// NAME.samsyn-unfinished-XXXXXX for a folder. Whoever makes it holds a lock on it, which the kernel
// takes away from a process that is killed: what nobody holds is left over and goes.

/// Makes names that were added to a folder, or went from it, last through a power cut.
[[nodiscard]] bool sync_folder(const std::filesystem::path& folder);

/// What killed processes of this user have left in a folder. Where the folder's disk knows no
/// locks: what is older than a day.
std::vector<std::filesystem::path> leftovers(const std::filesystem::path& folder);

/// Removes them; what cannot be removed stays.
void remove_leftovers(const std::filesystem::path& folder);

/// An open descriptor.
class Descriptor {
public:
    explicit Descriptor(int number = -1) : number_(number) {}

    Descriptor(Descriptor&& other) noexcept;
    Descriptor& operator=(Descriptor&& other) noexcept;
    ~Descriptor();

    int number() const { return number_; }

    explicit operator bool() const { return number_ >= 0; }

private:
    int number_;
};

/// A file (0600) that appears at its place whole or not at all, and is gone unless it was kept.
class UnfinishedFile {
public:
    explicit UnfinishedFile(std::filesystem::path target);
    UnfinishedFile(const UnfinishedFile&) = delete;
    UnfinishedFile& operator=(const UnfinishedFile&) = delete;
    ~UnfinishedFile();

    // False, here and below, where the disk does not take it.

    [[nodiscard]] bool write(ByteView bytes);

    /// Over what was written `at` the beginning plus so many bytes.
    [[nodiscard]] bool rewrite(std::uint64_t at, ByteView bytes);

    /// Puts it in its place, whatever is there, for good.
    [[nodiscard]] bool keep();

    enum class Kept : std::uint8_t { yes, taken, no };

    /// The same, unless something is there: then that stays.
    [[nodiscard]] Kept keep_new();

private:
    bool is_whole() const;

    std::filesystem::path target_;
    std::filesystem::path path_;
    Descriptor file_;
    bool gone_ = false;  ///< from its first name
};

/// A folder of our own (0700) beside `target`, gone with this object unless it was kept.
class UnfinishedFolder {
public:
    /// Removes what is left over there first. Exit `disk`.
    static Fallible<UnfinishedFolder> make(const std::filesystem::path& target);
    UnfinishedFolder(UnfinishedFolder&& other) noexcept;
    UnfinishedFolder& operator=(UnfinishedFolder&&) = delete;
    ~UnfinishedFolder();

    const std::filesystem::path& path() const { return path_; }

    /// Puts it in its place, for good; an empty folder there gives way. Exit `disk`: then nothing
    /// is there.
    Fallible<void> keep();

private:
    UnfinishedFolder(std::filesystem::path target, std::filesystem::path path, Descriptor lock);

    std::filesystem::path target_;
    std::filesystem::path path_;
    Descriptor lock_;
};

}  // namespace samsyn
