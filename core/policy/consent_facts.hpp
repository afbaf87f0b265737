#pragma once

#include "core/policy/case_facts.hpp"
#include "core/policy/federation.hpp"
#include "core/policy/statement_graph.hpp"

namespace samsyn::policy {

/// A newer consent that names an older one in the same matter replaces it in the categories that
/// both concern. Worked out once for a stream, and not for each question: streams can be long.
void relate_consents(DisclosingFacts& facts);

/// What names a closing statement in vain.
///
/// Whoever says that a withdrawal was a mistake shows the evidence of a consent from before it.
/// That opens again only where the withdrawal's own author says so, and a second participant signs
/// too
/// (`countersigned`). And only a newer consent opens again: a confirmation that names a closing
/// whose author knew the consent confirms an old one. `elsewhere`: the closings of the custody
/// stream.
void find_vain_reopenings(DisclosingFacts& facts,
                          const std::vector<Signed<Closing>>& elsewhere,
                          const std::set<StatementId>& countersigned,
                          const Federation& federation,
                          const StatementGraph& graph);

}  // namespace samsyn::policy
