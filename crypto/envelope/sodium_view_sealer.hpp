#pragma once

#include "core/base/view_sealer.hpp"

namespace samsyn {

/// Seals views with libsodium, under `Domain::room_frame`. Not thread-safe.
class SodiumViewSealer final : public ViewSealer {
public:
    Bytes seal_view(const ContentKey& key, ByteView header, ByteView body) override;
    Result<Bytes> open_view(const ContentKey& key, ByteView header, ByteView sealed) override;
};

}  // namespace samsyn
