#include "core/attachment/file_kind.hpp"

#include "core/attachment/formats.hpp"
#include "core/base/codec.hpp"

#include <algorithm>
#include <array>

namespace samsyn {

namespace {

using namespace std::string_view_literals;

/// How many bytes of the signature are not there.
std::size_t missing(ByteView file, std::size_t at, std::string_view signature) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < signature.size(); ++i)
        if (file.size() <= at + i || static_cast<char>(file[at + i]) != signature[i]) ++count;
    return count;
}

bool starts(ByteView file, std::string_view signature) {
    return missing(file, 0, signature) == 0;
}

struct PictureMiss {
    FileKind kind;
    std::size_t missing;
};

/// How far the file is from each of the four signatures.
std::array<PictureMiss, 4> picture_misses(ByteView file) {
    return {
        {{FileKind::jpeg, missing(file, 0, "\xFF\xD8\xFF"sv)},
         {FileKind::png, missing(file, 0, "\x89PNG\r\n\x1A\n"sv)},
         {FileKind::webp, missing(file, 0, "RIFF"sv) + missing(file, 8, "WEBP"sv)},
         {FileKind::gif, std::min(missing(file, 0, "GIF87a"sv), missing(file, 0, "GIF89a"sv))}}};
}

bool is_plain_text(ByteView file) {
    const auto is_control = [](std::byte b) {
        return b < std::byte{' '} && b != std::byte{'\t'} && b != std::byte{'\n'} &&
               b != std::byte{'\r'} && b != std::byte{'\f'};
    };
    return !file.empty() && std::ranges::none_of(file, is_control) && is_utf8(file);
}

/// A box `ftyp` that names a kind of still picture among its brands.
bool has_picture_brand(ByteView file) {
    if (file.size() < 16 || as_text(file.subspan(4, 4)) != "ftyp") return false;
    constexpr std::array brands{"heic"sv,
                                "heix"sv,
                                "heim"sv,
                                "heis"sv,
                                "hevc"sv,
                                "hevx"sv,
                                "hevm"sv,
                                "hevs"sv,
                                "mif1"sv,
                                "mif2"sv,
                                "msf1"sv,
                                "miaf"sv,
                                "avif"sv,
                                "avis"sv,
                                "crx "sv,
                                "jp2 "sv,
                                "jpx "sv,
                                "jpm "sv,
                                "jxl "sv};
    constexpr std::size_t box_max = 4096;
    const std::size_t named =
        std::to_integer<std::size_t>(file[2]) << 8 | std::to_integer<std::size_t>(file[3]);
    const ByteView box =
        file.first(std::min({file.size(), std::max<std::size_t>(named, 32), box_max}));
    for (std::size_t at = 8; at + 4 <= box.size(); at += 4)
        if (std::ranges::find(brands, as_text(box.subspan(at, 4))) != brands.end()) return true;
    return false;
}

bool is_bmp(ByteView file) {
    if (file.size() < 18 || !starts(file, "BM")) return false;
    constexpr std::array<std::uint32_t, 7> header_sizes{12, 40, 52, 56, 64, 108, 124};
    return std::ranges::find(header_sizes, little_endian(file.subspan(14, 4))) !=
           header_sizes.end();
}

/// An XML document whose first element is `svg`, with or without a prefix.
bool is_svg(ByteView file) {
    constexpr std::size_t prolog_max = 64U * 1024;
    std::string_view rest = as_text(file.first(std::min(file.size(), prolog_max)));
    if (rest.starts_with("\xEF\xBB\xBF")) rest.remove_prefix(3);
    for (;;) {
        rest.remove_prefix(std::min(rest.find_first_not_of(" \t\r\n"), rest.size()));
        std::string_view end;
        if (rest.starts_with("<!--"))
            end = "-->";
        else if (rest.starts_with("<?"))
            end = "?>";
        else if (rest.starts_with("<!"))
            end = rest.find('[') < rest.find('>') ? "]>" : ">";
        else
            break;
        const std::size_t at = rest.find(end);
        if (at == std::string_view::npos) return false;
        rest.remove_prefix(at + end.size());
    }
    if (!rest.starts_with('<')) return false;
    std::string_view name = rest.substr(1, rest.find_first_of(" \t\r\n/>") - 1);
    const std::size_t prefix = name.find(':');
    if (prefix != std::string_view::npos) name.remove_prefix(prefix + 1);
    return name == "svg";
}

struct OtherSignature {
    std::string_view bytes;
    std::string_view kind;
};

constexpr std::array<OtherSignature, 18> other_signatures{{
    {"II*\0"sv, "TIFF or raw"},
    {"MM\0*"sv, "TIFF or raw"},
    {"II+\0"sv, "TIFF or raw"},
    {"MM\0+"sv, "TIFF or raw"},
    {"IIRO"sv, "raw"},
    {"IIRS"sv, "raw"},
    {"MMOR"sv, "raw"},
    {"IIU\0"sv, "raw"},
    {"II\x1A\0"sv, "raw"},
    {"FUJIFILMCCD-RAW"sv, "raw"},
    {"FOVb"sv, "raw"},
    {"\0MRM"sv, "raw"},
    {"\0\0\0\x0CjP  \r\n\x87\n"sv, "JPEG 2000"},
    {"\xFF\x4F\xFF\x51"sv, "JPEG 2000"},
    {"\0\0\0\x0CJXL \r\n\x87\n"sv, "JPEG XL"},
    {"\xFF\x0A"sv, "JPEG XL"},
    {"II\xBC"sv, "JPEG XR"},
    {"8BPS"sv, "Photoshop"},
}};

}  // namespace

FileKind kind_of(ByteView file) {
    for (const PictureMiss& miss : picture_misses(file))
        if (miss.missing == 0) return miss.kind;
    if (starts(file, "%PDF-")) return FileKind::pdf;
    return is_plain_text(file) ? FileKind::text : FileKind::other;
}

std::string_view other_picture(ByteView file) {
    if (has_picture_brand(file)) return "HEIC or AVIF";
    if (is_bmp(file)) return "BMP";
    if (is_svg(file)) return "SVG";
    for (const OtherSignature& row : other_signatures)
        if (starts(file, row.bytes)) return row.kind;
    return {};
}

std::optional<FileKind> nearly_picture(ByteView file) {
    for (const PictureMiss& miss : picture_misses(file))
        if (miss.missing <= 1) return miss.kind;
    return std::nullopt;
}

}  // namespace samsyn
