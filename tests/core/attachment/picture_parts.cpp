#include "tests/core/attachment/pictures.hpp"

#include <algorithm>
#include <array>

namespace samsyn {

using namespace std::string_view_literals;

bool has_canary(ByteView bytes) {
    std::string wide;
    for (const char c : canary) wide += std::string{'\0', c};
    const std::string_view text = as_text(bytes);
    return text.find(canary) != std::string_view::npos ||
           text.find(wide.substr(1)) != std::string_view::npos;
}

Picture& Picture::keep(ByteView bytes) {
    return change(bytes, bytes);
}

Picture& Picture::drop(ByteView bytes) {
    return change(bytes, {});
}

Picture& Picture::change(ByteView from, ByteView to) {
    dirty.insert(dirty.end(), from.begin(), from.end());
    clean.insert(clean.end(), to.begin(), to.end());
    return *this;
}

Bytes operator+(Bytes first, ByteView second) {
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

Bytes bytes_of(std::string_view text) {
    return to_bytes(as_bytes(text));
}

Bytes little(std::uint32_t value, std::size_t bytes) {
    Bytes out;
    for (std::size_t i = 0; i < bytes; ++i)
        out.push_back(static_cast<std::byte>(value >> (8 * i) & 0xffU));
    return out;
}

namespace {

Bytes big(std::uint32_t value, std::size_t bytes) {
    Bytes out = little(value, bytes);
    std::ranges::reverse(out);
    return out;
}

struct Tag {
    std::string_view name;
    Bytes element;
    std::string_view behind{};  // up to the next one
};

/// A profile's header but for its length, and its tags; `named` with who made it, and when.
Bytes profile_of(std::string_view kind,
                 std::uint8_t version,
                 const std::vector<Tag>& tags,
                 bool named) {
    Writer out;
    out.raw(as_bytes(named ? "CANA"sv : "\0\0\0\0"sv));
    out.number<std::uint8_t>(version);
    out.raw(as_bytes(named ? "\x20RY"sv : "\x20\0\0"sv));
    out.raw(as_bytes(kind));
    out.raw(as_bytes(named ? "\x07\xEA\0\5\0\x14\0\x0D\0\x11\0\x0B"sv
                           : "\x07\xD0\0\1\0\1\0\0\0\0\0\0"sv));
    out.raw(as_bytes("acsp"sv));
    out.raw(as_bytes(named ? "CANARY-MAKER-CANARY-TIME"sv : std::string(24, '\0')));
    out.number<std::uint32_t>(1);  // intent
    out.raw(as_bytes("\0\0\xF6\xD6\0\1\0\0\0\0\xD3\x2D"sv));
    out.raw(as_bytes(named ? "CANARY-PROGRAM-CANARY-IDENTITY-CANARY-RESERVED!!"sv
                           : std::string(48, '\0')));
    out.number(static_cast<std::uint32_t>(tags.size()));
    Bytes elements;
    std::vector<std::pair<Bytes, std::size_t>> placed;
    for (const Tag& tag : tags) {
        const auto same =
            std::ranges::find(placed, tag.element, &std::pair<Bytes, std::size_t>::first);
        std::size_t at = 128 + 4 + 12 * tags.size() + elements.size();
        if (same != placed.end()) {
            at = same->second;
        } else {
            placed.emplace_back(tag.element, at);
            elements = elements + tag.element + as_bytes(tag.behind);
            elements.resize((elements.size() + 3) / 4 * 4);
        }
        out.raw(as_bytes(tag.name));
        out.number(static_cast<std::uint32_t>(at));
        out.number(static_cast<std::uint32_t>(tag.element.size()));
    }
    out.raw(elements);
    return big(static_cast<std::uint32_t>(out.size() + 4), 4) + out.view();
}

Bytes xyz(std::string_view unused, std::uint32_t x) {
    return bytes_of("XYZ ") + as_bytes(unused) + big(x, 4) + big(x + 1, 4) + big(x + 2, 4);
}

Bytes wide_text(std::string_view text) {
    Bytes out = bytes_of(
                    "mluc\0\0\0\0\0\0\0\1\0\0\0\x0C"
                    "enUS"sv) +
                big(static_cast<std::uint32_t>(2 * text.size()), 4) + big(28, 4);
    for (const char c : text) out = out + big(static_cast<std::uint8_t>(c), 2);
    return out;
}

}  // namespace

Profile camera_profile(std::uint8_t version, bool grey) {
    const Bytes gamma = bytes_of("curv\0\0\0\0\0\0\0\1\2\x33"sv);
    const Bytes line = bytes_of("para\0\0\0\0\0\0\0\0\0\2\x33\x33"sv);
    const Bytes curve = version == 4 ? line : gamma;
    const Bytes matrix = bytes_of("sf32\0\0\0\0"sv) + Bytes(36, std::byte{7});
    std::vector<Tag> colours;
    if (grey)
        colours = {{"wtpt", xyz("\0\0\0\0"sv, 9)}, {"kTRC", curve}};
    else
        colours = {{"wtpt", xyz("\0\0\0\0"sv, 9)},
                   {"rXYZ", xyz("\0\0\0\0"sv, 1)},
                   {"gXYZ", xyz("\0\0\0\0"sv, 2)},
                   {"bXYZ", xyz("\0\0\0\0"sv, 3)},
                   {"rTRC", curve},
                   {"gTRC", curve},
                   {"bTRC", curve},
                   {"chad", matrix}};
    std::vector<Tag> clean = colours;
    const Bytes nothing(78, std::byte{0});
    clean.push_back({"desc",
                     version == 4 ? wide_text("colours")
                                  : bytes_of("desc\0\0\0\0\0\0\0\x08"
                                             "colours\0"sv) +
                                        nothing});
    clean.push_back({"cprt", version == 4 ? wide_text("none") : bytes_of("text\0\0\0\0none\0"sv)});

    std::vector<Tag> dirty{{"desc", wide_text("CANARY-SCREEN")},
                           {"cprt", bytes_of("text\0\0\0\0CANARY-OWNER\0"sv)}};
    for (Tag tag : colours) {  // with something behind each, and where its type leaves room
        if (tag.name == "wtpt") tag.element = xyz("CANA", 9);
        tag.behind = "CANARY-BEHIND";
        dirty.push_back(tag);
    }
    dirty.push_back({"dmnd", wide_text("CANARY-MAKER")});
    dirty.push_back({"mmod", bytes_of("mmod\0\0\0\0CANARY-SERIAL-4711"sv)});
    dirty.push_back({"A2B0", bytes_of("mft2\0\0\0\0CANARY-TABLE"sv)});
    const std::string_view kind = grey ? "mntrGRAYXYZ "sv : "mntrRGB XYZ "sv;
    return {profile_of(kind, version, dirty, true) + as_bytes("CANARY-AFTER"),
            profile_of(kind, version, clean, false)};
}

Bytes camera_exif(std::uint16_t orientation, bool little_endian) {
    const auto number = [&](std::uint32_t value, std::size_t bytes) {
        return little_endian ? little(value, bytes) : big(value, bytes);
    };
    const auto entry =
        [&](std::uint16_t tag, std::uint16_t type, std::uint32_t count, ByteView value) {
            return number(tag, 2) + number(type, 2) + number(count, 4) + value;
        };
    const Bytes thumbnail = bytes_of(
        "\xFF\xD8\xFF\xE1\0\x0F"
        "CANARY-THUMB\xFF\xD9"sv);
    return bytes_of(little_endian ? "II" : "MM") + number(42, 2) + number(8, 4) + number(4, 2) +
           entry(0x010F, 2, 12, number(62, 4)) +                         // Make
           entry(0x0112, 3, 1, number(orientation, 2) + number(0, 2)) +  //
           entry(0x8825, 4, 1, number(86, 4)) +                          // GPS
           entry(0xA431, 2, 12, number(74, 4)) +                         // BodySerialNumber
           number(104, 4) + as_bytes("CANARY-MAKE\0"sv) + as_bytes("CANARY-4711\0"sv) +
           number(1, 2) + entry(1, 2, 4, as_bytes("CANA")) + number(0, 4) + thumbnail +
           as_bytes("CANARY-GPS");
}

Bytes bare_exif(std::uint8_t orientation) {
    return bytes_of("MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0"sv) +
           Bytes{std::byte{orientation}} + Bytes(6);
}

Bytes jpeg_segment(std::uint8_t marker, ByteView payload) {
    return Bytes{std::byte{0xff}, std::byte{marker}} +
           big(static_cast<std::uint32_t>(payload.size() + 2), 2) + payload;
}

Bytes jpeg_frame(std::uint8_t marker, std::uint16_t width, std::uint16_t height) {
    return jpeg_segment(marker,
                        bytes_of("\x08"sv) + big(height, 2) + big(width, 2) +
                            as_bytes("\3\1\x22\0\2\x11\0\3\x11\0"sv));
}

Bytes jpeg_scan(std::uint8_t component, ByteView samples) {
    return jpeg_segment(0xDA,
                        Bytes{std::byte{1}, std::byte{component}} + as_bytes("\0\0\x3F\0"sv)) +
           samples;
}

Bytes jpeg_body() {
    const Bytes huffman = bytes_of("\0\0\1"sv) + Bytes(14) + as_bytes("\5"sv);
    return bytes_of("\xFF\xD8"sv) + jpeg_segment(0xDB, Bytes(65, std::byte{0})) + jpeg_frame() +
           jpeg_segment(0xC4, huffman) + jpeg_scan(1, as_bytes("\x5A\xFF\0\xA5"sv));
}

Bytes png_chunk(std::string_view type, ByteView data) {
    const Bytes typed = bytes_of(type) + data;
    std::uint32_t crc = 0xffffffffU;
    for (const std::byte b : typed) {
        crc ^= std::to_integer<std::uint32_t>(b);
        for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1U) != 0 ? 0xEDB88320U : 0);
    }
    return big(static_cast<std::uint32_t>(data.size()), 4) + typed + big(~crc, 4);
}

