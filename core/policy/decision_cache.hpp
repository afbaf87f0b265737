#pragma once

#include "core/policy/decide.hpp"

#include <bit>
#include <unordered_map>

namespace samsyn {

/// Remembers decisions until a statement of their scope arrives or their `valid_until` passes.
/// A clock that goes back before the instant of an answer asks anew. A hit allocates nothing.
/// A statement of the federation concerns every case: `forget_all`. Holds at most `entries_max`
/// answers; past that it starts anew. Not thread-safe.
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
        std::uint32_t table_version = 0;
        friend bool operator==(const Key&, const Key&) = default;
    };

    struct KeyHash {
        std::size_t operator()(const Key& key) const noexcept {
            const auto ids = std::hash<CompartmentId>{}(key.compartment) ^
                             std::rotl(std::hash<DeviceId>{}(key.requester.device), 21);
            const auto asked = static_cast<std::size_t>(key.request.action) << 16 |
                               static_cast<std::size_t>(key.request.purpose);
            return ids ^ asked * 0x9e3779b97f4a7c15ULL;
        }
    };

    struct Entry {
        Instant decided_at;
        Decision decision;
    };

    std::size_t entries_max_;
    std::size_t entries_ = 0;
    std::unordered_map<CaseId, std::unordered_map<Key, Entry, KeyHash>> by_case_;
};

}  // namespace samsyn
