#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <png.h>
#include <string>
#include <string_view>
#include <vector>

namespace samsyn::test {

/// Reads a QR code (ISO/IEC 18004) from its squares, as a camera's program does once it has found
/// them; shares nothing with the writer. No error correction: the squares are whole. Levels L and
/// M, versions 1 to 20, numbers, capitals and bytes.
class QrReader {
public:
    using Dark = std::function<bool(int column, int row)>;

    /// Nothing where it is no code, or one that this reader does not know.
    static std::optional<std::string> read(int size, Dark dark) {
        if (size < 21 || (size - 17) % 4 != 0 || (size - 17) / 4 > 20) return std::nullopt;
        QrReader reader{size, std::move(dark)};
        return reader.text();
    }

private:
    QrReader(int size, Dark dark)
        : size_(size),
          version_((size - 17) / 4),
          dark_(std::move(dark)) {}

    std::optional<std::string> text() {
        unsigned format = 0;  // beside the upper left finder, most significant bit first
        for (int i = 0; i < 6; ++i) format = format << 1 | bit(i, 8);
        format = format << 1 | bit(7, 8);
        format = format << 1 | bit(8, 8);
        format = format << 1 | bit(8, 7);
        for (int row = 5; row >= 0; --row) format = format << 1 | bit(8, row);
        format ^= 0x5412U;
        const unsigned level = format >> 13U;  // 1: L, 0: M
        if (level > 1) return std::nullopt;
        mask_ = format >> 10U & 7U;
        return segments(data_of(codewords(), level == 1));
    }

    unsigned bit(int column, int row) const { return dark_(column, row) ? 1 : 0; }

    std::vector<int> alignments() const {
        if (version_ == 1) return {};
        const int count = version_ / 7 + 2;
        const int step = (version_ * 4 + count * 2 + 1) / (count * 2 - 2) * 2;
        std::vector<int> at{6};
        for (int i = 1; i < count; ++i) at.push_back(size_ - 7 - (count - 1 - i) * step);
        return at;
    }

    /// Finders, timing, alignment, format and version: no data lies there.
    bool is_fixed(int x, int y) const {
        if (x == 6 || y == 6) return true;
        if ((x < 9 && y < 9) || (x < 9 && y >= size_ - 8) || (x >= size_ - 8 && y < 9)) return true;
        const auto beside = [&](int a, int b) { return a < 6 && b >= size_ - 11 && b < size_ - 8; };
        if (version_ >= 7 && (beside(x, y) || beside(y, x))) return true;
        const std::vector<int> at = alignments();
        for (const int cx : at)
            for (const int cy : at) {
                const bool finder = (cx == 6 && cy == 6) || (cx == 6 && cy == at.back()) ||
                                    (cx == at.back() && cy == 6);
                const bool inside = x >= cx - 2 && x <= cx + 2 && y >= cy - 2 && y <= cy + 2;
                if (!finder && inside) return true;
            }
        return false;
    }

    bool is_masked(int x, int y) const {
        switch (mask_) {
            case 0:
                return (x + y) % 2 == 0;
            case 1:
                return y % 2 == 0;
            case 2:
                return x % 3 == 0;
            case 3:
                return (x + y) % 3 == 0;
            case 4:
                return (x / 3 + y / 2) % 2 == 0;
            case 5:
                return x * y % 2 + x * y % 3 == 0;
            case 6:
                return (x * y % 2 + x * y % 3) % 2 == 0;
            default:
                return ((x + y) % 2 + x * y % 3) % 2 == 0;
        }
    }

    /// Two columns at a time from the right, up and down in turn.
    std::vector<std::uint8_t> codewords() const {
        std::vector<std::uint8_t> words;
        unsigned word = 0;
        int bits = 0;
        bool up = true;
        for (int right = size_ - 1; right > 0; right -= 2, up = !up) {
            if (right == 6) right = 5;
            for (int i = 0; i < size_; ++i)
                for (int x = right; x > right - 2; --x) {
                    const int y = up ? size_ - 1 - i : i;
                    if (is_fixed(x, y)) continue;
                    word = word << 1 | (dark_(x, y) != is_masked(x, y) ? 1U : 0U);
                    if (++bits % 8 == 0) words.push_back(static_cast<std::uint8_t>(word & 0xffU));
                }
        }
        return words;
    }

