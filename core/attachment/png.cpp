#include "core/attachment/formats.hpp"
#include "core/attachment/orientation.hpp"
#include "core/base/codec.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>

namespace samsyn {

namespace {

using namespace std::string_view_literals;

constexpr std::string_view png_signature = "\x89PNG\r\n\x1A\n"sv;
constexpr std::uint32_t png_number_max = 0x7fffffff;

constexpr std::uint8_t png_grey = 0;
constexpr std::uint8_t png_rgb = 2;
constexpr std::uint8_t png_palette = 3;

constexpr std::array<std::uint32_t, 256> crc_table = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < table.size(); ++i) {
        std::uint32_t value = i;
        for (int bit = 0; bit < 8; ++bit)
            value = (value & 1U) != 0 ? 0xEDB88320U ^ (value >> 1) : value >> 1;
        table[i] = value;
    }
    return table;
}();

std::uint32_t crc_of(ByteView bytes) {
    std::uint32_t crc = 0xffffffffU;
    for (const std::byte b : bytes)
        crc = crc_table[(crc ^ std::to_integer<std::uint32_t>(b)) & 0xffU] ^ (crc >> 8);
    return ~crc;
}

struct PngChunk {
    std::string_view type;
    ByteView data;
    ByteView whole;  // with length and checksum

    /// A decoder may leave it out.
    bool ancillary() const { return (type[0] & 0x20) != 0; }
};

Result<PngChunk> next_png_chunk(Reader& in) {
    const ByteView from = in.rest();
    const auto size = SAMSYN_TRY(in.number<std::uint32_t>("PNG: chunk length"));
    if (size > png_number_max) return fail(Errc::malformed, "PNG: chunk length");
    const ByteView type = SAMSYN_TRY(in.raw(4, "PNG: chunk type"));
    const ByteView data = SAMSYN_TRY(in.raw(size, "PNG: chunk"));
    const auto crc = SAMSYN_TRY(in.number<std::uint32_t>("PNG: checksum"));
    for (const char c : as_text(type))
        if ((c < 'A' || c > 'Z') && (c < 'a' || c > 'z'))
            return fail(Errc::malformed, "PNG: chunk type");
    if (crc != crc_of(from.subspan(4, 4 + std::size_t{size})))
        return fail(Errc::malformed, "PNG: checksum");
    return PngChunk{as_text(type), data, from.first(12 + std::size_t{size})};
}

/// What says how to show the samples and is always of one size. Not iCCP: it is compressed, names
/// devices, and mostly comes from a screen that was copied. Not bKGD, sBIT, hIST and sPLT: nothing
/// on a page needs them.
struct PngColourRow {
    std::string_view type;
    std::size_t size;
};

constexpr std::array<PngColourRow, 5> png_colour_rows{
    {{"cHRM", 32}, {"gAMA", 4}, {"sRGB", 1}, {"cICP", 4}, {"pHYs", 9}}};

class PngCleaning {
public:
    Result<Bytes> clean(ByteView file);

private:
    Result<void> take(const PngChunk& chunk);
    Result<void> take_header(const PngChunk& chunk);
    Result<void> take_palette(const PngChunk& chunk);
    Result<void> take_samples(const PngChunk& chunk);
    Result<void> take_transparency(const PngChunk& chunk);
    Result<void> take_colours(const PngChunk& chunk, std::size_t row);
    Bytes orientation_chunk() const;

    Bytes head_;     // before the samples
    Bytes samples_;  // the chunks of samples
    std::uint8_t colour_type_ = 0;
    bool header_ = false;
    std::size_t palette_entries_ = 0;
    bool transparency_ = false;
    std::array<bool, png_colour_rows.size()> colours_{};
    bool samples_any_ = false;   // with at least one byte
    bool samples_over_ = false;  // another chunk came after them
    std::optional<Orientation> orientation_;
};

Result<Bytes> PngCleaning::clean(ByteView file) {
    Reader in{file};
    const ByteView signature = SAMSYN_TRY(in.raw(png_signature.size(), "PNG: signature"));
    if (as_text(signature) != png_signature) return fail(Errc::malformed, "PNG: signature");
    for (;;) {
        const PngChunk chunk = SAMSYN_TRY(next_png_chunk(in));
        if (header_ == (chunk.type == "IHDR")) return fail(Errc::malformed, "PNG: order");
        if (chunk.type != "IDAT") samples_over_ = !samples_.empty();
        if (chunk.type == "IEND") {
            if (!chunk.data.empty()) return fail(Errc::malformed, "PNG: end");
            if (!samples_any_) return fail(Errc::malformed, "PNG: no picture");
            Bytes cleaned = to_bytes(as_bytes(png_signature));
            append(cleaned, head_);
            append(cleaned, orientation_chunk());
            append(cleaned, samples_);
            append(cleaned, chunk.whole);
            return cleaned;
        }
        SAMSYN_TRY(take(chunk));
    }
}

