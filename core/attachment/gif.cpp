#include "core/attachment/formats.hpp"
#include "core/base/codec.hpp"

#include <optional>

namespace samsyn {

namespace {

using namespace std::string_view_literals;

constexpr std::byte gif_extension{0x21};
constexpr std::byte gif_image{0x2C};
constexpr std::byte gif_end{0x3B};
constexpr std::byte gif_control{0xF9};
constexpr std::byte gif_application{0xFF};
constexpr std::string_view gif_netscape = "NETSCAPE2.0";

/// The bytes of a table of colours, as a packed field says.
std::size_t colours_size(std::byte packed) {
    const auto field = std::to_integer<unsigned>(packed);
    return (field & 0x80U) == 0 ? 0 : std::size_t{3} << ((field & 7U) + 1);
}

class GifCleaning {
public:
    explicit GifCleaning(ByteView file) : in_(file) {}

    Result<Bytes> clean();

private:
    Result<ByteView> blocks();
    Result<void> take_extension();
    Result<void> take_image();

    Reader in_;
    Bytes head_;  // up to the common table of colours
    Bytes body_;
    std::optional<ByteView> rounds_;   // how often the frames are shown
    std::optional<ByteView> control_;  // time and transparency of the frame to come
    bool shown_ = false;
};

Result<Bytes> GifCleaning::clean() {
    const ByteView start = in_.rest();
    const ByteView signature = SAMSYN_TRY(in_.raw(6, "GIF: signature"));
    if (as_text(signature) != "GIF87a" && as_text(signature) != "GIF89a")
        return fail(Errc::malformed, "GIF: signature");
    const ByteView screen = SAMSYN_TRY(in_.raw(7, "GIF: screen"));
    if (little_endian(screen.first(2)) == 0 || little_endian(screen.subspan(2, 2)) == 0)
        return fail(Errc::malformed, "GIF: dimensions");
    (void)SAMSYN_TRY(in_.raw(colours_size(screen[4]), "GIF: colours"));
    head_ = to_bytes(start.first(start.size() - in_.rest().size()));

    for (;;) {
        const std::byte kind = SAMSYN_TRY(in_.raw(1, "GIF: block"))[0];
        if (kind == gif_end) break;
        if (kind == gif_extension) {
            SAMSYN_TRY(take_extension());
        } else if (kind == gif_image) {
            SAMSYN_TRY(take_image());
        } else {
            return fail(Errc::malformed, "GIF: block");
        }
    }
    if (!shown_) return fail(Errc::malformed, "GIF: no picture");
    Bytes cleaned = std::move(head_);
    if (rounds_) {
        append(cleaned, as_bytes("\x21\xFF\x0B"sv));
        append(cleaned, as_bytes(gif_netscape));
        append(cleaned, as_bytes("\3\1"sv));
        append(cleaned, *rounds_);
        cleaned.push_back(std::byte{0});
    }
    append(cleaned, body_);
    cleaned.push_back(gif_end);
    return cleaned;
}

/// Small blocks, each with its length, up to and with the empty one.
Result<ByteView> GifCleaning::blocks() {
    const ByteView start = in_.rest();
    for (;;) {
        const auto size = SAMSYN_TRY(in_.number<std::uint8_t>("GIF: data"));
        (void)SAMSYN_TRY(in_.raw(size, "GIF: data"));
        if (size == 0) return start.first(start.size() - in_.rest().size());
    }
}

Result<void> GifCleaning::take_extension() {
    const std::byte label = SAMSYN_TRY(in_.raw(1, "GIF: extension"))[0];
    const ByteView data = SAMSYN_TRY(blocks());
    if (label == gif_control) {
        if (data.size() != 6 || data[0] != std::byte{4})
            return fail(Errc::malformed, "GIF: control");
        control_ = data;
    } else if (label == gif_application && data.size() == 17 && data[0] == std::byte{11} &&
               (as_text(data.subspan(1, 11)) == gif_netscape ||
                as_text(data.subspan(1, 11)) == "ANIMEXTS1.0") &&
               as_text(data.subspan(12, 2)) == "\3\1") {
        if (!rounds_) rounds_ = data.subspan(14, 2);
    } else if (label == std::byte{0x01}) {
        control_.reset();  // it was that of this text, which no program shows
    }
    return {};
}

Result<void> GifCleaning::take_image() {
    const ByteView start = in_.rest();
    const ByteView place = SAMSYN_TRY(in_.raw(9, "GIF: image"));
    if (little_endian(place.subspan(4, 2)) == 0 || little_endian(place.subspan(6, 2)) == 0)
        return fail(Errc::malformed, "GIF: dimensions");
    (void)SAMSYN_TRY(in_.raw(colours_size(place[8]), "GIF: colours"));
    const auto code_bits = SAMSYN_TRY(in_.number<std::uint8_t>("GIF: image"));
    if (code_bits < 1 || code_bits > 8) return fail(Errc::malformed, "GIF: image");
    const ByteView data = SAMSYN_TRY(blocks());
    if (data.size() < 2) return fail(Errc::malformed, "GIF: empty image");
    if (control_) {
        append(body_, as_bytes("\x21\xF9"sv));
        append(body_, *control_);
        control_.reset();
    }
    body_.push_back(gif_image);
    append(body_, start.first(start.size() - in_.rest().size()));
    shown_ = true;
    return {};
}

}  // namespace

Result<Bytes> clean_gif(ByteView file) {
    return GifCleaning{file}.clean();
}

}  // namespace samsyn
