#pragma once

#include "core/policy/decide.hpp"

#include <map>
#include <unordered_map>

namespace samsyn {

/// Remembers decisions until a statement of their scope arrives or their `valid_until` passes.
/// Holds at most `entries_max` answers; past that it starts anew. Not thread-safe.
class DecisionCache {
public:
    explicit DecisionCache(std::size_t entries_max = 200'000) : entries_max_(entries_max) {}

    /// The remembered or a fresh answer of `decide`. The reference is valid until the next call.
    const Decision& decide(const CompartmentId& compartment,
                           const Label& label,
                           const Request& request,
                           const Requester& requester,
                           const Statements& statements,
                           const StatuteTable& table,
                           Instant now);

    void forget_case(const CaseId& case_id);
    void forget_all();

private:
    struct Key {
        CompartmentId compartment;
        Request request;
        Requester requester;
        friend auto operator<=>(const Key&, const Key&) = default;
    };

    std::size_t entries_max_;
    std::size_t entries_ = 0;
    std::unordered_map<CaseId, std::map<Key, Decision>> by_case_;
};

}  // namespace samsyn
