#pragma once

#include "core/model/local_date.hpp"
#include "core/model/schema.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace samsyn {

/// How it stands with something that somebody promised. The numbers are the choices of the schema's
/// field `state`, for ever.
enum class CommitmentState : std::uint8_t {
    promised,
    taken_home,  ///< an agency has taken the question home and answers by a day
    answered,    ///< it has answered; what was promised is not done by that
    done,
    broken,
    withdrawn,
    last = withdrawn,
};

/// The stable word of commands, JSON and the history: "taken_home".
std::string_view key_of(CommitmentState state);
std::optional<CommitmentState> find_commitment_state(std::string_view key);

/// The words of the schema's choice.
Words title_of(CommitmentState state);

/// What a value of the field `state` means; promised where there is none. None for a value of a
/// newer version, or of no kind that the field has.
std::optional<CommitmentState> commitment_state(const Value& value);

/// Whether anybody is still to do something.
constexpr bool is_open(CommitmentState state) {
    return state <= CommitmentState::answered;
}

/// What a person says has happened with a commitment.
enum class CommitmentStep : std::uint8_t {
    take_home,
    answer,
    finish,
    break_promise,
    withdraw,
    promise_again,
    last = promise_again,
};

/// The words of commands: take_home, answer, done, break, withdraw, promise.
std::string_view key_of(CommitmentStep step);
std::optional<CommitmentStep> find_commitment_step(std::string_view key);

// Contexts of what is refused here; hosts have words and what to do for each.
inline constexpr std::string_view commitment_over = "commitment_over";
inline constexpr std::string_view commitment_not_taken_home = "commitment_not_taken_home";
inline constexpr std::string_view commitment_promised_already = "commitment_promised_already";

/// The state that a step leads to. Errors: `conflict` with one of the contexts above where the step
/// makes no sense.
Result<CommitmentState> state_after(CommitmentState state, CommitmentStep step);

// --- Days ----------------------------------------------------------------------------------------

/// What the standing of a commitment follows from.
struct CommitmentDays {
    CommitmentState state{};
    std::optional<Date> due{};
    std::optional<Date> answer_by{};  ///< counts while the question is taken home
    std::optional<Date> remind_on{};

    friend bool operator==(const CommitmentDays&, const CommitmentDays&) = default;
};

/// How a commitment stands on a day. All false where it is not open any more.
struct CommitmentStanding {
    bool open = false;
    bool overdue = false;         ///< the day of the promise has passed
    bool answer_overdue = false;  ///< the day of the answer has passed
    bool due_soon = false;        ///< not late, and one of its days is within `due_soon_within`
    bool reminder_due = false;    ///< the day of the reminder has come
    std::optional<Date> next{};   ///< the earlier of the days that count, passed or not

    bool late() const { return overdue || answer_overdue; }

    friend bool operator==(const CommitmentStanding&, const CommitmentStanding&) = default;
};

inline constexpr std::chrono::days due_soon_within{7};

/// A commitment that is due today is not late: the day is to the end of it.
CommitmentStanding standing_of(const CommitmentDays& days, Date today);

/// Orders a list: what is late first, then what has a day, then what has none, then what is over;
/// within each by day.
std::pair<int, Date> rank_of(const CommitmentStanding& standing);

// --- The history ---------------------------------------------------------------------------------

/// One entry of the field `history`: `<state key>` or `<state key> <note>`. Whoever may change a
/// commitment can have written anything there.
struct HistoryEntry {
    std::optional<CommitmentState> state{};  ///< none: not such an entry, the note is all of it
    std::string note{};

    friend bool operator==(const HistoryEntry&, const HistoryEntry&) = default;
};

inline constexpr std::size_t history_note_bytes_max = 1000;
inline constexpr std::size_t history_entries_max = 200;  ///< that are shown, the newest

/// Reads any text. A note longer than `history_note_bytes_max` is cut between two characters and
/// ends in an ellipsis.
HistoryEntry read_history_entry(std::string_view text);

/// Errors: `limit_exceeded` for too long a note.
Result<std::string> history_entry(CommitmentState state, std::string_view note);

}  // namespace samsyn
