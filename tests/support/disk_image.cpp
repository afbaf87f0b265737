#include "tests/support/disk_image.hpp"

#include <algorithm>
#include <cstring>

namespace samsyn {

FileContent::Chunk& FileContent::own_chunk(std::size_t index) {
    std::shared_ptr<Chunk>& chunk = chunks_[index];
    if (!chunk)
        chunk = std::make_shared<Chunk>();
    else if (chunk.use_count() > 1)
        chunk = std::make_shared<Chunk>(*chunk);
    return *chunk;
}

void FileContent::read(std::uint64_t offset, std::span<std::byte> target) const {
    std::ranges::fill(target, std::byte{});
    if (offset >= size_) return;
    target = target.first(std::min<std::uint64_t>(target.size(), size_ - offset));
    while (!target.empty()) {
        const std::size_t within = offset % chunk_size;
        const std::size_t count = std::min(target.size(), chunk_size - within);
        const auto& chunk = chunks_[offset / chunk_size];
        if (chunk) std::memcpy(target.data(), chunk->data() + within, count);
        target = target.subspan(count);
        offset += count;
    }
}

void FileContent::write(std::uint64_t offset, ByteView bytes) {
    if (offset + bytes.size() > size_) resize(offset + bytes.size());
    while (!bytes.empty()) {
        const std::size_t within = offset % chunk_size;
        const std::size_t count = std::min(bytes.size(), chunk_size - within);
        std::memcpy(own_chunk(offset / chunk_size).data() + within, bytes.data(), count);
        bytes = bytes.subspan(count);
        offset += count;
    }
}

void FileContent::resize(std::uint64_t size) {
    if (size < size_ && size % chunk_size != 0) {
        Chunk& last = own_chunk(size / chunk_size);
        std::memset(last.data() + size % chunk_size, 0, chunk_size - size % chunk_size);
    }
    chunks_.resize((size + chunk_size - 1) / chunk_size);
    size_ = size;
}

std::optional<DiskImage::FileId> DiskImage::find(const std::string& name) const {
    const auto found = cached_names_.find(name);
    if (found == cached_names_.end()) return std::nullopt;
    return found->second;
}

DiskImage::FileId DiskImage::create(const std::string& name) {
    const FileId file = next_file_++;
    files_[file] = File{};
    cached_names_[name] = file;
    unsynced_names_.push_back({name, file});
    return file;
}

void DiskImage::remove(const std::string& name) {
    cached_names_.erase(name);
    unsynced_names_.push_back({name, std::nullopt});
}

void DiskImage::sync_folder() {
    durable_names_ = cached_names_;
    unsynced_names_.clear();
}

void DiskImage::apply(FileContent& content, const Change& change) {
    if (change.kind == Change::Kind::write)
        content.write(change.offset, *change.bytes);
    else
        content.resize(change.offset);
}

void DiskImage::write(FileId file, std::uint64_t offset, ByteView bytes) {
    File& target = files_.at(file);
    target.unsynced.push_back(
        {Change::Kind::write, offset, std::make_shared<const Bytes>(bytes.begin(), bytes.end())});
    target.cached.write(offset, bytes);
}

void DiskImage::truncate(FileId file, std::uint64_t size) {
    File& target = files_.at(file);
    target.unsynced.push_back({Change::Kind::truncate, size, {}});
    target.cached.resize(size);
}

void DiskImage::sync(FileId file) {
    File& target = files_.at(file);
    if (target.lost)
        for (const Change& change : target.unsynced) apply(target.durable, change);
    else
        target.durable = target.cached;
    target.unsynced.clear();
}

void DiskImage::lose_unsynced(FileId file, std::uint64_t seed) {
    File& target = files_.at(file);
    Dice dice{seed};
    target.durable = after_cut(target, dice);
    target.unsynced.clear();
    target.lost = true;
}

void DiskImage::evict_lost() {
    for (auto& [id, file] : files_) {
        if (!file.lost) continue;
        file.cached = file.durable;
        for (const Change& change : file.unsynced) apply(file.cached, change);
        file.lost = false;
    }
}

std::uint64_t DiskImage::used() const {
    std::uint64_t sum = 0;
    for (const auto& [name, file] : cached_names_) sum += files_.at(file).cached.size();
    return sum;
}

std::vector<std::string> DiskImage::names() const {
    std::vector<std::string> names;
    for (const auto& [name, file] : cached_names_) names.push_back(name);
    return names;
}

namespace {

/// In percent: what a cut does to one sector of a write. The rest is dropped.
struct Fates {
    unsigned keep;
    unsigned tear;
    unsigned garble;
    unsigned blank;
};

/// A cut has a mood, because a fair coin for each of forty sectors would nearly never leave all of
/// them, or all but one.
constexpr Fates moods[] = {
    {0, 0, 0, 0},
    {100, 0, 0, 0},
    {95, 2, 2, 1},
    {90, 5, 0, 0},
    {50, 10, 10, 10},
    {50, 0, 0, 0},
    {10, 5, 5, 0},
    {40, 60, 0, 0},
    {40, 0, 60, 0},
};

void write_sector(
    FileContent& content, std::uint64_t offset, ByteView bytes, const Fates& fates, Dice& dice) {
    std::uint64_t draw = dice.below(100);
    const auto falls_on = [&](unsigned share) {
        if (draw < share) return true;
        draw -= share;
        return false;
    };
    if (falls_on(fates.keep)) return content.write(offset, bytes);
    if (falls_on(fates.tear)) {
        const std::size_t cut = dice.below(bytes.size() + 1);
        if (dice.percent(50)) return content.write(offset, bytes.first(cut));
        return content.write(offset + cut, bytes.subspan(cut));
    }
    if (falls_on(fates.garble)) {
        Bytes garbage(bytes.size());
        dice.fill(garbage);
        return content.write(offset, garbage);
    }
    if (falls_on(fates.blank) && offset >= content.size())
        content.write(offset, Bytes(bytes.size()));
}

}  // namespace

FileContent DiskImage::after_cut(const File& file, Dice& dice) const {
    FileContent left = file.durable;
    const Fates fates = moods[dice.below(std::size(moods))];
    const auto is_truncation = [](const Change& c) { return c.kind == Change::Kind::truncate; };
    const auto truncations =
        static_cast<std::uint64_t>(std::ranges::count_if(file.unsynced, is_truncation));
    std::uint64_t truncations_kept = dice.below(truncations + 1);
    for (const Change& change : file.unsynced) {
        if (is_truncation(change)) {
            if (truncations_kept == 0) continue;
            --truncations_kept;
            left.resize(change.offset);
            continue;
        }
        ByteView rest{*change.bytes};
        for (std::uint64_t offset = change.offset; !rest.empty();) {
            const std::size_t count =
                std::min<std::uint64_t>(rest.size(), sector_size_ - offset % sector_size_);
            write_sector(left, offset, rest.first(count), fates, dice);
            rest = rest.subspan(count);
            offset += count;
        }
    }
    return left;
}

DiskImage DiskImage::after_power_cut(std::uint64_t seed) const {
    Dice dice{seed};
    DiskImage left{sector_size_};
    left.next_file_ = next_file_;
    left.durable_names_ = durable_names_;
    std::map<std::string, std::vector<std::optional<FileId>>> changes;
    for (const NameChange& change : unsynced_names_) changes[change.name].push_back(change.file);
    for (const auto& [name, states] : changes) {
        const std::size_t kept = dice.below(states.size() + 1);
        if (kept == 0) continue;
        if (states[kept - 1])
            left.durable_names_[name] = *states[kept - 1];
        else
            left.durable_names_.erase(name);
    }
    left.cached_names_ = left.durable_names_;
    for (const auto& [name, id] : left.durable_names_) {
        const FileContent content = after_cut(files_.at(id), dice);
        left.files_[id] = File{content, content};
    }
    return left;
}

}  // namespace samsyn
