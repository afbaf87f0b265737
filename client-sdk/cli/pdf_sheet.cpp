#include "client-sdk/cli/pdf_sheet.hpp"

#include "client-sdk/agent/secret_text.hpp"
#include "client-sdk/cli/qr.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>

namespace samsyn {

namespace {

constexpr float margin = 57;      // points: 2 cm
constexpr float code_side = 200;  // points: 7 cm
constexpr float text_size = 11;
constexpr float line_height = 1.4F;
constexpr std::size_t lacking_bytes_max = 256;
constexpr std::size_t line_bytes_max = 1024;  // more fit on no line
constexpr std::size_t pages_max = 1000;

/// Windows-1252 from 0x80 to 0x9f (0: nothing there); from 0xa0 on it is Latin-1.
constexpr std::uint16_t windows_1252[32] = {
    0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017d, 0,      0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178};

/// None where the fonts have no such letter.
std::optional<char> byte_of(std::int32_t point) {
    if (point >= 0x20 && point < 0x7f) return static_cast<char>(point);
    if (point >= 0xa0 && point <= 0xff) return static_cast<char>(point);
    const auto* const found = std::ranges::find(windows_1252, point);
    if (point < 0x80 || found == std::end(windows_1252)) return std::nullopt;
    return static_cast<char>(0x80 + (found - std::begin(windows_1252)));
}

}  // namespace

Result<PdfSheet> PdfSheet::begin(std::string_view title) {
    PdfSheet sheet;
    sheet.document_.reset(HPDF_New(nullptr, nullptr));
    if (!sheet.document_) return fail(Errc::out_of_memory, "page");
    HPDF_Doc document = sheet.document_.get();
    const std::string latin = sheet.in_font(title);
    HPDF_SetInfoAttr(document, HPDF_INFO_TITLE, latin.c_str());
    sheet.plain_ = HPDF_GetFont(document, "Helvetica", "WinAnsiEncoding");
    sheet.bold_ = HPDF_GetFont(document, "Helvetica-Bold", "WinAnsiEncoding");
    sheet.typed_ = HPDF_GetFont(document, "Courier-Bold", "WinAnsiEncoding");
    sheet.add_page();
    if (HPDF_GetError(document) != HPDF_OK) return fail(Errc::system_failed, "page");
    return sheet;
}

void PdfSheet::add_page() {
    HPDF_Page page = HPDF_AddPage(document_.get());
    HPDF_Page_SetSize(page, HPDF_PAGE_SIZE_A4, HPDF_PAGE_PORTRAIT);
    left_to_ = HPDF_Page_GetHeight(page) - margin;
    pages_.push_back(page);
}

std::string PdfSheet::in_font(std::string_view utf8) {
    std::string latin;
    for (std::size_t at = 0; at < utf8.size();) {
        std::int32_t point = -1;
        const auto size =
            utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(utf8.data()) + at,
                             static_cast<utf8proc_ssize_t>(utf8.size() - at),
                             &point);
        const std::size_t length = size > 0 ? static_cast<std::size_t>(size) : 1;
        const bool blank = point >= 0 && point < 0x20;
        const auto byte = blank ? ' ' : byte_of(size > 0 ? point : -1);
        latin.push_back(byte.value_or('?'));
        const std::string_view letter = utf8.substr(at, length);
        if (!byte && size > 0 && !lacking_.contains(letter) &&
            lacking_.size() + length <= lacking_bytes_max)
            lacking_.append(letter);
        at += length;
    }
    return latin;
}

static void put(HPDF_Page page, HPDF_Font font, const std::string& latin, float size, float y) {
    HPDF_Page_BeginText(page);
    HPDF_Page_SetFontAndSize(page, font, size);
    HPDF_Page_TextOut(page, margin, y, latin.c_str());
    HPDF_Page_EndText(page);
}

void PdfSheet::line(HPDF_Font font, std::string_view text, float size) {
    std::string latin = in_font(text);
    std::string_view rest = latin;
    do {
        if (left_to_ - size * line_height < margin) add_page();
        if (pages_.size() > pages_max) return;
        HPDF_Page page = pages_.back();
        const float width = HPDF_Page_GetWidth(page) - 2 * margin;
        HPDF_Page_SetFontAndSize(page, font, size);
        std::string part{rest.substr(0, line_bytes_max)};
        const auto fits = [&](HPDF_BOOL at_words) {
            return HPDF_Page_MeasureText(page, part.c_str(), width, at_words, nullptr);
        };
        std::size_t length = fits(HPDF_TRUE);
        if (length == 0) length = std::max<std::size_t>(fits(HPDF_FALSE), 1);  // a very long word
        length = std::min(length, part.size());
        part.resize(length);
        left_to_ -= size * line_height;
        put(page, font, part, size, left_to_);
        wipe_text(part);
        rest.remove_prefix(length);
    } while (!rest.empty());
    wipe_text(latin);
}

void PdfSheet::heading(std::string_view text, float size) {
    line(bold_, text, size);
}

void PdfSheet::text(std::string_view text) {
    for (;;) {
        const auto end = std::min(text.find('\n'), text.size());
        line(plain_, text.substr(0, end), text_size);
        if (end == text.size()) return;
        text.remove_prefix(end + 1);
    }
}

void PdfSheet::typed(std::string_view text) {
    line(typed_, text, 16);
}

void PdfSheet::gap(float points) {
    left_to_ -= points;
}

void PdfSheet::code(const QrCode& code) {
    HPDF_Page page = pages_.back();
    const float square = code_side / static_cast<float>(code.size() + 2 * QrCode::quiet);
    left_to_ -= code_side;
    for (int row = 0; row < code.size(); ++row)
        for (int column = 0; column < code.size(); ++column) {
            if (!code.is_dark(column, row)) continue;
            const float x = margin + square * static_cast<float>(column + QrCode::quiet);
            const float y =
                left_to_ + square * static_cast<float>(code.size() - row - 1 + QrCode::quiet);
            HPDF_Page_Rectangle(page, x, y, square, square);
        }
    HPDF_Page_Fill(page);
}

Result<std::string> PdfSheet::finish() {
    HPDF_Doc document = document_.get();
    if (pages_.size() > pages_max) return fail(Errc::limit_exceeded, "pages");
    const std::string count = " (" + std::to_string(pages_.size()) + ")";
    for (std::size_t i = 0; pages_.size() > 1 && i < pages_.size(); ++i)
        put(pages_[i], plain_, std::to_string(i + 1) + count, 9, margin / 2);
    HPDF_SaveToStream(document);
    if (HPDF_GetError(document) != HPDF_OK)
        return fail(Errc::system_failed, "page: " + std::to_string(HPDF_GetError(document)));
    std::string bytes(HPDF_GetStreamSize(document), '\0');
    HPDF_ResetStream(document);
    auto size = static_cast<HPDF_UINT32>(bytes.size());
    const auto read =
        HPDF_ReadFromStream(document, reinterpret_cast<HPDF_BYTE*>(bytes.data()), &size);
    if ((read != HPDF_OK && read != HPDF_STREAM_EOF) || size != bytes.size())
        return fail(Errc::system_failed, "page");
    return bytes;
}

}  // namespace samsyn
