#pragma once

#include <samsyn/signed_notes.hpp>

namespace samsyn {

/// What somebody wrote in an item without knowing that it had been taken back.
struct LateText {
    std::uint64_t number = 0;
    UserId author;
    Instant at;
    std::vector<ParkedView::Text> texts;  ///< of a text that several write, what was added
};

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
    std::vector<LateText> late;   ///< on the device that took it back, and there only
};

struct SplitNote {
    ItemId rest;
    ItemId part;
};

/// A note as one splits it.
struct NoteParagraphs {
    std::vector<std::string> lines;  ///< those with words
    Hash content;                    ///< of all that stands in the note
};

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

    /// Errors: also `invalid_argument` for another type.
    Result<NoteParagraphs> paragraphs(const ItemId& item);

    /// Two visit notes instead of one: `taken` names the paragraphs, from 0, that go into one as
    /// `target` says (about whom, label), with the day and nothing else; the rest stays together
    /// under the old label. Both are new, and the old one is taken back: who reads on no more must
    /// not find the words in its history.
    ///
    /// Errors: as `move`; also `conflict` with `changed_since_shown` where it says something else
    /// than `shown`; `not_permitted` with `signed_note_refused`; `invalid_argument` for another
    /// type, and where nothing, or all, would be taken.
    Result<SplitNote> split(const ItemId& item,
                            const Hash& shown,
                            std::span<const std::size_t> taken,
                            const NewItem& target);

    /// What this user had written in an item that somebody else took back, and had not sent, is
    /// parked (`StatusView::parked`): this drops it. Errors: also `not_found`.
    Result<void> drop_unsent(std::uint64_t id);

    /// Drops what is in `RecalledItem::late`. Errors: also `not_found`.
    Result<void> drop_late(std::uint64_t number);

    /// What was recalled in a case, of what this user may read; newest first.
    Result<std::vector<RecalledItem>> list(const CaseId& case_id);

    static constexpr std::string_view of_others = "recall_of_others";
    static constexpr std::string_view is_recalled = "item_is_recalled";
    static constexpr std::string_view not_movable = "item_not_movable";
    static constexpr std::string_view only_notes = "item: only a visit note is split";

private:
    Device& device_;
};

}  // namespace samsyn
