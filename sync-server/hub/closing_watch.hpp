#pragma once

#include "core/policy/mass_closing.hpp"

#include <map>

namespace samsyn {

/// Notices one author's closing statements in more than five cases within an hour, by when they
/// arrive: whoever dates them apart is noticed all the same. Forgets what is an hour old, so that
/// what the rate limit lets through in an hour is all that it ever holds. Not thread-safe.
class ClosingWatch {
public:
    /// The number of cases, where this statement makes them too many; 0 else, so that one burst
    /// alarms once.
    std::size_t on_closing(const ClosingSaid& said, Instant now) {
        for (auto& [author, cases] : recent_)
            std::erase_if(cases,
                          [&](const auto& one) { return now - one.second > mass_closing_window; });
        std::erase_if(recent_, [](const auto& author) { return author.second.empty(); });
        auto& cases = recent_[said.author];
        const std::size_t before = cases.size();
        cases[said.case_id] = now;
        return before <= mass_closing_cases_max && cases.size() > mass_closing_cases_max
                   ? cases.size()
                   : 0;
    }

private:
    std::map<UserId, std::map<CaseId, Instant>> recent_;
};

}  // namespace samsyn
