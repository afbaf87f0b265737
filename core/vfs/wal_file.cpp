#include "core/vfs/sealed_file.hpp"

#include <algorithm>

namespace samsyn {

namespace {

// As SQLite sees the log, and as it lies on the disk.
constexpr std::int64_t header_plain = 32;
constexpr std::int64_t frame_header_plain = 24;
constexpr std::int64_t frame_plain = frame_header_plain + static_cast<std::int64_t>(page_size);
constexpr std::int64_t overhead = PageCipher::overhead;
constexpr std::int64_t header_sealed = header_plain + overhead;
constexpr std::int64_t frame_header_sealed = frame_header_plain + overhead;
constexpr std::int64_t frame_sealed = frame_header_sealed + static_cast<std::int64_t>(page_size);

static_assert(header_sealed == 72 && frame_header_sealed == 64);

/// One sealed piece of the log and where an offset of SQLite's lies in it.
struct Part {
    PageClass page_class{};
    std::uint64_t frame = 0;  ///< from 1; 0: the header of the log
    std::int64_t at = 0;      ///< on the disk
    std::size_t size = 0;     ///< as SQLite sees it
    std::size_t within = 0;   ///< offset inside
};

Part locate(std::int64_t offset) {
    if (offset < header_plain)
        return {PageClass::wal_header, 0, 0, header_plain, static_cast<std::size_t>(offset)};
    const std::int64_t frame = (offset - header_plain) / frame_plain;
    const std::int64_t within = (offset - header_plain) % frame_plain;
    const std::int64_t at = header_sealed + frame * frame_sealed;
    const auto number = static_cast<std::uint64_t>(frame) + 1;
    if (within < frame_header_plain)
        return {
            PageClass::wal_frame, number, at, frame_header_plain, static_cast<std::size_t>(within)};
    return {PageClass::wal_page,
            number,
            at + frame_header_sealed,
            page_size,
            static_cast<std::size_t>(within - frame_header_plain)};
}

/// The write-ahead log. Each header written at its start begins a new generation, which every
/// piece after it is sealed for: what is left of an older log does not open.
class WalFile final : public SealedFile {
public:
    using SealedFile::SealedFile;

    int read(std::span<std::byte> out, std::int64_t offset) override;
    int write(ByteView data, std::int64_t offset) override;
    int truncate(std::int64_t size) override;
    int sync(int flags) override;
    int size(std::int64_t& out) override;

    int control(int operation, void* argument) override {
        if (operation == SQLITE_FCNTL_SIZE_HINT || operation == SQLITE_FCNTL_CHUNK_SIZE)
            return SQLITE_OK;
        return lower_.control(operation, argument);
    }

private:
    PagePlace place(const Part& part) const { return {part.page_class, generation_, part.frame}; }

    Piece read_whole(const Part& part, std::span<std::byte> out);
    int read_part(const Part& part, std::span<std::byte> out);
    int recover_header(std::span<std::byte> out);
    int recover_frame(const Part& header, std::span<std::byte> out);

    std::uint64_t generation_ = vfs_.generation() + 1;

