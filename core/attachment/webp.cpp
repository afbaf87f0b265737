#include "core/attachment/colour_profile.hpp"
#include "core/attachment/formats.hpp"
#include "core/attachment/orientation.hpp"
#include "core/base/codec.hpp"

#include <optional>

namespace samsyn {

namespace {

using namespace std::string_view_literals;

// Flags of the header of an extended file.
constexpr unsigned webp_profile = 0x20;
constexpr unsigned webp_alpha = 0x10;
constexpr unsigned webp_exif = 0x08;
constexpr unsigned webp_animated = 0x02;

struct WebpChunk {
    std::string_view type;
    ByteView data;
};

struct WebpSize {
    std::uint32_t width = 0;
    std::uint32_t height = 0;

    friend bool operator==(const WebpSize&, const WebpSize&) = default;
};

Result<WebpChunk> next_webp_chunk(Reader& in) {
    const ByteView type = SAMSYN_TRY(in.raw(4, "WebP: chunk"));
    const ByteView length = SAMSYN_TRY(in.raw(4, "WebP: chunk"));
    const std::size_t size = little_endian(length);
    const ByteView data = SAMSYN_TRY(in.raw(size, "WebP: chunk"));
    if (size % 2 != 0) (void)SAMSYN_TRY(in.raw(1, "WebP: chunk"));
    return WebpChunk{as_text(type), data};
}

void append_little(Bytes& target, std::size_t value, std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; ++i)
        target.push_back(static_cast<std::byte>(value >> (8 * i) & 0xffU));
}

void append_webp_chunk(Bytes& target, std::string_view type, ByteView data) {
    append(target, as_bytes(type));
    append_little(target, data.size(), 4);
    append(target, data);
    if (data.size() % 2 != 0) target.push_back(std::byte{0});
}

/// The size that a compressed picture says it has (RFC 6386, 9.1; RFC 9649, 3.4).
Result<WebpSize> size_of(const WebpChunk& image) {
    if (image.type == "VP8L") {
        if (image.data.size() < 6) return fail(Errc::truncated, "WebP: image");
        const std::uint32_t bits = little_endian(image.data.subspan(1, 4));
        if (image.data[0] != std::byte{0x2F} || bits >> 29 != 0)
            return fail(Errc::malformed, "WebP: image");
        return WebpSize{(bits & 0x3fffU) + 1, (bits >> 14 & 0x3fffU) + 1};
    }
    if (image.data.size() < 11) return fail(Errc::truncated, "WebP: image");
    const std::uint32_t tag = little_endian(image.data.first(3));
    if ((tag & 1U) != 0 || as_text(image.data.subspan(3, 3)) != "\x9D\x01\x2A")
        return fail(Errc::malformed, "WebP: image");
    if (tag >> 5 > image.data.size() - 10) return fail(Errc::truncated, "WebP: image");
    const WebpSize size{little_endian(image.data.subspan(6, 2)) & 0x3fffU,
                        little_endian(image.data.subspan(8, 2)) & 0x3fffU};
    if (size.width == 0 || size.height == 0) return fail(Errc::malformed, "WebP: dimensions");
    return size;
}

/// One compressed picture and its transparency, of a still file or of a frame.
class WebpPicture {
public:
    bool present() const { return size_.width != 0; }

    WebpSize size() const { return size_; }

    ByteView chunks() const { return chunks_; }

    /// Takes a chunk that is part of a picture; leaves any other.
    Result<void> take(const WebpChunk& chunk) {
        if (chunk.type == "ALPH") {
            if (alpha_ || present() || chunk.data.size() < 2)
                return fail(Errc::malformed, "WebP: transparency");
            alpha_ = true;
        } else if (chunk.type == "VP8 " || chunk.type == "VP8L") {
            if (present() || (alpha_ && chunk.type == "VP8L"))
                return fail(Errc::malformed, "WebP: two images");
            size_ = SAMSYN_TRY(size_of(chunk));
        } else {
            return {};
        }
        append_webp_chunk(chunks_, chunk.type, chunk.data);
        return {};
    }

private:
    bool alpha_ = false;
    WebpSize size_;
    Bytes chunks_;
};

class WebpCleaning {
public:
    Result<Bytes> clean(ByteView file);

private:
    Result<void> take(const WebpChunk& chunk);
    Result<void> take_header(ByteView data);
    Result<void> take_frame(ByteView data);
    Result<Bytes> extended() const;

