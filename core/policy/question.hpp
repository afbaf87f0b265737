#pragma once

#include "core/policy/decide.hpp"

namespace samsyn::policy {

/// A unit for which the requester takes part in the case, and in which profession.
struct Place {
    UnitRef unit;
    Role role{};
};

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
};

/// True where `recipient` means this requester, taking part for this unit.
inline bool means(const Recipient& recipient, const Question& question, const Place& place) {
    return recipient.unit == place.unit.unit && (!recipient.role || recipient.role == place.role) &&
           (!recipient.user || recipient.user == question.requester.user);
}

/// The next instant at which anything dated that the rules read for this question begins or ends.
Instant next_change(const Question& question);

}  // namespace samsyn::policy
