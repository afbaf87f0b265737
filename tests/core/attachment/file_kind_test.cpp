#include "tests/core/attachment/pictures.hpp"
#include "tests/core/attachment/refusal.hpp"

using namespace samsyn;
using namespace std::string_view_literals;

namespace {

Bytes ftyp(std::string_view brands) {
    return bytes_of("\0\0\0"sv) + little(static_cast<std::uint32_t>(brands.size() + 8), 1) +
           as_bytes("ftyp") + as_bytes(brands) + as_bytes("\0\0\0\x08mdatCANARY"sv);
}

}  // namespace

TEST_CASE("media_type_of: tells by content", "[attachment]") {
    CHECK(media_type_of(as_bytes("%PDF-1.7\n%\xE2\xE3\xCF\xD3\n1 0 obj"sv)) == "application/pdf");
    CHECK(media_type_of(as_bytes("Överenskommelse med familjen Alm\r\n\tpunkt 1\n")) ==
          "text/plain");
    CHECK(media_type_of(as_bytes("\xD6verenskommelse")) == "application/octet-stream");
    CHECK(media_type_of(as_bytes("PK\3\4\x14\0\6\0"sv)) == "application/octet-stream");
    CHECK(media_type_of(as_bytes("a\0b"sv)) == "application/octet-stream");
    CHECK(media_type_of({}) == "application/octet-stream");
}

TEST_CASE("clean_image: what is no picture is attached as it is", "[attachment]") {
    for (const std::string_view file : {"%PDF-1.7\n1 0 obj"sv,
                                        "BMW och GIF89 är ord, RIFF också"sv,
                                        "PK\3\4\x14\0\6\0"sv,
                                        ""sv,
                                        "a"sv,
                                        "<html><svg></svg></html>"sv,
                                        "<?xml version='1.0'?><document/>"sv,
                                        "<!-- <svg>"sv,
                                        "<"sv,
                                        "RIFF\x24\0\0\0WAVEfmt "sv,
                                        "ID3\4\0\0\0\0\0\0"sv}) {
        CAPTURE(file);
        const auto cleaned = clean_image(as_bytes(file));
        REQUIRE(cleaned);
        CHECK_FALSE(*cleaned);
    }
    const auto film = clean_image(ftyp("isom\0\0\2\0isomiso2avc1mp41"sv));
    REQUIRE(film);
    CHECK_FALSE(*film);
}

TEST_CASE("clean_image: refuses pictures that it cannot clean, and says what to do",
          "[attachment]") {
    const std::vector<std::pair<std::string_view, Bytes>> others{
        {"HEIC or AVIF", ftyp("heic\0\0\0\0mif1heic"sv)},
        {"HEIC or AVIF", ftyp("mif1\0\0\0\0heix"sv)},
        {"HEIC or AVIF", ftyp("isom\0\0\0\0isomavifmiaf"sv)},
        {"TIFF or raw", bytes_of("II*\0\x08\0\0\0CANARY"sv)},
        {"TIFF or raw",
         bytes_of("MM\0*\0\0\0\x08"
                  "CANARY"sv)},
        {"raw", bytes_of("FUJIFILMCCD-RAW 0201CANARY")},
        {"BMP", bytes_of("BM\x40\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0CANARY"sv)},
        {"JPEG 2000",
         bytes_of("\0\0\0\x0CjP  \r\n\x87\n\0\0\0\x14"
                  "ftypjp2 "sv)},
        {"JPEG 2000", bytes_of("\xFF\x4F\xFF\x51\0\x2F"sv)},
        {"JPEG XL", bytes_of("\0\0\0\x0CJXL \r\n\x87\n"sv)},
        {"JPEG XL", bytes_of("\xFF\x0A\xFA\x7F"sv)},
        {"SVG", bytes_of("<svg xmlns='http://www.w3.org/2000/svg'>CANARY</svg>")},
        {"SVG",
         bytes_of("\xEF\xBB\xBF<?xml version='1.0'?>\n<!-- <html> -->\n<!DOCTYPE svg [<!ENTITY a "
                  "'b'>]>\n<s:svg>")},
        {"SVG", bytes_of(" <!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\">\n<svg/>")},
    };
    for (const auto& [kind, file] : others) {
        CAPTURE(kind, to_hex(file));
        CHECK(refusal(file) == "invalid_argument: " + std::string{kind} +
                                   " picture: save it as JPEG or PNG and attach that");
    }
}

TEST_CASE("clean_image: a picture whose signature is damaged does not pass as none",
          "[attachment][hostile]") {
    for (const Picture& picture : pictures()) {
        const std::size_t signature = picture.media_type == "image/jpeg"  ? 3
                                      : picture.media_type == "image/gif" ? 6
                                                                          : 8;
        for (std::size_t at = 0; at < signature; ++at) {
            CAPTURE(picture.name, at);
            if (picture.media_type == "image/webp" && at >= 4) continue;  // its length
            Bytes damaged = picture.dirty;
            damaged[at] ^= std::byte{0x04};
            CHECK(refusal(damaged) != "none");
        }
    }
}
