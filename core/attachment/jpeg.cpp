#include "core/attachment/colour_profile.hpp"
#include "core/attachment/formats.hpp"
#include "core/attachment/orientation.hpp"
#include "core/base/codec.hpp"

#include <algorithm>
#include <optional>
#include <vector>

namespace samsyn {

namespace {

using namespace std::string_view_literals;

// Second bytes of markers (ITU-T T.81, table B.1).
constexpr std::uint8_t marker_sof0 = 0xC0;  // baseline
constexpr std::uint8_t marker_sof1 = 0xC1;  // extended
constexpr std::uint8_t marker_sof2 = 0xC2;  // progressive
constexpr std::uint8_t marker_dht = 0xC4;
constexpr std::uint8_t marker_rst0 = 0xD0;
constexpr std::uint8_t marker_rst7 = 0xD7;
constexpr std::uint8_t marker_soi = 0xD8;
constexpr std::uint8_t marker_eoi = 0xD9;
constexpr std::uint8_t marker_sos = 0xDA;
constexpr std::uint8_t marker_dqt = 0xDB;
constexpr std::uint8_t marker_dri = 0xDD;
constexpr std::uint8_t marker_app0 = 0xE0;
constexpr std::uint8_t marker_app1 = 0xE1;
constexpr std::uint8_t marker_app2 = 0xE2;
constexpr std::uint8_t marker_app14 = 0xEE;
constexpr std::uint8_t marker_app15 = 0xEF;
constexpr std::uint8_t marker_com = 0xFE;

constexpr std::string_view jfif_name = "JFIF\0"sv;
constexpr std::string_view exif_name = "Exif\0\0"sv;
constexpr std::string_view profile_name = "ICC_PROFILE\0"sv;
constexpr std::string_view adobe_name = "Adobe"sv;

bool begins_with(ByteView bytes, std::string_view name) {
    return as_text(bytes).starts_with(name);
}

void append_segment(Bytes& target, std::uint8_t marker, ByteView name, ByteView payload = {}) {
    const std::size_t length = 2 + name.size() + payload.size();
    SAMSYN_ASSERT(length <= 0xffff);
    append(target,
           Bytes{std::byte{0xff},
                 std::byte{marker},
                 static_cast<std::byte>(length >> 8),
                 static_cast<std::byte>(length & 0xffU)});
    append(target, name);
    append(target, payload);
}

/// Quantisation tables that fill their segment.
bool is_dqt(ByteView payload) {
    while (!payload.empty()) {
        const auto head = std::to_integer<std::uint8_t>(payload[0]);
        const std::size_t size = 1 + ((head >> 4) == 0 ? 64U : 128U);
        if (head >> 4 > 1 || (head & 0xfU) > 3 || payload.size() < size) return false;
        payload = payload.subspan(size);
    }
    return true;
}

/// Huffman tables that fill their segment.
bool is_dht(ByteView payload) {
    while (!payload.empty()) {
        if (payload.size() < 17) return false;
        const auto head = std::to_integer<std::uint8_t>(payload[0]);
        std::size_t symbols = 0;
        for (const std::byte count : payload.subspan(1, 16))
            symbols += std::to_integer<std::size_t>(count);
        if (head >> 4 > 1 || (head & 0xfU) > 3 || symbols > 256) return false;
        if (payload.size() < 17 + symbols) return false;
        payload = payload.subspan(17 + symbols);
    }
    return true;
}

/// Reads a JPEG from its start to its end and keeps what is on the list in `take`.
class JpegCleaning {
public:
    explicit JpegCleaning(ByteView file) : in_(file) {}

    Result<Bytes> clean();

private:
    Result<std::uint8_t> next_marker();
    Result<void> take(std::uint8_t marker, ByteView payload);
    Result<void> take_tables(std::uint8_t marker, ByteView payload);
    Result<void> take_frame(std::uint8_t marker, ByteView payload);
    Result<void> take_scan(ByteView payload);
    void take_application(std::uint8_t marker, ByteView payload);
    void take_profile_part(ByteView part);
    std::optional<Bytes> profile() const;
    Bytes head() const;

