#include "core/attachment/orientation.hpp"

#include "core/attachment/formats.hpp"
#include "core/base/codec.hpp"

#include <algorithm>

namespace samsyn {

namespace {

using namespace std::string_view_literals;

constexpr std::uint16_t orientation_tag = 0x0112;
constexpr std::uint16_t short_type = 3;
constexpr std::size_t entry_size = 12;

std::uint32_t exif_number(ByteView bytes, bool little) {
    Bytes ordered = to_bytes(bytes);
    if (!little) std::ranges::reverse(ordered);
    return little_endian(ordered);
}

}  // namespace

Orientation orientation_of(ByteView exif) {
    if (exif.size() < 10) return upright;
    const bool little = equal(exif.first(4), as_bytes("II*\0"sv));
    if (!little && !equal(exif.first(4), as_bytes("MM\0*"sv))) return upright;
    const std::size_t start = exif_number(exif.subspan(4, 4), little);
    if (start > exif.size() - 2) return upright;
    const std::size_t count = exif_number(exif.subspan(start, 2), little);
    ByteView entries = exif.subspan(start + 2);
    for (std::size_t i = 0; i < count && entries.size() >= entry_size; ++i) {
        const ByteView entry = entries.first(entry_size);
        entries = entries.subspan(entry_size);
        if (exif_number(entry.first(2), little) != orientation_tag) continue;
        const bool one_short = exif_number(entry.subspan(2, 2), little) == short_type &&
                               exif_number(entry.subspan(4, 4), little) == 1;
        const std::uint32_t value = exif_number(entry.subspan(8, 2), little);
        return one_short && value >= 1 && value <= 8 ? static_cast<Orientation>(value) : upright;
    }
    return upright;
}

Bytes orientation_exif(Orientation orientation) {
    Writer exif;
    exif.raw(as_bytes("MM\0*"sv));
    exif.number<std::uint32_t>(8);  // where its one table is
    exif.number<std::uint16_t>(1);
    exif.number(orientation_tag);
    exif.number(short_type);
    exif.number<std::uint32_t>(1);
    exif.number<std::uint16_t>(orientation);
    exif.number<std::uint16_t>(0);
    exif.number<std::uint32_t>(0);  // no further table, so no thumbnail
    return std::move(exif).take();
}

}  // namespace samsyn
