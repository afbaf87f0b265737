#include "tests/core/attachment/pictures.hpp"
#include "tests/core/attachment/refusal.hpp"

using namespace samsyn;
using namespace std::string_view_literals;

namespace {

const Bytes gif_start = bytes_of("GIF89a\3\0\2\0\0\0\0"sv);
const Bytes gif_close = bytes_of("\x3B"sv);
const Bytes webp_rounds = webp_chunk("ANIM", as_bytes("\0\0\0\0\0\0"sv));

}  // namespace

TEST_CASE("clean_image: a WebP's header says what is left", "[attachment]") {
    const Bytes exif = webp_chunk("EXIF", camera_exif(7, false));
    const Bytes xmp = webp_chunk("XMP ", as_bytes("CANARY"));
    const auto flags = [&](std::uint8_t said, ByteView more) {
        return std::to_integer<unsigned>(
            cleaned_bytes(webp_file(vp8x(said, 16, 8) + vp8(16, 8) + more))[20]);
    };
    CHECK(flags(0xff & ~0x02U, xmp) == 0x10);
    CHECK(flags(0x0C, exif + xmp) == 0x08);
    CHECK(flags(0x00, exif + xmp) == 0x08);
    CHECK(flags(0x0C, webp_chunk("EXIF", camera_exif(1, true))) == 0x00);
}

TEST_CASE("clean_image: a WebP that lies is refused", "[attachment][hostile]") {
    const Bytes still = vp8x(0, 16, 8);
    const Bytes moving = vp8x(0x02, 16, 8);
    const Bytes alpha = webp_chunk("ALPH", as_bytes("\0alpha"sv));
    REQUIRE(refusal(webp_file(still + vp8(16, 8))) == "none");
    REQUIRE(refusal(webp_file(moving + webp_rounds + webp_frame(8, 4, vp8(8, 4)))) == "none");
    CHECK(refusal(webp_file({})) == "malformed: WebP: no picture");
    CHECK(refusal(webp_file(still)) == "malformed: WebP: no picture");
    CHECK(refusal(webp_file(webp_chunk("EXIF", {}) + vp8(16, 8))) == "malformed: WebP: order");
    CHECK(refusal(webp_file(still + still + vp8(16, 8))) == "malformed: WebP: two headers");
    CHECK(refusal(webp_file(vp8(16, 8) + vp8(16, 8))) == "malformed: WebP: two images");
    CHECK(refusal(webp_file(still + vp8(16, 8) + alpha)) == "malformed: WebP: transparency");
    CHECK(refusal(webp_file(still + alpha + vp8l(16, 8))) == "malformed: WebP: two images");
    CHECK(refusal(webp_file(still + vp8(8, 16))) == "malformed: WebP: header");
    CHECK(refusal(webp_file(moving + vp8(16, 8))) == "malformed: WebP: header");
    CHECK(refusal(webp_file(moving + webp_frame(8, 4, vp8(8, 4)))) == "malformed: WebP: header");
    CHECK(refusal(webp_file(still + vp8(16, 8) + webp_frame(8, 4, vp8(8, 4)))) ==
          "malformed: WebP: header");
    CHECK(refusal(webp_file(moving + webp_rounds + webp_frame(17, 4, vp8(17, 4)))) ==
          "malformed: WebP: frame");
    CHECK(refusal(webp_file(moving + webp_rounds + webp_frame(8, 4, vp8(4, 8)))) ==
          "malformed: WebP: frame");
    CHECK(refusal(webp_file(moving + webp_rounds + webp_frame(8, 4, {}))) ==
          "malformed: WebP: frame");
    CHECK(refusal(webp_file(vp8x(0, 1U << 24, 1U << 24) + vp8(16, 8))) ==
          "malformed: WebP: dimensions");
    CHECK(refusal(webp_file(vp8(0, 8))) == "malformed: WebP: dimensions");
    CHECK(refusal(webp_file(vp8(16, 0))) == "malformed: WebP: dimensions");
    Bytes partition = webp_file(vp8(16, 8));
    partition[20] = std::byte{0xF0};
    CHECK(refusal(partition) == "truncated: WebP: image");
    Bytes longer = webp_file(vp8(16, 8));
    longer[4] ^= std::byte{0x80};
    CHECK(refusal(longer) == "truncated: WebP: length");
}

TEST_CASE("clean_image: a GIF that lies is refused", "[attachment][hostile]") {
    REQUIRE(refusal(gif_start + gif_image() + gif_close) == "none");
    CHECK(refusal(gif_start + gif_close) == "malformed: GIF: no picture");
    CHECK(refusal(bytes_of("GIF89a\0\0\2\0\0\0\0"sv) + gif_image() + gif_close) ==
          "malformed: GIF: dimensions");
    CHECK(refusal(bytes_of("GIF89a\3\0\0\0\0\0\0"sv) + gif_image() + gif_close) ==
          "malformed: GIF: dimensions");
    Bytes narrow = gif_image();
    narrow[5] = std::byte{0};
    CHECK(refusal(gif_start + narrow + gif_close) == "malformed: GIF: dimensions");
    CHECK(refusal(gif_start + as_bytes("CANARY")) == "malformed: GIF: block");
    CHECK(refusal(gif_start + gif_extension(0xF9, gif_blocks(as_bytes("CANARY")))) ==
          "malformed: GIF: control");
    CHECK(refusal(gif_start + as_bytes("\x2C\0\0\0\0\3\0\2\0\0\2\0"sv) + gif_close) ==
          "malformed: GIF: empty image");
    CHECK(refusal(gif_start + as_bytes("\x2C\0\0\0\0\3\0\2\0\0\x09"sv) + gif_close) ==
          "malformed: GIF: image");
    CHECK(refusal(bytes_of("GIF89a\3\0\2\0\x87\0\0"sv) + gif_image() + gif_close) ==
          "truncated: GIF: colours");
    CHECK(refusal(gif_start + gif_image()) == "truncated: GIF: block");
}
