#pragma once

#include "core/capture/form_signers.hpp"
#include "core/policy/statement.hpp"

namespace samsyn {

/// How a family's answer reached us.
enum class SignedHow : std::uint8_t {
    drawn,         ///< signed by hand on the screen
    electronic,    ///< by an electronic identity
    oral,          ///< said to a member of staff
    phone,         ///< said on the telephone
    photographed,  ///< signed on paper, of which there is a picture
    last = photographed
};

/// What somebody answered to a form.
enum class FormAnswer : std::uint8_t { yes, no, informed, last = informed };

std::string_view key_of(SignedHow how);
std::optional<SignedHow> find_signed_how(std::string_view key);
Words title_of(SignedHow how);
std::string_view key_of(FormAnswer answer);

/// What the consent statement says: by hand and on paper is written.
ConsentForm consent_form_of(SignedHow how);

/// One person's answer to one form, as it lies beside it. It proves nothing by itself: what counts
/// are the statements that name its evidence.
struct FormSignature {
    Hash form;  ///< that was read aloud
    PersonId person;
    std::vector<DecidesFor> subjects;  ///< for whom the person decided then; sorted
    FormAnswer answer{};
    SignedHow how{};
    Categories reserved;           ///< "but not about this"
    std::vector<UnitId> not_with;  ///< "but not with them"; sorted
    ItemId evidence_item;
    Hash evidence;  ///< as the statements carry it
    Hash picture;   ///< of the photographed paper; none where there is none
    Instant when;
    UserId witness;  ///< who heard or saw it
    friend bool operator==(const FormSignature&, const FormSignature&) = default;
};

/// Exactly the consents that this answer yields: one for each subject that the person decides for
/// and each flow of the form without a named agency. None for a no. In the order of subjects, then
/// flows; `names` is left empty. Pure.
std::vector<Consent> statements_for(const FilledForm& form, const FormSignature& signature);

/// What the answer closes: for a no every flow, for a yes those with an agency of `not_with`.
std::vector<Closing> refusals_for(const FilledForm& form, const FormSignature& signature);

/// As text for an element of a set. Lossless.
std::string signature_to_text(const FormSignature& signature);

/// Errors: `truncated`, `limit_exceeded`, `malformed`, `trailing_bytes`, `unsupported_version`.
Result<FormSignature> signature_from_text(std::string_view text);

}  // namespace samsyn
