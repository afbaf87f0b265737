#pragma once

#include "core/base/ports.hpp"

namespace samsyn {

/// Seals what a room is shown (DESIGN.md, "Rooms"): XChaCha20-Poly1305 under a session key, with a
/// random nonce and a label of its own, so that no view opens as an item or the other way round.
/// Nothing is compressed: sizes are the caller's business. Lives on devices only. Not thread-safe.
class ViewSealer {
public:
    static constexpr std::size_t overhead = 24 + 16;  ///< nonce and tag

    virtual ~ViewSealer() = default;

    /// `header` is authenticated and not contained. The result has `overhead` bytes more than
    /// `body`.
    virtual Bytes seal_view(const ContentKey& key, ByteView header, ByteView body) = 0;

    /// Errors: `not_authentic` where it was sealed under another key or header, or was changed.
    virtual Result<Bytes> open_view(const ContentKey& key, ByteView header, ByteView sealed) = 0;
};

}  // namespace samsyn
