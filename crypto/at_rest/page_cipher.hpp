#pragma once

#include "core/base/ports.hpp"
#include "crypto/keys/secret.hpp"

namespace samsyn {

/// Tells one database from another under the same key: a page of one never opens as a page of the
/// other. Random, no secret, never changes.
using DatabaseFileId = Id<struct DatabaseFileTag, 16>;

/// Seals the pages of one database with XChaCha20-Poly1305-IETF (draft-irtf-cfrg-xchacha-03) under
/// random nonces. A sealed piece is ciphertext, nonce (24 bytes), tag (16 bytes).
///
/// Authenticated with it, in this order, integers big endian: label (16), file id (16), class (1),
/// generation (8), number (8), size of the plain bytes (4). A page moved to another place, file,
/// class or generation of the log does not open. An *older* piece of the same place does: its
/// freshness is the page table's business (core/vfs).
///
/// Holds no state beside key and file id, so calls from several threads are safe; a page costs
/// libsodium's own time and a random nonce.
class SodiumPageCipher final : public PageCipher {
public:
    SodiumPageCipher(Secret<32> key, const DatabaseFileId& file);

    void seal(const PagePlace& place, ByteView plain, std::span<std::byte> sealed) override;
    [[nodiscard]] bool open(const PagePlace& place,
                            ByteView sealed,
                            std::span<std::byte> plain) override;

private:
    Secret<32> key_;
    DatabaseFileId file_;
};

/// What a key file or a vault keeps of a database: 32 bytes of key, 16 of file id.
inline constexpr std::size_t database_key_size = 48;

SodiumPageCipher page_cipher_from(std::span<const std::byte, database_key_size> key);

}  // namespace samsyn
