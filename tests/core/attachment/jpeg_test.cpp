#include "core/attachment/orientation.hpp"
#include "tests/core/attachment/pictures.hpp"
#include "tests/core/attachment/refusal.hpp"

#include <array>

using namespace samsyn;
using namespace std::string_view_literals;

namespace {

const Bytes jpeg_close = bytes_of("\xFF\xD9"sv);

/// A JPEG with a segment behind its start.
Bytes with_segment(std::uint8_t marker, ByteView payload) {
    const Bytes body = jpeg_body();
    return bytes_of("\xFF\xD8"sv) + jpeg_segment(marker, payload) + ByteView{body}.subspan(2) +
           jpeg_close;
}

Bytes with_exif(ByteView exif) {
    return with_segment(0xE1, bytes_of("Exif\0\0"sv) + exif);
}

Bytes bare() {
    return jpeg_body() + jpeg_close;
}

/// A JPEG of one scan whose frame and header of the scan are these.
Bytes of_frame(ByteView frame, ByteView scan) {
    return bytes_of("\xFF\xD8"sv) + frame + scan + jpeg_close;
}

Bytes with_profile(ByteView profile) {
    return with_segment(0xE2, bytes_of("ICC_PROFILE\0\1\1"sv) + profile);
}

}  // namespace

TEST_CASE("clean_image: a JPEG's orientation stays, in either byte order", "[attachment]") {
    for (const bool little_endian : {false, true}) {
        for (std::uint8_t orientation = 2; orientation <= 8; ++orientation) {
            CAPTURE(little_endian, orientation);
            const Bytes dirty = with_exif(camera_exif(orientation, little_endian));
            CHECK(cleaned_bytes(dirty) == with_exif(bare_exif(orientation)));
        }
        for (const std::uint16_t none : std::to_array<std::uint16_t>({0, 1, 9, 256, 0xffff})) {
            CAPTURE(little_endian, none);
            CHECK(cleaned_bytes(with_exif(camera_exif(none, little_endian))) == bare());
        }
    }
}

TEST_CASE("orientation_of: a block that is broken names none", "[attachment][hostile]") {
    const Bytes whole = camera_exif(6, true);
    const ByteView view = whole;
    CHECK(orientation_of(view) == 6);
    CHECK(orientation_of({}) == upright);
    CHECK(orientation_of(view.first(33)) == upright);  // within its entry
    CHECK(orientation_of(view.first(34)) == 6);
    for (const std::uint32_t start : {33U, 0x7fffffffU, 0xffffffffU})
        CHECK(orientation_of(bytes_of("II*\0"sv) + little(start, 4) + view.subspan(8)) == upright);
    CHECK(orientation_of(bytes_of("IM*\0"sv) + view.subspan(4)) == upright);
    Bytes of_longs = whole;
    of_longs[24] = std::byte{4};
    CHECK(orientation_of(of_longs) == upright);
}

TEST_CASE("clean_image: a JPEG's profile keeps its colours alone, or goes", "[attachment]") {
    for (const std::uint8_t version : std::to_array<std::uint8_t>({2, 4})) {
        for (const bool grey : {false, true}) {
            CAPTURE(version, grey);
            const Profile profile = camera_profile(version, grey);
            CHECK(cleaned_bytes(with_profile(profile.dirty)) == with_profile(profile.clean));
        }
    }
    const Profile profile = camera_profile(2);
    const ByteView view = profile.dirty;
    CHECK(cleaned_bytes(with_profile(view.first(131))) == bare());
    CHECK(cleaned_bytes(with_profile(view.first(view.size() - 20))) == bare());
    CHECK(cleaned_bytes(with_profile({})) == bare());
    // A curve of more points than its element has bytes.
    Bytes lying = profile.dirty;
    const auto curve = as_text(lying).find("curv");
    lying[curve + 11] = std::byte{9};
    CHECK(cleaned_bytes(with_profile(lying)) == bare());
    // Parts that are numbered wrongly.
    for (const std::string_view numbers : {"\1\2"sv, "\2\1"sv, "\0\1"sv, "\1\0"sv, "\1"sv}) {
        CAPTURE(to_hex(as_bytes(numbers)));
        const Bytes part = bytes_of("ICC_PROFILE\0"sv) + as_bytes(numbers) + view;
        CHECK(cleaned_bytes(with_segment(0xE2, part)) == bare());
    }
}

