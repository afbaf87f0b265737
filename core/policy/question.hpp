#pragma once

#include "core/policy/decide.hpp"

namespace samsyn::policy {

/// A unit for which the requester takes part in the case, and in which profession.
struct Place {
    UnitRef unit;
    Role role{};
};

using Places = std::vector<Place>;

/// What a rule says: an answer, or nothing where it does not match.
using Answer = std::optional<Decision>;

/// One question put to the rules. Lives as long as the call of `decide`.
struct Question {
    const Label& label;
    const Request& request;
    const Requester& requester;
    const Federation& federation;
    const CaseView& view;
    const StatuteTable& table;
    Instant now;

    const DisclosingFacts& disclosing() const { return view.disclosing(label.disclosing.unit); }

    /// The row of what is asked for; null where the table has none.
    const StatuteTable::PurposeRow* purpose() const { return find_purpose(table, request.purpose); }
};

inline Decision permit(Reason reason) {
    return {.outcome = Outcome::permit, .reasons = {reason}};
}

inline Decision deny(Reason reason) {
    return {.outcome = Outcome::deny, .reasons = {reason}};
}

/// The units for which the requester takes part now. Rosters that need a newer program are left
/// out: they might take back what they seem to give.
Places places_of(const Question& question);

/// True where `recipient` means this requester, taking part for this unit.
inline bool means(const Recipient& recipient, const Question& question, const Place& place) {
    return recipient.unit == place.unit.unit && (!recipient.role || recipient.role == place.role) &&
           (!recipient.user || recipient.user == question.requester.user);
}

/// Somebody outside public service takes part as a named person who has acknowledged the duty of
/// secrecy (C-47). Nothing where this recipient may: else why not.
std::optional<Reason> not_bound(const Recipient& recipient,
                                const Question& question,
                                const Place& place);

/// The next instant at which anything dated that the rules read for this question begins or ends.
Instant next_change(const Question& question);

}  // namespace samsyn::policy
