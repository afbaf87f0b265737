#pragma once

#include "crypto/recovery/recovery_key.hpp"

#include <string>

namespace samsyn {

/// What stands on the page of one share of a recovery key.
struct SharePage {
    std::string organisation;
    std::string holder;  ///< empty: a line to write the name on
    std::string made;    ///< the day
    std::string key;     ///< the beginning of the public key: what the second person compares
    unsigned holders = 0;
    const RecoveryShare* share = nullptr;  ///< outlives the page
};

/// The letters of a share's text after its prefix, in groups of five to type from paper.
std::vector<std::string> share_groups(const RecoveryShare& share);

/// A PDF of one A4 page in Swedish and English: whose share, of what, how many are needed, the QR
/// code, the text in groups, and what to do with it. Letters beyond Latin-1 become question marks.
/// Errors: `system_failed`, those of the code. The result holds the share: the caller writes it
/// where only its holder's printer sees it, and wipes it. What libharu itself allocated is not
/// wiped; it goes with this process.
Result<std::string> share_pdf(const SharePage& page);

/// A PNG of the QR code alone.
Result<std::string> share_png(const RecoveryShare& share);

}  // namespace samsyn