/// The list of what may be in a PNG.
Result<void> PngCleaning::take(const PngChunk& chunk) {
    if (chunk.type == "IHDR") return take_header(chunk);
    if (chunk.type == "PLTE") return take_palette(chunk);
    if (chunk.type == "IDAT") return take_samples(chunk);
    if (!chunk.ancillary()) return fail(Errc::malformed, "PNG: unknown critical chunk");
    if (chunk.type == "eXIf" && !orientation_) orientation_ = orientation_of(chunk.data);
    if (samples_over_) return {};  // a decoder leaves the others out, there
    if (chunk.type == "tRNS") return take_transparency(chunk);
    for (std::size_t row = 0; row < png_colour_rows.size(); ++row)
        if (chunk.type == png_colour_rows[row].type) return take_colours(chunk, row);
    return {};
}

Result<void> PngCleaning::take_header(const PngChunk& chunk) {
    if (chunk.data.size() != 13) return fail(Errc::malformed, "PNG: header");
    Reader header{chunk.data};
    const auto width = SAMSYN_TRY(header.number<std::uint32_t>("PNG: header"));
    const auto height = SAMSYN_TRY(header.number<std::uint32_t>("PNG: header"));
    const auto depth = SAMSYN_TRY(header.number<std::uint8_t>("PNG: header"));
    colour_type_ = SAMSYN_TRY(header.number<std::uint8_t>("PNG: header"));
    const auto methods = SAMSYN_TRY(header.number<std::uint16_t>("PNG: header"));
    const auto interlace = SAMSYN_TRY(header.number<std::uint8_t>("PNG: header"));
    if (width < 1 || width > png_number_max || height < 1 || height > png_number_max)
        return fail(Errc::malformed, "PNG: dimensions");
    const bool packed = depth == 1 || depth == 2 || depth == 4;
    const bool fits = depth == 8 ||
                      (packed && (colour_type_ == png_grey || colour_type_ == png_palette)) ||
                      (depth == 16 && colour_type_ != png_palette);
    const bool known = colour_type_ <= 6 && colour_type_ != 1 && colour_type_ != 5;
    if (!known || !fits || methods != 0 || interlace > 1)
        return fail(Errc::malformed, "PNG: header");
    header_ = true;
    append(head_, chunk.whole);
    return {};
}

Result<void> PngCleaning::take_palette(const PngChunk& chunk) {
    const std::size_t entries = chunk.data.size() / 3;
    const bool has_colour = (colour_type_ & 2U) != 0;
    if (palette_entries_ != 0 || !samples_.empty() || !has_colour || chunk.data.size() % 3 != 0 ||
        entries < 1 || entries > 256)
        return fail(Errc::malformed, "PNG: palette");
    palette_entries_ = entries;
    append(head_, chunk.whole);
    return {};
}

Result<void> PngCleaning::take_samples(const PngChunk& chunk) {
    if (samples_over_) return fail(Errc::malformed, "PNG: order");
    if (colour_type_ == png_palette && palette_entries_ == 0)
        return fail(Errc::malformed, "PNG: no palette");
    samples_any_ = samples_any_ || !chunk.data.empty();
    append(samples_, chunk.whole);
    return {};
}

Result<void> PngCleaning::take_transparency(const PngChunk& chunk) {
    const std::size_t size = chunk.data.size();
    const bool sound = colour_type_ == png_grey      ? size == 2
                       : colour_type_ == png_rgb     ? size == 6
                       : colour_type_ == png_palette ? size >= 1 && size <= palette_entries_
                                                     : false;
    if (transparency_ || !sound) return fail(Errc::malformed, "PNG: transparency");
    transparency_ = true;
    append(head_, chunk.whole);
    return {};
}

Result<void> PngCleaning::take_colours(const PngChunk& chunk, std::size_t row) {
    if (colours_[row] || chunk.data.size() != png_colour_rows[row].size)
        return fail(Errc::malformed, "PNG: colours");
    colours_[row] = true;
    append(head_, chunk.whole);
    return {};
}

Bytes PngCleaning::orientation_chunk() const {
    if (orientation_.value_or(upright) == upright) return {};
    Bytes typed = to_bytes(as_bytes("eXIf"));
    append(typed, orientation_exif(*orientation_));
    Writer chunk;
    chunk.number(static_cast<std::uint32_t>(typed.size() - 4));
    chunk.raw(typed);
    chunk.number(crc_of(typed));
    return std::move(chunk).take();
}

}  // namespace

Result<Bytes> clean_png(ByteView file) {
    return PngCleaning{}.clean(file);
}

}  // namespace samsyn
