#pragma once

#include <samsyn/consent_forms.hpp>

#include <set>
#include <vector>

namespace samsyn {

/// What is known of a case beside the lines on its form.
struct StandingFacts {
    const std::vector<ConsentView>& consents;
    const std::vector<ClosingView>& closings;
    const CustodyFacts& custody;
    const std::set<UnitId>& received;  ///< units whose disclosing streams come here
    Instant now;
};

/// Fills `people` of a form: who decides now and where each stands, then those who answered and do
/// not decide any more. `answers`: lines to this page, newest first.
///
/// A line is anybody's who may write the item, statements are signed. So an answer counts where
/// what it claims is in every stream that is received here, and in one at least.
void place_people(FormView& view,
                  const std::vector<FormSignature>& answers,
                  const StandingFacts& facts);

}  // namespace samsyn
