#include "core/policy/consent_facts.hpp"

#include <tuple>

namespace samsyn::policy {

namespace {

bool same_matter(const Consent& a, const Consent& b) {
    return a.grantor == b.grantor && a.subject == b.subject && a.recipient == b.recipient &&
           a.purpose == b.purpose;
}

/// When each piece of evidence was first shown for a person's consents about a subject.
class Evidence {
public:
    explicit Evidence(const std::vector<Signed<Consent>>& consents) {
        for (const auto& consent : consents)
            if (!consent.body.evidence.is_none()) shown_[key(consent.body)].insert(when(consent));
    }

    /// True where another consent than this one showed it before `closing` was said.
    bool was_shown_before(const Signed<Closing>& closing, const Signed<Consent>& consent) const {
        const auto found = shown_.find(key(consent.body));
        if (found == shown_.end()) return false;
        for (const auto& shown : found->second) {
            if (shown >= when(closing)) return false;
            if (shown.second != consent.id) return true;
        }
        return false;
    }

private:
    using Key = std::tuple<PersonId, PersonId, Hash>;
    using When = std::pair<HybridTime, StatementId>;

    static Key key(const Consent& body) { return {body.grantor, body.subject, body.evidence}; }

    template <class Body>
    static When when(const Signed<Body>& said) {
        return {said.time, said.id};
    }

    std::map<Key, std::set<When>> shown_;
};

using ClosingsById = std::map<StatementId, const Signed<Closing>*>;

void find_vain_corrections(DisclosingFacts& facts,
                           const ClosingsById& closings,
                           const std::set<StatementId>& countersigned,
                           const Federation& federation) {
    const Evidence evidence{facts.consents};
    for (const auto& consent : facts.consents) {
        const auto examine = [&](const StatementId& name) {
            const auto found = closings.find(name);
            if (found == closings.end()) return;
            const auto& closing = *found->second;
            if (closing.body.kind != ClosingKind::withdrawal ||
                !evidence.was_shown_before(closing, consent))
                return;
            if (!countersigned.contains(consent.id) ||
                !federation.are_of_one_user(consent.author, closing.author))
                facts.not_reopened[consent.id].insert(name);
        };
        for (const auto& name : consent.body.names) examine(name);
        const auto confirmed = facts.confirmed.find(consent.id);
        if (confirmed == facts.confirmed.end()) continue;
        for (const auto& name : confirmed->second) examine(name);
    }
}

void find_old_consents(DisclosingFacts& facts,
                       const ClosingsById& closings,
                       const StatementGraph& graph) {
    std::map<StatementId, std::set<StatementId>> known_to_author;  // of a closing
    for (const auto& [consent, names] : facts.confirmed) {
        for (const auto& name : names) {
            if (!closings.contains(name)) continue;
            const auto [known, is_new] = known_to_author.try_emplace(name);
            if (is_new) known->second = graph.known_to({&name, 1});
            if (known->second.contains(consent)) facts.not_reopened[consent].insert(name);
        }
    }
}

}  // namespace

void relate_consents(DisclosingFacts& facts) {
    std::map<StatementId, const Consent*> by_id;
    for (const auto& consent : facts.consents) by_id[consent.id] = &consent.body;
    for (const auto& newer : facts.consents) {
        for (const auto& name : newer.body.names) {
            const auto older = by_id.find(name);
            if (older == by_id.end() || !same_matter(*older->second, newer.body)) continue;
            facts.replaced[name].bits |= newer.body.categories.bits;
            if (facts.confirmed.contains(newer.id))
                facts.lifted[name].bits |= newer.body.categories.bits;
        }
    }
}

void find_vain_reopenings(DisclosingFacts& facts,
                          const std::vector<Signed<Closing>>& elsewhere,
                          const std::set<StatementId>& countersigned,
                          const Federation& federation,
                          const StatementGraph& graph) {
    std::map<StatementId, const Signed<Closing>*> closings;
    for (const auto& closing : facts.closings) closings[closing.id] = &closing;
    for (const auto& closing : elsewhere) closings[closing.id] = &closing;
    if (closings.empty()) return;
    find_vain_corrections(facts, closings, countersigned, federation);
    find_old_consents(facts, closings, graph);
}

}  // namespace samsyn::policy
