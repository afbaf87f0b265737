#include "crypto/envelope/sodium_sealer.hpp"

#include "core/base/domain.hpp"
#include "crypto/envelope/aead.hpp"
#include "crypto/envelope/packing.hpp"
#include "crypto/keys/raw.hpp"

#include <sodium.h>

#include <algorithm>

namespace samsyn {

namespace {

constexpr std::size_t box_content_size = Hash::size + ContentKey::size;
constexpr std::size_t box_size = crypto_box_SEALBYTES + box_content_size;
static_assert(box_size == 112);

/// `BLAKE2b-256(key, label ‖ parts)` into `target`.
void keyed_hash(std::span<std::byte, 32> target,
                const ContentKey& key,
                Domain domain,
                std::initializer_list<ByteView> parts) {
    crypto_generichash_state state;
    int failed =
        crypto_generichash_init(&state, raw(key.expose().data()), ContentKey::size, target.size());
    const ByteView label = as_bytes(label_of(domain));
    failed |= crypto_generichash_update(&state, raw(label.data()), label.size());
    for (const ByteView part : parts)
        failed |= crypto_generichash_update(&state, raw(part.data()), part.size());
    failed |= crypto_generichash_final(&state, raw(target.data()), target.size());
    sodium_memzero(&state, sizeof state);  // holds the key's block
    SAMSYN_ASSERT(failed == 0);            // fails only for sizes out of range
}

/// The key of one item: lives in the arena for as long as it takes to seal or open the item.
Secret<32> item_key(const ContentKey& key, ByteView header) {
    auto derived = Secret<32>::random();
    keyed_hash(derived.fill(), key, Domain::item_key, {header});
    return derived;
}

Bytes item_data(ByteView header) {
    const ByteView label = as_bytes(label_of(Domain::item_aad));
    Bytes data(label.size() + header.size());
    std::ranges::copy(label, data.begin());
    std::ranges::copy(header, data.begin() + domain_label_size);
    return data;
}

static_assert(Sealer::chunk_tag_size == aead_tag_size);

Bytes chunk_data() {
    return to_bytes(as_bytes(label_of(Domain::attachment_chunk)));
}

std::array<std::byte, aead_nonce_size> chunk_nonce(std::uint64_t number, bool last) {
    std::array<std::byte, aead_nonce_size> nonce{};
    for (std::size_t i = 0; i < sizeof number; ++i)
        nonce.at(i) = static_cast<std::byte>(number >> (56 - 8 * i) & 0xffU);
    nonce[sizeof number] = static_cast<std::byte>(last ? 1 : 0);
    return nonce;
}

}  // namespace

SealingKey::SealingKey(SealingPublicKey public_key, Secret<secret_size> secret)
    : public_key_(public_key),
      secret_(std::move(secret)) {}

SealingKey SealingKey::generate() {
    const auto secret = Secret<secret_size>::random();
    return from_secret(secret.expose());
}

SealingKey SealingKey::from_secret(std::span<const std::byte, secret_size> secret) {
    static_assert(crypto_box_SECRETKEYBYTES == secret_size);
    SealingPublicKey public_key;
    const int failed = crypto_scalarmult_base(raw(public_key.bytes.data()), raw(secret.data()));
    SAMSYN_ASSERT(failed == 0);
    return {public_key, Secret<secret_size>::from(secret)};
}

SodiumSealer::SodiumSealer(SealingKey key) : key_(std::move(key)) {}

SodiumSealer::~SodiumSealer() = default;

ContentKey SodiumSealer::random_key() {
    const auto bytes = Secret<ContentKey::size>::random();
    return ContentKey{bytes.expose()};
}

Hash SodiumSealer::check_value(const ContentKey& key,
                               const CompartmentId& compartment,
                               const Nonce& nonce) {
    Hash check;
    keyed_hash(check.bytes, key, Domain::packet_check, {compartment.view(), nonce.view()});
    return check;
}

Result<Bytes> SodiumSealer::seal_key(const SealingPublicKey& recipient,
                                     const Hash& context,
                                     const ContentKey& key) {
    static_assert(box_content_size == 64);
    auto content = Secret<box_content_size>::random();
    std::ranges::copy(context.bytes, content.fill().begin());
    std::ranges::copy(key.expose(), content.fill().begin() + Hash::size);

    // libsodium refuses recipients of small order.
    Bytes box(box_size);
    const int failed = crypto_box_seal(raw(box.data()),
                                       raw(content.expose().data()),
                                       box_content_size,
                                       raw(recipient.bytes.data()));
    if (failed != 0) return fail(Errc::weak_key, "sealing key of the recipient");
    return box;
}

Result<ContentKey> SodiumSealer::open_key(ByteView box, const Hash& context) {
    if (box.size() != box_size) return fail(Errc::not_authentic, "sealed key size");
    auto content = Secret<box_content_size>::random();
    const int failed = crypto_box_seal_open(raw(content.fill().data()),
                                            raw(box.data()),
                                            box.size(),
                                            raw(key_.public_key().bytes.data()),
                                            raw(key_.secret().data()));
    if (failed != 0) return fail(Errc::not_authentic, "sealed key");
    const auto opened = content.expose();
    if (!secret_equal(opened.first<Hash::size>(), context.bytes))
        return fail(Errc::not_authentic, "sealed key of another packet");
    return ContentKey{opened.last<ContentKey::size>()};
}

Bytes SodiumSealer::seal_item(const ContentKey& key, ByteView header, ByteView body) {
    std::array<std::byte, aead_nonce_size> nonce{};
    randombytes_buf(nonce.data(), nonce.size());
    Bytes packed = pack(body);
    const auto derived = item_key(key, header);
    const Bytes sealed = aead_seal(derived.expose(), nonce, item_data(header), packed);
    wipe(packed);

    Bytes whole(nonce.size() + sealed.size());
    std::ranges::copy(nonce, whole.begin());
    std::ranges::copy(sealed, whole.begin() + aead_nonce_size);
    return whole;
}

Result<Bytes> SodiumSealer::open_item(const ContentKey& key,
                                      ByteView header,
                                      ByteView sealed,
                                      std::size_t body_size_max) {
    if (sealed.size() < aead_nonce_size + aead_tag_size)
        return fail(Errc::not_authentic, "sealed item size");
    const auto derived = item_key(key, header);
    auto packed = aead_open(derived.expose(),
                            sealed.first<aead_nonce_size>(),
                            item_data(header),
                            sealed.subspan(aead_nonce_size));
    if (!packed) return fail(Errc::not_authentic, "sealed item");
    auto body = unpack(*packed, body_size_max);
    wipe(*packed);
    return body;
}

Bytes SodiumSealer::seal_chunk(const ContentKey& key,
                               std::uint64_t number,
                               bool last,
                               ByteView plain) {
    return aead_seal(key.expose(), chunk_nonce(number, last), chunk_data(), plain);
}

Result<Bytes> SodiumSealer::open_chunk(const ContentKey& key,
                                       std::uint64_t number,
                                       bool last,
                                       ByteView sealed) {
    auto plain = aead_open(key.expose(), chunk_nonce(number, last), chunk_data(), sealed);
    if (!plain) return fail(Errc::not_authentic, "chunk of an attachment");
    return *std::move(plain);
}

}  // namespace samsyn
