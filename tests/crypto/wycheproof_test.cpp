#include "crypto/envelope/aead.hpp"
#include "crypto/identity/ed25519.hpp"
#include "crypto/identity/signing_key.hpp"
#include "tests/crypto/vectors.hpp"

#include <algorithm>

using namespace samsyn;

namespace {

/// Calls `check(group, test)` for each test of a file; the number of them.
template <class Check>
int for_each_test(const nlohmann::json& file, Check check) {
    int count = 0;
    for (const auto& group : file.at("testGroups"))
        for (const auto& test : group.at("tests")) {
            CAPTURE(test.at("tcId").get<int>(), test.at("comment").get<std::string>());
            check(group, test);
            ++count;
        }
    return count;
}

bool is_valid(const nlohmann::json& test) {
    return test.at("result") == "valid";
}

}  // namespace

TEST_CASE("ed25519: agrees with Wycheproof on what verifies", "[crypto][vectors]") {
    const auto file = wycheproof("ed25519_test.json");
    const int count = for_each_test(file, [](const auto& group, const auto& test) {
        const Bytes key = hex_of(group.at("publicKey").at("pk"));
        const Bytes signature = hex_of(test.at("sig"));
        REQUIRE(key.size() == SigningPublicKey::size);
        const bool verifies =
            signature.size() == Signature::size &&
            ed25519_verify(
                SigningPublicKey::from(key), hex_of(test.at("msg")), Signature::from(signature));
        CHECK(verifies == is_valid(test));
    });
    CHECK(count == file.at("numberOfTests").get<int>());
}

TEST_CASE("aead: agrees with Wycheproof on XChaCha20-Poly1305, both ways", "[crypto][vectors]") {
    const auto file = wycheproof("xchacha20_poly1305_test.json");
    const int count = for_each_test(file, [](const auto&, const auto& test) {
        const Bytes key = hex_of(test.at("key"));
        const Bytes nonce = hex_of(test.at("iv"));
        if (nonce.size() != aead_nonce_size) {
            CHECK_FALSE(is_valid(test));  // our types leave no room for another size
            return;
        }
        REQUIRE(key.size() == aead_key_size);
        const auto key_view = std::span{key}.template first<aead_key_size>();
        const auto nonce_view = std::span{nonce}.template first<aead_nonce_size>();
        const Bytes data = hex_of(test.at("aad"));
        const Bytes text = hex_of(test.at("msg"));
        Bytes sealed = hex_of(test.at("ct"));
        const Bytes tag = hex_of(test.at("tag"));
        sealed.insert(sealed.end(), tag.begin(), tag.end());

        const auto opened = aead_open(key_view, nonce_view, data, sealed);
        CHECK(opened.has_value() == is_valid(test));
        if (opened) CHECK(*opened == text);
        if (is_valid(test)) CHECK(aead_seal(key_view, nonce_view, data, text) == sealed);
    });
    CHECK(count == file.at("numberOfTests").get<int>());
}

TEST_CASE("x25519: agrees with Wycheproof, and refuses what would give a shared secret of zero",
          "[crypto][vectors]") {
    const auto file = wycheproof("x25519_test.json");
    const int count = for_each_test(file, [](const auto&, const auto& test) {
        const Bytes scalar = hex_of(test.at("private"));
        const Bytes point = hex_of(test.at("public"));
        const Bytes expected = hex_of(test.at("shared"));
        REQUIRE(scalar.size() == 32);
        REQUIRE(point.size() == 32);
        const auto shared =
            x25519(std::span{scalar}.template first<32>(), std::span{point}.template first<32>());
        const bool zero =
            std::ranges::all_of(expected, [](std::byte b) { return b == std::byte{0}; });
        CHECK(shared.has_value() != zero);
        if (shared) CHECK(equal(*shared, expected));
        if (zero) CHECK_FALSE(x25519_is_sound(SealingPublicKey::from(point)));
        if (is_valid(test)) CHECK(shared.has_value());
    });
    CHECK(count == file.at("numberOfTests").get<int>());
}