Bytes png_header(std::uint8_t depth,
                 std::uint8_t colour,
                 std::uint32_t width,
                 std::uint32_t height) {
    return png_chunk(
        "IHDR",
        big(width, 4) + big(height, 4) + Bytes{std::byte{depth}, std::byte{colour}} + Bytes(3));
}

Bytes zlib_stored(ByteView samples) {
    std::uint32_t a = 1;
    std::uint32_t b = 0;
    for (const std::byte sample : samples) {
        a = (a + std::to_integer<std::uint32_t>(sample)) % 65521;
        b = (b + a) % 65521;
    }
    const auto size = static_cast<std::uint32_t>(samples.size());
    return bytes_of("\x78\x01\x01"sv) + little(size, 2) + little(~size & 0xffffU, 2) + samples +
           big(b << 16 | a, 4);
}

Bytes webp_file(ByteView chunks) {
    return bytes_of("RIFF") + little(static_cast<std::uint32_t>(chunks.size() + 4), 4) +
           as_bytes("WEBP") + chunks;
}

Bytes webp_chunk(std::string_view type, ByteView data) {
    return bytes_of(type) + little(static_cast<std::uint32_t>(data.size()), 4) + data +
           Bytes(data.size() % 2);
}

Bytes vp8(std::uint16_t width, std::uint16_t height) {
    return webp_chunk("VP8 ",
                      bytes_of("\x70\0\0\x9D\x01\x2A"sv) + little(width, 2) + little(height, 2) +
                          as_bytes("lossy"));
}

