#pragma once

#include "client-sdk/agent/operations_call.hpp"

namespace samsyn {

// What letting somebody in has in common, by a showing or by a meeting.

/// Whom the arguments `who`, `as` (guest, agent) and `remote` mean: a colleague, a person of the
/// case, or a guest by name. Errors: as `Directory`.
Result<Onlooker> onlooker_of(Call& call, const CaseId& case_id);

nlohmann::json to_json(const ShowMode::Preview& preview);

}  // namespace samsyn
