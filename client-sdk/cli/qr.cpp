#include "client-sdk/cli/qr.hpp"

#include <cerrno>
#include <memory>
#include <png.h>
#include <qrencode.h>

namespace samsyn {

namespace {

constexpr int png_pixels_max = 40;

constexpr std::string_view upper_half = "\xe2\x96\x80";
constexpr std::string_view lower_half = "\xe2\x96\x84";
constexpr std::string_view full_block = "\xe2\x96\x88";

std::string in_capitals(std::string_view text) {
    std::string capitals{text};
    for (char& c : capitals)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return capitals;
}

struct FreeQr {
    void operator()(QRcode* code) const { QRcode_free(code); }
};

}  // namespace

Result<QrCode> QrCode::of(std::string_view text, QrStrength strength) {
    if (text.empty() || text.find('\0') != std::string_view::npos)
        return fail(Errc::invalid_argument, "text of a QR code");
    const QRecLevel level = strength == QrStrength::paper ? QR_ECLEVEL_M : QR_ECLEVEL_L;
    const std::string capitals = in_capitals(text);
    const std::unique_ptr<QRcode, FreeQr> made{
        QRcode_encodeString(capitals.c_str(), 0, level, QR_MODE_8, 1)};
    if (!made)
        return errno == ENOMEM ? fail(Errc::out_of_memory, "QR code")
                               : fail(Errc::limit_exceeded, "text of a QR code");
    QrCode code;
    code.size_ = made->width;
    const auto squares =
        static_cast<std::size_t>(made->width) * static_cast<std::size_t>(made->width);
    code.dark_.reserve(squares);
    for (std::size_t i = 0; i < squares; ++i) code.dark_.push_back((made->data[i] & 1U) != 0);
    return code;
}

std::string qr_lines(const QrCode& code, QrColours colours) {
    const bool coloured = colours == QrColours::black_on_white;
    const int begin = -QrCode::quiet;
    const int end = code.size() + QrCode::quiet;
    std::string text;
    for (int row = begin; row < end; row += 2) {
        if (coloured) text.append("\x1b[30;107m");
        for (int column = begin; column < end; ++column) {
            const bool below = row + 1 < end;  // an odd number of rows ends with half a line
            const bool upper = code.is_dark(column, row) == coloured;
            const bool lower = below ? code.is_dark(column, row + 1) == coloured : false;
            if (upper && lower)
                text.append(full_block);
            else if (upper)
                text.append(upper_half);
            else
                text.append(lower ? lower_half : " ");
        }
        if (coloured) text.append("\x1b[0m");
        text.push_back('\n');
    }
    return text;
}

Result<std::string> qr_png(const QrCode& code, int pixels) {
    if (pixels < 1 || pixels > png_pixels_max) return fail(Errc::invalid_argument, "pixels");
    const int side = (code.size() + 2 * QrCode::quiet) * pixels;
    std::string grey(static_cast<std::size_t>(side) * static_cast<std::size_t>(side), '\xff');
    std::size_t at = 0;
    for (int y = 0; y < side; ++y)
        for (int x = 0; x < side; ++x, ++at)
            if (code.is_dark(x / pixels - QrCode::quiet, y / pixels - QrCode::quiet))
                grey[at] = '\0';

    // libpng's simplified calls: they neither jump nor end the process.
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    image.width = static_cast<png_uint_32>(side);
    image.height = static_cast<png_uint_32>(side);
    image.format = PNG_FORMAT_GRAY;
    png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
    std::string file(size, '\0');
    if (png_image_write_to_memory(&image, file.data(), &size, 0, grey.data(), 0, nullptr) == 0)
        return fail(Errc::out_of_memory, "PNG");
    file.resize(size);
    return file;
}

}  // namespace samsyn
