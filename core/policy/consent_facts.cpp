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

void find_vain_corrections(DisclosingFacts& facts,
                           const std::vector<Signed<Closing>>& elsewhere,
                           const std::set<StatementId>& countersigned,
                           const Federation& federation) {
    std::map<StatementId, const Signed<Closing>*> withdrawals;
    const auto collect = [&](const std::vector<Signed<Closing>>& closings) {
        for (const auto& closing : closings)
            if (closing.body.kind == ClosingKind::withdrawal) withdrawals[closing.id] = &closing;
    };
    collect(facts.closings);
    collect(elsewhere);
    if (withdrawals.empty()) return;

    const Evidence evidence{facts.consents};
    for (const auto& consent : facts.consents) {
        const auto examine = [&](const StatementId& name) {
            const auto found = withdrawals.find(name);
            if (found == withdrawals.end()) return;
            const auto& withdrawal = *found->second;
            if (!evidence.was_shown_before(withdrawal, consent)) return;
            if (!countersigned.contains(consent.id) ||
                !federation.are_of_one_user(consent.author, withdrawal.author))
                facts.not_reopened[consent.id].insert(name);
        };
        for (const auto& name : consent.body.names) examine(name);
        const auto confirmed = facts.confirmed.find(consent.id);
        if (confirmed == facts.confirmed.end()) continue;
        for (const auto& name : confirmed->second) examine(name);
    }
}

}  // namespace samsyn::policy
