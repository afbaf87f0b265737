#include "core/policy/current.hpp"

#include "core/policy/contains.hpp"

#include <tuple>

namespace samsyn::policy {

namespace {

using DecisionKey = std::tuple<PersonId, PersonId, Hash>;

DecisionKey decision_of(const DecisionInPlace& body) {
    return {body.child, body.guardian, body.decision};
}

std::pair<PersonId, PersonId> child_and_guardian(const auto& body) {
    return {body.child, body.guardian};
}

/// A court stays a decision, whichever of the guardians in whose place it was the statement names.
void drop_stayed(std::vector<Signed<DecisionInPlace>>& decisions) {
    std::set<Hash> stayed;
    for (const auto& decision : decisions)
        if (decision.body.stayed) stayed.insert(decision.body.decision);
    std::erase_if(decisions,
                  [&](const auto& decision) { return stayed.contains(decision.body.decision); });
}

}  // namespace

void keep_current_custody(CustodyFacts& facts,
                          std::vector<Signed<AgeAttested>> ages,
                          const StatementGraph& graph,
                          const std::set<StatementId>& ended) {
    const auto keep = [&](auto& all, auto matter_of) {
        keep_current(all, graph, ended, matter_of);
    };
    keep(facts.custody, [](const Custody& body) { return body.child; });
    keep(facts.suspended, child_and_guardian<GuardianSuspended>);
    keep(facts.prevented, child_and_guardian<GuardianPrevented>);
    keep(facts.mandates, [](const Mandate& body) { return std::pair{body.principal, body.agent}; });
    drop_stayed(facts.in_place);
    keep(facts.in_place, decision_of);
    keep_current_categories(
        facts.maturity, graph, ended, [](const Maturity& body) { return body.child; });
    keep_current_categories(
        facts.representatives, graph, ended, [](const Representative& body) { return body.adult; });

    keep(ages, [](const AgeAttested& body) { return body.child; });
    for (const auto& age : ages) {
        const auto known = facts.ages.emplace(age.body.child, age.body.years).first;
        known->second = std::min(known->second, age.body.years);
    }
}

void read_audiences(DisclosingFacts& facts,
                    std::vector<Signed<Audience>> audiences,
                    const StatementGraph& graph,
                    const std::set<StatementId>& ended) {
    keep_current(audiences, graph, ended, [](const Audience& body) { return body.id; });
    for (const auto& audience : audiences) {
        const auto& users = audience.body.users;
        const auto [known, is_new] =
            facts.audiences.emplace(audience.body.id, std::set<UserId>{users.begin(), users.end()});
        if (!is_new)
            std::erase_if(known->second, [&](const auto& user) { return !contains(users, user); });
    }
}

}  // namespace samsyn::policy
