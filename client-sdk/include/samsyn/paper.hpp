#pragma once

#include "core/capture/family_language.hpp"

#include <samsyn/device.hpp>

#include <string>
#include <vector>

namespace samsyn {

/// A page for one person of the family, in plain words.
struct Paper {
    std::string text;
    std::vector<ItemId> items;  ///< that it shows something of, for the log of reads; sorted
};

/// The next meeting with its agenda, and who has promised what. Holds only what this device's user
/// may show that person in a meeting (`sight_of`), and reads as if nothing else were there: no
/// count, no gap, no number of a place. Texts stand on it in one line each and without control
/// characters, so that none can look like another part of the page.
///
/// Errors: those of `Device`; `not_found` for a person who is neither subject, guardian nor mandate
/// holder in the case.
Result<Paper> paper_for(Device& device,
                        const CaseId& case_id,
                        const PersonId& person,
                        FamilyLanguage language,
                        Instant now);

}  // namespace samsyn
