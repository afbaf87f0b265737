#pragma once

#include "core/capture/filled_form.hpp"
#include "core/policy/case_view.hpp"
#include "core/policy/statute_table.hpp"

namespace samsyn {

/// For whom somebody decides, and as what.
struct DecidesFor {
    PersonId subject;
    Capacity capacity{};
    friend auto operator<=>(const DecidesFor&, const DecidesFor&) = default;
};

/// One line of the form: a person who must answer.
struct FormSigner {
    PersonId person;
    std::vector<DecidesFor> subjects;  ///< sorted
    friend bool operator==(const FormSigner&, const FormSigner&) = default;
};

struct FormSigners {
    std::vector<FormSigner> people;    ///< sorted by person
    std::vector<PersonId> nobody_for;  ///< subjects for whom nobody is known to decide

    /// Null where the person decides for nobody on the form.
    const FormSigner* find(const PersonId& person) const;
};

/// What is known of a case and its rules at an instant.
struct SignerFacts {
    const Federation& federation;
    const CaseView& view;
    const StatuteTable& statutes;
    Instant now;
};

/// Who must answer, by rule 0 of consent-rules.md: everybody who decides for any line and subject
/// of the form, computed anew whenever it is asked, so that a change of custody, maturity or
/// appointment changes who is missing. Pure.
FormSigners signers_of(const FilledForm& form, const SignerFacts& facts);

/// True where every category of the form is usually of low sensitivity: one who decides suffices
/// and the others are informed.
bool one_suffices(const FilledForm& form);

}  // namespace samsyn