    std::optional<ByteView> header_;
    WebpSize canvas_;
    std::optional<ByteView> profile_;
    std::optional<ByteView> animation_;
    Bytes frames_;
    WebpPicture still_;
    std::optional<Orientation> orientation_;
};

Result<Bytes> WebpCleaning::clean(ByteView file) {
    Reader in{file};
    const ByteView riff = SAMSYN_TRY(in.raw(4, "WebP: signature"));
    const ByteView length = SAMSYN_TRY(in.raw(4, "WebP: length"));
    const std::size_t size = little_endian(length);
    if (as_text(riff) != "RIFF") return fail(Errc::malformed, "WebP: signature");
    if (size % 2 != 0) return fail(Errc::malformed, "WebP: length");
    Reader body{SAMSYN_TRY(in.raw(size, "WebP: length"))};
    const ByteView webp = SAMSYN_TRY(body.raw(4, "WebP: signature"));
    if (as_text(webp) != "WEBP") return fail(Errc::malformed, "WebP: signature");

    for (bool first = true; !body.at_end(); first = false) {
        const WebpChunk chunk = SAMSYN_TRY(next_webp_chunk(body));
        if (first && chunk.type == "VP8X") {
            SAMSYN_TRY(take_header(chunk.data));
        } else if (first && chunk.type != "VP8 " && chunk.type != "VP8L") {
            return fail(Errc::malformed, "WebP: order");
        } else {
            SAMSYN_TRY(take(chunk));
        }
    }
    if (!still_.present() && frames_.empty()) return fail(Errc::malformed, "WebP: no picture");
    const Bytes chunks = header_ ? SAMSYN_TRY(extended()) : to_bytes(still_.chunks());
    Bytes cleaned = to_bytes(as_bytes("RIFF"));
    append_little(cleaned, 4 + chunks.size(), 4);
    append(cleaned, as_bytes("WEBP"));
    append(cleaned, chunks);
    return cleaned;
}

/// The list of what may be in a WebP behind its first chunk.
Result<void> WebpCleaning::take(const WebpChunk& chunk) {
    if (!header_) return still_.take(chunk);
    if (chunk.type == "VP8X") return fail(Errc::malformed, "WebP: two headers");
    if (chunk.type == "ANMF") return take_frame(chunk.data);
    if (chunk.type == "ANIM") {
        if (animation_ || chunk.data.size() != 6) return fail(Errc::malformed, "WebP: animation");
        animation_ = chunk.data;
    } else if (chunk.type == "ICCP") {
        if (!profile_) profile_ = chunk.data;
    } else if (chunk.type == "EXIF") {
        // Some programs put before it what only JPEG has.
        const bool prefixed = as_text(chunk.data).starts_with("Exif\0\0"sv);
        if (!orientation_) orientation_ = orientation_of(chunk.data.subspan(prefixed ? 6 : 0));
    }
    return still_.take(chunk);
}

Result<void> WebpCleaning::take_header(ByteView data) {
    if (data.size() != 10) return fail(Errc::malformed, "WebP: header");
    header_ = data;
    canvas_ = {little_endian(data.subspan(4, 3)) + 1, little_endian(data.subspan(7, 3)) + 1};
    if (std::uint64_t{canvas_.width} * canvas_.height > 0xffffffffU)
        return fail(Errc::malformed, "WebP: dimensions");
    return {};
}

Result<void> WebpCleaning::take_frame(ByteView data) {
    Reader in{data};
    const ByteView place = SAMSYN_TRY(in.raw(16, "WebP: frame"));
    const std::uint32_t left = 2 * little_endian(place.first(3));
    const std::uint32_t top = 2 * little_endian(place.subspan(3, 3));
    const WebpSize size{little_endian(place.subspan(6, 3)) + 1,
                        little_endian(place.subspan(9, 3)) + 1};
    if (left + size.width > canvas_.width || top + size.height > canvas_.height)
        return fail(Errc::malformed, "WebP: frame");
    WebpPicture picture;
    while (!in.at_end()) {
        const WebpChunk chunk = SAMSYN_TRY(next_webp_chunk(in));
        SAMSYN_TRY(picture.take(chunk));
    }
    if (picture.size() != size) return fail(Errc::malformed, "WebP: frame");
    Bytes frame = to_bytes(place);
    frame[15] &= std::byte{3};  // how it is blended and left
    append(frame, picture.chunks());
    append_webp_chunk(frames_, "ANMF", frame);
    return {};
}

/// The chunks of an extended file, whose header says what is there now.
Result<Bytes> WebpCleaning::extended() const {
    unsigned flags = std::to_integer<unsigned>((*header_)[0]) & (webp_alpha | webp_animated);
    const bool animated = (flags & webp_animated) != 0;
    const bool as_said = animated ? animation_ && !frames_.empty() && !still_.present()
                                  : frames_.empty() && still_.size() == canvas_;
    if (!as_said) return fail(Errc::malformed, "WebP: header");
    const auto plain = profile_ ? plain_profile(*profile_) : std::nullopt;
    const bool turned = orientation_.value_or(upright) != upright;
    if (plain) flags |= webp_profile;
    if (turned) flags |= webp_exif;

    Bytes header = to_bytes(*header_);
    header[0] = static_cast<std::byte>(flags);
    std::fill_n(header.begin() + 1, 3, std::byte{0});
    Bytes chunks;
    append_webp_chunk(chunks, "VP8X", header);
    if (plain) append_webp_chunk(chunks, "ICCP", *plain);
    if (animated) append_webp_chunk(chunks, "ANIM", *animation_);
    append(chunks, animated ? ByteView{frames_} : still_.chunks());
    if (turned) append_webp_chunk(chunks, "EXIF", orientation_exif(*orientation_));
    return chunks;
}

}  // namespace

Result<Bytes> clean_webp(ByteView file) {
    return WebpCleaning{}.clean(file);
}

}  // namespace samsyn
