#include "client-sdk/cli/qr.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/qr_reader.hpp"

#include <algorithm>
#include <utility>

using namespace samsyn;

namespace {

constexpr std::string_view shown_text = "samsyn2-reveal-abcdefghijklmnopqrstuvwxyz234567";

/// The squares that a reader sees in half blocks: true where something is drawn.
std::vector<std::vector<bool>> drawn(const std::string& lines) {
    std::vector<std::vector<bool>> rows;
    std::vector<bool> upper;
    std::vector<bool> lower;
    for (std::size_t at = 0; at < lines.size();) {
        const std::string_view rest = std::string_view{lines}.substr(at);
        if (rest.starts_with("\n")) {
            rows.push_back(std::exchange(upper, {}));
            rows.push_back(std::exchange(lower, {}));
            at += 1;
        } else if (rest.starts_with("\x1b[")) {
            at += rest.find('m') + 1;
        } else if (rest.starts_with(" ")) {
            upper.push_back(false);
            lower.push_back(false);
            at += 1;
        } else {
            REQUIRE(rest.starts_with("\xe2\x96"));
            const char block = rest[2];
            upper.push_back(block != '\x84');
            lower.push_back(block != '\x80');
            at += 3;
        }
    }
    return rows;
}

bool is_finder(const QrCode& code, int left, int top) {
    for (int y = -1; y <= 7; ++y)
        for (int x = -1; x <= 7; ++x) {
            const bool outside = x < 0 || y < 0 || x > 6 || y > 6;
            const bool ring = x == 0 || y == 0 || x == 6 || y == 6;
            const bool heart = x >= 2 && x <= 4 && y >= 2 && y <= 4;
            if (code.is_dark(left + x, top + y) != (!outside && (ring || heart))) return false;
        }
    return true;
}

}  // namespace

TEST_CASE("QR: has its three finders, and is small because letters go as capitals", "[cli][qr]") {
    const QrCode code = QrCode::of(shown_text, QrStrength::screen).value();
    CHECK(is_finder(code, 0, 0));
    CHECK(is_finder(code, code.size() - 7, 0));
    CHECK(is_finder(code, 0, code.size() - 7));
    CHECK_FALSE(is_finder(code, code.size() - 7, code.size() - 7));
    // ISO/IEC 18004, table 7: 47 alphanumeric letters fit version 2-L, in bytes they need 3-L.
    CHECK(code.size() == 25);
    CHECK(QrCode::of(shown_text, QrStrength::paper).value().size() > code.size());
}

TEST_CASE("QR: half blocks show every square and the quiet zone, in both colourings", "[cli][qr]") {
    const QrCode code = QrCode::of(shown_text, QrStrength::screen).value();
    const QrColours colours = GENERATE(QrColours::plain, QrColours::black_on_white);
    const bool draws_dark = colours == QrColours::black_on_white;
    const std::string lines = qr_lines(code, colours);
    const auto rows = drawn(lines);
    const int side = code.size() + 2 * QrCode::quiet;
    REQUIRE(rows.size() == static_cast<std::size_t>(side + side % 2));
    for (int row = 0; row < side; ++row) {
        REQUIRE(rows[static_cast<std::size_t>(row)].size() == static_cast<std::size_t>(side));
        for (int column = 0; column < side; ++column) {
            const bool dark = code.is_dark(column - QrCode::quiet, row - QrCode::quiet);
            CAPTURE(row, column);
            REQUIRE(rows[static_cast<std::size_t>(row)][static_cast<std::size_t>(column)] ==
                    (dark == draws_dark));
        }
    }
    // Each line sets its colours and takes them back, so that a scrolled terminal stays whole.
    CHECK((lines.find("\x1b[0m") != std::string::npos) == draws_dark);
}

TEST_CASE("QR: the PNG file holds every square and the quiet zone", "[cli][qr]") {
    const QrCode code = QrCode::of(shown_text, QrStrength::paper).value();
    constexpr int pixels = 3;
    const std::string file = qr_png(code, pixels).value();
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    REQUIRE(png_image_begin_read_from_memory(&image, file.data(), file.size()) != 0);
    image.format = PNG_FORMAT_GRAY;
    const int side = (code.size() + 2 * QrCode::quiet) * pixels;
    REQUIRE(image.width == static_cast<png_uint_32>(side));
    REQUIRE(image.height == static_cast<png_uint_32>(side));
    std::string grey(PNG_IMAGE_SIZE(image), '\x7f');
    REQUIRE(png_image_finish_read(&image, nullptr, grey.data(), 0, nullptr) != 0);
    for (int y = 0; y < side; ++y)
        for (int x = 0; x < side; ++x) {
            const bool dark = code.is_dark(x / pixels - QrCode::quiet, y / pixels - QrCode::quiet);
            CAPTURE(x, y);
            REQUIRE(grey[static_cast<std::size_t>(y * side + x)] == (dark ? '\0' : '\xff'));
        }
}

TEST_CASE("QR: a reader that shares nothing with the writer reads the text back", "[cli][qr]") {
    const std::size_t letters = GENERATE(10U, 47U, 150U, 300U, 435U, 460U, 600U);
    const QrStrength strength = GENERATE(QrStrength::screen, QrStrength::paper);
    CAPTURE(letters);
    std::string written = "samsyn2-invite-";
    for (std::size_t i = 0; i < letters; ++i)
        written.push_back("abcdefghijklmnopqrstuvwxyz234567"[i * 7 % 32]);
    std::string capitals = written;
    for (char& c : capitals)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    const QrCode code = QrCode::of(written, strength).value();
    CHECK(test::read_qr_png(qr_png(code, 5).value()) == capitals);

    const auto rows = drawn(qr_lines(code, QrColours::black_on_white));
    CHECK(test::QrReader::read(code.size(), [&](int column, int row) {
              return rows[static_cast<std::size_t>(row + QrCode::quiet)]
                         [static_cast<std::size_t>(column + QrCode::quiet)];
          }) == capitals);
}

TEST_CASE("QR: an invitation's length fits, and what no code holds is refused", "[cli][qr]") {
    // 450 letters: version 11 on a screen, 69 columns with its quiet zone.
    CHECK(
        QrCode::of("samsyn2-invite-" + std::string(435, 'q'), QrStrength::screen).value().size() ==
        61);
    CHECK(QrCode::of(std::string(8000, 'a'), QrStrength::screen).error().code ==
          Errc::limit_exceeded);
    CHECK(QrCode::of("", QrStrength::screen).error().code == Errc::invalid_argument);
    CHECK(QrCode::of(std::string_view{"a\0b", 3}, QrStrength::screen).error().code ==
          Errc::invalid_argument);
    CHECK(qr_png(QrCode::of("a", QrStrength::screen).value(), 0).error().code ==
          Errc::invalid_argument);
    CHECK(qr_png(QrCode::of("a", QrStrength::screen).value(), 1000).error().code ==
          Errc::invalid_argument);
}
