#include "crypto/keys/sodium.hpp"

#include "crypto/keys/secret.hpp"

#include <sodium.h>

namespace samsyn {

namespace {

const unsigned char* data_of(ByteView bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

}  // namespace

Result<void> start_sodium() {
    if (sodium_init() < 0) return fail(Errc::system_failed, "libsodium does not start");
    return SecretArena::prepare();
}

void SodiumRandom::fill(std::span<std::byte> target) {
    if (!target.empty()) randombytes_buf(target.data(), target.size());
}

Hash SodiumHasher::hash(Domain domain, std::initializer_list<ByteView> parts) const {
    // libsodium's calls fail only for sizes out of range, and ours are constants.
    crypto_generichash_state state;
    int failed = crypto_generichash_init(&state, nullptr, 0, Hash::size);
    const ByteView label = as_bytes(label_of(domain));
    failed |= crypto_generichash_update(&state, data_of(label), label.size());
    for (const ByteView part : parts)
        failed |= crypto_generichash_update(&state, data_of(part), part.size());
    Hash hash;
    failed |= crypto_generichash_final(
        &state, reinterpret_cast<unsigned char*>(hash.bytes.data()), Hash::size);
    SAMSYN_ASSERT(failed == 0);
    return hash;
}

}  // namespace samsyn
