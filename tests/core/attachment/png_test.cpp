#include "tests/core/attachment/pictures.hpp"
#include "tests/core/attachment/refusal.hpp"

#include <png.h>

using namespace samsyn;
using namespace std::string_view_literals;

namespace {

const Bytes png_open = bytes_of("\x89PNG\r\n\x1A\n"sv);
const Bytes png_close = png_chunk("IEND", {});
const Bytes rgb_samples = png_chunk("IDAT", zlib_stored(as_bytes("\0abcdefghi\0jklmnopqr"sv)));

/// What libpng shows: red, green, blue and alpha of each dot.
std::vector<unsigned char> decoded(ByteView file) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    REQUIRE(png_image_begin_read_from_memory(&image, file.data(), file.size()) != 0);
    image.format = PNG_FORMAT_RGBA;
    std::vector<unsigned char> dots(PNG_IMAGE_SIZE(image));
    REQUIRE(png_image_finish_read(&image, nullptr, dots.data(), 0, nullptr) != 0);
    return dots;
}

Bytes with_chunks(ByteView chunks) {
    return png_open + png_header(8, 2) + chunks + rgb_samples + png_close;
}

}  // namespace

TEST_CASE("clean_image: libpng decodes the same samples before and after", "[attachment]") {
    for (const Picture& picture : pictures()) {
        if (picture.media_type != "image/png") continue;
        CAPTURE(picture.name);
        const auto before = decoded(picture.dirty);
        CHECK(before.size() >= 6 * 4);
        CHECK(decoded(cleaned_bytes(picture.dirty)) == before);
    }
}

TEST_CASE("clean_image: libpng takes for a PNG what every depth and kind of colour gives",
          "[attachment]") {
    struct Kind {
        std::uint8_t depth;
        std::uint8_t colour;
        std::size_t bits;  // a dot
    };

    for (const auto& [depth, colour, bits] : {Kind{1, 0, 1},
                                              {2, 0, 2},
                                              {4, 0, 4},
                                              {8, 0, 8},
                                              {16, 0, 16},
                                              {8, 2, 24},
                                              {16, 2, 48},
                                              {1, 3, 1},
                                              {2, 3, 2},
                                              {4, 3, 4},
                                              {8, 3, 8},
                                              {8, 4, 16},
                                              {16, 4, 32},
                                              {8, 6, 32},
                                              {16, 6, 64}}) {
        CAPTURE(depth, colour);
        const Bytes samples(2 * (1 + (3 * bits + 7) / 8));
        const Bytes palette = colour == 3 ? png_chunk("PLTE", as_bytes("abcdef")) : Bytes{};
        const Bytes file = png_open + png_header(depth, colour) +
                           png_chunk("tEXt", as_bytes("a\0CANARY"sv)) + palette +
                           png_chunk("IDAT", zlib_stored(samples)) + png_close;
        CHECK(decoded(cleaned_bytes(file)) == decoded(file));
    }
}

TEST_CASE("clean_image: of a PNG every chunk that is not on the list goes", "[attachment]") {
    const Bytes bare = with_chunks({});
    for (const std::string_view type : {"tEXt"sv,
                                        "zTXt"sv,
                                        "iTXt"sv,
                                        "tIME"sv,
                                        "eXIf"sv,
                                        "iCCP"sv,
                                        "sPLT"sv,
                                        "acTL"sv,
                                        "fcTL"sv,
                                        "fdAT"sv,
                                        "dSIG"sv,
                                        "caBX"sv,
                                        "vpAg"sv,
                                        "zzzz"sv}) {
        CAPTURE(type);
        CHECK(cleaned_bytes(with_chunks(png_chunk(type, as_bytes("CANARY")))) == bare);
    }
    CHECK(refusal(with_chunks(png_chunk("CgBI", as_bytes("CANARY")))) ==
          "malformed: PNG: unknown critical chunk");
}

TEST_CASE("clean_image: a PNG whose checksum is wrong is refused, even in what would go",
          "[attachment][hostile]") {
    for (const std::string_view type : {"tEXt"sv, "gAMA"sv, "IDAT"sv}) {
        CAPTURE(type);
        Bytes file = with_chunks(png_chunk("gAMA", as_bytes("\0\0\0\1"sv)) +
                                 png_chunk("tEXt", as_bytes("a\0b"sv)));
        REQUIRE(refusal(file) == "none");
        file[as_text(file).find(type) + 4] ^= std::byte{1};
        CHECK(refusal(file) == "malformed: PNG: checksum");
    }
}

TEST_CASE("clean_image: a PNG that lies is refused", "[attachment][hostile]") {
    const Bytes header = png_header(8, 2);
    CHECK(refusal(png_open + png_header(8, 2, 0, 2) + rgb_samples + png_close) ==
          "malformed: PNG: dimensions");
    CHECK(refusal(png_open + png_header(8, 2, 3, 0) + rgb_samples + png_close) ==
          "malformed: PNG: dimensions");
    CHECK(refusal(png_open + png_header(8, 2, 0x80000000U) + rgb_samples + png_close) ==
          "malformed: PNG: dimensions");
    CHECK(refusal(png_open + png_header(3, 2) + rgb_samples + png_close) ==
          "malformed: PNG: header");
    CHECK(refusal(png_open + png_header(8, 5) + rgb_samples + png_close) ==
          "malformed: PNG: header");
    CHECK(refusal(png_open + png_header(16, 3) + rgb_samples + png_close) ==
          "malformed: PNG: header");
    CHECK(refusal(png_open + png_header(8, 3) + rgb_samples + png_close) ==
          "malformed: PNG: no palette");
    CHECK(refusal(png_open + rgb_samples + header + png_close) == "malformed: PNG: order");
    CHECK(refusal(png_open + header + header + rgb_samples + png_close) == "malformed: PNG: order");
    CHECK(refusal(with_chunks(rgb_samples + png_chunk("tEXt", as_bytes("a\0b"sv)))) ==
          "malformed: PNG: order");
    CHECK(refusal(png_open + header + png_close) == "malformed: PNG: no picture");
    CHECK(refusal(png_open + header + png_chunk("IDAT", {}) + png_close) ==
          "malformed: PNG: no picture");
    CHECK(refusal(png_open + header + rgb_samples + png_chunk("IEND", as_bytes("CANARY"))) ==
          "malformed: PNG: end");
    CHECK(refusal(with_chunks(png_chunk("gAMA", as_bytes("CANARY")))) == "malformed: PNG: colours");
    CHECK(refusal(with_chunks(png_chunk("tRNS", as_bytes("CANARY-CANARY")))) ==
          "malformed: PNG: transparency");
    CHECK(refusal(with_chunks(png_chunk("PLTE", as_bytes("CANA")))) == "malformed: PNG: palette");
    CHECK(refusal(with_chunks(png_chunk("PLTE", Bytes(3 * 257)))) == "malformed: PNG: palette");
    CHECK(refusal(png_open + header + as_bytes("\x80\0\0\0tEXt"sv)) ==
          "malformed: PNG: chunk length");
    CHECK(refusal(png_open + header + as_bytes("\x7F\xFF\xFF\xFFtEXt"sv)) ==
          "truncated: PNG: chunk");
    CHECK(refusal(with_chunks(png_chunk("t\xC5xt", {}))) == "malformed: PNG: chunk type");
}
