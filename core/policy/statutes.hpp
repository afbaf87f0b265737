#pragma once

#include "core/policy/question.hpp"

namespace samsyn::policy {

/// Rule 3: permits where statements by statute open the label for this requester, every subject of
/// it; denies where the request names a statute that does not. Otherwise nothing: a statute of
/// direct access only leaves the way to consent open.
Answer by_statute(const Question& question, const Places& places);

/// The instants at which a statement by statute begins to open, and ends, by this table; and that
/// by which a second reader must have approved.
struct StatutePeriod {
    Instant from;
    Instant until;
    std::optional<Instant> verdict_due;
};

/// Nothing where the table has no row for it at `now`.
std::optional<StatutePeriod> period_of(const Signed<Override>& opening,
                                       const StatuteTable& table,
                                       Instant now);
std::optional<StatutePeriod> period_of(const Signed<InvestigationAnswer>& answer,
                                       const StatuteTable& table,
                                       Instant now);

}  // namespace samsyn::policy
