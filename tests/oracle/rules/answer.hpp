#pragma once

#include "tests/oracle/rules/world.hpp"

namespace oracle {

enum class Outcome { deny, needs, permit };

struct Answer {
    Outcome outcome = Outcome::deny;
    /// The page leaves open whether this is `deny` or `needs`: of one person's consents one lacks
    /// what can still be had, another does not reach.
    bool is_vague = false;
    std::set<std::string> reasons;  ///< keys of those that may come first
    /// From whom, about whom; from nobody where it is not known who decides.
    std::set<std::pair<Id, Id>> missing;
    std::set<Id> inform;
    bool get_in_writing = false;
    bool may_owe_writing = false;  ///< several oral consents cover, one of them with a limit
    friend bool operator==(const Answer&, const Answer&) = default;
};

/// The access decision as consent-rules.md says it, rule by rule, from the statements alone.
///
/// Written to be compared with `samsyn::decide`, and so that a person can hold it against the page:
/// nothing is remembered, nothing prepared; everything is asked anew where a rule needs it. It
/// knows nothing of organisations that claim the same id, of pinned revocations, of second
/// signatures in the federation log, and of the sealed directory.
Answer answer(const World& world, const Question& question);

}  // namespace oracle
