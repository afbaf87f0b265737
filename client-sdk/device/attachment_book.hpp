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

    /// What an item says of its file. Errors: `malformed`.
    static Result<AttachedFile> file_of(const StoredItem& item);

    /// The row of an item's file, made where there is none. `file`: what the item says now.
    Result<StoredAttachment> row_of(const StoredItem& item, const AttachedFile& file);

    /// How many files of this device its server has not got.
    Result<std::uint64_t> unsent();

    /// The file goes with the copy, if it is here.
    Result<void> copy(const StoredItem& from, const CompartmentId& to, const ItemId& copy);

    Result<std::optional<AttachmentOffer>> wanted_upload(const Incarnation& server) override;
    Result<Bytes> piece(const AttachmentPlace& place,
                        std::uint64_t offset,
                        std::size_t bytes_max) override;
    Result<void> on_uploaded(const AttachmentState& state, const Incarnation& server) override;
    Result<std::optional<Wanted>> wanted_download() override;
    Result<bool> on_piece(const AttachmentPiece& piece) override;
    Result<void> on_unavailable(const AttachmentState& state) override;
    Result<void> on_available(const AttachmentPlace& place) override;

private:
    Result<void> copy_row(const StoredAttachment& from,
                          const CompartmentId& to,
                          const ItemId& copy);
    Result<void> look_for_new();
    Result<bool> is_sound(const StoredAttachment& attachment, std::uint64_t before);
    Result<bool> opens(const StoredAttachment& attachment,
                       const AttachedFile& file,
                       std::uint64_t chunk);

    Impl& my_;
    AttachmentRows rows_;
    bool looked_ = false;
};

}  // namespace samsyn
