#pragma once

#include "core/base/bytes.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace samsyn {

/// A picture that carries what it shows, and nothing of who made it, with what, when and where.
struct CleanImage {
    std::string_view media_type;  ///< as `media_type_of` the bytes
    Bytes bytes;
};

/// The largest picture that is cleaned; phones and scanners stay below it.
inline constexpr std::size_t image_bytes_max = 64U * 1024 * 1024;

/// What of a file may be attached: none for one that is no picture, which is attached as it is; for
/// a JPEG, PNG, WebP or GIF (by its bytes, never by its name) the picture without what came along.
///
/// What stays is a list of what is needed to show it: samples, which are byte for byte as they
/// were (in JPEG but for fill bytes before markers), tables, palettes, transparency, the shape of a
/// pixel, an orientation of 2 to 8, GIF's and WebP's further frames with their times and number of
/// rounds, and of colours: PNG's gAMA, cHRM, sRGB and cICP, and the numbers of an ICC profile
/// (`plain_profile`). All else goes, known or not: Exif, XMP, IPTC, makers' notes, thumbnails,
/// texts, times, second pictures, animated PNG's further frames, and whatever follows the end.
///
/// What somebody hides on purpose in the samples or behind them in their compressed stream stays:
/// nothing is decompressed. Cleaning what is clean gives the same bytes.
///
/// Errors: `invalid_argument` for a picture of a kind that cannot be cleaned (HEIC, AVIF, TIFF and
/// cameras' raw files, BMP, JPEG 2000, JPEG XL, SVG, …), with what to do as its context;
/// `truncated` or `malformed` for one that begins like one of the four kinds, be it with one byte
/// changed, and is broken; `limit_exceeded` above `image_bytes_max`. Linear in the file; pure;
/// thread-safe.
Result<std::optional<CleanImage>> clean_image(ByteView file);

/// The media type by content: `image/jpeg`, `image/png`, `image/webp`, `image/gif`,
/// `application/pdf`, `text/plain` for UTF-8 without control characters, else
/// `application/octet-stream`. A type says how a file begins, not that all of it is sound.
std::string_view media_type_of(ByteView file);

}  // namespace samsyn
