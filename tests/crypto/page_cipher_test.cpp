#include "crypto/at_rest/page_cipher.hpp"

#include "crypto/keys/sodium.hpp"
#include "tests/support/catch.hpp"

#include <sodium.h>

#include <set>

using namespace samsyn;

namespace {

std::array<std::byte, 32> key_bytes(unsigned char first) {
    std::array<std::byte, 32> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(first + 7 * i);
    return bytes;
}

DatabaseFileId file_id(unsigned char first) {
    DatabaseFileId id;
    for (std::size_t i = 0; i < id.bytes.size(); ++i)
        id.bytes[i] = static_cast<std::byte>(first + i);
    return id;
}

SodiumPageCipher cipher(unsigned char key = 1, unsigned char file = 100) {
    REQUIRE(start_sodium().has_value());
    return {Secret<32>::from(key_bytes(key)), file_id(file)};
}

Bytes page_of(std::size_t size) {
    Bytes page(size);
    for (std::size_t i = 0; i < size; ++i) page[i] = static_cast<std::byte>(i * 31 + i / 256);
    return page;
}

constexpr PagePlace here{PageClass::wal_page, 0x0102030405060708, 0x1112131415161718};

const unsigned char* raw(const std::byte* bytes) {
    return reinterpret_cast<const unsigned char*>(bytes);
}

}  // namespace

TEST_CASE("SodiumPageCipher: a page comes back at its place", "[at_rest]") {
    SodiumPageCipher pages = cipher();
    for (const std::size_t size : {0UL, 1UL, 24UL, 32UL, 4056UL}) {
        const Bytes plain = page_of(size);
        Bytes sealed(size + PageCipher::overhead);
        Bytes opened(size, std::byte{0xee});
        pages.seal(here, plain, sealed);
        REQUIRE(pages.open(here, sealed, opened));
        CHECK(opened == plain);
    }
}

// The layout and every authenticated byte, spelled out once more against libsodium itself.
TEST_CASE("SodiumPageCipher: is what libsodium makes of the documented bytes", "[at_rest]") {
    SodiumPageCipher pages = cipher(1, 100);
    const Bytes plain = page_of(4056);
    Bytes sealed(4096);
    pages.seal(here, plain, sealed);

    std::string data = "samsyn1/db-page-";
    for (unsigned char i = 0; i < 16; ++i) data.push_back(static_cast<char>(100 + i));
    data.push_back('\x04');  // a page of the log
    data += std::string{"\x01\x02\x03\x04\x05\x06\x07\x08\x11\x12\x13\x14\x15\x16\x17\x18", 16};
    data += std::string{"\x00\x00\x0f\xd8", 4};  // 4056

    const auto key = key_bytes(1);
    const auto* nonce = raw(sealed.data() + 4056);
    std::vector<unsigned char> expected(4056 + 16);
    unsigned long long size = 0;
    REQUIRE(crypto_aead_xchacha20poly1305_ietf_encrypt(
                expected.data(),
                &size,
                raw(plain.data()),
                plain.size(),
                reinterpret_cast<const unsigned char*>(data.data()),
                data.size(),
                nullptr,
                nonce,
                raw(key.data())) == 0);
    REQUIRE(size == expected.size());
    CHECK(std::memcmp(expected.data(), sealed.data(), 4056) == 0);
    CHECK(std::memcmp(expected.data() + 4056, sealed.data() + 4056 + 24, 16) == 0);
}

TEST_CASE("SodiumPageCipher: opens nothing at another place, under another key, in another file",
          "[at_rest]") {
    SodiumPageCipher pages = cipher();
    const Bytes plain = page_of(4056);
    Bytes sealed(4096);
    pages.seal(here, plain, sealed);
    const auto opens = [&](SodiumPageCipher& by, PagePlace place) {
        Bytes opened(4056, std::byte{0xee});
        const bool authentic = by.open(place, sealed, opened);
        // What does not authenticate is never seen, not even in part.
        if (!authentic) CHECK(opened == Bytes(4056));
        return authentic;
    };
    REQUIRE(opens(pages, here));
    for (const PageClass other :
         {PageClass::page, PageClass::wal_header, PageClass::wal_frame, PageClass::page_table})
        CHECK_FALSE(opens(pages, {other, here.generation, here.number}));
    for (unsigned bit = 0; bit < 64; ++bit) {
        CHECK_FALSE(opens(pages, {here.page_class, here.generation ^ 1ULL << bit, here.number}));
        CHECK_FALSE(opens(pages, {here.page_class, here.generation, here.number ^ 1ULL << bit}));
    }
    SodiumPageCipher other_key = cipher(2, 100);
    CHECK_FALSE(opens(other_key, here));
    SodiumPageCipher other_file = cipher(1, 101);
    CHECK_FALSE(opens(other_file, here));
}

TEST_CASE("SodiumPageCipher: any flipped bit of ciphertext, nonce or tag is seen", "[at_rest]") {
    SodiumPageCipher pages = cipher();
    const Bytes plain = page_of(24);
    Bytes sealed(64);
    pages.seal(here, plain, sealed);
    Bytes opened(24);
    for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
        sealed[bit / 8] ^= std::byte{1} << bit % 8;
        CHECK_FALSE(pages.open(here, sealed, opened));
        sealed[bit / 8] ^= std::byte{1} << bit % 8;
    }
    CHECK(pages.open(here, sealed, opened));
}

TEST_CASE("SodiumPageCipher: a shorter page never passes for a longer one", "[at_rest]") {
    SodiumPageCipher pages = cipher();
    const Bytes plain = page_of(100);
    Bytes sealed(140);
    pages.seal(here, plain, sealed);
    Bytes cut(sealed.begin() + 1, sealed.end());
    Bytes opened(99);
    CHECK_FALSE(pages.open(here, cut, opened));
}

TEST_CASE("SodiumPageCipher: never uses a nonce twice, and equal pages look different",
          "[at_rest]") {
    SodiumPageCipher pages = cipher();
    const Bytes plain = page_of(24);
    std::set<std::string> nonces;
    std::set<std::string> texts;
    for (int i = 0; i < 2000; ++i) {
        Bytes sealed(64);
        pages.seal(here, plain, sealed);
        texts.insert(to_hex(ByteView{sealed}.first(24)));
        nonces.insert(to_hex(ByteView{sealed}.subspan(24, 24)));
    }
    CHECK(nonces.size() == 2000);
    CHECK(texts.size() == 2000);
}
