#include "tests/core/attachment/pictures.hpp"

namespace samsyn {

using namespace std::string_view_literals;

namespace {

Bytes jpeg_exif(std::uint16_t orientation, bool little_endian) {
    return jpeg_segment(0xE1, bytes_of("Exif\0\0"sv) + camera_exif(orientation, little_endian));
}

Bytes profile_part(std::uint8_t number, std::uint8_t count, ByteView part) {
    return jpeg_segment(
        0xE2, bytes_of("ICC_PROFILE\0"sv) + Bytes{std::byte{number}, std::byte{count}} + part);
}

const Bytes jpeg_start = bytes_of("\xFF\xD8"sv);
const Bytes jpeg_end = bytes_of("\xFF\xD9"sv);
const Bytes quantisation = jpeg_segment(0xDB, Bytes(65, std::byte{3}));
const Bytes huffman = jpeg_segment(0xC4, bytes_of("\0\0\1"sv) + Bytes(14) + as_bytes("\5"sv));
const Bytes restart = jpeg_segment(0xDD, as_bytes("\0\1"sv));

Picture phone_jpeg() {
    const Profile profile = camera_profile(4);
    const ByteView icc = profile.dirty;
    Picture made{"a phone's JPEG", "image/jpeg"};
    made.keep(jpeg_start)
        .change(jpeg_segment(0xE0, as_bytes("JFIF\0\1\2\1\0\x48\0\x48\1\3CANARY-ME"sv)),
                jpeg_segment(0xE0, as_bytes("JFIF\0\1\2\1\0\x48\0\x48\0\0"sv)))
        .drop(jpeg_segment(0xE0,
                           as_bytes("JFXX\0\x10\xFF\xD8"
                                    "CANARY\xFF\xD9"sv)))
        .change(jpeg_exif(6, true), jpeg_segment(0xE1, bytes_of("Exif\0\0"sv) + bare_exif(6)))
        .drop(jpeg_exif(3, false))
        .drop(jpeg_segment(0xE1, as_bytes("http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>CANARY-XMP"sv)))
        .drop(jpeg_segment(0xE1, as_bytes("http://ns.adobe.com/xmp/extension/\0CANARY-XMP-MORE"sv)))
        .change(profile_part(2, 2, icc.subspan(100)), profile_part(1, 1, profile.clean))
        .drop(profile_part(1, 2, icc.first(100)))
        .drop(jpeg_segment(0xE2, as_bytes("MPF\0II*\0CANARY-MPF"sv)));
    for (std::uint8_t application = 0xE3; application <= 0xEF; ++application)
        made.drop(jpeg_segment(application, as_bytes("CANARY-NOTE")));
    made.drop(jpeg_segment(0xED, as_bytes("Photoshop 3.0\0008BIM\4\4CANARY-IPTC"sv)))
        .drop(jpeg_segment(0xFE, as_bytes("CANARY-COMMENT")))
        .change(jpeg_segment(0xEE, as_bytes("Adobe\0\x65\x80\0\0\1\1CANARY"sv)),
                jpeg_segment(0xEE, as_bytes("Adobe\0\x64\0\0\0\0\1"sv)))
        .keep(quantisation)
        .keep(jpeg_frame())
        .keep(huffman)
        .drop(as_bytes("\xFF\xFF"sv))  // fill bytes
        .keep(restart)
        .keep(jpeg_scan(1, as_bytes("\x12\xFF\0\x34\xFF\xD0\x56"sv)))
        .keep(jpeg_end)
        .drop(jpeg_start)
        .drop(jpeg_exif(1, true))
        .drop(as_bytes("CANARY-SECOND\xFF\xD9"
                       "CANARY-MOTION"sv));
    return made;
}

Picture progressive_jpeg() {
    Picture made{"a progressive JPEG", "image/jpeg"};
    made.keep(jpeg_start)
        .change(jpeg_exif(8, false), jpeg_segment(0xE1, bytes_of("Exif\0\0"sv) + bare_exif(8)))
        .keep(quantisation)
        .keep(jpeg_frame(0xC2))
        .keep(huffman)
        .keep(jpeg_scan(1, as_bytes("\x11\x22"sv)))
        .drop(jpeg_segment(0xFE, as_bytes("CANARY-BETWEEN")))
        .drop(jpeg_exif(5, true))
        .keep(huffman)
        .keep(restart)
        .keep(jpeg_scan(2, as_bytes("\x33\xFF\0"sv)))
        .drop(as_bytes("\xFF"sv))
        .keep(quantisation)
        .keep(jpeg_scan(3, as_bytes("\x44\xFF\xD0\xFF\xD1\x55"sv)))
        .keep(jpeg_end)
        .drop(as_bytes("CANARY-TRAILER"));
    return made;
}

Picture bare_jpeg() {
    Picture made{"a JPEG without anything", "image/jpeg"};
    made.keep(jpeg_body()).keep(jpeg_end);
    return made;
}

const Bytes png_start = bytes_of("\x89PNG\r\n\x1A\n"sv);
const Bytes png_end = png_chunk("IEND", {});

Picture rgb_png() {
    const Bytes samples = zlib_stored(as_bytes("\0abcdefghi\0jklmnopqr"sv));
    const ByteView view = samples;
    Picture made{"a PNG with everything", "image/png"};
    made.keep(png_start)
        .keep(png_header(8, 2))
        .keep(png_chunk("gAMA", as_bytes("\0\0\xB1\x8F"sv)))
        .keep(png_chunk("cHRM", Bytes(32, std::byte{1})))
        .drop(png_chunk("iCCP", as_bytes("CANARY-SCREEN\0\0CANARY"sv)))
        .keep(png_chunk("cICP", as_bytes("\1\x0D\0\1"sv)))
        .drop(png_chunk("sBIT", as_bytes("\5\6\5"sv)))
        .keep(png_chunk("tRNS", as_bytes("\0a\0b\0c"sv)))
        .drop(png_chunk("bKGD", as_bytes("\0a\0b\0c"sv)))
        .keep(png_chunk("pHYs", as_bytes("\0\0\x0B\x13\0\0\x0B\x13\1"sv)))
        .drop(png_chunk("tIME", as_bytes("\x07\xEA\5\x14\x0D\0\0"sv)))
        .drop(png_chunk("tEXt", as_bytes("Author\0CANARY-NAME"sv)))
        .drop(png_chunk("zTXt", as_bytes("Comment\0\0CANARY"sv)))
        .drop(png_chunk("iTXt", as_bytes("XML:com.adobe.xmp\0\0\0\0\0CANARY-XMP"sv)))
        .drop(png_chunk("sPLT", as_bytes("CANARY-PALETTE\0\x08"sv)))
        .drop(png_chunk("iDOT", as_bytes("CANARY-MAKER")))
        .drop(png_chunk("prVt", as_bytes("CANARY-PRIVATE")))
        .drop(png_chunk("acTL", as_bytes("\0\0\0\1\0\0\0\0"sv)))
        .change(png_chunk("eXIf", camera_exif(3, false)), png_chunk("eXIf", bare_exif(3)))
        .keep(png_chunk("IDAT", view.first(9)))
        .keep(png_chunk("IDAT", view.subspan(9)))
        .drop(png_chunk("fdAT", as_bytes("\0\0\0\1CANARY-FRAME"sv)))
        .drop(png_chunk("tEXt", as_bytes("Place\0CANARY-GPS"sv)))
        .drop(png_chunk("gAMA", as_bytes("CANARY")))
        .keep(png_end)
        .drop(as_bytes("CANARY-TRAILER"));
    return made;
}

Picture palette_png() {
    Picture made{"a PNG with a palette", "image/png"};
    made.keep(png_start)
        .keep(png_header(4, 3))
        .keep(png_chunk("sRGB", as_bytes("\0"sv)))
        .keep(png_chunk("PLTE", as_bytes("abcdefghi")))
        .drop(png_chunk("hIST", as_bytes("\0\1\0\1\0\1"sv)))
        .keep(png_chunk("tRNS", as_bytes("\x80\xFF"sv)))
        .keep(png_chunk("IDAT", zlib_stored(as_bytes("\0\x01\x20\0\x21\0"sv))))
        .drop(png_chunk("eXIf", camera_exif(1, true)))
        .keep(png_end);
    return made;
}

Picture simple_webp() {
    Picture made{"a simple WebP", "image/webp"};
    const Bytes exif = webp_chunk("EXIF", camera_exif(6, true));
    made.change(webp_file(vp8(16, 8) + exif) + as_bytes("CANARY-TRAILER"), webp_file(vp8(16, 8)));
    return made;
}

Picture extended_webp() {
    Picture made{"an extended WebP", "image/webp"};
    const Profile profile = camera_profile(2);
    const Bytes alpha = webp_chunk("ALPH", as_bytes("\0alpha"sv));
    const Bytes dirty = vp8x(0x3C, 16, 8) + webp_chunk("ICCP", profile.dirty) +
                        webp_chunk("NOTE", as_bytes("CANARY-N")) + alpha + vp8(16, 8) +
                        webp_chunk("EXIF", camera_exif(6, true)) +
                        webp_chunk("XMP ", as_bytes("<x:xmpmeta>CANARY-XMP"));
    const Bytes clean = vp8x(0x38, 16, 8) + webp_chunk("ICCP", profile.clean) + alpha + vp8(16, 8) +
                        webp_chunk("EXIF", bare_exif(6));
    made.change(webp_file(dirty), webp_file(clean));
    return made;
}

Picture lossless_webp() {
    Picture made{"a lossless WebP", "image/webp"};
    const Bytes exif = webp_chunk("EXIF", bytes_of("Exif\0\0"sv) + camera_exif(1, false));
    const Bytes broken = webp_chunk("ICCP", as_bytes("CANARY-NO-PROFILE"));
    made.change(webp_file(vp8x(0x2C, 300, 20) + broken + vp8l(300, 20) + exif +
                          webp_chunk("XMP ", as_bytes("CANARY"))),
                webp_file(vp8x(0, 300, 20) + vp8l(300, 20)));
    return made;
}

Picture animated_webp() {
    Picture made{"an animated WebP", "image/webp"};
    const Bytes animation = webp_chunk("ANIM", as_bytes("\xFF\xFF\xFF\xFF\3\0"sv));
    const Bytes note = webp_chunk("NOTE", as_bytes("CANARY-IN-FRAME"));
    const Bytes alpha = webp_chunk("ALPH", as_bytes("\0a"sv));
    made.change(webp_file(vp8x(0x16, 16, 10) + animation + webp_frame(16, 8, note + vp8l(16, 8)) +
                          webp_frame(4, 4, alpha + vp8(4, 4) + note) +
                          webp_chunk("XMP ", as_bytes("CANARY"))),
                webp_file(vp8x(0x12, 16, 10) + animation + webp_frame(16, 8, vp8l(16, 8)) +
                          webp_frame(4, 4, alpha + vp8(4, 4))));
    return made;
}

Picture animated_gif() {
    const Bytes control = gif_extension(0xF9, gif_blocks(as_bytes("\5\x0A\0\0"sv)));
    const Bytes rounds = gif_extension(0xFF, bytes_of("\x0BNETSCAPE2.0\3\1\5\0\0"sv));
    Picture made{"an animated GIF", "image/gif"};
    made.keep(as_bytes("GIF89a\3\0\2\0\x80\0\0abcdef"sv))
        .keep(rounds)
        .drop(gif_extension(0xFE, gif_blocks(as_bytes("CANARY-COMMENT"))))
        .drop(gif_extension(0xFF,
                            bytes_of("\x0BXMP DataXMP") + gif_blocks(as_bytes("<x>CANARY-XMP"))))
        .drop(gif_extension(0xFF, bytes_of("\x0BICCRGBG1012") + gif_blocks(as_bytes("CANARY-ICC"))))
        .drop(gif_extension(0xFF, bytes_of("\x0BNETSCAPE2.0") + gif_blocks(as_bytes("\2CANARY"))))
        .drop(control)
        .drop(
            gif_extension(0x01, bytes_of("\x0CTextGridText") + gif_blocks(as_bytes("CANARY-TEXT"))))
        .keep(control)
        .drop(gif_extension(0x42, gif_blocks(as_bytes("CANARY-UNKNOWN"))))
        .keep(gif_image())
        .keep(control)
        .keep(bytes_of("\x2C\0\0\0\0\3\0\2\0\x80ghijkl\2"sv) +
              gif_blocks(as_bytes("\x8C\x2D\x99\x87\x2A"sv)))
        .keep(as_bytes("\x3B"))
        .drop(as_bytes("CANARY-TRAILER"));
    return made;
}

Picture old_gif() {
    Picture made{"an old GIF", "image/gif"};
    made.keep(as_bytes("GIF87a\3\0\2\0\0\0\0"sv)).keep(gif_image()).keep(as_bytes("\x3B"));
    return made;
}

}  // namespace

std::vector<Picture> pictures() {
    return {phone_jpeg(),
            progressive_jpeg(),
            bare_jpeg(),
            rgb_png(),
            palette_png(),
            simple_webp(),
            extended_webp(),
            lossless_webp(),
            animated_webp(),
            animated_gif(),
            old_gif()};
}

}  // namespace samsyn
