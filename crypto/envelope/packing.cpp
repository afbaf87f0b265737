#include "crypto/envelope/packing.hpp"

#include "core/base/codec.hpp"
#include "core/base/secret.hpp"

#include <zstd.h>

#include <algorithm>
#include <bit>
#include <memory>

namespace samsyn {

namespace {

constexpr std::size_t padded_floor = 32;
constexpr std::size_t head_size = 1 + 4;
constexpr int zstd_level = 3;
constexpr int zstd_window_log_max = 23;  // 8 MiB: what a frame may make us allocate

enum class How : std::uint8_t { raw = 0, zstd = 1, last = zstd };

struct FreeContext {
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

/// Empty where compressing does not make it smaller.
Bytes compress(ByteView body) {
    Bytes packed(ZSTD_compressBound(body.size()));
    const std::size_t size =
        ZSTD_compress(packed.data(), packed.size(), body.data(), body.size(), zstd_level);
    const bool helps = ZSTD_isError(size) == 0U && size < body.size();
    wipe(std::span{packed}.subspan(helps ? size : 0));
    packed.resize(helps ? size : 0);
    return packed;
}

/// The frame says how long its content is, as ours always do; it is believed only as a bound.
Result<Bytes> decompress(ByteView packed, std::size_t body_size_max) {
    const unsigned long long claimed = ZSTD_getFrameContentSize(packed.data(), packed.size());
    if (claimed == ZSTD_CONTENTSIZE_UNKNOWN || claimed == ZSTD_CONTENTSIZE_ERROR)
        return fail(Errc::not_authentic, "compressed body");
    if (claimed > body_size_max) return fail(Errc::limit_exceeded, "compressed body");

    const std::unique_ptr<ZSTD_DCtx, FreeContext> context{ZSTD_createDCtx()};
    if (!context) return fail(Errc::out_of_memory, "compressed body");
    const auto window =
        ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, zstd_window_log_max);
    if (ZSTD_isError(window) != 0U) return fail(Errc::system_failed, "zstd");

    // One frame and nothing behind it: a second frame would unpack to more than the first claims,
    // which the size of the target refuses too.
    Bytes body(static_cast<std::size_t>(claimed));
    const std::size_t size =
        ZSTD_decompressDCtx(context.get(), body.data(), body.size(), packed.data(), packed.size());
    if (ZSTD_isError(size) != 0U || size != body.size())
        return fail(Errc::not_authentic, "compressed body");
    return body;
}

}  // namespace

std::size_t padded_size(std::size_t size) {
    if (size <= padded_floor) return padded_floor;
    // With E = floor(log2 size) and S = floor(log2 E) + 1, the lowest E - S bits become zero.
    const auto exponent = static_cast<unsigned>(std::bit_width(size)) - 1;
    const auto kept = static_cast<unsigned>(std::bit_width(exponent));
    const std::size_t mask = (std::size_t{1} << (exponent - kept)) - 1;
    return (size + mask) & ~mask;
}

Bytes pack(ByteView body) {
    Bytes compressed = compress(body);
    const How how = compressed.empty() ? How::raw : How::zstd;
    const ByteView content = how == How::raw ? body : ByteView{compressed};
    SAMSYN_ASSERT(content.size() <= 0xffff'ffffU);

    Bytes packed(padded_size(head_size + content.size()));
    packed[0] = static_cast<std::byte>(how);
    for (std::size_t i = 0; i < 4; ++i)
        packed[1 + i] = static_cast<std::byte>(content.size() >> (24 - 8 * i) & 0xffU);
    std::ranges::copy(content, packed.begin() + head_size);
    wipe(compressed);
    return packed;
}

Result<Bytes> unpack(ByteView packed, std::size_t body_size_max) {
    Reader in{packed};
    const auto how = in.number<std::uint8_t>("packed body");
    const auto size = in.number<std::uint32_t>("packed body");
    if (!how || !size) return fail(Errc::not_authentic, "packed body");
    if (*how > static_cast<std::uint8_t>(How::last)) return fail(Errc::update_needed, "packing");
    const auto content = in.raw(*size, "packed body");
    if (!content) return fail(Errc::not_authentic, "packed body");

    // One body has one packed form: nothing may hide in the padding or its size.
    const bool zeros =
        std::ranges::all_of(in.rest(), [](std::byte b) { return b == std::byte{0}; });
    if (!zeros || packed.size() != padded_size(head_size + *size))
        return fail(Errc::not_authentic, "padding");

    if (*how == static_cast<std::uint8_t>(How::zstd)) return decompress(*content, body_size_max);
    if (content->size() > body_size_max) return fail(Errc::limit_exceeded, "body");
    return to_bytes(*content);
}

}  // namespace samsyn
