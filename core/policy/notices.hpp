#pragma once

#include "core/policy/case_view.hpp"

namespace samsyn {

/// The notice streams of what is no case: reports of concern, to the devices that act in the
/// competent unit's intake, and to nobody else. Empty once somebody has opened the case. Sorted.
/// (Notices of a case: `streams_for`.) Pure; thread-safe.
std::vector<Stream> intake_streams_for(const DeviceId& device,
                                       const StatementGraph& said,
                                       const CaseView& view,
                                       const Federation& federation,
                                       Instant now);

}  // namespace samsyn
