#include "core/text/document_state.hpp"
#include "core/text/varint.hpp"

#include <zstd.h>

#include <memory>

namespace samsyn {

namespace {

// Layout: format 1 (one byte) · untaken edits 0 or 1 (one byte) · code points · packed text ·
// packed history. Packed: size · size as packed (0: as it is) · bytes.
constexpr std::byte saved_format{1};
constexpr int level = 3;

struct FreeContext {
    void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};

// One frame, with a block of its own for each part: each gets its own code. Empty where it fails.
Bytes compress(ByteView plain, std::vector<std::size_t> parts) {
    const std::unique_ptr<ZSTD_CCtx, FreeContext> context{ZSTD_createCCtx()};
    Bytes packed(ZSTD_compressBound(plain.size()) + (parts.size() + 1) * 16);
    ZSTD_outBuffer out{packed.data(), packed.size(), 0};
    if (!context ||
        ZSTD_isError(ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, level)) != 0 ||
        // Tables of its size: to clear those for a long text costs more than to pack a note.
        ZSTD_isError(ZSTD_CCtx_setPledgedSrcSize(context.get(), plain.size())) != 0)
        return {};
    parts.push_back(plain.size());
    ZSTD_inBuffer in{plain.data(), 0, 0};
    for (std::size_t i = 0; i < parts.size(); ++i) {
        in.size = parts[i];
        const bool last = i + 1 == parts.size();
        const std::size_t left =
            ZSTD_compressStream2(context.get(), &out, &in, last ? ZSTD_e_end : ZSTD_e_flush);
        if (left != 0) return {};  // an error, or more than the bound
    }
    packed.resize(out.pos);
    return packed;
}

void put_packed(Bytes& out, ByteView plain, std::vector<std::size_t> parts) {
    const Bytes packed = compress(plain, std::move(parts));
    const bool smaller = !packed.empty() && packed.size() < plain.size();
    text::put_varint(out, plain.size());
    text::put_varint(out, smaller ? packed.size() : 0);
    const ByteView bytes = smaller ? ByteView{packed} : plain;
    out.insert(out.end(), bytes.begin(), bytes.end());
}

struct Packed {
    std::size_t size = 0;
    bool smaller = false;
    ByteView bytes;
};

Packed read_packed(text::VarintReader& in) {
    Packed packed;
    packed.size = in.number(text::content_bytes_max);
    const std::size_t smaller = in.number(text::content_bytes_max);
    packed.smaller = smaller > 0;
    packed.bytes = in.raw(packed.smaller ? smaller : packed.size);
    return packed;
}

template <class Container>
Result<Container> unpack(const Packed& packed) {
    Container plain(packed.size, typename Container::value_type{});
    std::size_t size = packed.size;
    if (packed.smaller)
        size =
            ZSTD_decompress(plain.data(), plain.size(), packed.bytes.data(), packed.bytes.size());
    else if (size > 0)
        std::memcpy(plain.data(), packed.bytes.data(), size);
    if (size != packed.size) return fail(Errc::malformed, "saved text");
    return plain;
}

}  // namespace

Result<Bytes> TextDocument::save() const {
    SAMSYN_TRY(state_->open());
    Bytes out;
    out.push_back(saved_format);
    out.push_back(has_edits() ? std::byte{1} : std::byte{0});
    text::put_varint(out, size());
    put_packed(out, as_bytes(text()), {});
    text::SavedHistory saved =
        text::write_history(state_->history, state_->tree, state_->self, state_->taken);
    put_packed(out, saved.bytes, std::move(saved.parts));
    return out;
}

Result<TextDocument> TextDocument::load(ByteView saved, const DeviceId& self) {
    if (saved.size() < 2) return fail(Errc::truncated, "saved text");
    if (saved[0] != saved_format) return fail(Errc::unsupported_version, "saved text");
    text::VarintReader in{saved.subspan(2)};
    auto state = std::make_unique<State>();
    state->self = self;
    state->packed_edits = saved[1] == std::byte{1};
    state->plain_points = static_cast<std::uint32_t>(in.number(text_operations_max));
    const Packed plain = read_packed(in);
    const ByteView rest{saved.last(in.rest())};
    (void)read_packed(in);
    if (!in.ok() || in.rest() > 0) return fail(Errc::truncated, "saved text");
    state->plain = SAMSYN_TRY(unpack<std::string>(plain));
    if (!is_utf8(as_bytes(state->plain)) || text::count_points(state->plain) != state->plain_points)
        return fail(Errc::malformed, "saved text");
    state->packed = to_bytes(rest);
    return TextDocument{std::move(state)};
}

Result<void> TextDocument::State::open() {
    if (packed.empty()) return {};
    text::VarintReader in{packed};
    const Packed stored = read_packed(in);
    const Bytes bytes = SAMSYN_TRY(unpack<Bytes>(stored));
    text::OpenedHistory opened = SAMSYN_TRY(text::read_history(bytes, plain, self));
    history = std::move(opened.history);
    tree = std::move(opened.tree);
    taken = opened.taken;
    own = history.find_writer(self);
    heard = true;
    packed = Bytes{};
    plain = std::string{};
    return {};
}

}  // namespace samsyn