    /// From the reading of the header to the first write: SQLite finds out what the log holds.
    bool recovering_ = false;
};

int WalFile::read(std::span<std::byte> out, std::int64_t offset) {
    if (offset == 0 && out.size() == header_plain) return recover_header(out);
    const Part first = locate(offset);
    if (recovering_ && first.page_class == PageClass::wal_frame && first.within == 0 &&
        out.size() == static_cast<std::size_t>(frame_plain))
        return recover_frame(first, out);
    while (!out.empty()) {
        const Part part = locate(offset);
        const auto target = out.first(std::min(out.size(), part.size - part.within));
        if (const int code = read_part(part, target); code != SQLITE_OK) return code;
        out = out.subspan(target.size());
        offset += static_cast<std::int64_t>(target.size());
    }
    return SQLITE_OK;
}

SealedFile::Piece WalFile::read_whole(const Part& part, std::span<std::byte> out) {
    if (part.page_class == PageClass::wal_page) return read_page(place(part), out, part.at);
    return read_piece(place(part), out, part.at);
}

/// What SQLite knows to be there must be there.
int WalFile::read_part(const Part& part, std::span<std::byte> out) {
    const bool whole = out.size() == part.size;
    const auto target = whole ? out : std::span{plain_page()}.first(part.size);
    const Piece piece = read_whole(part, target);
    if (!whole) {
        std::ranges::copy(target.subspan(part.within, out.size()), out.begin());
        wipe(target);
    }
    if (piece.good()) return SQLITE_OK;
    if (piece.code != SQLITE_OK && piece.code != SQLITE_IOERR_SHORT_READ) return piece.code;
    return vfs_.refuse(SQLITE_IOERR_DATA,
                       Errc::malformed,
                       "journal: frame " + std::to_string(part.frame) + " is damaged");
}

/// The header of another generation, or a torn one, reads as zeroes: SQLite takes the log for
/// empty, and the database holds everything that it ever held.
int WalFile::recover_header(std::span<std::byte> out) {
    recovering_ = true;
    const Piece piece = read_whole(locate(0), out);
    if (piece.code != SQLITE_OK && piece.code != SQLITE_IOERR_SHORT_READ) return piece.code;
    vfs_.log_is_live = piece.good();
    return SQLITE_OK;
}

/// A torn tail is no error: it reads as zeroes, which no checksum of SQLite's fits.
int WalFile::recover_frame(const Part& header, std::span<std::byte> out) {
    const auto head = out.first(header.size);
    const auto page = out.subspan(header.size);
    Piece piece = read_whole(header, head);
    if (piece.good())
        piece = read_whole(
            locate(header_plain + static_cast<std::int64_t>(header.frame - 1) * frame_plain +
                   frame_header_plain),
            page);
    if (piece.code != SQLITE_OK && piece.code != SQLITE_IOERR_SHORT_READ) return piece.code;
    if (!piece.good()) std::ranges::fill(out, std::byte{0});
    return SQLITE_OK;
}

int WalFile::write(ByteView data, std::int64_t offset) {
    if (vfs_.poisoned) return vfs_.refuse_poisoned();
    recovering_ = false;
    const Part part = locate(offset);
    const bool is_page = part.page_class == PageClass::wal_page;
    if (part.within != 0 || data.size() != part.size || (is_page && !reserved_is_zero(data)))
        return vfs_.refuse(
            SQLITE_IOERR_WRITE, Errc::storage_failed, "journal: pages are not as agreed");
    if (part.page_class == PageClass::wal_header) generation_ = vfs_.generation() + 1;
    // The table says that everything up to its generation is in the database: a frame more of such
    // a log would be lost. SQLite begins a new one here; should it not, better an error.
    else if (vfs_.table && !vfs_.log_is_live)
        return vfs_.refuse(
            SQLITE_IOERR_WRITE, Errc::storage_failed, "journal: goes on after its end");
    const int code = write_piece(place(part), is_page ? data.first(page_plain) : data, part.at);
    if (part.page_class == PageClass::wal_header) vfs_.log_is_live = code == SQLITE_OK;
    return code;
}

int WalFile::truncate(std::int64_t size) {
    if (vfs_.poisoned) return vfs_.refuse_poisoned();
    if (size < header_plain) return lower_.truncate(0);
    return lower_.truncate(header_sealed + (size - header_plain) / frame_plain * frame_sealed);
}

int WalFile::sync(int flags) {
    if (vfs_.poisoned) return vfs_.refuse_poisoned();
    const int code = lower_.sync(flags);
    if (code != SQLITE_OK) vfs_.poisoned = true;
    return code;
}

int WalFile::size(std::int64_t& out) {
    std::int64_t bytes = 0;
    const int code = lower_.size(bytes);
    out = bytes < header_sealed
              ? 0
              : header_plain + (bytes - header_sealed) / frame_sealed * frame_plain;
    return code;
}

}  // namespace

std::unique_ptr<SealedFile> make_wal_file(VfsState& vfs) {
    return std::make_unique<WalFile>(vfs);
}

}  // namespace samsyn
