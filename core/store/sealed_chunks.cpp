#include "core/store/sealed_chunks.hpp"

#include <algorithm>

namespace samsyn {

namespace {

/// A chunk's row: the file's number, then the chunk's.
constexpr std::int64_t places_of_file = 1 << 16;
static_assert(attachment_bytes_max / attachment_chunk_bytes < places_of_file);

std::int64_t place_of(std::int64_t file, std::uint64_t offset) {
    return file * places_of_file + static_cast<std::int64_t>(offset / attachment_chunk_bytes);
}

}  // namespace

Result<void> SealedChunks::append(std::int64_t file,
                                  std::uint64_t have,
                                  std::uint64_t size,
                                  ByteView bytes,
                                  const Hasher& hasher) {
    SAMSYN_ASSERT(have <= size && bytes.size() <= size - have);
    while (!bytes.empty()) {
        const std::uint64_t begun = have % attachment_chunk_bytes;
        const ByteView part =
            bytes.first(std::min<std::uint64_t>(bytes.size(), attachment_chunk_bytes - begun));
        Bytes whole = SAMSYN_TRY(read(file, have - begun, begun));
        if (whole.size() != begun) return fail(Errc::malformed, "chunk of an attachment");
        whole.insert(whole.end(), part.begin(), part.end());
        const bool full = whole.size() == attachment_chunk_bytes || have + part.size() == size;
        const Hash hash = full ? chunk_hash(hasher, whole) : Hash{};
        Query put = SAMSYN_TRY(
            database_.query("INSERT INTO sealed_chunks(place, hash, bytes) VALUES(?, ?, ?) "
                            "ON CONFLICT(place) DO UPDATE SET hash = excluded.hash, "
                            "bytes = excluded.bytes"));
        put.bind(place_of(file, have));
        if (full)
            put.bind(hash);
        else
            put.bind_null();
        SAMSYN_TRY(put.bind(ByteView{whole}).run());
        have += part.size();
        bytes = bytes.subspan(part.size());
    }
    return {};
}

Result<Bytes> SealedChunks::read(std::int64_t file, std::uint64_t offset, std::size_t bytes_max) {
    const std::uint64_t within = offset % attachment_chunk_bytes;
    Query query = SAMSYN_TRY(
        database_.query("SELECT substr(bytes, ?, ?) FROM sealed_chunks WHERE place = ?"));
    query.bind_number(within + 1).bind_number(bytes_max).bind(place_of(file, offset));
    if (!SAMSYN_TRY(query.step())) return Bytes{};
    return to_bytes(query.blob(0));
}

Result<AttachmentId> SealedChunks::id_of(std::int64_t file,
                                         std::uint64_t size,
                                         const Hasher& hasher) {
    const std::uint64_t chunks = sealed_chunk_count(size);
    Query query =
        SAMSYN_TRY(database_.query("SELECT hash FROM sealed_chunks WHERE place BETWEEN ? AND ? "
                                   "ORDER BY place"));
    query.bind(place_of(file, 0)).bind(place_of(file, size - 1));
    Bytes hashes;
    hashes.reserve(chunks * Hash::size);
    while (SAMSYN_TRY(query.step())) {
        const Hash hash = SAMSYN_TRY(query.id<Hash>(0));
        hashes.insert(hashes.end(), hash.bytes.begin(), hash.bytes.end());
    }
    if (hashes.size() != chunks * Hash::size)
        return fail(Errc::malformed, "chunk of an attachment");
    return attachment_id(hasher, size, hashes);
}

Result<void> SealedChunks::copy(std::int64_t from, std::int64_t to) {
    for (std::uint64_t offset = 0;; offset += attachment_chunk_bytes) {
        // The one row: read and written by one statement, SQLite would hold all of them in memory.
        Query query =
            SAMSYN_TRY(database_.query("SELECT hash, bytes FROM sealed_chunks WHERE place = ?"));
        if (!SAMSYN_TRY(query.bind(place_of(from, offset)).step())) return {};
        Query put = SAMSYN_TRY(
            database_.query("INSERT INTO sealed_chunks(place, hash, bytes) VALUES(?, ?, ?)"));
        put.bind(place_of(to, offset)).bind_column(query, 0).bind_column(query, 1);
        SAMSYN_TRY(put.run());
    }
}

Result<bool> SealedChunks::erase_some(std::int64_t file, int chunks) {
    Query query =
        SAMSYN_TRY(database_.query("DELETE FROM sealed_chunks WHERE place IN (SELECT place FROM "
                                   "sealed_chunks WHERE place BETWEEN ? AND ? LIMIT ?)"));
    query.bind(place_of(file, 0)).bind(place_of(file + 1, 0) - 1).bind(std::int64_t{chunks});
    SAMSYN_TRY(query.run());
    return database_.changes() > 0;
}

Result<void> SealedChunks::erase(std::int64_t file) {
    (void)SAMSYN_TRY(erase_some(file, -1));
    return {};
}

}  // namespace samsyn