    /// The data of interleaved blocks, one after the other; their check words come behind.
    std::vector<std::uint8_t> data_of(const std::vector<std::uint8_t>& words, bool low) const {
        static constexpr std::array<int, 20> low_checks{7,  10, 15, 20, 26, 18, 20, 24, 30, 18,
                                                        20, 24, 26, 30, 22, 24, 28, 30, 28, 28};
        static constexpr std::array<int, 20> low_blocks{1, 1, 1, 1, 1, 2, 2, 2, 2, 4,
                                                        4, 4, 4, 4, 6, 6, 6, 6, 7, 8};
        static constexpr std::array<int, 20> medium_checks{10, 16, 26, 18, 24, 16, 18, 22, 22, 26,
                                                           30, 22, 22, 24, 24, 28, 28, 26, 26, 26};
        static constexpr std::array<int, 20> medium_blocks{1, 1, 1, 2, 2,  4,  4,  4,  5,  5,
                                                           5, 8, 9, 9, 10, 10, 11, 13, 14, 16};
        const auto row = static_cast<std::size_t>(version_ - 1);
        const int blocks = low ? low_blocks[row] : medium_blocks[row];
        const int checks = low ? low_checks[row] : medium_checks[row];
        const int all = static_cast<int>(words.size());
        const int shorter = all / blocks - checks;  // the last `all % blocks` have one more
        std::vector<std::vector<std::uint8_t>> parts(static_cast<std::size_t>(blocks));
        std::size_t at = 0;
        for (int i = 0; i <= shorter; ++i)
            for (int block = 0; block < blocks; ++block)
                if (i < shorter || block >= blocks - all % blocks)
                    parts[static_cast<std::size_t>(block)].push_back(words[at++]);
        std::vector<std::uint8_t> data;
        for (const auto& part : parts) data.insert(data.end(), part.begin(), part.end());
        return data;
    }

    std::optional<std::string> segments(const std::vector<std::uint8_t>& data) const {
        static constexpr std::string_view letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
        std::size_t position = 0;
        const auto take = [&](int bits) {
            unsigned value = 0;
            for (int i = 0; i < bits; ++i, ++position) {
                const bool there = position / 8 < data.size();
                value = value << 1 | (there ? data[position / 8] >> (7 - position % 8) & 1U : 0U);
            }
            return value;
        };
        std::string text;
        while (position + 4 <= data.size() * 8) {
            const unsigned mode = take(4);
            if (mode == 0) return text;
            const bool wide = version_ >= 10;
            if (mode == 1) {
                for (unsigned left = take(wide ? 12 : 10); left > 0;) {
                    const unsigned digits = std::min(left, 3U);
                    std::string group = std::to_string(take(static_cast<int>(digits * 3 + 1)));
                    text += std::string(digits - std::min<std::size_t>(digits, group.size()), '0') +
                            group;
                    left -= digits;
                }
            } else if (mode == 2) {
                for (unsigned left = take(wide ? 11 : 9); left > 0;) {
                    const unsigned pair = take(left > 1 ? 11 : 6);
                    if (pair >= letters.size() * (left > 1 ? letters.size() : 1))
                        return std::nullopt;
                    if (left > 1) text.push_back(letters[pair / letters.size()]);
                    text.push_back(letters[pair % letters.size()]);
                    left -= std::min(left, 2U);
                }
            } else if (mode == 4) {
                for (unsigned left = take(wide ? 16 : 8); left > 0; --left)
                    text.push_back(static_cast<char>(take(8)));
            } else {
                return std::nullopt;
            }
        }
        return text;
    }

    int size_;
    int version_;
    Dark dark_;
    unsigned mask_ = 0;
};

/// The text of the QR code in a PNG file: quiet zone of four squares on every side. Nothing where
/// the file is no picture of one.
inline std::optional<std::string> read_qr_png(const std::string& file) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    if (png_image_begin_read_from_memory(&image, file.data(), file.size()) == 0)
        return std::nullopt;
    image.format = PNG_FORMAT_GRAY;
    std::vector<unsigned char> grey(PNG_IMAGE_SIZE(image));
    if (png_image_finish_read(&image, nullptr, grey.data(), 0, nullptr) == 0) return std::nullopt;
    const int side = static_cast<int>(image.width);
    const auto dark = [&](int x, int y) {
        return grey[static_cast<std::size_t>(y) * image.width + static_cast<std::size_t>(x)] < 128;
    };
    int border = 0;
    while (border < side && !dark(border, border)) ++border;
    int finder = border;
    while (finder < side && dark(finder, border)) ++finder;
    const int pixels = (finder - border) / 7;  // a finder is seven squares wide
    if (pixels < 1 || border != 4 * pixels || image.width != image.height) return std::nullopt;
    return QrReader::read(side / pixels - 8, [&](int column, int row) {
        return dark((column + 4) * pixels + pixels / 2, (row + 4) * pixels + pixels / 2);
    });
}

}  // namespace samsyn::test
