#pragma once

#include <samsyn/attachments.hpp>

#include <span>
#include <vector>

namespace samsyn {

struct WrittenVisit {
    ItemId note;
    std::vector<ItemId> observations;
};

/// A home visit as this user may read it.
struct VisitView {
    ItemView note;
    std::vector<ItemView> observations;  ///< by category
    std::vector<AttachmentView> files;   ///< those that belong to the note, newest first
    std::vector<ConsentView> consents;   ///< recorded in the case on the day of the visit
};

/// A home visit: the note, and beside it what was observed. Each observation is an item of its own
/// with the label of what it is about, so that the school reads of attendance and not of health,
/// without anybody parting a text.
///
/// As `Device`: errors, thread, durability. The device must outlive it.
class Visits {
public:
    explicit Visits(Device& device) : device_(device) {}

    /// All of it or nothing. The day is today where the note names none. `observations`: their
    /// case, unit and day follow from the note; about the same persons where they name none; closed
    /// where the note is, and no less sensitive. Errors: as `Device::add_item`; also
    /// `invalid_argument` with `no_visit_note` for another type.
    Result<WrittenVisit> write(NewItem note, std::vector<NewItem> observations);

    /// One more, likewise. Errors: also `not_found` for an unknown note.
    Result<ItemId> observe(const ItemId& note, NewItem observation);

    Result<VisitView> show(const ItemId& note);

    /// Readable items of the same unit that belong to this one: observations and files of a visit.
    Result<std::vector<ItemView>> belonging_to(const ItemId& item);

    static constexpr std::string_view no_visit_note = "item: no visit note";

private:
    Device& device_;
};

}  // namespace samsyn
