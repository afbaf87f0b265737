#include "core/policy/mass_closing.hpp"

#include <algorithm>
#include <span>

namespace samsyn {

namespace {

/// The alarms of one author, whose closings are in the order of their times.
void add_alarms(std::span<const ClosingSaid> said, std::vector<MassClosing>& alarms) {
    std::map<CaseId, std::size_t> in_window;
    std::optional<std::size_t> alarmed_to;  // the last closing of the newest alarm
    std::set<CaseId> cases;
    std::size_t first = 0;
    for (std::size_t last = 0; last < said.size(); ++last) {
        ++in_window[said[last].case_id];
        for (; said[last].at - said[first].at > mass_closing_window; ++first)
            if (--in_window[said[first].case_id] == 0) in_window.erase(said[first].case_id);
        if (in_window.size() <= mass_closing_cases_max) continue;

        const bool continues = alarmed_to && first <= *alarmed_to;
        if (!continues) {
            cases.clear();
            alarms.push_back({said[first].author, {}, said[first].at, {}});
        }
        for (const auto& [id, count] : in_window) cases.insert(id);
        alarms.back().cases.assign(cases.begin(), cases.end());
        alarms.back().to = said[last].at;
        alarmed_to = last;
    }
}

}  // namespace

std::optional<ClosingSaid> closing_said(const Statement& statement, const Federation& federation) {
    if (!std::holds_alternative<Closing>(statement.body)) return std::nullopt;
    const auto user = federation.user_of(statement.header.author);
    if (user.is_none()) return std::nullopt;
    return ClosingSaid{user, statement.header.stream.case_id, statement.header.time.instant()};
}

std::vector<MassClosing> mass_closings(std::vector<ClosingSaid> said) {
    std::ranges::sort(
        said, {}, [](const auto& one) { return std::tie(one.author, one.at, one.case_id); });
    std::vector<MassClosing> alarms;
    const std::span<const ClosingSaid> all{said};
    for (std::size_t from = 0, to = 0; from < all.size(); from = to) {
        while (to < all.size() && all[to].author == all[from].author) ++to;
        add_alarms(all.subspan(from, to - from), alarms);
    }
    return alarms;
}

}  // namespace samsyn
