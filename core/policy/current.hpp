#pragma once

#include "core/policy/case_facts.hpp"
#include "core/policy/statement_graph.hpp"

#include <algorithm>
#include <utility>

namespace samsyn::policy {

/// Keeps the current statements of each matter: drops those that another one of the same matter
/// knew, and then those that somebody ended. An ended one has replaced all the same: ending it does
/// not bring back what it replaced. One walk for each matter that was spoken of twice.
template <class Body, class MatterOf>
void keep_current(std::vector<Signed<Body>>& all,
                  const StatementGraph& graph,
                  const std::set<StatementId>& ended,
                  MatterOf matter_of) {
    std::map<decltype(matter_of(all.front().body)), std::vector<StatementId>> matters;
    for (const auto& said : all) matters[matter_of(said.body)].push_back(said.id);
    std::set<StatementId> replaced;
    for (const auto& [matter, said] : matters) {
        if (said.size() < 2) continue;
        const auto known = graph.known_to(said);
        for (const auto& id : said)
            if (known.contains(id)) replaced.insert(id);
    }
    std::erase_if(all, [&](const auto& said) {
        return ended.contains(said.id) || replaced.contains(said.id);
    });
}

/// The same, category by category: what a newer statement does not speak of stays as it was.
template <class Body, class PersonOf>
void keep_current_categories(std::vector<Signed<Body>>& all,
                             const StatementGraph& graph,
                             const std::set<StatementId>& ended,
                             PersonOf person_of) {
    std::map<std::pair<PersonId, std::uint64_t>, std::vector<StatementId>> matters;
    for (const auto& said : all)
        for (std::uint64_t bit = 1; bit <= Categories::known; bit <<= 1U)
            if ((said.body.categories.bits & bit) != 0)
                matters[{person_of(said.body), bit}].push_back(said.id);
    std::map<StatementId, std::uint64_t> replaced;
    for (const auto& [matter, said] : matters) {
        if (said.size() < 2) continue;
        const auto known = graph.known_to(said);
        for (const auto& id : said)
            if (known.contains(id)) replaced[id] |= matter.second;
    }
    for (auto& said : all) said.body.categories.bits &= ~replaced[said.id];
    std::erase_if(all, [&](const auto& said) {
        return ended.contains(said.id) || said.body.categories.empty();
    });
}

/// The current ones of everything that the custody stream says who decides. A decision in place of
/// a guardian that any statement stays is gone for good: a new decision has a new number.
void keep_current_custody(CustodyFacts& facts,
                          std::vector<Signed<AgeAttested>> ages,
                          const StatementGraph& graph,
                          const std::set<StatementId>& ended);

/// Who may read what is closed, from the current statements of each audience.
void read_audiences(DisclosingFacts& facts,
                    std::vector<Signed<Audience>> audiences,
                    const StatementGraph& graph,
                    const std::set<StatementId>& ended);

}  // namespace samsyn::policy
