#include "crypto/envelope/sodium_view_sealer.hpp"

#include "core/base/domain.hpp"
#include "crypto/envelope/aead.hpp"

#include <sodium.h>

#include <algorithm>

namespace samsyn {

namespace {

static_assert(ViewSealer::overhead == aead_nonce_size + aead_tag_size);

Bytes view_data(ByteView header) {
    const ByteView label = as_bytes(label_of(Domain::room_frame));
    Bytes data(label.size() + header.size());
    std::ranges::copy(label, data.begin());
    std::ranges::copy(header, data.begin() + domain_label_size);
    return data;
}

}  // namespace

Bytes SodiumViewSealer::seal_view(const ContentKey& key, ByteView header, ByteView body) {
    std::array<std::byte, aead_nonce_size> nonce{};
    randombytes_buf(nonce.data(), nonce.size());
    const Bytes sealed = aead_seal(key.expose(), nonce, view_data(header), body);
    Bytes whole(nonce.size() + sealed.size());
    std::ranges::copy(nonce, whole.begin());
    std::ranges::copy(sealed, whole.begin() + aead_nonce_size);
    return whole;
}

Result<Bytes> SodiumViewSealer::open_view(const ContentKey& key, ByteView header, ByteView sealed) {
    if (sealed.size() < overhead) return fail(Errc::not_authentic, "sealed view size");
    auto body = aead_open(key.expose(),
                          sealed.first<aead_nonce_size>(),
                          view_data(header),
                          sealed.subspan(aead_nonce_size));
    if (!body) return fail(Errc::not_authentic, "sealed view");
    return *std::move(body);
}

}  // namespace samsyn
