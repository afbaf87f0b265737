#pragma once

#include "core/store/attachment_rows.hpp"

#include <samsyn/device.hpp>

namespace samsyn {

/// An attached file as a person sees it.
struct AttachmentView {
    ItemId item;
    std::string title;
    std::string media_type;
    std::uint64_t size = 0;  ///< bytes of the file
    std::uint64_t here = 0;  ///< of its sealed bytes, of `sealed`
    std::uint64_t sealed = 0;
    AttachmentWay way{};
    bool sent = false;  ///< the server has it, or it came from there
    Errc refused{};     ///< what the server said when it was last asked

    bool is_here() const { return sealed != 0 && here == sealed; }
};

/// A file that is being attached: sealed as it is read, with bounded memory, and nobody's until it
/// is finished. One that is dropped, or that a killed process left, is gone.
class NewAttachment {
public:
    NewAttachment(NewAttachment&&) noexcept = default;
    NewAttachment& operator=(NewAttachment&&) noexcept = default;

private:
    friend class Attachments;
    NewAttachment() = default;

    NewItem item_;
    StoredAttachment stored_;
    ContentKey key_;
    Bytes rest_;  ///< less than a chunk
    std::uint64_t size_ = 0;
};

/// Files that belong to a case: photos, documents (docs/PROTOCOL.md, "Attachments"). An attachment
/// is an item: its label says who may read it, and its title is read like any text; the file goes
/// and comes when all else is quiet.
///
/// As `Device`: errors, thread, durability. The device must outlive it.
class Attachments {
public:
    explicit Attachments(Device& device) : device_(device) {}

    /// `item`: its type and content are filled in here; its title must be in the fields. Errors:
    /// as `add_item`.
    Result<NewAttachment> begin(NewItem item);

    /// Errors: also `limit_exceeded` for a file that is too large to travel.
    Result<void> append(NewAttachment& attachment, ByteView plain);
    Result<ItemId> finish(NewAttachment& attachment);
    Result<void> drop(NewAttachment& attachment);

    /// Of one case, newest first; or one. Errors: also `invalid_argument` for an item that is none;
    /// `malformed` where its content is none.
    Result<std::vector<AttachmentView>> list(const CaseId& case_id);
    Result<AttachmentView> state(const ItemId& item);

    /// Wants the file from the server; it comes by and by.
    Result<void> fetch(const ItemId& item);

    /// Does not want it here any more: what is here goes, unless no server has it. Errors: also
    /// `conflict` with `not_sent` for one that the server lacks.
    Result<void> give_up(const ItemId& item);

    /// From `offset` on, to the end of its chunk at most; empty at the end. Errors: also
    /// `not_found` with `not_here` where it has not come yet; `not_authentic` where what came is
    /// not what was sealed.
    Result<Bytes> read(const ItemId& item, std::uint64_t offset);

    static constexpr std::string_view not_here = "file_not_here";
    static constexpr std::string_view not_sent = "file_not_sent";

private:
    Result<AttachmentView> view_of(const ItemView& item);

    Device& device_;
};

}  // namespace samsyn
