#pragma once

#include "core/base/result.hpp"

#include <hpdf.h>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace samsyn {

class QrCode;

/// Pages of A4 that are written from the top down, in the fonts that every reader of PDF has. Those
/// have the letters of Western Europe (Windows-1252), each with its marks as one code point;
/// `lacking` says which others were asked for. Move-only.
class PdfSheet {
public:
    /// Errors of every call: `out_of_memory`, `system_failed`.
    static Result<PdfSheet> begin(std::string_view title);

    /// `size`: of the letters, in points.
    void heading(std::string_view text, float size);

    /// Lines of text, each broken where the page ends; a new page where that is full.
    void text(std::string_view text);

    /// A line in which each letter is as wide as the others: for what is typed off.
    void typed(std::string_view text);
    void gap(float points);

    /// A code of 7 cm, where there is room for it.
    void code(const QrCode& code);

    /// The letters so far that the fonts lack, each once, as UTF-8; they stand as question marks.
    const std::string& lacking() const { return lacking_; }

    /// The bytes of the file. Several pages are numbered. Errors: also `limit_exceeded`.
    Result<std::string> finish();

private:
    PdfSheet() = default;

    void add_page();
    void line(HPDF_Font font, std::string_view text, float size);
    std::string in_font(std::string_view utf8);

    struct Free {
        void operator()(HPDF_Doc document) const noexcept { HPDF_Free(document); }
    };

    std::unique_ptr<std::remove_pointer_t<HPDF_Doc>, Free> document_;
    std::vector<HPDF_Page> pages_;
    HPDF_Font plain_ = nullptr, bold_ = nullptr, typed_ = nullptr;
    float left_to_ = 0;
    std::string lacking_;
};

}  // namespace samsyn
