#include "core/vfs/page_table.hpp"

#include "core/base/codec.hpp"
#include "core/vfs/vfs_state.hpp"

namespace samsyn {

namespace {

constexpr std::uint32_t table_format = 1;

// As a journal that may be new: unix then takes the rights of the database, syncs the folder with
// the first sync and takes no locks.
constexpr int slot_flags = SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;

/// Room for a few pages more: a record of the size of the last one is written over it in place,
/// and its sync need not wait for the file system's own journal.
constexpr std::size_t padded(std::size_t pages) {
    constexpr std::size_t step = 512;
    return (pages + step - 1) / step * step;
}

PagePlace place_of(unsigned slot) {
    return {PageClass::page_table, 0, slot};
}

}  // namespace

PageTable::PageTable(VfsState& vfs, const std::string& database)
    : vfs_(vfs),
      names_{database + "-pages0", database + "-pages1"},
      slots_{LowerFile{vfs.lower}, LowerFile{vfs.lower}} {}

std::uint64_t PageTable::head(ByteView tag) {
    std::uint64_t head = 0;
    std::memcpy(&head, tag.data(), head_size);
    return head;
}

void PageTable::put(std::uint64_t page, ByteView tag) {
    if (page > tags_.size()) tags_.push_back(head(tag));
    tags_[page - 1] = head(tag);
}

int PageTable::load(Found& found) {
    found = Found::none;
    std::optional<Record> newest;
    for (unsigned slot = 0; slot < 2; ++slot) {
        std::optional<Record> record;
        bool exists = false;
        if (const int code = load_slot(slot, record, exists); code != SQLITE_OK) return code;
        if (exists && found == Found::none) found = Found::damaged;
        if (record && record->sequence % 2 != slot) continue;
        if (record && (!newest || newest->sequence < record->sequence)) newest = std::move(record);
    }
    if (!newest) return SQLITE_OK;
    found = Found::valid;
    // A process killed before the sync left it in the cache alone; the log that it makes void must
    // not be overwritten before it is on the disk.
    const int code = slots_[newest->sequence % 2].sync(SQLITE_SYNC_NORMAL);
    if (code != SQLITE_OK) return code;
    sequence_ = newest->sequence;
    generation_ = newest->generation;
    tags_ = std::move(newest->tags);
    return SQLITE_OK;
}

int PageTable::load_slot(unsigned slot, std::optional<Record>& record, bool& exists) {
    int there = 0;
    int code = vfs_.lower->xAccess(vfs_.lower, names_[slot].c_str(), SQLITE_ACCESS_EXISTS, &there);
    exists = there != 0;
    if (code != SQLITE_OK || !exists) return code;
    if (code = open_slot(slot); code != SQLITE_OK) return code;
    std::int64_t size = 0;
    if (code = slots_[slot].size(size); code != SQLITE_OK) return code;
    constexpr std::size_t smallest = fixed_size + PageCipher::overhead;
    constexpr std::size_t greatest = smallest + head_size * pages_max;
    const auto bytes = static_cast<std::size_t>(size);
    if (bytes < smallest || bytes > greatest) return SQLITE_OK;
    Bytes sealed(bytes);
    code = slots_[slot].read(sealed, 0);
    if (code == SQLITE_IOERR_SHORT_READ) return SQLITE_OK;
    if (code == SQLITE_OK) record = decode(slot, sealed);
    return code;
}

std::optional<PageTable::Record> PageTable::decode(unsigned slot, ByteView sealed) {
    Bytes plain(sealed.size() - PageCipher::overhead);
    if (!vfs_.open(place_of(slot), sealed, plain)) return std::nullopt;
    Reader in{plain};
    const auto format = in.number<std::uint32_t>("format");
    const auto count = in.number<std::uint32_t>("pages");
    const auto sequence = in.number<std::uint64_t>("sequence");
    const auto generation = in.number<std::uint64_t>("generation");
    if (!generation || *format != table_format || in.rest().size() != padded(*count) * head_size)
        return std::nullopt;
    Record record{*sequence, *generation, std::vector<std::uint64_t>(*count)};
    if (*count > 0) std::memcpy(record.tags.data(), in.rest().data(), *count * head_size);
    return record;
}

Bytes PageTable::encode(std::uint64_t generation) const {
    Writer out;
    out.number(table_format);
    out.number(static_cast<std::uint32_t>(tags_.size()));
    out.number(sequence_ + 1);
    out.number(generation);
    out.raw(std::as_bytes(std::span{tags_}));
    out.raw(Bytes((padded(tags_.size()) - tags_.size()) * head_size));
    return std::move(out).take();
}

int PageTable::save(std::uint64_t generation) {
    const auto slot = static_cast<unsigned>((sequence_ + 1) % 2);
    if (const int code = write_slot(slot, encode(generation)); code != SQLITE_OK) return code;
    ++sequence_;
    generation_ = generation;
    return SQLITE_OK;
}

int PageTable::write_slot(unsigned slot, ByteView plain) {
    if (!slots_[slot].is_open()) {
        const int opened = open_slot(slot);
        if (opened != SQLITE_OK) return opened;
    }
    Bytes sealed(plain.size() + PageCipher::overhead);
    vfs_.seal(place_of(slot), plain, sealed);
    std::int64_t size = 0;
    int code = slots_[slot].size(size);
    const auto wanted = static_cast<std::int64_t>(sealed.size());
    if (code == SQLITE_OK && size > wanted) code = slots_[slot].truncate(wanted);
    if (code == SQLITE_OK) code = slots_[slot].write(sealed, 0);
    if (code != SQLITE_OK) return spoil(slot, code);
    code = slots_[slot].sync(SQLITE_SYNC_NORMAL);
    if (code != SQLITE_OK) vfs_.poisoned = true;
    return code;
}

/// A record that failed to be written might still be there whole. Then it would say after a crash
/// that the log is done with, while the log goes on: so it must be known to be gone.
int PageTable::spoil(unsigned slot, int code) {
    const bool gone =
        slots_[slot].truncate(0) == SQLITE_OK && slots_[slot].sync(SQLITE_SYNC_NORMAL) == SQLITE_OK;
    if (!gone) vfs_.poisoned = true;
    return code;
}

int PageTable::open_slot(unsigned slot) {
    return slots_[slot].open(names_[slot].c_str(), slot_flags);
}

int PageTable::discard() {
    for (unsigned slot = 0; slot < 2; ++slot) {
        slots_[slot].close();
        const int code = vfs_.lower->xDelete(vfs_.lower, names_[slot].c_str(), 0);
        if (code != SQLITE_OK && code != SQLITE_IOERR_DELETE_NOENT) return code;
    }
    return SQLITE_OK;
}

}  // namespace samsyn
