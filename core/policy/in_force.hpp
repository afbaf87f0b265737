#pragma once

#include "core/base/time.hpp"
#include "core/policy/question.hpp"

namespace samsyn::policy {

/// True within a body's own from–until.
bool in_force(const auto& body, Instant now) {
    return body.from <= now && now < body.until;
}

/// Confirmed by the disclosing unit, not ended by itself, and not with the case.
inline bool is_alive(const Signed<Consent>& consent, const Question& question) {
    const DisclosingFacts& facts = question.disclosing();
    return facts.confirmed.contains(consent.id) && !facts.ended.contains(consent.id) &&
           question.view.custody().outlives_closing(consent.time);
}

}  // namespace samsyn::policy
