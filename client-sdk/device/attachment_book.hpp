#pragma once

#include "client-sdk/device/engine.hpp"
#include "core/store/attachment_rows.hpp"
#include "core/sync/attachment_keeper.hpp"

#include <samsyn/attachments.hpp>

namespace samsyn {

/// A device's attached files, for its session and its person. The engine must outlive it.
class Device::Impl::AttachmentBook final : public AttachmentKeeper {
public:
    explicit AttachmentBook(Impl& my) : my_(my), rows_(my.store.database()) {}

    /// A new session: what was refused is asked for again, once.
    Result<void> begin_session();

    /// Something was applied: there may be new items.
    void note_changes() { looked_ = false; }

    AttachmentRows& rows() { return rows_; }

    /// An item that this user may read, and what it says of its file. Errors: `not_found`,
    /// `invalid_argument` for another type, `malformed`.
    struct Attached {
        StoredItem item;
        AttachedFile file;
    };

    Result<Attached> attached(const ItemId& id);

    /// The row of an item's file, made where there is none. `file`: what the item says now. Errors:
    /// `conflict` where the file that it said before waits to be sent.
    Result<StoredAttachment> row_of(const StoredItem& item, const AttachedFile& file);

    /// A chunk of a file that is here. Errors: also `not_authentic`.
    Result<Bytes> open_chunk(const StoredAttachment& attachment,
                             const AttachedFile& file,
                             std::uint64_t chunk);

    /// Nothing of it is here any more, and it is not wanted.
    Result<void> give_up(StoredAttachment& row);

    /// Does its server, in its present life, lack what this device attached?
    Result<bool> is_unsent(const StoredAttachment& row);

    /// How many of these there are.
    Result<std::uint64_t> unsent();

    /// The file goes with the copy of an item. False where it is not here.
    Result<bool> copy(const StoredItem& from, const CompartmentId& to, const ItemId& copy);

    Result<std::optional<AttachmentOffer>> wanted_upload(const Incarnation& server) override;
    Result<Bytes> piece(const AttachmentPlace& place,
                        std::uint64_t offset,
                        std::size_t bytes_max) override;
    Result<void> on_uploaded(const AttachmentPlace& place,
                             Errc why,
                             const Incarnation& server) override;
    Result<std::optional<Wanted>> wanted_download(
        const std::optional<AttachmentPlace>& busy) override;
    Result<bool> on_piece(const AttachmentPiece& piece) override;
    Result<void> on_unavailable(const AttachmentPlace& place, Errc why) override;
    Result<void> on_available(const AttachmentPlace& place) override;

private:
    static Result<AttachedFile> file_of(const StoredItem& item);
    Result<Incarnation> server();
    Result<void> look_for_new();
    Result<bool> is_sound(const StoredAttachment& attachment, std::uint64_t before);

    Impl& my_;
    AttachmentRows rows_;
    bool looked_ = false;
};

}  // namespace samsyn
