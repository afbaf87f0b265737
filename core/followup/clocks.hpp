#pragma once

#include "core/model/local_date.hpp"
#include "core/model/schema.hpp"
#include "core/policy/terms.hpp"

#include <chrono>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace samsyn {

/// What is to happen within a time that law, a service model or the family's plan sets.
enum class ClockKind : std::uint8_t {
    first_contact,
    crisis_weeks,
    concern_assessment,
    plan_follow_up,
    consent_end,
    last = consent_end,
};

/// The stable word of JSON: "first_contact".
std::string_view key_of(ClockKind kind);

enum class ClockStart : std::uint8_t { case_opened, concern_report, follow_up_day, consent_end };

enum class ClockStop : std::uint8_t {
    contact,       ///< a visit note, or a meeting whose time has come
    decision,      ///< one about the same person, on the day of the report or later
    goal_settled,  ///< reached or dropped
    nothing,       ///< the closing of the case only, which stops every clock
};

/// A length of time: hours by the clock, or days to the end of the last one.
struct ClockSpan {
    enum class Unit : std::uint8_t { hours, days };
    Unit unit{};
    int count = 0;
};

/// A row of the table: which service model has the clock, what starts it, how long it goes, how
/// long before its end it says "soon", what stops it.
struct ClockRule {
    ClockKind kind{};
    std::optional<ServiceModel> model{};  ///< none: every one
    ClockStart start{};
    ClockSpan limit{};
    ClockSpan soon{};
    ClockStop stop{};
    Words title{};
    Words stopped_by{};  ///< what to do to stop it
};

std::span<const ClockRule> clock_rules();

/// The rule of a kind: each has one.
const ClockRule& clock_rule(ClockKind kind);

/// What is known of a case, as far as clocks go by it.
struct WatchedCase {
    struct Report {
        ItemId item;
        Date date;
        std::vector<PersonId> about;
    };

    struct Decided {
        Date date;
        std::vector<PersonId> about;
    };

    struct Goal {
        ItemId item;
        Date follow_up;
        bool open = true;
    };

    struct Ending {
        StatementId consent;
        Instant at;
    };

    ServiceModel model{};
    Instant opened;
    bool closed = false;
    std::vector<Instant> contacts{};  ///< visits, and meetings, those to come too
    std::vector<Report> reports{};
    std::vector<Decided> decisions{};
    std::vector<Goal> goals{};
    std::vector<Ending> consents{};  ///< in force
};

enum class ClockAlarm : std::uint8_t { running, soon, passed };

std::string_view key_of(ClockAlarm alarm);

/// A clock that nothing has stopped.
struct CaseClock {
    ClockKind kind{};
    Instant starts;
    Instant ends;
    ClockAlarm alarm{};
    std::optional<ItemId> item{};  ///< the report or goal that it is about
    std::optional<StatementId> consent{};

    friend bool operator==(const CaseClock&, const CaseClock&) = default;
};

/// The clocks of a case, the first to end first. An answer of its arguments alone: it is the same
/// whatever order the case is told in, works without a network, and is asked again as time passes.
std::vector<CaseClock> clocks_of(const WatchedCase& watched, Instant now);

}  // namespace samsyn