TEST_CASE("clean_image: of a JPEG every segment that is not on the list goes", "[attachment]") {
    for (unsigned marker = 0xE0; marker <= 0xFE; ++marker) {
        if (marker >= 0xF0 && marker < 0xFE) continue;
        CAPTURE(marker);
        CHECK(cleaned_bytes(with_segment(static_cast<std::uint8_t>(marker), as_bytes("CANARY"))) ==
              bare());
    }
    for (unsigned marker = 0; marker <= 0xFD; ++marker) {
        if (marker >= 0xE0 && marker < 0xF0) continue;
        if (marker == 0xD9) continue;
        CAPTURE(marker);
        CHECK(refusal(with_segment(static_cast<std::uint8_t>(marker), as_bytes("CANARY"))) !=
              "none");
    }
}

TEST_CASE("clean_image: a JPEG that lies is refused", "[attachment][hostile]") {
    const Bytes scan = jpeg_scan(1, as_bytes("ab"));
    REQUIRE(refusal(of_frame(jpeg_frame(), scan)) == "none");
    CHECK(refusal(of_frame(jpeg_frame(0xC0, 0, 8), scan)) == "malformed: JPEG: dimensions");
    CHECK(refusal(of_frame(jpeg_frame(0xC0, 16, 0), scan)) == "malformed: JPEG: dimensions");
    CHECK(refusal(of_frame(jpeg_frame() + jpeg_frame(), scan)) == "malformed: JPEG: two frames");
    CHECK(refusal(of_frame({}, scan)) == "malformed: JPEG: scan");
    CHECK(refusal(of_frame(jpeg_frame(), {})) == "malformed: JPEG: no picture");
    CHECK(refusal(of_frame(jpeg_frame(), jpeg_scan(1, {}))) == "malformed: JPEG: empty scan");
    CHECK(refusal(of_frame(jpeg_frame(), jpeg_scan(4, as_bytes("ab")))) == "malformed: JPEG: scan");
    CHECK(refusal(of_frame(jpeg_frame(), as_bytes("CANARY"))) == "malformed: JPEG: marker");
    CHECK(refusal(of_frame(jpeg_frame(0xC3), scan)) ==
          "invalid_argument: JPEG of a rare kind: save it as an ordinary JPEG or PNG");
    const Bytes tables = jpeg_segment(0xDB, Bytes(65) + as_bytes("CANARY"));
    CHECK(refusal(of_frame(tables + jpeg_frame(), scan)) == "malformed: JPEG: table");
    const Bytes huffman = jpeg_segment(0xC4, Bytes(17) + as_bytes("CANARY"));
    CHECK(refusal(of_frame(huffman + jpeg_frame(), scan)) == "malformed: JPEG: table");
    CHECK(refusal(of_frame(jpeg_segment(0xDD, as_bytes("CANARY")) + jpeg_frame(), scan)) ==
          "malformed: JPEG: table");
    CHECK(refusal(bytes_of("\xFF\xD8\xFF\xE1\0\1"sv)) == "malformed: JPEG: segment length");
    CHECK(refusal(bytes_of("\xFF\xD8\xFF\xE1\xFF\xFF"
                           "CANARY"sv)) == "truncated: JPEG: segment");
    CHECK(refusal(bytes_of("\xFF\xD8\xFF"sv) + Bytes(1000, std::byte{0xff})) ==
          "truncated: JPEG: marker");
}
