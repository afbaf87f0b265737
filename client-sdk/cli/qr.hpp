#pragma once

#include "core/base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace samsyn {

/// How much of a code may be hurt and still be read: screens are whole, paper gets creased.
enum class QrStrength : bool { screen, paper };

/// The squares of a QR code (ISO/IEC 18004), by libqrencode.
class QrCode {
public:
    /// Letters are written in capitals, which a QR code packs denser: for texts that do not tell
    /// them apart, as those of an enrolment. Errors: `invalid_argument` for an empty text or one
    /// with a zero byte; `limit_exceeded` for what no code holds (some 2 300 bytes on paper).
    static Result<QrCode> of(std::string_view text, QrStrength strength);

    /// Squares a side, without the quiet zone.
    int size() const { return size_; }

    /// Outside of the code it is light.
    bool is_dark(int column, int row) const {
        if (column < 0 || row < 0 || column >= size_ || row >= size_) return false;
        const auto line = static_cast<std::size_t>(row) * static_cast<std::size_t>(size_);
        return dark_[line + static_cast<std::size_t>(column)];
    }

    /// The light border without which no camera finds the code.
    static constexpr int quiet = 4;

private:
    int size_ = 0;
    std::vector<bool> dark_;
};

/// With colours the code is black on white whatever the terminal's own colours are; without, light
/// squares are drawn, as suits light letters on a dark ground.
enum class QrColours : bool { plain, black_on_white };

/// Two rows of squares a line, as half blocks in UTF-8, with the quiet zone.
std::string qr_lines(const QrCode& code, QrColours colours);

/// A PNG file of shades of grey, `pixels` a square, with the quiet zone. Errors: `out_of_memory`,
/// `invalid_argument` for a silly size.
Result<std::string> qr_png(const QrCode& code, int pixels);

}  // namespace samsyn
