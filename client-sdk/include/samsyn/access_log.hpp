#pragma once

#include "core/store/read_log.hpp"
#include "core/wire/log_rows.hpp"

#include <vector>

namespace samsyn {

/// Content that is about to be shown to a person, printed or copied.
struct ShownItems {
    ReadAction action{};
    CaseId case_id;
    std::vector<ItemId> items;  ///< in any order, of any compartments of the case
};

/// Who has read what these units disclose, in a period of the server's clock.
struct LogQuestion {
    CaseId case_id;  ///< none: in every case; for log reviewers only
    std::vector<UnitId> disclosing;
    Instant from;
    Instant until = instant_max;  ///< exclusive
};

inline constexpr std::size_t log_answer_rows_max = 10'000;

/// What servers have answered so far. Every row was shown to be in the log.
struct LogAnswer {
    struct Row {
        std::uint64_t number = 0;
        LogRow row;
    };

    bool asked = false;           ///< since this device was opened
    bool complete = false;        ///< false: the server has not answered all of it yet
    bool cut = false;             ///< there was more than `log_answer_rows_max`
    std::vector<UnitId> refused;  ///< whose log this device may not see, or that are not there
    std::vector<Row> rows;        ///< by unit and number
    LogQuestion question;
};

/// Rows to look at: drawn by a rule that the reviewer cannot bend, and those that ask for it by
/// themselves. Never the reviewer's own (C-50).
struct LogSample {
    std::vector<LogAnswer::Row> drawn;
    std::vector<LogAnswer::Row> targeted;  ///< emergencies, reads not permitted, broken chains
};

/// What a reviewer has found about one person's reads.
struct NewVerdict {
    CaseId case_id;
    UnitId disclosing;
    UserId reviewed;
    ReviewOutcome outcome{};
    std::string text;  ///< stays here; the statement carries its hash
};

/// Who is going to read an extract. A guardian's copy leaves out what is closed or whose existence
/// is hidden, without a trace.
enum class ExtractReader { subject, guardian };

struct LogExtract {
    PersonId subject;
    ExtractReader reader{};
};

/// A line of an extract for a family: no names, no numbers, no items (C-49).
struct LogExtractLine {
    Instant at;
    UnitId unit;
    Role role{};
    ReadAction action{};
};

}  // namespace samsyn
