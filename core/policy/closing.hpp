#pragma once

#include "core/policy/question.hpp"

namespace samsyn::policy {

using Closings = std::vector<const Signed<Closing>*>;

/// What closes this label to this requester for one decider and subject: by scope, whatever the
/// consents say.
Closings closings_in_scope(const Question& question,
                           const Place& place,
                           const PersonId& decider,
                           const PersonId& subject);

/// True where the consent, or the disclosing unit's confirmation of it, names every one of them.
bool reopens(const Signed<Consent>& consent,
             const Closings& closings,
             const DisclosingFacts& facts);

Reason reason_of(ClosingKind kind);

}  // namespace samsyn::policy
