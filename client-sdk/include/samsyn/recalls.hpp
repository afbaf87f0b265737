#pragma once

#include <samsyn/device.hpp>

namespace samsyn {

/// An item that was taken back.
struct RecalledItem {
    ItemId item;
    ItemType type{};
    UserId by;
    Instant at;
    std::optional<RecallReason> reason;  ///< none: one that this version does not know
    bool unsent = false;
    std::vector<UserId> readers;  ///< who may read what has its label now
    std::size_t devices = 0;      ///< of theirs, this one too: each says in the log that it is gone
};

struct SplitNote {
    ItemId rest;
    ItemId part;
};

/// The paragraphs of a note, as `Recalls::split` numbers them.
std::vector<std::string_view> paragraphs_of(std::string_view text);

/// Mends a note in the wrong family, or one that is read too widely: takes it back from every
/// device, or moves it. What was written goes from each device as soon as the recall comes there,
/// with files, texts and what is found by searching, and the device says so in the access log
/// (`ReadAction::removed`). It cannot be undone, and does not reach what somebody has printed,
/// copied or remembers.
///
/// The disclosing unit's participants take back; what somebody signed, only those who signed it,
/// who leads the case, and the team that opened it. As `Device`: errors, thread, durability. The
/// device must outlive it.
class Recalls {
public:
    explicit Recalls(Device& device) : device_(device) {}

    /// Errors: also `not_permitted` with `of_others`, or `signed_note_refused`; `invalid_argument`
    /// for persons, forms and what else is known by its id; `conflict` with `is_recalled`.
    Result<void> recall(const ItemId& item, RecallReason reason);

    /// Writes the item anew where `target` says (its case, about whom, label), and takes the old
    /// one back. What the target does not say of the label stays; its type and fields are not used.
    /// References to persons and items stay behind with the other case. The id of the new item.
    ///
    /// Errors: as `recall` and `Device::add_item`; also `conflict` where two values stand;
    /// `invalid_argument` with `closed` where it is closed to a circle, which another case has not;
    /// `not_found` with `Attachments::not_here` for a file that is not here.
    Result<ItemId> move(const ItemId& item, const NewItem& target);

    /// Two visit notes instead of one: `taken` names the paragraphs (lines with words, from 0) that
    /// go into one as `target` says (about whom, label), with the day and nothing else; the rest
    /// stays together under the old label. Both are new, and the old one is taken back: who reads
    /// on no more must not find the words in its history.
    ///
    /// Errors: as `move`; also `not_permitted` with `signed_note_refused`; `invalid_argument` for
    /// another type, and where nothing, or all, would be taken.
    Result<SplitNote> split(const ItemId& item,
                            std::span<const std::size_t> taken,
                            const NewItem& target);

    /// What this user had written in an item that somebody else took back, and had not sent, is
    /// parked (`StatusView::parked`): this drops it. Errors: also `not_found`.
    Result<void> drop_unsent(std::uint64_t id);

    /// What was recalled in a case, of what this user may read; newest first.
    Result<std::vector<RecalledItem>> list(const CaseId& case_id);

    static constexpr std::string_view of_others = "recall_of_others";
    static constexpr std::string_view is_recalled = "item_is_recalled";

private:
    Device& device_;
};

}  // namespace samsyn
