#pragma once

#include "core/policy/question.hpp"

namespace samsyn::policy {

/// May `question.requester.viewer` be shown this, which the user who shows it may show? Nothing
/// where so: else why not.
Answer not_shown(const Question& question);

}  // namespace samsyn::policy
