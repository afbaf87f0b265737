#include "crypto/vault/sealing.hpp"

#include <sodium.h>

#include <algorithm>

namespace samsyn {

namespace {

constexpr std::size_t nonce_size = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_size = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(sealed_overhead == nonce_size + tag_size);
static_assert(share_box_size == crypto_box_SEALBYTES + Hash::size + 32);

unsigned char* raw(std::byte* bytes) {
    return reinterpret_cast<unsigned char*>(bytes);
}

const unsigned char* raw(const std::byte* bytes) {
    return reinterpret_cast<const unsigned char*>(bytes);
}

Bytes labelled(Domain domain, ByteView data) {
    Writer out;
    out.raw(as_bytes(label_of(domain)));
    out.raw(data);
    return std::move(out).take();
}

}  // namespace

Secret<32> derive(Domain domain, std::initializer_list<ByteView> parts) {
    auto derived = Secret<32>::random();
    crypto_generichash_state state;
    int failed = crypto_generichash_init(&state, nullptr, 0, derived.fill().size());
    const ByteView label = as_bytes(label_of(domain));
    failed |= crypto_generichash_update(&state, raw(label.data()), label.size());
    for (const ByteView part : parts)
        failed |= crypto_generichash_update(&state, raw(part.data()), part.size());
    failed |= crypto_generichash_final(&state, raw(derived.fill().data()), derived.fill().size());
    sodium_memzero(&state, sizeof state);
    SAMSYN_ASSERT(failed == 0);  // fails only for sizes out of range
    return derived;
}

Bytes seal(const Secret<32>& key, Domain domain, ByteView data, ByteView plain) {
    const Bytes whole_data = labelled(domain, data);
    Bytes sealed(sealed_overhead + plain.size());
    randombytes_buf(sealed.data(), nonce_size);
    const int failed = crypto_aead_xchacha20poly1305_ietf_encrypt(raw(sealed.data() + nonce_size),
                                                                  nullptr,
                                                                  raw(plain.data()),
                                                                  plain.size(),
                                                                  raw(whole_data.data()),
                                                                  whole_data.size(),
                                                                  nullptr,
                                                                  raw(sealed.data()),
                                                                  raw(key.expose().data()));
    SAMSYN_ASSERT(failed == 0);
    return sealed;
}

bool unseal(const Secret<32>& key,
            Domain domain,
            ByteView data,
            ByteView sealed,
            std::span<std::byte> plain) {
    SAMSYN_ASSERT(sealed.size() == plain.size() + sealed_overhead);
    const Bytes whole_data = labelled(domain, data);
    const int failed = crypto_aead_xchacha20poly1305_ietf_decrypt(raw(plain.data()),
                                                                  nullptr,
                                                                  nullptr,
                                                                  raw(sealed.data() + nonce_size),
                                                                  sealed.size() - nonce_size,
                                                                  raw(whole_data.data()),
                                                                  whole_data.size(),
                                                                  raw(sealed.data()),
                                                                  raw(key.expose().data()));
    if (failed != 0) wipe(plain);
    return failed == 0;
}

Result<std::array<std::byte, share_box_size>> seal_box(const SealingPublicKey& recipient,
                                                       const Hash& context,
                                                       const Secret<32>& share) {
    auto content = Secret<64>::random();
    std::ranges::copy(context.bytes, content.fill().begin());
    std::ranges::copy(share.expose(), content.fill().begin() + Hash::size);
    std::array<std::byte, share_box_size> box{};
    const int failed = crypto_box_seal(raw(box.data()),
                                       raw(content.expose().data()),
                                       content.expose().size(),
                                       raw(recipient.bytes.data()));
    // libsodium refuses recipients of small order.
    if (failed != 0) return fail(Errc::weak_key, "sealing key of the recipient");
    return box;
}

Result<Secret<32>> open_box(const Secret<32>& secret, ByteView box, const Hash& context) {
    if (box.size() != share_box_size) return fail(Errc::not_authentic, "size of a sealed share");
    const SealingPublicKey key = sealing_public_key(secret);
    auto content = Secret<64>::random();
    const int failed = crypto_box_seal_open(raw(content.fill().data()),
                                            raw(box.data()),
                                            box.size(),
                                            raw(key.bytes.data()),
                                            raw(secret.expose().data()));
    if (failed != 0) return fail(Errc::not_authentic, "sealed share");
    if (!secret_equal(content.expose().first<Hash::size>(), context.bytes))
        return fail(Errc::not_authentic, "sealed share of another place");
    return Secret<32>::from(content.expose().last<32>());
}

SealingPublicKey sealing_public_key(const Secret<32>& secret) {
    SealingPublicKey key;
    const int failed = crypto_scalarmult_base(raw(key.bytes.data()), raw(secret.expose().data()));
    SAMSYN_ASSERT(failed == 0);
    return key;
}

}  // namespace samsyn
