#pragma once

#include "core/followup/clocks.hpp"

#include <samsyn/commitments.hpp>

#include <optional>
#include <string>
#include <vector>

namespace samsyn {

/// A visit or meeting of the day.
struct DayMeeting {
    ItemId item;
    CaseId case_id;
    ItemType type{};
    std::string title{};  ///< empty for a visit
    std::string place{};
    std::optional<Instant> starts_at{};  ///< of a visit only the day is known
};

/// A clock of a case that goes or has passed.
struct DayClock {
    CaseId case_id;
    CaseClock clock;
    std::string about;  ///< the goal or report, else empty
};

/// Something that this user may read and has no key for yet, and whose devices could give one.
struct DayWaiting {
    CompartmentView compartment;
    std::vector<UserId> holders;  ///< who hold the key and may read; sorted
};

/// What whoever stands in for somebody should know of a family, written in their own unit.
struct DayHandover {
    ItemId item;
    CaseId case_id;
    UserId away;
    UserId by;
    Date until;
    std::string text;
};

/// What a person wants to know in the morning. Works without a network.
struct DayView {
    Date today;
    std::vector<DayMeeting> meetings;       ///< without an hour first, then by the hour
    std::vector<DayHandover> handovers;     ///< to this user, not over yet; the last to end first
    std::vector<CommitmentView> late;       ///< the longest late first
    std::vector<CommitmentView> this_week;  ///< due within `due_soon_within`
    std::vector<CommitmentView> reminders;  ///< whose day has come, and that are in neither
    std::vector<DayClock> clocks;           ///< the first to end first; none of consents
    std::vector<ConsentView> consents;      ///< in force, end within 30 days; the first first
    std::vector<DayWaiting> waiting;
    StatusView status;
    std::optional<int> days_since_sync;  ///< none: never
};

/// The clocks of a case as this device knows it. Errors: those of `Device::items`.
Result<std::vector<DayClock>> case_clocks(Device& device, const CaseId& case_id, Instant now);

/// The day on which `now` falls in Sweden. Commitments are of all owners, since whoever leads a
/// case asks after what others promised. Errors: those of `Device::items` and `Device::status`.
Result<DayView> day_of(Device& device, Instant now);

}  // namespace samsyn