Bytes vp8l(std::uint32_t width, std::uint32_t height) {
    return webp_chunk(
        "VP8L",
        bytes_of("\x2F") + little((width - 1) | (height - 1) << 14, 4) + as_bytes("without"));
}

Bytes vp8x(std::uint8_t flags, std::uint32_t width, std::uint32_t height) {
    return webp_chunk("VP8X", little(flags, 4) + little(width - 1, 3) + little(height - 1, 3));
}

Bytes webp_frame(std::uint32_t width, std::uint32_t height, ByteView chunks) {
    return webp_chunk("ANMF",
                      little(0, 3) + little(1, 3) + little(width - 1, 3) + little(height - 1, 3) +
                          little(100, 3) + little(2, 1) + chunks);
}

Bytes gif_blocks(ByteView data) {
    return little(static_cast<std::uint32_t>(data.size()), 1) + data + Bytes(1);
}

Bytes gif_extension(std::uint8_t label, ByteView blocks) {
    return bytes_of("\x21") + Bytes{std::byte{label}} + blocks;
}

Bytes gif_image() {
    return bytes_of("\x2C\0\0\0\0\3\0\2\0\0\2"sv) + gif_blocks(as_bytes("\x8C\x2D\x99\x87\x2A"sv));
}

}  // namespace samsyn
