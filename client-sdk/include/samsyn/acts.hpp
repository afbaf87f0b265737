#pragma once

#include "core/policy/statement.hpp"

#include <optional>
#include <string>
#include <vector>

namespace samsyn {

/// Something that a participant states of a case, beside consents, closings and participants
/// (core/policy/secrecy_statements.hpp). Its free text is sealed as an item of the author's own
/// unit; the statement carries the text's salted hash, in the field that its kind has for it.
struct Saying {
    CaseId case_id;
    StatementBody body;
    std::optional<UnitId> unit{};   ///< whose stream, where the kind leaves it open; else the own
    std::vector<PersonId> about{};  ///< whom the text is about; needed with a text
    std::string text{};
};

/// Items copied to labels of their own: what an override or an answer opens, and no more.
struct Selected {
    StatementId statement;
    AudienceId selection;
    std::vector<ItemId> copies;  ///< in the order of the originals
};

}  // namespace samsyn
