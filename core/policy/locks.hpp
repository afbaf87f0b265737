#pragma once

#include "core/policy/question.hpp"

namespace samsyn::policy {

/// True where the whole case is hidden and neither a mark names this user of the disclosing unit
/// nor the marked person's own consent this user of another.
bool is_hidden_from(const Question& question, const Places& places);

/// True for a requester who sees a hidden case by consent only: what that consent does not open
/// does not exist for such a one.
bool sees_by_consent_only(const Question& question, const Places& places);

/// Rule 1 for a label: closed labels and protected persons. Nothing where this requester passes.
std::optional<Reason> locked(const Question& question, const Places& places);

/// True where any hard lock bears on the label, whoever asks: no viewer is shown it.
bool is_locked_at_all(const Question& question);

}  // namespace samsyn::policy
