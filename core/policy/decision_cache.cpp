#include "core/policy/decision_cache.hpp"

namespace samsyn {

// NOLINTNEXTLINE(readability-function-size): no two parameters are of one type
const Decision& DecisionCache::decide(const CompartmentId& compartment,
                                      const Label& label,
                                      const Request& request,
                                      const Requester& requester,
                                      const Statements& statements,
                                      const StatuteTable& table,
                                      Instant now) {
    const Key key{compartment, request, requester, table.version};
    auto& of_case = by_case_[statements.case_view.id()];
    const auto found = of_case.find(key);
    if (found != of_case.end()) {
        auto& [decided_at, decision] = found->second;
        // A clock that was set back may stand before a boundary that this answer lies behind.
        if (decided_at <= now && now < decision.valid_until) return decision;
        decision = samsyn::decide(label, request, requester, statements, table, now);
        decided_at = now;
        return decision;
    }
    if (entries_ >= entries_max_) {
        forget_all();
        return decide(compartment, label, request, requester, statements, table, now);
    }
    auto decision = samsyn::decide(label, request, requester, statements, table, now);
    ++entries_;
    return of_case.emplace(key, Entry{now, std::move(decision)}).first->second.decision;
}

void DecisionCache::forget_case(const CaseId& case_id) {
    const auto found = by_case_.find(case_id);
    if (found == by_case_.end()) return;
    entries_ -= found->second.size();
    by_case_.erase(found);
}

void DecisionCache::forget_all() {
    by_case_.clear();
    entries_ = 0;
}

}  // namespace samsyn
