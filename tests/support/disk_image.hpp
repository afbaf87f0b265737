#pragma once

#include "core/base/bytes.hpp"
#include "tests/support/dice.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace samsyn {

/// The bytes of one file in shared chunks: copying costs a pointer a chunk, and writing copies only
/// the chunks that it changes. What was never written reads as zero.
class FileContent {
public:
    std::uint64_t size() const { return size_; }

    void read(std::uint64_t offset, std::span<std::byte> target) const;
    void write(std::uint64_t offset, ByteView bytes);
    void resize(std::uint64_t size);

private:
    static constexpr std::size_t chunk_size = 4096;
    using Chunk = std::array<std::byte, chunk_size>;

    Chunk& own_chunk(std::size_t index);

    std::vector<std::shared_ptr<Chunk>> chunks_;
    std::uint64_t size_ = 0;
};

/// What a disk holds and what its cache holds: a value, cheap to copy, so that a test can ask at
/// any moment what a power cut would have left.
///
/// **Contents.** A write or a truncation is in the cache until `sync` of that file. A cut decides
/// for each unsynced write, cut into sectors, on its own: kept, dropped, torn (the first or the
/// last bytes are new, the rest is old), filled with garbage, or, beyond the durable end,
/// zeroes. So later writes survive earlier ones, in one file and between files. Of truncations,
/// which a file system journals, a first part survives. Bytes outside a write are never touched:
/// SQLite's POWERSAFE_OVERWRITE.
///
/// **Names.** Creating and deleting are in the cache until `sync_folder`; a cut keeps, for each
/// name on its own, a first part of them. Syncing a file does not make its name durable, though
/// some file systems do that.
class DiskImage {
public:
    using FileId = std::uint32_t;

    explicit DiskImage(std::uint32_t sector_size) : sector_size_(sector_size) {}

    std::uint32_t sector_size() const { return sector_size_; }

    std::optional<FileId> find(const std::string& name) const;
    FileId create(const std::string& name);
    void remove(const std::string& name);
    void sync_folder();

    const FileContent& content(FileId file) const { return files_.at(file).cached; }

    void write(FileId file, std::uint64_t offset, ByteView bytes);
    void truncate(FileId file, std::uint64_t size);
    void sync(FileId file);

    /// A failed `fsync` as Linux has it: what was unsynced is taken for clean, so that no later
    /// sync writes it. A seed decides what had reached the disk; the cache still shows all of it.
    void lose_unsynced(FileId file, std::uint64_t seed);

    /// Forgets what `lose_unsynced` left in the cache alone: reading shows the disk again.
    void evict_lost();

    /// Bytes of all files that have a name.
    std::uint64_t used() const;

    /// The files that have a name, for messages and for tests that damage one.
    std::vector<std::string> names() const;

    /// What is on the disk after a power cut: all of it durable. The same for the same seed.
    DiskImage after_power_cut(std::uint64_t seed) const;

private:
    struct Change {
        enum class Kind : std::uint8_t { write, truncate } kind{};
        std::uint64_t offset = 0;                 ///< of a write; the new size of a truncation
        std::shared_ptr<const Bytes> bytes = {};  ///< of a write
    };

    struct File {
        FileContent durable;
        FileContent cached;
        std::vector<Change> unsynced = {};
        bool lost = false;  ///< the cache shows what no sync will write
    };

    struct NameChange {
        std::string name;
        std::optional<FileId> file;  ///< nothing: deleted
    };

    static void apply(FileContent& content, const Change& change);
    FileContent after_cut(const File& file, Dice& dice) const;

    std::uint32_t sector_size_;
    FileId next_file_ = 1;
    std::map<FileId, File> files_ = {};
    std::map<std::string, FileId> durable_names_ = {};
    std::map<std::string, FileId> cached_names_ = {};
    std::vector<NameChange> unsynced_names_ = {};
};

}  // namespace samsyn
