#pragma once

#include "core/policy/statement_graph.hpp"

#include <algorithm>
#include <map>
#include <vector>

namespace samsyn::policy {

/// What one organisation certifies of one id, and all its statements that say so.
template <class Body>
struct Claim {
    Body body;
    std::vector<StatementId> said;
};

template <class Id, class Body>
using Claims = std::map<Id, std::map<OrganisationId, Claim<Body>>>;

/// Drops each claimant all of whose statements knew of some statement of another claimant. At least
/// one stays: whose is a statement that knew of none. Who wants to come first can hide what it
/// knew, and not make others know it: so nobody wins an id by it. A pure function of the graph.
template <class Body>
void drop_those_who_knew(std::map<OrganisationId, Claim<Body>>& claimants,
                         const StatementGraph& graph) {
    if (claimants.size() < 2) return;
    const auto all = claimants;
    std::erase_if(claimants, [&](const auto& claimant) {
        std::map<OrganisationId, std::size_t> known;  // by how many of the claimant's statements
        for (const auto& id : claimant.second.said) {
            const auto before = graph.known_to(std::vector{id});
            for (const auto& [other, claim] : all)
                if (std::ranges::any_of(claim.said,
                                        [&](const auto& said) { return before.contains(said); }))
                    ++known[other];
        }
        return std::ranges::any_of(known, [&](const auto& count) {
            return count.first != claimant.first && count.second == claimant.second.said.size();
        });
    });
}

}  // namespace samsyn::policy
