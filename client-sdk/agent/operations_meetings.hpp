#pragma once

#include "client-sdk/agent/operations_views.hpp"

#include <samsyn/meetings.hpp>

namespace samsyn {

// Meetings as JSON (docs/AGENT.md, "Meetings").

/// All of a meeting that this device's user may read.
nlohmann::json meeting_json(Directory& names, const MeetingView& meeting);

/// A meeting as a list shows it; draws on no other item.
nlohmann::json meeting_line(Directory& names, const MeetingView& meeting);

}  // namespace samsyn
