#pragma once

#include "core/base/codec.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace samsyn {

// Pictures written byte by byte, full of what must not be attached. Each such text has `canary` in
// it.

inline constexpr std::string_view canary = "CANARY";

/// True where the bytes have a canary, also as UTF-16 of either order.
bool has_canary(ByteView bytes);

/// A picture as a camera writes it, and as it is to be attached.
struct Picture {
    std::string name;
    std::string media_type;
    Bytes dirty{};
    Bytes clean{};

    Picture& keep(ByteView bytes);
    Picture& drop(ByteView bytes);
    Picture& change(ByteView from, ByteView to);
};

/// At least one of each format, and of each way to write it.
std::vector<Picture> pictures();

Bytes operator+(Bytes first, ByteView second);
Bytes bytes_of(std::string_view text);
Bytes little(std::uint32_t value, std::size_t bytes);

/// An Exif block with maker, serial number, place and a thumbnail, in either byte order.
Bytes camera_exif(std::uint16_t orientation, bool little_endian);

/// An Exif block with the orientation alone, written out.
Bytes bare_exif(std::uint8_t orientation);

/// A profile that names its device in every place, and what is to be left of it.
struct Profile {
    Bytes dirty;
    Bytes clean;
};

Profile camera_profile(std::uint8_t version, bool grey = false);

Bytes jpeg_segment(std::uint8_t marker, ByteView payload);
Bytes jpeg_frame(std::uint8_t marker = 0xC0, std::uint16_t width = 16, std::uint16_t height = 8);
Bytes jpeg_scan(std::uint8_t component, ByteView samples);
/// Start, a quantisation table, a frame, a Huffman table, a scan; without the end.
Bytes jpeg_body();

Bytes png_chunk(std::string_view type, ByteView data);
Bytes png_header(std::uint8_t depth,
                 std::uint8_t colour,
                 std::uint32_t width = 3,
                 std::uint32_t height = 2);
/// The samples as zlib data, stored as they are.
Bytes zlib_stored(ByteView samples);

Bytes webp_file(ByteView chunks);
Bytes webp_chunk(std::string_view type, ByteView data);
Bytes vp8(std::uint16_t width, std::uint16_t height);
Bytes vp8l(std::uint32_t width, std::uint32_t height);
/// The header of an extended file, with flags.
Bytes vp8x(std::uint8_t flags, std::uint32_t width, std::uint32_t height);
Bytes webp_frame(std::uint32_t width, std::uint32_t height, ByteView chunks);

Bytes gif_blocks(ByteView data);
Bytes gif_extension(std::uint8_t label, ByteView blocks);
Bytes gif_image();

}  // namespace samsyn
