#include "crypto/envelope/aead.hpp"

#include "crypto/keys/raw.hpp"

#include <sodium.h>

namespace samsyn {

namespace {

static_assert(aead_key_size == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
static_assert(aead_nonce_size == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
static_assert(aead_tag_size == crypto_aead_xchacha20poly1305_ietf_ABYTES);

}  // namespace

Bytes aead_seal(std::span<const std::byte, aead_key_size> key,
                std::span<const std::byte, aead_nonce_size> nonce,
                ByteView data,
                ByteView plaintext) {
    Bytes sealed(plaintext.size() + aead_tag_size);
    unsigned long long size = 0;
    const int failed = crypto_aead_xchacha20poly1305_ietf_encrypt(raw(sealed.data()),
                                                                  &size,
                                                                  raw(plaintext.data()),
                                                                  plaintext.size(),
                                                                  raw(data.data()),
                                                                  data.size(),
                                                                  nullptr,
                                                                  raw(nonce.data()),
                                                                  raw(key.data()));
    SAMSYN_ASSERT(failed == 0 && size == sealed.size());
    return sealed;
}

std::optional<Bytes> aead_open(std::span<const std::byte, aead_key_size> key,
                               std::span<const std::byte, aead_nonce_size> nonce,
                               ByteView data,
                               ByteView sealed) {
    if (sealed.size() < aead_tag_size) return std::nullopt;
    Bytes plaintext(sealed.size() - aead_tag_size);
    unsigned long long size = 0;
    const int failed = crypto_aead_xchacha20poly1305_ietf_decrypt(raw(plaintext.data()),
                                                                  &size,
                                                                  nullptr,
                                                                  raw(sealed.data()),
                                                                  sealed.size(),
                                                                  raw(data.data()),
                                                                  data.size(),
                                                                  raw(nonce.data()),
                                                                  raw(key.data()));
    if (failed != 0 || size != plaintext.size()) return std::nullopt;
    return plaintext;
}

std::optional<std::array<std::byte, 32>> x25519(std::span<const std::byte, 32> scalar,
                                                std::span<const std::byte, 32> point) {
    static_assert(crypto_scalarmult_BYTES == 32 && crypto_scalarmult_SCALARBYTES == 32);
    std::array<std::byte, 32> shared{};
    if (crypto_scalarmult(raw(shared.data()), raw(scalar.data()), raw(point.data())) != 0)
        return std::nullopt;
    return shared;
}

}  // namespace samsyn
