#pragma once

#include "core/attachment/attached_file.hpp"
#include "core/store/database.hpp"

namespace samsyn {

/// The bytes of sealed files, a row for each chunk, in the table `sealed_chunks` of a device's or
/// the server's database. Which files there are, and how much of each is here, is the caller's
/// table. A file grows at its end only; memory is bounded by a chunk. Same thread and errors as
/// `Database`.
class SealedChunks {
public:
    explicit SealedChunks(Database& database) : database_(database) {}

    /// Adds `bytes` to a file of which `have` of `size` bytes are here; none beyond `size`.
    Result<void> append(std::int64_t file,
                        std::uint64_t have,
                        std::uint64_t size,
                        ByteView bytes,
                        const Hasher& hasher);

    /// From `offset` on at most `bytes_max` bytes, and at most to the end of the chunk; empty where
    /// nothing is here.
    Result<Bytes> read(std::int64_t file, std::uint64_t offset, std::size_t bytes_max);

    /// What all the chunks of a whole file amount to; its size is not 0. Errors: also `malformed`
    /// where one lacks.
    Result<AttachmentId> id_of(std::int64_t file, std::uint64_t size, const Hasher& hasher);

    /// `to` has no bytes yet. A chunk at a time.
    Result<void> copy(std::int64_t from, std::int64_t to);
    Result<void> erase(std::int64_t file);

    /// Erases at most so many chunks, or all (-1). False where none was left.
    Result<bool> erase_some(std::int64_t file, int chunks);

private:
    Database& database_;
};

}  // namespace samsyn
