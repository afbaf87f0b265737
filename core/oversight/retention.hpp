#pragma once

#include "core/base/ids.hpp"
#include "core/model/local_date.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace samsyn {

/// How long a case is kept, from a date on: a row of a versioned table. What a lawyer must confirm
/// is listed in the project's docs.
struct RetentionTerm {
    std::uint32_t version = 0;
    Date from;                          ///< for runs on and after this day
    std::uint32_t years = 0;            ///< after the last note
    std::uint32_t years_to_finish = 0;  ///< whole calendar years after the one in which it fell due
    std::span<const std::uint8_t> kept_birth_days;  ///< kept for research
    std::string_view source;
};

/// The term that holds on a day; null for a day before the first.
const RetentionTerm* retention_term(Date run);

/// A case as retention sees it.
struct KeptCase {
    CaseId case_id;
    std::optional<Date> closed;  ///< none: still open
    std::optional<Date> last_note;
    std::vector<Date> children_born;
};

struct DueCase {
    CaseId case_id;
    Date due_since;
    Date destroyed_before;
    bool keep = false;     ///< a child born on a day whose records are kept for research
    bool overdue = false;  ///< `destroyed_before` has come

    friend bool operator==(const DueCase&, const DueCase&) = default;
};

/// What is due for destruction on the day `run` (C-53), the longest due first. From the last note,
/// but never before closing; an open case is not due, nor one without any date.
std::vector<DueCase> due_cases(std::span<const KeptCase> cases, Date run);

/// What destruction means, in the words of the listing: devices and backups are part of it.
struct RetentionWords {
    std::string_view en;
    std::string_view sv;
};

RetentionWords destruction_words();

}  // namespace samsyn
