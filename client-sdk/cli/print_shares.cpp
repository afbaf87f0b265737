#include "client-sdk/cli/print_shares.hpp"

#include "client-sdk/agent/secret_text.hpp"
#include "client-sdk/cli/pdf_sheet.hpp"
#include "client-sdk/cli/qr.hpp"

#include <algorithm>

namespace samsyn {

namespace {

constexpr std::size_t group_letters = 5;  // letters
constexpr std::size_t in_a_row = 5;       // groups
constexpr int pixels_a_square = 8;

void write_share(PdfSheet& sheet, const SharePage& page) {
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

void write_advice(PdfSheet& sheet) {
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
    PdfSheet sheet = SAMSYN_TRY(PdfSheet::begin("Samsyn"));
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
