#pragma once

#include "core/base/codec.hpp"
#include "core/base/errc.hpp"
#include "core/base/ids.hpp"

namespace samsyn {

// Attached files, in pieces (docs/PROTOCOL.md, "Attachments"). Sizes and offsets are in bytes of
// the sealed file.

/// An attached file in a compartment.
struct AttachmentPlace {
    CompartmentId compartment;
    AttachmentId attachment;
    friend auto operator<=>(const AttachmentPlace&, const AttachmentPlace&) = default;
};

/// From a device that has a file which the server may lack. Answered by `AttachmentState`.
struct AttachmentOffer {
    AttachmentPlace place;
    std::uint64_t size = 0;  ///< 1 to `attachment_bytes_max`
    friend bool operator==(const AttachmentOffer&, const AttachmentOffer&) = default;
};

/// From the server: what it holds, durably. After an offer, after pieces, and instead of pieces
/// where it has none to give.
struct AttachmentState {
    AttachmentPlace place;
    Errc refused{};          ///< then it takes, or gives, nothing; else 0
    std::uint64_t have = 0;  ///< from the first byte on
    bool whole = false;
    friend bool operator==(const AttachmentState&, const AttachmentState&) = default;
};

/// Both ways: bytes from `offset` on; at least one, at most `attachment_piece_bytes_max`.
struct AttachmentPiece {
    AttachmentPlace place;
    std::uint64_t offset = 0;
    Bytes bytes;
    friend bool operator==(const AttachmentPiece&, const AttachmentPiece&) = default;
};

/// From a device: give me `bytes` bytes from `offset` on, or what there is. Answered by pieces, the
/// last of which ends where the request or the file does; or by `AttachmentState`.
struct AttachmentRequest {
    AttachmentPlace place;
    std::uint64_t offset = 0;
    std::uint32_t bytes = 0;  ///< 1 to `attachment_request_bytes_max`
    friend bool operator==(const AttachmentRequest&, const AttachmentRequest&) = default;
};

inline constexpr std::uint32_t attachment_request_bytes_max = 1024 * 1024;

namespace attachments {

// The bodies. Private to core/wire.

void write(Writer& out, const AttachmentOffer& offer);
void write(Writer& out, const AttachmentState& state);
void write(Writer& out, const AttachmentPiece& piece);
void write(Writer& out, const AttachmentRequest& request);

/// Errors: `truncated`, `malformed`, `limit_exceeded`. Bytes may be left.
Result<AttachmentOffer> read_offer(Reader& in);
Result<AttachmentState> read_state(Reader& in);
Result<AttachmentPiece> read_piece(Reader& in);
Result<AttachmentRequest> read_request(Reader& in);

}  // namespace attachments

}  // namespace samsyn