    Reader in_;
    Bytes body_;                            // from the tables to the last scan
    std::vector<std::uint8_t> components_;  // of the frame; empty before it
    bool scanned_ = false;
    std::optional<ByteView> jfif_;
    std::optional<std::byte> adobe_;  // how colours were transformed
    std::optional<Orientation> orientation_;
    std::vector<ByteView> profile_parts_;
    bool profile_broken_ = false;
};

Result<Bytes> JpegCleaning::clean() {
    const ByteView start = SAMSYN_TRY(in_.raw(2, "JPEG: start"));
    if (!equal(start, as_bytes("\xFF\xD8"sv))) return fail(Errc::malformed, "JPEG: start");
    for (;;) {
        const std::uint8_t marker = SAMSYN_TRY(next_marker());
        if (marker == marker_eoi) break;
        // Markers without a length stand inside scans, where they are read; here they are wrong.
        if (marker < marker_sof0 || (marker >= marker_rst0 && marker <= marker_soi))
            return fail(Errc::malformed, "JPEG: marker");
        const auto length = SAMSYN_TRY(in_.number<std::uint16_t>("JPEG: segment length"));
        if (length < 2) return fail(Errc::malformed, "JPEG: segment length");
        const ByteView payload = SAMSYN_TRY(in_.raw(length - 2U, "JPEG: segment"));
        SAMSYN_TRY(take(marker, payload));
    }
    if (!scanned_) return fail(Errc::malformed, "JPEG: no picture");
    Bytes cleaned = head();
    append(cleaned, body_);
    append(cleaned, as_bytes("\xFF\xD9"sv));
    return cleaned;
}

Result<std::uint8_t> JpegCleaning::next_marker() {
    auto byte = SAMSYN_TRY(in_.number<std::uint8_t>("JPEG: marker"));
    if (byte != 0xff) return fail(Errc::malformed, "JPEG: marker");
    while (byte == 0xff) byte = SAMSYN_TRY(in_.number<std::uint8_t>("JPEG: marker"));
    return byte;
}

/// The list of what may be in a JPEG.
Result<void> JpegCleaning::take(std::uint8_t marker, ByteView payload) {
    switch (marker) {
        case marker_dqt:
        case marker_dht:
        case marker_dri:
            return take_tables(marker, payload);
        case marker_sof0:
        case marker_sof1:
        case marker_sof2:
            return take_frame(marker, payload);
        case marker_sos:
            return take_scan(payload);
        case marker_com:
            return {};
        default:
            break;
    }
    if (marker >= marker_app0 && marker <= marker_app15) {
        if (!scanned_) take_application(marker, payload);  // later ones say nothing to a decoder
        return {};
    }
    if (marker < marker_rst0)
        return fail(Errc::invalid_argument,
                    "JPEG of a rare kind: save it as an ordinary JPEG or PNG");
    return fail(Errc::malformed, "JPEG: marker");
}

Result<void> JpegCleaning::take_tables(std::uint8_t marker, ByteView payload) {
    const bool sound = marker == marker_dqt   ? is_dqt(payload)
                       : marker == marker_dht ? is_dht(payload)
                                              : payload.size() == 2;
    if (!sound) return fail(Errc::malformed, "JPEG: table");
    append_segment(body_, marker, payload);
    return {};
}

Result<void> JpegCleaning::take_frame(std::uint8_t marker, ByteView payload) {
    if (!components_.empty()) return fail(Errc::malformed, "JPEG: two frames");
    Reader frame{payload};
    const auto depth = SAMSYN_TRY(frame.number<std::uint8_t>("JPEG: frame"));
    const auto height = SAMSYN_TRY(frame.number<std::uint16_t>("JPEG: frame"));
    const auto width = SAMSYN_TRY(frame.number<std::uint16_t>("JPEG: frame"));
    const auto count = SAMSYN_TRY(frame.number<std::uint8_t>("JPEG: frame"));
    if (depth != 8 && (depth != 12 || marker == marker_sof0))
        return fail(Errc::malformed, "JPEG: depth");
    if (height == 0 || width == 0) return fail(Errc::malformed, "JPEG: dimensions");
    if (count < 1 || count > 4) return fail(Errc::malformed, "JPEG: components");
    for (unsigned i = 0; i < count; ++i) {
        const auto id = SAMSYN_TRY(frame.number<std::uint8_t>("JPEG: frame"));
        const auto sampling = SAMSYN_TRY(frame.number<std::uint8_t>("JPEG: frame"));
        const auto table = SAMSYN_TRY(frame.number<std::uint8_t>("JPEG: frame"));
        const unsigned across = sampling >> 4;
        const unsigned down = sampling & 0xfU;
        if (across < 1 || across > 4 || down < 1 || down > 4 || table > 3)
            return fail(Errc::malformed, "JPEG: components");
        components_.push_back(id);
    }
    if (!frame.at_end()) return fail(Errc::malformed, "JPEG: frame");
    append_segment(body_, marker, payload);
    return {};
}

/// The header of a scan, and its compressed samples up to the next marker that ends them.
Result<void> JpegCleaning::take_scan(ByteView payload) {
    Reader header{payload};
    const auto count = SAMSYN_TRY(header.number<std::uint8_t>("JPEG: scan"));
    if (count < 1 || count > 4 || payload.size() != 4 + 2U * count)
        return fail(Errc::malformed, "JPEG: scan");
    for (unsigned i = 0; i < count; ++i) {
        const auto id = SAMSYN_TRY(header.number<std::uint8_t>("JPEG: scan"));
        (void)SAMSYN_TRY(header.number<std::uint8_t>("JPEG: scan"));  // its tables
        if (std::ranges::find(components_, id) == components_.end())
            return fail(Errc::malformed, "JPEG: scan");
    }
    append_segment(body_, marker_sos, payload);

    const ByteView rest = in_.rest();
    std::size_t at = 0;
    for (;;) {
        const auto mark =
            std::find(rest.begin() + static_cast<std::ptrdiff_t>(at), rest.end(), std::byte{0xff});
        const auto code =
            std::find_if(mark, rest.end(), [](std::byte b) { return b != std::byte{0xff}; });
        if (code == rest.end()) return fail(Errc::truncated, "JPEG: scan");
        const auto marker_at = static_cast<std::size_t>(mark - rest.begin());
        append(body_, rest.subspan(at, marker_at - at));
        at = static_cast<std::size_t>(code - rest.begin());
        const auto marker = std::to_integer<std::uint8_t>(*code);
        if (marker != 0 && (marker < marker_rst0 || marker > marker_rst7)) {
            if (marker_at == 0) return fail(Errc::malformed, "JPEG: empty scan");
            in_ = Reader{rest.subspan(at - 1)};
            scanned_ = true;
            return {};
        }
        body_.push_back(std::byte{0xff});
        body_.push_back(*code);
        ++at;
    }
}

/// Of applications' segments only what decoders need is remembered, never the segment itself.
void JpegCleaning::take_application(std::uint8_t marker, ByteView payload) {
    if (marker == marker_app0 && begins_with(payload, jfif_name) && payload.size() >= 14) {
        if (!jfif_) jfif_ = payload.subspan(jfif_name.size(), 7);  // version and shape of a pixel
    } else if (marker == marker_app1 && begins_with(payload, exif_name)) {
        if (!orientation_) orientation_ = orientation_of(payload.subspan(exif_name.size()));
    } else if (marker == marker_app2 && begins_with(payload, profile_name)) {
        take_profile_part(payload.subspan(profile_name.size()));
    } else if (marker == marker_app14 && begins_with(payload, adobe_name) && payload.size() >= 12) {
        adobe_ = payload[11];
    }
}

void JpegCleaning::take_profile_part(ByteView part) {
    if (part.size() < 3) {
        profile_broken_ = true;
        return;
    }
    const auto number = std::to_integer<std::size_t>(part[0]);
    const auto count = std::to_integer<std::size_t>(part[1]);
    if (profile_parts_.empty()) profile_parts_.resize(count);
    if (count != profile_parts_.size() || number < 1 || number > count ||
        !profile_parts_[number - 1].empty())
        profile_broken_ = true;
    else
        profile_parts_[number - 1] = part.subspan(2);
}

std::optional<Bytes> JpegCleaning::profile() const {
    Bytes whole;
    for (const ByteView part : profile_parts_) {
        if (part.empty()) return std::nullopt;
        append(whole, part);
    }
    return profile_broken_ ? std::nullopt : plain_profile(whole);
}

Bytes JpegCleaning::head() const {
    Bytes head = to_bytes(as_bytes("\xFF\xD8"sv));
    if (jfif_) {
        Bytes fields = to_bytes(*jfif_);
        fields.resize(9);  // a thumbnail of no size
        append_segment(head, marker_app0, as_bytes(jfif_name), fields);
    }
    if (orientation_ && *orientation_ != upright)
        append_segment(head, marker_app1, as_bytes(exif_name), orientation_exif(*orientation_));
    if (const auto plain = profile()) {
        Bytes part{std::byte{1}, std::byte{1}};
        append(part, *plain);
        append_segment(head, marker_app2, as_bytes(profile_name), part);
    }
    if (adobe_) {
        Bytes fields = to_bytes(as_bytes("\0\x64\0\0\0\0"sv));  // its version, no flags
        fields.push_back(*adobe_);
        append_segment(head, marker_app14, as_bytes(adobe_name), fields);
    }
    return head;
}

}  // namespace

Result<Bytes> clean_jpeg(ByteView file) {
    return JpegCleaning{file}.clean();
}

}  // namespace samsyn
