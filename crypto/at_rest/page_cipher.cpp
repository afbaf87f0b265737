#include "crypto/at_rest/page_cipher.hpp"

#include "crypto/keys/raw.hpp"

#include <sodium.h>

namespace samsyn {

namespace {

static_assert(PageCipher::nonce_size == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
static_assert(PageCipher::tag_size == crypto_aead_xchacha20poly1305_ietf_ABYTES);
static_assert(crypto_aead_xchacha20poly1305_ietf_KEYBYTES == 32);

using Place = std::array<unsigned char, domain_label_size + DatabaseFileId::size + 1 + 8 + 8 + 4>;

template <std::unsigned_integral Integer>
unsigned char* put(unsigned char* at, Integer value) {
    for (std::size_t shift = sizeof(Integer) * 8; shift > 0; shift -= 8)
        *at++ = static_cast<unsigned char>(value >> (shift - 8) & 0xffU);
    return at;
}

/// On the stack and of fixed width: a page must not cost an allocation.
Place authenticated(const DatabaseFileId& file, const PagePlace& place, std::size_t plain_size) {
    Place data;
    const std::string_view label = label_of(Domain::database_page);
    unsigned char* at = std::copy(label.begin(), label.end(), data.data());
    std::memcpy(at, file.bytes.data(), DatabaseFileId::size);
    at = put(at + DatabaseFileId::size, static_cast<std::uint8_t>(place.page_class));
    at = put(at, place.generation);
    at = put(at, place.number);
    at = put(at, static_cast<std::uint32_t>(plain_size));
    SAMSYN_ASSERT(at == data.data() + data.size());
    return data;
}

}  // namespace

SodiumPageCipher::SodiumPageCipher(Secret<32> key, const DatabaseFileId& file)
    : key_(std::move(key)),
      file_(file) {}

void SodiumPageCipher::seal(const PagePlace& place, ByteView plain, std::span<std::byte> sealed) {
    SAMSYN_ASSERT(sealed.size() == plain.size() + overhead);
    const Place data = authenticated(file_, place, plain.size());
    std::byte* const nonce = sealed.data() + plain.size();
    randombytes_buf(nonce, nonce_size);
    unsigned long long tag_written = 0;
    const int failed =
        crypto_aead_xchacha20poly1305_ietf_encrypt_detached(raw(sealed.data()),
                                                            raw(nonce + nonce_size),
                                                            &tag_written,
                                                            raw(plain.data()),
                                                            plain.size(),
                                                            data.data(),
                                                            data.size(),
                                                            nullptr,
                                                            raw(nonce),
                                                            raw(key_.expose().data()));
    SAMSYN_ASSERT(failed == 0 && tag_written == tag_size);
}

bool SodiumPageCipher::open(const PagePlace& place, ByteView sealed, std::span<std::byte> plain) {
    SAMSYN_ASSERT(sealed.size() == plain.size() + overhead);
    const Place data = authenticated(file_, place, plain.size());
    const std::byte* const nonce = sealed.data() + plain.size();
    const bool authentic =
        crypto_aead_xchacha20poly1305_ietf_decrypt_detached(raw(plain.data()),
                                                            nullptr,
                                                            raw(sealed.data()),
                                                            plain.size(),
                                                            raw(nonce + nonce_size),
                                                            data.data(),
                                                            data.size(),
                                                            raw(nonce),
                                                            raw(key_.expose().data())) == 0;
    if (!authentic) std::ranges::fill(plain, std::byte{0});
    return authentic;
}

SodiumPageCipher page_cipher_from(std::span<const std::byte, database_key_size> key) {
    return {Secret<32>::from(key.first<32>()), DatabaseFileId::from(key.subspan<32>())};
}

}  // namespace samsyn
