#pragma once

#include "core/wire/messages.hpp"

namespace samsyn {

/// A device's attached files as its session sees them: what the server lacks, and what is wanted
/// from it. Every call is durable when it returns. Errors of every call: storage only.
class AttachmentKeeper {
public:
    virtual ~AttachmentKeeper() = default;

    /// The next file that this incarnation of the server is to be offered; none while its item has
    /// not been taken by the server yet. What was refused in this session does not come again.
    virtual Result<std::optional<AttachmentOffer>> wanted_upload(const Incarnation& server) = 0;

    /// Sealed bytes from `offset` on, at least one, at most `bytes_max`; empty where it is gone.
    virtual Result<Bytes> piece(const AttachmentPlace& place,
                                std::uint64_t offset,
                                std::size_t bytes_max) = 0;

    /// The server has it whole, or will not have it.
    /// `why`: of a refusal, else 0.
    virtual Result<void> on_uploaded(const AttachmentPlace& place,
                                     Errc why,
                                     const Incarnation& server) = 0;

    struct Wanted {
        AttachmentPlace place;
        std::uint64_t have = 0;
        std::uint64_t size = 0;
    };

    /// The next file that is wanted from the server, the smallest first, but for the place of one
    /// that is under way to it.
    virtual Result<std::optional<Wanted>> wanted_download(
        const std::optional<AttachmentPlace>& busy) = 0;

    /// The next bytes of a wanted file. True where they were taken; false where they are not those
    /// that were sealed, or it is wanted no more: then no more of it is asked for.
    virtual Result<bool> on_piece(const AttachmentPiece& piece) = 0;

    /// The server does not have it, or does not give it, for now.
    virtual Result<void> on_unavailable(const AttachmentPlace& place, Errc why) = 0;

    /// The server has it now.
    virtual Result<void> on_available(const AttachmentPlace& place) = 0;
};

}  // namespace samsyn
