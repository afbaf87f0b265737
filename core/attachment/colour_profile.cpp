#include "core/attachment/colour_profile.hpp"

#include "core/attachment/formats.hpp"
#include "core/base/codec.hpp"

#include <array>
#include <span>
#include <vector>

namespace samsyn {

namespace {

using namespace std::string_view_literals;

constexpr std::size_t header_size = 128;
constexpr std::size_t tag_entry_size = 12;
constexpr std::size_t profile_tags_max = 100;
constexpr std::uint32_t curve_points_max = 4096;  // as many as libraries take

/// Which profiles need an element.
enum class ColourUse : std::uint8_t { rgb, grey, both, optional };

struct ColourRow {
    std::string_view name;
    std::string_view types;  // four letters each
    ColourUse use;
};

/// The list of what may be in a profile.
constexpr std::array<ColourRow, 10> colour_rows{{
    {"wtpt", "XYZ ", ColourUse::both},
    {"rXYZ", "XYZ ", ColourUse::rgb},
    {"gXYZ", "XYZ ", ColourUse::rgb},
    {"bXYZ", "XYZ ", ColourUse::rgb},
    {"rTRC", "curvpara", ColourUse::rgb},
    {"gTRC", "curvpara", ColourUse::rgb},
    {"bTRC", "curvpara", ColourUse::rgb},
    {"kTRC", "curvpara", ColourUse::grey},
    {"chad", "sf32", ColourUse::optional},
    {"cicp", "cicp", ColourUse::optional},
}};

struct ProfileTag {
    std::string_view name;
    Bytes element;
};

std::uint32_t profile_number(ByteView profile, std::size_t at, std::size_t size) {
    std::uint32_t value = 0;
    for (const std::byte b : profile.subspan(at, size))
        value = value << 8 | std::to_integer<std::uint32_t>(b);
    return value;
}

/// How many bytes an element has by its type and counts; 0 for a type that is not taken.
std::size_t element_size(ByteView element) {
    if (element.size() < 12) return 0;
    const std::string_view type = as_text(element.first(4));
    if (type == "XYZ ") return 20;
    if (type == "sf32") return 8 + 9 * 4;
    if (type == "cicp") return 12;
    if (type == "curv") {
        const std::uint32_t points = profile_number(element, 8, 4);
        return points <= curve_points_max ? 12 + 2 * std::size_t{points} : 0;
    }
    constexpr std::array<std::size_t, 5> parameters{1, 3, 4, 5, 7};
    const std::uint32_t function = profile_number(element, 8, 2);
    return type == "para" && function < parameters.size() ? 12 + 4 * parameters[function] : 0;
}

/// The element of that name if it is of one of the types, without what its type leaves unused.
std::optional<Bytes> element_of(ByteView profile, std::string_view name, std::string_view types) {
    const std::size_t count = profile_number(profile, header_size, 4);
    for (std::size_t i = 0; i < count && i < profile_tags_max; ++i) {
        const std::size_t entry = header_size + 4 + i * tag_entry_size;
        if (profile.size() < entry + tag_entry_size) return std::nullopt;
        if (as_text(profile.subspan(entry, 4)) != name) continue;
        const std::size_t at = profile_number(profile, entry + 4, 4);
        if (at > profile.size()) return std::nullopt;
        const ByteView element = profile.subspan(at);
        const std::size_t size = element_size(element);
        const std::size_t named =
            profile_number(profile, entry + 8, 4);  // or with what fills it up to four
        if (size == 0 || size > element.size() || named < size || named > size + 3)
            return std::nullopt;
        Bytes plain = to_bytes(element.first(size));
        std::fill_n(plain.begin() + 4, 4, std::byte{0});
        const std::string_view type = as_text(element.first(4));
        if (type == "para") std::fill_n(plain.begin() + 10, 2, std::byte{0});
        const std::size_t listed = types.find(type);
        if (listed == std::string_view::npos || listed % type.size() != 0) return std::nullopt;
        return plain;
    }
    return std::nullopt;
}

/// A text that the format demands, in the form of the profile's version.
Bytes profile_text(std::string_view text, bool described, bool version_4) {
    Writer element;
    if (version_4) {
        element.raw(as_bytes("mluc\0\0\0\0\0\0\0\1\0\0\0\14enUS"sv));
        element.number(static_cast<std::uint32_t>(2 * text.size()));
        element.number<std::uint32_t>(28);
        for (const char c : text) element.number(static_cast<std::uint16_t>(c));
    } else {
        element.raw(as_bytes(described ? "desc\0\0\0\0"sv : "text\0\0\0\0"sv));
        if (described) element.number(static_cast<std::uint32_t>(text.size() + 1));
        element.raw(as_bytes(text));
        element.raw(Bytes(described ? 1 + 4 + 4 + 2 + 1 + 67 : 1));  // no other languages
    }
    return std::move(element).take();
}

/// The elements that say what colours are; empty where one that is needed is not there.
std::vector<ProfileTag> colour_tags(ByteView profile, ColourUse space) {
    std::vector<ProfileTag> tags;
    for (const ColourRow& row : colour_rows) {
        if (row.use != space && row.use != ColourUse::both && row.use != ColourUse::optional)
            continue;
        auto element = element_of(profile, row.name, row.types);
        if (element)
            tags.push_back({row.name, std::move(*element)});
        else if (row.use != ColourUse::optional)
            return {};
    }
    return tags;
}

/// The table of tags and their elements, equal ones once; behind the header.
Bytes tag_table(std::span<const ProfileTag> tags) {
    Writer table;
    Bytes elements;
    const std::size_t begin = header_size + 4 + tags.size() * tag_entry_size;
    std::vector<std::pair<ByteView, std::size_t>> placed;
    table.number(static_cast<std::uint32_t>(tags.size()));
    for (const ProfileTag& tag : tags) {
        std::optional<std::size_t> at;
        for (const auto& [element, where] : placed)
            if (equal(element, tag.element)) at = where;
        if (!at) {
            at = begin + elements.size();
            placed.emplace_back(tag.element, *at);
            append(elements, tag.element);
            elements.resize((elements.size() + 3) / 4 * 4);
        }
        table.raw(as_bytes(tag.name));
        table.number(static_cast<std::uint32_t>(*at));
        table.number(static_cast<std::uint32_t>(tag.element.size()));
    }
    table.raw(elements);
    return std::move(table).take();
}

}  // namespace

std::optional<Bytes> plain_profile(ByteView profile) {
    if (profile.size() < header_size + 4) return std::nullopt;
    const std::size_t size = profile_number(profile, 0, 4);
    if (size < header_size + 4 || size > profile.size()) return std::nullopt;
    profile = profile.first(size);
    const std::uint32_t version = profile_number(profile, 8, 1);
    const std::string_view kind = as_text(profile.subspan(12, 4));
    const std::string_view space = as_text(profile.subspan(16, 4));
    const bool grey = space == "GRAY";
    if ((version != 2 && version != 4) || as_text(profile.subspan(36, 4)) != "acsp" ||
        (kind != "mntr" && kind != "scnr" && kind != "spac") || (space != "RGB " && !grey) ||
        as_text(profile.subspan(20, 4)) != "XYZ ")
        return std::nullopt;

    std::vector<ProfileTag> tags = colour_tags(profile, grey ? ColourUse::grey : ColourUse::rgb);
    if (tags.empty()) return std::nullopt;
    tags.push_back({"desc", profile_text("colours", true, version == 4)});
    tags.push_back({"cprt", profile_text("none", false, version == 4)});
    const Bytes table = tag_table(tags);

    Writer plain;
    plain.number(static_cast<std::uint32_t>(header_size + table.size()));
    plain.number<std::uint32_t>(0);
    plain.raw(profile.subspan(8, 2));  // version
    plain.number<std::uint16_t>(0);
    plain.raw(profile.subspan(12, 12));                     // kind, space, space between
    plain.raw(as_bytes("\x07\xD0\0\1\0\1\0\0\0\0\0\0"sv));  // the first day of 2000
    plain.raw(as_bytes("acsp"sv));
    plain.raw(Bytes(64 - 40));                          // platform, flags, maker, model, attributes
    plain.number(profile_number(profile, 64, 4) & 3U);  // rendering intent
    plain.raw(as_bytes("\0\0\xF6\xD6\0\1\0\0\0\0\xD3\x2D"sv));  // the white of all profiles, D50
    plain.raw(Bytes(header_size - 80));                         // program, identity
    plain.raw(table);
    SAMSYN_ASSERT(plain.size() <= plain_profile_bytes_max);
    return std::move(plain).take();
}

}  // namespace samsyn
