#include "client-sdk/cli/print_shares.hpp"

#include "client-sdk/agent/secret_text.hpp"
#include "client-sdk/cli/qr.hpp"

#include <hpdf.h>
#include <memory>

namespace samsyn {

namespace {

constexpr float margin = 57;              // points: 2 cm
constexpr float code_side = 200;          // points: 7 cm
constexpr std::size_t group_letters = 5;  // letters
constexpr std::size_t in_a_row = 5;       // groups
constexpr int pixels_a_square = 8;

/// UTF-8 as the page's fonts have it (Latin-1); what they lack is a question mark.
std::string to_latin1(std::string_view text) {
    std::string latin;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (byte < 0x80) {
            latin.push_back(byte < 0x20 ? ' ' : text[i]);
            continue;
        }
        const bool two = (byte == 0xc2 || byte == 0xc3) && i + 1 < text.size();
        const unsigned next = two ? static_cast<unsigned char>(text[i + 1]) & 0x3fU : 0;
        latin.push_back(two ? static_cast<char>((byte & 3U) << 6U | next) : '?');
        while (i + 1 < text.size() && (static_cast<unsigned char>(text[i + 1]) & 0xc0U) == 0x80U)
            ++i;
    }
    return latin;
}

/// One page that is written from the top down.
class Sheet {
public:
    static Result<Sheet> begin(std::string_view title) {
        Sheet sheet;
        sheet.document_.reset(HPDF_New(nullptr, nullptr));
        if (!sheet.document_) return fail(Errc::out_of_memory, "page");
        HPDF_Doc document = sheet.document_.get();
        const std::string latin = to_latin1(title);
        HPDF_SetInfoAttr(document, HPDF_INFO_TITLE, latin.c_str());
        sheet.page_ = HPDF_AddPage(document);
        sheet.plain_ = HPDF_GetFont(document, "Helvetica", "WinAnsiEncoding");
        sheet.bold_ = HPDF_GetFont(document, "Helvetica-Bold", "WinAnsiEncoding");
        sheet.typed_ = HPDF_GetFont(document, "Courier-Bold", "WinAnsiEncoding");
        if (HPDF_GetError(document) != HPDF_OK) return fail(Errc::system_failed, "page");
        HPDF_Page_SetSize(sheet.page_, HPDF_PAGE_SIZE_A4, HPDF_PAGE_PORTRAIT);
        sheet.left_to_ = HPDF_Page_GetHeight(sheet.page_) - margin;
        return sheet;
    }

    void heading(std::string_view text, float size) { line(bold_, text, size); }

    void text(std::string_view text) { line(plain_, text, 11); }

    void typed(std::string_view text) { line(typed_, text, 16); }

    void gap(float points) { left_to_ -= points; }

    void code(const QrCode& code) {
        const float square = code_side / static_cast<float>(code.size() + 2 * QrCode::quiet);
        left_to_ -= code_side;
        for (int row = 0; row < code.size(); ++row)
            for (int column = 0; column < code.size(); ++column) {
                if (!code.is_dark(column, row)) continue;
                const float x = margin + square * static_cast<float>(column + QrCode::quiet);
                const float y =
                    left_to_ + square * static_cast<float>(code.size() - row - 1 + QrCode::quiet);
                HPDF_Page_Rectangle(page_, x, y, square, square);
            }
        HPDF_Page_Fill(page_);
    }

    Result<std::string> finish() {
        HPDF_Doc document = document_.get();
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

private:
    Sheet() = default;

    void line(HPDF_Font font, std::string_view text, float size) {
        left_to_ -= size * 1.4F;
        std::string latin = to_latin1(text);
        HPDF_Page_BeginText(page_);
        HPDF_Page_SetFontAndSize(page_, font, size);
        HPDF_Page_TextOut(page_, margin, left_to_, latin.c_str());
        HPDF_Page_EndText(page_);
        wipe_text(latin);
    }

    struct Free {
        void operator()(HPDF_Doc document) const noexcept { HPDF_Free(document); }
    };

    std::unique_ptr<std::remove_pointer_t<HPDF_Doc>, Free> document_;
    HPDF_Page page_ = nullptr;
    HPDF_Font plain_ = nullptr, bold_ = nullptr, typed_ = nullptr;
    float left_to_ = 0;
};

void write_share(Sheet& sheet, const SharePage& page) {
    const RecoveryShare& share = *page.share;
    const std::string number =
        std::to_string(share.point.x) + " (" + std::to_string(page.holders) + ")";
    const std::string needed = std::to_string(share.threshold);
    sheet.heading("Samsyn: del av återställningsnyckel / share of a recovery key", 16);
    sheet.gap(8);
    sheet.heading(page.organisation, 14);
    sheet.text("Innehavare / holder: " +
               (page.holder.empty() ? "______________________________" : page.holder));
    sheet.text("Del / share: " + number +
               "     Nyckel nr / generation: " + std::to_string(share.generation) +
               "     Nyckel / key: " + page.key + "     Gjord / made: " + page.made);
    sheet.text("Det behövs " + needed + " delar av " + std::to_string(page.holders) + " / " +
               needed + " of " + std::to_string(page.holders) + " shares are needed");
    sheet.gap(10);
}

void write_advice(Sheet& sheet) {
    sheet.gap(14);
    for (const char* const line :
         {"Förvara pappret inlåst, var för sig. Ingen får ha två. Kopiera och fotografera inte.",
          "Använd det bara när två personer har beslutat det, på den surfplatta de nämner:",
          "samsyn recovery open. Lämna aldrig ifrån dig texten i telefon eller e-post.",
          "När en ny nyckel har gjorts och bekräftats: förstör pappret inför vittne.",
          "",
          "Keep the paper locked away, each in a place of its own. Nobody may hold two. No copies.",
          "Use it only when two persons have decided so, on the tablet that they name:",
          "samsyn recovery open. Never give the text by telephone or e-mail.",
          "Once a new key has been made and confirmed: destroy the paper before a witness."})
        sheet.text(line);
}

std::string capitals(std::string text) {
    for (char& c : text)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return text;
}

}  // namespace

std::vector<std::string> share_groups(const RecoveryShare& share) {
    std::string text = capitals(to_text(share).substr(share_text_prefix.size()));
    std::vector<std::string> groups;
    for (std::size_t at = 0; at < text.size(); at += group_letters)
        groups.push_back(text.substr(at, group_letters));
    wipe_text(text);
    return groups;
}

Result<std::string> share_pdf(const SharePage& page) {
    std::string text = to_text(*page.share);
    auto code = QrCode::of(text, QrStrength::paper);
    wipe_text(text);
    if (!code) return std::unexpected{code.error()};
    Sheet sheet = SAMSYN_TRY(Sheet::begin("Samsyn"));
    write_share(sheet, page);
    sheet.code(*code);
    sheet.gap(10);
    sheet.typed(capitals(std::string{share_text_prefix}));
    auto groups = share_groups(*page.share);
    for (std::size_t at = 0; at < groups.size(); at += in_a_row) {
        std::string row;
        for (std::size_t i = at; i < std::min(groups.size(), at + in_a_row); ++i)
            row += groups[i] + "  ";
        sheet.typed(row);
        wipe_text(row);
    }
    for (std::string& each : groups) wipe_text(each);
    write_advice(sheet);
    return sheet.finish();
}

Result<std::string> share_png(const RecoveryShare& share) {
    std::string text = to_text(share);
    auto code = QrCode::of(text, QrStrength::paper);
    wipe_text(text);
    if (!code) return std::unexpected{code.error()};
    return qr_png(*code, pixels_a_square);
}

}  // namespace samsyn
