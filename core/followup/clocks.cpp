#include "core/followup/clocks.hpp"

#include <algorithm>
#include <array>
#include <tuple>

namespace samsyn {

namespace {

constexpr ClockSpan hours(int count) {
    return {ClockSpan::Unit::hours, count};
}

constexpr ClockSpan days(int count) {
    return {ClockSpan::Unit::days, count};
}

// In the order of `ClockKind`. The numbers are domain.md's: the crisis team's routine, and chapter
// 11 section 1 a of the Social Services Act (2001:453) for the fourteen days.
constexpr std::array rules{
    ClockRule{ClockKind::first_contact,
              ServiceModel::familjesupporten,
              ClockStart::case_opened,
              hours(12),
              hours(4),
              ClockStop::contact,
              {"First contact", "Första kontakt"},
              {"a visit note or a meeting", "en besöksanteckning eller ett möte"}},
    ClockRule{ClockKind::crisis_weeks,
              ServiceModel::familjesupporten,
              ClockStart::case_opened,
              days(56),
              days(7),
              ClockStop::nothing,
              {"The three phases, 8 weeks in all", "De tre faserna, 8 veckor i allt"},
              {"closing the case", "att ärendet avslutas"}},
    ClockRule{ClockKind::concern_assessment,
              {},
              ClockStart::concern_report,
              days(14),
              days(4),
              ClockStop::decision,
              {"Assessment of the report of concern", "Bedömning av orosanmälan"},
              {"a decision about the same person", "ett beslut om samma person"}},
    ClockRule{ClockKind::plan_follow_up,
              {},
              ClockStart::follow_up_day,
              days(0),
              days(7),
              ClockStop::goal_settled,
              {"Follow-up of a goal", "Uppföljning av ett mål"},
              {"the goal reached or dropped, or a new day",
               "att målet nås eller avslutas, eller en ny dag"}},
    ClockRule{ClockKind::consent_end,
              {},
              ClockStart::consent_end,
              days(0),
              days(30),
              ClockStop::nothing,
              {"A consent ends", "Ett samtycke går ut"},
              {"a new consent that replaces it", "ett nytt samtycke som ersätter det"}},
};
static_assert(rules.size() == static_cast<std::size_t>(ClockKind::last) + 1);

constexpr std::array<std::string_view, rules.size()> kind_keys{
    "first_contact", "crisis_weeks", "concern_assessment", "plan_follow_up", "consent_end"};
constexpr std::array<std::string_view, 3> alarm_keys{"running", "soon", "passed"};

/// Something that starts a clock; `at` is a midnight for what has a day only.
struct Start {
    Instant at;
    std::optional<ItemId> item{};
    std::optional<StatementId> consent{};
    const WatchedCase::Report* report = nullptr;
    bool settled = false;
};

std::vector<Start> starts_of(const WatchedCase& watched, ClockStart kind) {
    std::vector<Start> starts;
    switch (kind) {
        case ClockStart::case_opened:
            starts.push_back({.at = watched.opened});
            break;
        case ClockStart::concern_report:
            for (const auto& report : watched.reports)
                starts.push_back(
                    {.at = start_of_day(report.date), .item = report.item, .report = &report});
            break;
        case ClockStart::follow_up_day:
            for (const auto& goal : watched.goals)
                starts.push_back(
                    {.at = start_of_day(goal.follow_up), .item = goal.item, .settled = !goal.open});
            break;
        case ClockStart::consent_end:
            for (const auto& ending : watched.consents)
                starts.push_back({.at = ending.at, .consent = ending.consent});
            break;
    }
    return starts;
}

/// What is dated before the day of the start is an older matter; what is still to come is none yet.
bool has_contact(const WatchedCase& watched, Instant start, Instant now) {
    const Instant from = start_of_day(local_date(start));
    return std::ranges::any_of(watched.contacts,
                               [&](Instant at) { return from <= at && at <= now; });
}

bool is_decided(const WatchedCase& watched, const WatchedCase::Report& report, Instant now) {
    return std::ranges::any_of(watched.decisions, [&](const auto& decision) {
        const bool same = std::ranges::any_of(report.about, [&](const PersonId& person) {
            return std::ranges::find(decision.about, person) != decision.about.end();
        });
        return same && report.date <= decision.date && decision.date <= local_date(now);
    });
}

bool is_stopped(const WatchedCase& watched, ClockStop stop, const Start& start, Instant now) {
    switch (stop) {
        case ClockStop::contact:
            return has_contact(watched, start.at, now);
        case ClockStop::decision:
            return start.report != nullptr && is_decided(watched, *start.report, now);
        case ClockStop::goal_settled:
            return start.settled;
        case ClockStop::nothing:
            return false;
    }
    return false;
}

/// Days are whole: they last to the end of the last one. A consent's end is an instant already.
Instant end_of(const ClockRule& rule, Instant start) {
    if (rule.limit.unit == ClockSpan::Unit::hours)
        return start + std::chrono::hours{rule.limit.count};
    if (rule.start == ClockStart::consent_end) return start;
    return end_of_day({local_date(start).day + std::chrono::days{rule.limit.count}});
}

ClockAlarm alarm_of(const ClockRule& rule, Instant ends, Instant now) {
    if (ends <= now) return ClockAlarm::passed;
    const auto soon = rule.soon.unit == ClockSpan::Unit::hours
                          ? std::chrono::hours{rule.soon.count}
                          : std::chrono::hours{std::chrono::days{rule.soon.count}};
    return ends - now <= soon ? ClockAlarm::soon : ClockAlarm::running;
}

}  // namespace

std::string_view key_of(ClockKind kind) {
    return kind_keys[static_cast<std::size_t>(kind)];
}

std::string_view key_of(ClockAlarm alarm) {
    return alarm_keys[static_cast<std::size_t>(alarm)];
}

std::span<const ClockRule> clock_rules() {
    return rules;
}

const ClockRule& clock_rule(ClockKind kind) {
    return rules[static_cast<std::size_t>(kind)];
}

std::vector<CaseClock> clocks_of(const WatchedCase& watched, Instant now) {
    std::vector<CaseClock> clocks;
    if (watched.closed) return clocks;
    for (const ClockRule& rule : rules) {
        if (rule.model && *rule.model != watched.model) continue;
        for (const Start& start : starts_of(watched, rule.start)) {
            if (start.at == instant_max || is_stopped(watched, rule.stop, start, now)) continue;
            const Instant ends = end_of(rule, start.at);
            clocks.push_back({.kind = rule.kind,
                              .starts = start.at,
                              .ends = ends,
                              .alarm = alarm_of(rule, ends, now),
                              .item = start.item,
                              .consent = start.consent});
        }
    }
    std::ranges::sort(clocks, {}, [](const CaseClock& clock) {
        return std::tuple{clock.ends, clock.kind, clock.item, clock.consent};
    });
    return clocks;
}

}  // namespace samsyn
