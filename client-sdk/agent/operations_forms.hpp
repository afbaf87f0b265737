#pragma once

#include "client-sdk/agent/operations_call.hpp"

#include <samsyn/consent_forms.hpp>

namespace samsyn {

/// The form that an argument names: by its id's beginning, by the code on its page, or by its case
/// where one form of it is open. Errors: `not_found`, `ambiguous` with candidates.
Result<FormView> form_of(Call& call, ConsentForms& forms, std::string_view argument);

/// What the ids of a case are called on a page.
SheetNames sheet_names(Call& call, const CaseId& case_id);

/// "sv" or "en"; Swedish where the argument is missing.
Result<FamilyLanguage> family_language_of(Call& call);

nlohmann::json to_json(Call& call, const FormView& view);
nlohmann::json to_json(Call& call, const FormView& view, const FormPersonView& person);

/// The receipt of one person's answer. Errors: `not_found` where there is none; `limit_exceeded`.
Result<nlohmann::json> receipt_json(Call& call, const FormView& view, const PersonId& person);

/// The same of a consent that was recorded, with or without a form.
Result<nlohmann::json> receipt_json(Call& call, const ConsentView& consent);

}  // namespace samsyn
