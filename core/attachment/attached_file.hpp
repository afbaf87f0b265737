#pragma once

#include "core/base/ports.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace samsyn {

// A file that belongs to an item. It travels in chunks, each sealed under a key of the file's own;
// the key is in the item, so that who may read the item may read the file, and nothing is sealed
// again when that changes. docs/PROTOCOL.md, "Attachments".

inline constexpr std::size_t attachment_chunk_bytes = 64 * 1024;  ///< sealed; the last may be less
inline constexpr std::size_t attachment_plain_bytes =
    attachment_chunk_bytes - Sealer::chunk_tag_size;                         ///< in a chunk
inline constexpr std::uint64_t attachment_bytes_max = 512ULL * 1024 * 1024;  ///< sealed
inline constexpr std::size_t attachment_piece_bytes_max = 32 * 1024;         ///< in one message
inline constexpr std::size_t attachment_piece_bytes_min = 4 * 1024;

/// Each piece costs whoever keeps it a chunk: of small ones a peer could make much work. A piece
/// that ends at `end` and is no end of a chunk or of the file has at least
/// `attachment_piece_bytes_min`.
constexpr bool is_crumb(std::size_t bytes, std::uint64_t end, std::uint64_t sealed) {
    return bytes < attachment_piece_bytes_min && end != sealed && end % attachment_chunk_bytes != 0;
}

/// Where and what a file is: the value of an item's field.
struct AttachedFile {
    AttachmentId id;
    ContentKey key;
    std::uint64_t size = 0;  ///< bytes of the file as it was attached
};

/// As a text, since a value of a register is none of bytes: in hex version 1 · id 32 · key 32 ·
/// size 8.
std::string encode_attached_file(const AttachedFile& file);

/// Errors: `malformed`; `limit_exceeded` where sealed it is larger
/// than `attachment_bytes_max`; `unsupported_version`.
Result<AttachedFile> decode_attached_file(std::string_view text);

/// Of a file of so many bytes: at least 1, for an empty file has a chunk too.
constexpr std::uint64_t chunk_count(std::uint64_t plain_size) {
    return plain_size == 0 ? 1 : (plain_size - 1) / attachment_plain_bytes + 1;
}

constexpr std::uint64_t sealed_size(std::uint64_t plain_size) {
    return plain_size + chunk_count(plain_size) * Sealer::chunk_tag_size;
}

/// Of so many sealed bytes.
constexpr std::uint64_t sealed_chunk_count(std::uint64_t sealed) {
    return (sealed + attachment_chunk_bytes - 1) / attachment_chunk_bytes;
}

Hash chunk_hash(const Hasher& hasher, ByteView sealed_chunk);

/// The id of the file with these chunks: `chunk_hashes` are theirs, one after the other.
AttachmentId attachment_id(const Hasher& hasher, std::uint64_t sealed, ByteView chunk_hashes);

}  // namespace samsyn
