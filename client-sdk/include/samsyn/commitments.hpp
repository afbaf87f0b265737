#pragma once

#include "core/followup/commitment.hpp"

#include <samsyn/device.hpp>

#include <optional>
#include <string>
#include <vector>

namespace samsyn {

// Who promised what, by when, and what became of it. A commitment is an item of the case like any
// other, changed offline by whoever may contribute; what is here reads and steps it. Days are local
// dates of Sweden (core/model/local_date.hpp). The functions are as thread-safe as the `Device`.

/// One thing that happened with a commitment, by the device that wrote it.
struct CommitmentEvent {
    std::optional<CommitmentState> state;  ///< none: an entry that is no step, `note` is all of it
    std::string note;
    UserId by;
    Instant at;            ///< as its author's clock was
    bool recorded = true;  ///< false: the state was written by itself, or settled; not by a step
    bool unsent = false;
};

struct CommitmentView {
    ItemId id;
    CaseId case_id;
    CompartmentId compartment;
    Label label;
    std::string what;
    std::optional<UserId> owner{};
    std::optional<UnitId> owner_unit{};
    std::string promised_to;
    std::optional<ItemId> meeting{};  ///< in which it was promised
    CommitmentDays days;              ///< its state and days, as shown
    CommitmentStanding standing;
    bool state_known = true;      ///< false: the state is of a newer version
    bool state_conflict = false;  ///< two people stepped without knowing of each other
    bool conflict = false;        ///< in any field
    bool unsent = false;
    std::vector<CommitmentEvent> history{};  ///< oldest first, at most `history_entries_max`
    std::size_t history_left_out = 0;        ///< older ones that were left out
    std::vector<UserId> readers{};           ///< sorted
    std::vector<PersonId> family{};          ///< of the case, whom this user may show it; sorted
};

/// Whether anybody is still to do something; so for a state of a newer version, and where one of
/// two states that stand says so.
bool is_open_commitment(const ItemView& commitment);

/// Whether a goal of the plan is still followed: not all that stands says reached or dropped.
bool is_open_goal(const ItemView& goal);

struct CommitmentFilter {
    std::optional<CaseId> case_id{};  ///< none: every case
    std::optional<UserId> owner{};
    bool open_only = true;
    std::optional<PersonId> family{};  ///< only what this person of the case may be shown
};

/// The commitments that this user may read, what is late first, then by day. Errors: those of
/// `Device::items`; `invalid_argument` for a family without a case, `not_found` for a person to
/// whom the case gives no part in which they look (`Device::viewer`).
Result<std::vector<CommitmentView>> commitments(Device& device,
                                                const CommitmentFilter& filter,
                                                Date today);

/// One of them. Errors: also `invalid_argument` for an item of another type.
Result<CommitmentView> commitment(Device& device, const ItemId& item, Date today);

/// Adds a commitment: promised, with the first entry of its history, and with the owner's unit
/// where the owner takes part in the case for one unit. Errors: those of `Device::add_item`;
/// `invalid_argument` where the fields have a history.
Result<ItemId> add_commitment(Device& device, NewItem item);

struct CommitmentStepping {
    ItemId item;
    CommitmentStep step{};
    std::optional<Date> day{};  ///< take_home: when the answer is due; promise_again: the new day
    std::string note{};         ///< kept in the history, before it the day
};

// Contexts of what is refused, beside those of `state_after`.
inline constexpr std::string_view commitment_needs_answer_by = "commitment_needs_answer_by";
inline constexpr std::string_view commitment_day_passed = "commitment_day_passed";
inline constexpr std::string_view commitment_in_conflict = "commitment_in_conflict";

/// Takes one step: the state and the entry of the history in one edit, durable when it returns. Two
/// devices that step at once leave a conflict of states, and both entries. Errors: those of
/// `Device::edit_item` and `state_after`; `conflict` with `commitment_in_conflict` where two states
/// stand; `invalid_argument` for a day that is missing, has passed or belongs to no such step, or
/// an item of another type; `limit_exceeded` for a long note; `update_needed` for a newer state.
Result<void> step_commitment(Device& device, const CommitmentStepping& stepping, Date today);

}  // namespace samsyn
