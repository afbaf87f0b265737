#pragma once

#include "client-sdk/cli/session.hpp"

namespace samsyn {

// What the commands on commitments and `samsyn today` share.

/// "3 days late", "answer 3 days late", "soon", "reminder", "conflict", "unsent", as many as hold.
std::string commitment_marks(const Session& session, const nlohmann::json& row);

/// "Anna Ek, Skolan"; the unit where it is known.
std::string owner_text(const nlohmann::json& row);

/// The answer of the operation `today` as one page, escaped.
std::string today_page(const Session& session, const nlohmann::json& result);

/// A count with its word: "1 day", "2 days".
std::string counted(std::int64_t count, std::string_view one, std::string_view several);

}  // namespace samsyn
