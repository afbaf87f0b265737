#include "crypto/identity/signing_key.hpp"

#include "crypto/identity/ed25519.hpp"
#include "crypto/keys/sodium.hpp"
#include "tests/support/catch.hpp"

using namespace samsyn;

namespace {

template <class IdType>
IdType id_from_hex(std::string_view hex) {
    const auto bytes = from_hex(hex);
    REQUIRE(bytes.has_value());
    return IdType::from(*bytes);
}

/// Every encoding of a point of small order on the Montgomery curve that fits 32 bytes
/// (cr.yp.to/ecdh.html, "validate public keys").
constexpr std::string_view small_order_x25519[] = {
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
};

/// Points of small order on the Edwards curve.
constexpr std::string_view small_order_ed25519[] = {
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
};

}  // namespace

TEST_CASE("SigningKey: a signature verifies for its domain, message and key, and no other",
          "[crypto][identity]") {
    REQUIRE(start_sodium().has_value());
    SigningKey key = SigningKey::generate();
    const SodiumVerifier verifier;
    const ByteView message = as_bytes("Samtycke från Åsa");
    Signature signature = key.sign(Domain::statement, message);

    CHECK(verifier.verify(key.public_key(), Domain::statement, message, signature));
    CHECK_FALSE(verifier.verify(key.public_key(), Domain::packet, message, signature));
    CHECK_FALSE(verifier.verify(
        key.public_key(), Domain::statement, as_bytes("Samtycke från Bo"), signature));
    CHECK_FALSE(verifier.verify(
        SigningKey::generate().public_key(), Domain::statement, message, signature));
    for (std::size_t bit = 0; bit < Signature::size * 8; ++bit) {
        Signature flipped = signature;
        flipped.bytes[bit / 8] ^= std::byte{1} << (bit % 8);
        CAPTURE(bit);
        CHECK_FALSE(verifier.verify(key.public_key(), Domain::statement, message, flipped));
    }
}

TEST_CASE("SigningKey: one seed gives one key, and signatures are those of RFC 8032",
          "[crypto][identity]") {
    REQUIRE(start_sodium().has_value());
    // RFC 8032, section 7.1, test 2: the seed, its key, and the signature over one byte 0x72.
    const auto seed =
        id_from_hex<Hash>("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
    const SigningKey key = SigningKey::from_seed(seed.bytes);
    CHECK(to_hex(key.public_key()) ==
          "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
    CHECK(equal(key.seed(), seed.view()));

    Bytes both = to_bytes(seed.view());
    both.insert(both.end(), key.public_key().bytes.begin(), key.public_key().bytes.end());
    const std::array message{std::byte{0x72}};
    CHECK(to_hex(ed25519_sign(std::span{both}.first<64>(), message)) ==
          "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
          "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
}

TEST_CASE("SodiumVerifier: refuses signing keys of small order, whatever they claim to have signed",
          "[crypto][identity][attack]") {
    REQUIRE(start_sodium().has_value());
    const SodiumVerifier verifier;
    for (const auto hex : small_order_ed25519) {
        CAPTURE(hex);
        // With A of small order, R = identity and S = 0 satisfy the bare equation for many
        // messages.
        Signature forged;
        forged.bytes[0] = std::byte{1};
        for (const auto text : {"a", "b", "c", "d", "e", "f", "g", "h"})
            CHECK_FALSE(verifier.verify(
                id_from_hex<SigningPublicKey>(hex), Domain::statement, as_bytes(text), forged));
    }
}

TEST_CASE("SodiumVerifier: refuses sealing keys of small order and those that are not canonical",
          "[crypto][identity][attack]") {
    REQUIRE(start_sodium().has_value());
    const SodiumVerifier verifier;
    for (const auto hex : small_order_x25519) {
        CAPTURE(hex);
        auto key = id_from_hex<SealingPublicKey>(hex);
        CHECK_FALSE(verifier.can_seal_to(key));
        key.bytes[31] |= std::byte{0x80};
        CHECK_FALSE(verifier.can_seal_to(key));
    }
    auto base = SealingPublicKey{};
    base.bytes[0] = std::byte{9};
    CHECK(verifier.can_seal_to(base));
    base.bytes[31] = std::byte{0x80};  // the same point, written in another way
    CHECK_FALSE(verifier.can_seal_to(base));
    const auto nine_plus_p = id_from_hex<SealingPublicKey>(
        "f6ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
    CHECK_FALSE(verifier.can_seal_to(nine_plus_p));
}

TEST_CASE("SodiumHasher: is BLAKE2b-256 over label and parts, and domains differ",
          "[crypto][keys]") {
    REQUIRE(start_sodium().has_value());
    const SodiumHasher hasher;
    const auto whole = hasher.hash(Domain::batch, {as_bytes("Hällefors")});
    CHECK(whole == hasher.hash(Domain::batch, {as_bytes("Hälle"), as_bytes("fors")}));
    CHECK(whole != hasher.hash(Domain::packet, {as_bytes("Hällefors")}));
    const auto key = SigningKey::generate().public_key();
    CHECK(equal(device_id_of(key, hasher).view(),
                hasher.hash(Domain::device_id, {key.view()}).view().first(DeviceId::size)));
}
