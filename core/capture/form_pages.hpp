#pragma once

#include "core/capture/form_checks.hpp"
#include "core/capture/sheet_text.hpp"

#include <map>
#include <string>

namespace samsyn {

/// What the ids on a page are called. A name that is missing is shown as the beginning of its id.
struct SheetNames {
    std::map<PersonId, std::string> persons;
    std::map<UnitId, std::string> units;
    std::map<UserId, std::string> users;
};

/// The page that is read to a family before anybody signs: whom, which agencies, about what, why,
/// how long, what one may say no to, a line for each person who answers. Plain words, one page of
/// at most 60 lines; the same input gives the same bytes.
///
/// Errors: `limit_exceeded` where it is more than one page: what does not fit is never left out.
Result<std::string> read_aloud_page(const FilledForm& form,
                                    const Hash& hash,
                                    const FormSigners& signers,
                                    const SheetNames& names,
                                    FamilyLanguage language);

/// What one person answered, for that person to keep.
struct ReceiptFacts {
    const FilledForm& form;
    const FormSignature& signature;
    std::string code;      ///< of the form; empty where the consent was recorded without one
    Words how;             ///< in words
    Instant counts_until;  ///< before the form's end: an oral yes that has to be written
    bool alone = false;    ///< nobody else has to say yes
    bool ended = false;    ///< taken back since
};

/// What you agreed to, with whom, until when, and how to take it back. Errors: `limit_exceeded`.
Result<std::string> receipt(const ReceiptFacts& facts,
                            const SheetNames& names,
                            FamilyLanguage language);

}  // namespace samsyn
