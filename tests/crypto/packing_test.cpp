#include "crypto/envelope/packing.hpp"

#include "tests/support/catch.hpp"

#include <rapidcheck.h>
#include <zstd.h>

#include <cmath>

using namespace samsyn;

namespace {

constexpr std::size_t body_max = 64 * 1024;

/// Algorithm 1 of Nikitin et al. 2019, as printed, with its logarithms.
std::size_t padme(std::size_t length) {
    const auto e = static_cast<std::size_t>(std::floor(std::log2(length)));
    const auto s = static_cast<std::size_t>(std::floor(std::log2(e))) + 1;
    const std::size_t last_bits = e - s;
    const std::size_t mask = (std::size_t{1} << last_bits) - 1;
    return (length + mask) & ~mask;
}

/// A packed form made by hand, padded as it should be.
Bytes packed_as(unsigned char how, std::size_t claimed, ByteView content) {
    Bytes packed(padded_size(5 + content.size()));
    packed[0] = std::byte{how};
    for (std::size_t i = 0; i < 4; ++i)
        packed[1 + i] = static_cast<std::byte>(claimed >> (24 - 8 * i) & 0xffU);
    std::copy(content.begin(), content.end(), packed.begin() + 5);
    return packed;
}

Bytes zstd_frame(ByteView body, bool with_size) {
    ZSTD_CCtx* context = ZSTD_createCCtx();
    ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, with_size ? 1 : 0);
    Bytes frame(ZSTD_compressBound(body.size()));
    frame.resize(ZSTD_compress2(context, frame.data(), frame.size(), body.data(), body.size()));
    ZSTD_freeCCtx(context);
    return frame;
}

Errc refusal(const Result<Bytes>& result) {
    REQUIRE_FALSE(result.has_value());
    return result.error().code;
}

}  // namespace

TEST_CASE("padded_size: is PADME as published, from its floor on", "[crypto][envelope]") {
    for (std::size_t size = 0; size <= 32; ++size) CHECK(padded_size(size) == 32);
    for (std::size_t size = 33; size < 200'000; ++size)
        if (padded_size(size) != padme(size)) FAIL("size " << size);
    for (std::size_t size = 33; size < 200'000; ++size)
        if (static_cast<double>(padded_size(size)) > 1.12 * static_cast<double>(size))
            FAIL("more than 12 % at " << size);
}

TEST_CASE("pack: what goes in comes out, and only padded sizes are seen", "[crypto][envelope]") {
    CHECK(rc::check([](const std::vector<std::uint8_t>& raw, std::uint8_t repeat) {
        Bytes body;
        for (int i = 0; i <= repeat; ++i)
            for (const std::uint8_t b : raw) body.push_back(std::byte{b});
        const Bytes packed = pack(body);
        RC_ASSERT(packed.size() == padded_size(packed.size()));
        const auto unpacked = unpack(packed, body.size());
        RC_ASSERT(unpacked.has_value());
        RC_ASSERT(*unpacked == body);
    }));
}

TEST_CASE("pack: short texts that do not shrink stay as they are, long ones shrink",
          "[crypto][envelope]") {
    CHECK(pack(as_bytes("kort")).at(0) == std::byte{0});
    const Bytes text(4000, std::byte{'a'});
    const Bytes packed = pack(text);
    CHECK(packed.at(0) == std::byte{1});
    CHECK(packed.size() < 100);
}

TEST_CASE("unpack: refuses a bound that is passed, before and after compression",
          "[crypto][envelope][attack]") {
    CHECK(refusal(unpack(pack(Bytes(1000, std::byte{'a'})), 999)) == Errc::limit_exceeded);
    CHECK(refusal(unpack(pack(as_bytes("Åtta tecken")), 5)) == Errc::limit_exceeded);
}

TEST_CASE(
    "unpack: a frame that lies about its size, hides it, or is followed by another is refused",
    "[crypto][envelope][attack]") {
    const Bytes zeros(1 << 20, std::byte{0});
    Bytes hidden = zstd_frame(zeros, false);
    CHECK(refusal(unpack(packed_as(1, hidden.size(), hidden), body_max)) == Errc::not_authentic);

    // The content size field of this frame is four bytes from the sixth on (RFC 8878, 3.1.1.1).
    Bytes lying = zstd_frame(zeros, true);
    REQUIRE(ZSTD_getFrameContentSize(lying.data(), lying.size()) == zeros.size());
    for (std::size_t at = 4; at < 12; ++at)
        for (const unsigned char value :
             {static_cast<unsigned char>(0), static_cast<unsigned char>(1)}) {
            Bytes changed = lying;
            changed[at] = std::byte{value};
            const auto result = unpack(packed_as(1, changed.size(), changed), body_max);
            if (result) CHECK(result->size() <= body_max);
        }

    Bytes two = zstd_frame(Bytes(100, std::byte{'a'}), true);
    const Bytes one = two;
    two.insert(two.end(), one.begin(), one.end());
    CHECK(refusal(unpack(packed_as(1, two.size(), two), body_max)) == Errc::not_authentic);
}

TEST_CASE("unpack: refuses unknown forms, false lengths, and anything hidden in the padding",
          "[crypto][envelope][attack]") {
    const ByteView body = as_bytes("Nora");
    CHECK(unpack(packed_as(0, 4, body), body_max).has_value());
    CHECK(refusal(unpack(packed_as(7, 4, body), body_max)) == Errc::update_needed);
    CHECK(refusal(unpack(packed_as(0, 400, body), body_max)) == Errc::not_authentic);
    CHECK(refusal(unpack(packed_as(0, 3, body), body_max)) == Errc::not_authentic);
    CHECK(refusal(unpack({}, body_max)) == Errc::not_authentic);
    Bytes longer = packed_as(0, 4, body);
    longer.resize(longer.size() + 32);
    CHECK(refusal(unpack(longer, body_max)) == Errc::not_authentic);
    Bytes marked = packed_as(0, 4, body);
    marked.back() = std::byte{1};
    CHECK(refusal(unpack(marked, body_max)) == Errc::not_authentic);
}

TEST_CASE("unpack: any bytes at all give a body within its bound or an error",
          "[crypto][envelope][attack]") {
    CHECK(rc::check([](std::vector<std::uint8_t> raw, bool compressed) {
        if (compressed && !raw.empty()) raw[0] = 1;
        Bytes bytes;
        for (const std::uint8_t b : raw) bytes.push_back(std::byte{b});
        const auto body = unpack(bytes, 100);
        const std::size_t size = body ? body->size() : 0;
        RC_ASSERT(size <= std::size_t{100});
    }));
}
