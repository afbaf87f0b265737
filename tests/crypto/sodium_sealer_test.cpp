#include "crypto/envelope/sodium_sealer.hpp"

#include "core/base/domain.hpp"
#include "crypto/keys/sodium.hpp"
#include "tests/support/catch.hpp"

using namespace samsyn;

namespace {

constexpr std::size_t sealed_body_max = 64 * 1024;

SodiumSealer make_sealer() {
    REQUIRE(start_sodium().has_value());
    return SodiumSealer{SealingKey::generate()};
}

Hash context_of(unsigned char number) {
    Hash context;
    context.bytes[0] = std::byte{number};
    return context;
}

bool same(const ContentKey& a, const ContentKey& b) {
    return equal(a.expose(), b.expose());
}

}  // namespace

TEST_CASE("SodiumSealer: a sealed key is 112 bytes and opens for its recipient and context",
          "[crypto][envelope]") {
    SodiumSealer author = make_sealer();
    SodiumSealer recipient = make_sealer();
    const ContentKey key = author.random_key();
    const auto box = author.seal_key(recipient.public_key(), context_of(1), key);
    REQUIRE(box.has_value());
    CHECK(box->size() == 112);
    const auto opened = recipient.open_key(*box, context_of(1));
    REQUIRE(opened.has_value());
    CHECK(same(*opened, key));
}

TEST_CASE("SodiumSealer: a box for another packet, another recipient, or changed does not open",
          "[crypto][envelope][attack]") {
    SodiumSealer author = make_sealer();
    SodiumSealer recipient = make_sealer();
    const auto box = author.seal_key(recipient.public_key(), context_of(1), author.random_key());
    REQUIRE(box.has_value());
    CHECK(recipient.open_key(*box, context_of(2)).error().code == Errc::not_authentic);
    CHECK(author.open_key(*box, context_of(1)).error().code == Errc::not_authentic);
    for (std::size_t size = 0; size < box->size(); ++size)
        CHECK(recipient.open_key(ByteView{*box}.first(size), context_of(1)).error().code ==
              Errc::not_authentic);
    for (std::size_t bit = 0; bit < box->size() * 8; ++bit) {
        Bytes changed = *box;
        changed[bit / 8] ^= std::byte{1} << (bit % 8);
        const auto opened = recipient.open_key(changed, context_of(1));
        // X25519 ignores the highest bit of a point, but the nonce of a box is a hash of it.
        CAPTURE(bit);
        CHECK_FALSE(opened.has_value());
    }
}

TEST_CASE("SodiumSealer: does not seal to a key of small order", "[crypto][envelope][attack]") {
    SodiumSealer author = make_sealer();
    for (const unsigned char first :
         {static_cast<unsigned char>(0), static_cast<unsigned char>(1)}) {
        SealingPublicKey weak;
        weak.bytes[0] = std::byte{first};
        CHECK(author.seal_key(weak, context_of(1), author.random_key()).error().code ==
              Errc::weak_key);
    }
}

TEST_CASE("SodiumSealer: a check value names key, compartment and nonce", "[crypto][envelope]") {
    SodiumSealer sealer = make_sealer();
    const ContentKey key = sealer.random_key();
    CompartmentId compartment;
    compartment.bytes[0] = std::byte{1};
    Nonce nonce;
    nonce.bytes[0] = std::byte{1};
    const Hash check = sealer.check_value(key, compartment, nonce);
    CHECK(check == sealer.check_value(key.duplicate(), compartment, nonce));
    CHECK(check != sealer.check_value(sealer.random_key(), compartment, nonce));
    CHECK(check != sealer.check_value(key, CompartmentId{}, nonce));
    CHECK(check != sealer.check_value(key, compartment, Nonce{}));
}

TEST_CASE("SodiumSealer: an item opens as it was sealed, at every size, and never looks the same",
          "[crypto][envelope]") {
    SodiumSealer sealer = make_sealer();
    SodiumRandom random;
    const ContentKey key = sealer.random_key();
    const ByteView header = as_bytes("rubrik");
    for (const std::size_t size : {0U, 1U, 26U, 27U, 28U, 31U, 32U, 400U, 4096U, 65536U})
        for (const bool compressible : {true, false}) {
            Bytes body(size, std::byte{'x'});
            if (!compressible) random.fill(body);
            const Bytes sealed = sealer.seal_item(key, header, body);
            CAPTURE(size, compressible);
            CHECK(sealed != sealer.seal_item(key, header, body));
            const auto opened = sealer.open_item(key, header, sealed, sealed_body_max);
            REQUIRE(opened.has_value());
            CHECK(*opened == body);
        }
}

TEST_CASE("SodiumSealer: an item under another header or key, cut short or changed does not open",
          "[crypto][envelope][attack]") {
    SodiumSealer sealer = make_sealer();
    const ContentKey key = sealer.random_key();
    const ByteView header = as_bytes("avdelning A, post 1");
    const Bytes sealed = sealer.seal_item(key, header, as_bytes("Besök hos familjen Öberg"));

    const auto refused = [&](const ContentKey& with, ByteView under, ByteView bytes) {
        const auto opened = sealer.open_item(with, under, bytes, sealed_body_max);
        return !opened && opened.error().code == Errc::not_authentic;
    };
    CHECK(refused(key, as_bytes("avdelning B, post 1"), sealed));
    CHECK(refused(key, {}, sealed));
    CHECK(refused(sealer.random_key(), header, sealed));
    for (std::size_t size = 0; size < sealed.size(); ++size)
        CHECK(refused(key, header, ByteView{sealed}.first(size)));
    for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
        Bytes changed = sealed;
        changed[bit / 8] ^= std::byte{1} << (bit % 8);
        CAPTURE(bit);
        CHECK(refused(key, header, changed));
    }
    CHECK(sealer.open_item(key, header, sealed, sealed_body_max).has_value());
}

TEST_CASE("SodiumSealer: a small item that unpacks to more than its bound is refused",
          "[crypto][envelope][attack]") {
    SodiumSealer sealer = make_sealer();
    const ContentKey key = sealer.random_key();
    const Bytes sealed = sealer.seal_item(key, {}, Bytes(std::size_t{64} << 20, std::byte{0}));
    CHECK(sealed.size() < 16 * 1024);
    CHECK(sealer.open_item(key, {}, sealed, sealed_body_max).error().code == Errc::limit_exceeded);
}
