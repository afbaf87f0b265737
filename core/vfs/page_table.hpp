#pragma once

#include "core/vfs/lower_file.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace samsyn {

struct VfsState;

/// Which sealing of each page is the newest: the first bytes of its tag, and up to which generation
/// of the write-ahead log the database holds everything. An older page authenticates, since it was
/// sealed for its place; this is what gives it away.
///
/// Two files beside the database, `<database>-pages0` and `-pages1`, written in turn: a torn write
/// leaves the other. Each is one sealed record; the greater sequence counts. See docs/STORAGE.md.
class PageTable {
public:
    enum class Found : std::uint8_t { none, damaged, valid };

    PageTable(VfsState& vfs, const std::string& database);

    /// Reads the newest valid record. An error code only where the VFS below fails.
    int load(Found& found);

    /// Makes a record of what is in memory durable, with `generation` as that of the log. On
    /// failure the former record still counts, or, where even that is unknown, `poisoned` is set.
    int save(std::uint64_t generation);

    /// Removes both files.
    int discard();

    /// Of the last log that the database holds completely.
    std::uint64_t generation() const { return generation_; }

    std::uint64_t page_count() const { return tags_.size(); }

    /// Pages are numbered from 1; `page` is at most `page_count()`.
    bool is_newest(std::uint64_t page, ByteView tag) const { return tags_[page - 1] == head(tag); }

    /// `page` is at most one more than `page_count()`.
    void put(std::uint64_t page, ByteView tag);

    void shrink(std::uint64_t pages) { tags_.resize(pages); }

    static constexpr std::uint64_t pages_max = 1ULL << 24;  ///< 64 GiB of database

private:
    static constexpr std::size_t head_size = 8;
    static constexpr std::size_t fixed_size = 4 + 4 + 8 + 8;

    struct Record {
        std::uint64_t sequence = 0;
        std::uint64_t generation = 0;
        std::vector<std::uint64_t> tags;
    };

    static std::uint64_t head(ByteView tag);
    int load_slot(unsigned slot, std::optional<Record>& record, bool& exists);
    std::optional<Record> decode(unsigned slot, ByteView sealed);
    Bytes encode(std::uint64_t generation) const;
    int open_slot(unsigned slot);
    int write_slot(unsigned slot, ByteView plain);
    int spoil(unsigned slot, int code);

    VfsState& vfs_;
    std::array<std::string, 2> names_;
    std::array<LowerFile, 2> slots_;
    std::uint64_t sequence_ = 0;
    std::uint64_t generation_ = 0;
    std::vector<std::uint64_t> tags_;
};

}  // namespace samsyn
