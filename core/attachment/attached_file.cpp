#include "core/attachment/attached_file.hpp"

#include "core/base/codec.hpp"

namespace samsyn {

namespace {

constexpr std::uint8_t attached_file_version = 1;
constexpr std::size_t attached_file_bytes =
    1 + AttachmentId::size + ContentKey::size + sizeof(std::uint64_t);

}  // namespace

std::string encode_attached_file(const AttachedFile& file) {
    Writer out;
    out.reserve(attached_file_bytes);
    out.number(attached_file_version);
    out.id(file.id);
    out.raw(file.key.expose());
    out.number(file.size);
    return to_hex(out.view());
}

Result<AttachedFile> decode_attached_file(std::string_view text) {
    if (text.size() != 2 * attached_file_bytes) return fail(Errc::malformed, "attached file");
    const Bytes bytes = SAMSYN_TRY(from_hex(text));
    Reader in{bytes};
    if (SAMSYN_TRY(in.number<std::uint8_t>("attached file")) != attached_file_version)
        return fail(Errc::unsupported_version, "attached file");
    AttachedFile file;
    file.id = SAMSYN_TRY(in.id<AttachmentId>("attached file"));
    if (file.id.is_none()) return fail(Errc::malformed, "attached file");
    const ByteView key = SAMSYN_TRY(in.raw(ContentKey::size, "attached file"));
    file.key = ContentKey{key.first<ContentKey::size>()};
    file.size = SAMSYN_TRY(in.number<std::uint64_t>("attached file"));
    if (file.size > attachment_bytes_max || sealed_size(file.size) > attachment_bytes_max)
        return fail(Errc::limit_exceeded, "attached file");
    SAMSYN_TRY(in.finish("attached file"));
    return file;
}

Hash chunk_hash(const Hasher& hasher, ByteView sealed_chunk) {
    return hasher.hash(Domain::attachment_chunk, {sealed_chunk});
}

AttachmentId attachment_id(const Hasher& hasher, std::uint64_t sealed, ByteView chunk_hashes) {
    Writer size;
    size.number(sealed);
    return hash_to<AttachmentId>(hasher, Domain::attachment, {size.view(), chunk_hashes});
}

}  // namespace samsyn
