#pragma once

#include "core/capture/family_language.hpp"
#include "core/meeting/agenda_template.hpp"

#include <samsyn/device.hpp>

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace samsyn {

// Meetings of a case: what this device's user may read of them, and what is done at them. All of it
// by the device's public calls, so that `decide` judges each; not thread-safe, as the device.
//
// Errors common to all: those of `Device`; `invalid_argument` for an item that is no meeting (or no
// agenda point, where one is named).

struct AgendaPointView {
    ItemId id;
    std::string title;
    std::int64_t position = 0;
    std::chrono::minutes minutes{};
    std::optional<UserId> presenter;
    PointState state{};
    std::optional<Instant> treated_at;
    std::string outcome;
    std::optional<Instant> starts;  ///< by the plan
    bool conflict = false;
};

/// Somebody of an agency, as the roster shows them instead of a round of introductions.
struct RosterView {
    UserId user;
    std::string name;
    Role role{};
    std::optional<UnitId> unit;  ///< none where this device does not know that they take part
    std::string unit_name;
    std::string organisation;
    Duty duty{};
    bool invited = false;
    bool attended = false;
};

struct FamilyView {
    PersonId person;
    std::string name;
    bool attended = false;
};

/// A meeting with all that belongs to it and that this device's user may read.
struct MeetingView {
    ItemView item;
    std::optional<MeetingKind> kind;
    std::optional<Instant> starts_at;
    std::optional<Instant> ends_at;
    std::vector<AgendaPointView> agenda;  ///< in order, without parked points
    std::vector<AgendaPointView> parked;
    AgendaTimes times;               ///< of `agenda`, and indexed as it is
    std::vector<RosterView> roster;  ///< who takes part in the case, or is named by the meeting
    std::vector<FamilyView> family;
    std::vector<std::string> guests;
    std::vector<ItemView> decisions;
    std::vector<ItemView> commitments;          ///< made here
    std::vector<ItemView> earlier_commitments;  ///< made at earlier meetings, and still open
    std::optional<ItemId> next;

    /// The items that this shows something of: for the log of reads. Sorted.
    std::vector<ItemId> shown() const;
};

/// Begins today or later by Sweden's date, or is not over.
bool is_coming(const MeetingView& meeting, Instant now);

Result<MeetingView> meeting_view(Device& device, const ItemId& meeting, Instant now);

/// All of a case, by when they begin; those without a time last.
Result<std::vector<MeetingView>> meetings_of(Device& device, const CaseId& case_id, Instant now);

/// A point of an agenda to come.
struct NewPoint {
    std::string title;
    std::chrono::minutes minutes{};
    std::optional<UserId> presenter{};
};

struct NewMeeting {
    NewItem item;  ///< of type meeting, with its title
    std::vector<NewPoint> points;
    const AgendaTemplate* agenda = nullptr;  ///< its points come after `points`
    FamilyLanguage language{};               ///< of the template's words
};

/// Calls a meeting: under the label of `item`, its points under the same but at least of the
/// sensitivity that is usual for them, and its participants filled in unless `item` names them:
/// those of the case who may read it, for a meeting of the family alone only those of the unit that
/// calls. Where the template says and `item` does not: the kind, and an end. What fails after the
/// meeting itself leaves it with the points made so far.
Result<ItemId> call_meeting(Device& device, const NewMeeting& meeting);

/// The meeting after one: of its kind, title, place and label, where `fields` do not say else, with
/// copies of its parked points. Errors: also `already_exists` where it has a next one.
struct NextMeeting {
    ItemId after;
    std::vector<FieldInput> fields;
    std::optional<UnitId> unit;  ///< as in `NewItem`
    const AgendaTemplate* agenda = nullptr;
    FamilyLanguage language{};
};

Result<ItemId> call_next_meeting(Device& device, const NextMeeting& next, Instant now);

/// Adds a point, last, as `call_meeting` does.
Result<ItemId> add_point(Device& device,
                         const ItemId& meeting,
                         const NewPoint& point,
                         const std::optional<UnitId>& unit,
                         Instant now);

/// Puts a point at a place of the agenda, from 1; a place beyond the last is the last. Errors: also
/// `conflict` for a parked point.
Result<void> move_point(Device& device, const ItemId& point, std::size_t place, Instant now);

/// Somebody at a meeting: a colleague, a person of the case, or a guest by name.
using Attendee = std::variant<UserId, PersonId, std::string>;

enum class Attendance : std::uint8_t {
    attended,
    never_came  ///< was entered by mistake
};

/// Notes who attends. While this device shows, they are let in first (`ShowMode`).
Result<void> note_attendance(Device& device,
                             const ItemId& meeting,
                             const Attendee& who,
                             Attendance attendance);

}  // namespace samsyn
