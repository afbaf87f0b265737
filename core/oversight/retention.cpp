#include "core/oversight/retention.hpp"

#include <algorithm>
#include <array>
#include <chrono>

namespace samsyn {

namespace {

constexpr Date day_of(int year, unsigned month, unsigned day) {
    return {std::chrono::sys_days{std::chrono::year{year} / static_cast<int>(month) /
                                  static_cast<int>(day)}};
}

constexpr std::array<std::uint8_t, 3> research_days{5, 15, 25};

const std::array terms{
    RetentionTerm{.version = 1,
                  .from = day_of(2002, 1, 1),
                  .years = 5,
                  .years_to_finish = 1,
                  .kept_birth_days = research_days,
                  .source = "socialtjänstlagen (2001:453), 12 kap. 1-2 §§"},
    RetentionTerm{.version = 2,
                  .from = day_of(2025, 7, 1),
                  .years = 5,
                  .years_to_finish = 1,
                  .kept_birth_days = research_days,
                  .source = "socialtjänstlagen (2025:400)"},
};

/// The same day years later; of 29 February the 28th, where the year has no other (lag 1930:173).
Date years_after(Date date, std::uint32_t years) {
    const std::chrono::year_month_day day{date.day};
    const auto later = day + std::chrono::years{static_cast<int>(years)};
    if (later.ok()) return {std::chrono::sys_days{later}};
    return {std::chrono::sys_days{later.year() / later.month() / std::chrono::last}};
}

std::uint8_t day_of_month(Date date) {
    const std::chrono::year_month_day day{date.day};
    return static_cast<std::uint8_t>(static_cast<unsigned>(day.day()));
}

/// 1 January behind the calendar year that is so many years after the date's.
Date end_of_year(Date date, std::uint32_t years_later) {
    const auto year = std::chrono::year_month_day{date.day}.year() +
                      std::chrono::years{static_cast<int>(years_later) + 1};
    return {std::chrono::sys_days{year / std::chrono::January / 1}};
}

}  // namespace

const RetentionTerm* retention_term(Date run) {
    const RetentionTerm* found = nullptr;
    for (const RetentionTerm& term : terms)
        if (term.from <= run) found = &term;
    return found;
}

std::vector<DueCase> due_cases(std::span<const KeptCase> cases, Date run) {
    std::vector<DueCase> due;
    const RetentionTerm* term = retention_term(run);
    if (term == nullptr) return due;
    for (const KeptCase& kept : cases) {
        if (!kept.closed) continue;
        const Date from = kept.last_note.value_or(*kept.closed);
        const Date since = std::max(years_after(from, term->years), *kept.closed);
        if (since > run) continue;
        const Date before = end_of_year(since, term->years_to_finish);
        const bool keep = std::ranges::any_of(kept.children_born, [&](const Date& born) {
            return std::ranges::count(term->kept_birth_days, day_of_month(born)) > 0;
        });
        due.push_back({.case_id = kept.case_id,
                       .due_since = since,
                       .destroyed_before = before,
                       .keep = keep,
                       .overdue = before <= run});
    }
    std::ranges::sort(due, [](const DueCase& a, const DueCase& b) {
        return std::pair{a.due_since, a.case_id} < std::pair{b.due_since, b.case_id};
    });
    return due;
}

RetentionWords destruction_words() {
    return {.en = "to be destroyed everywhere: on the server, on every device and in every backup",
            .sv = "ska förstöras överallt: på servern, på varje enhet och i varje säkerhetskopia"};
}

}  // namespace samsyn
