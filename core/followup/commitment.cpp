#include "core/followup/commitment.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>

namespace samsyn {

namespace {

using enum CommitmentState;

constexpr std::array<std::string_view, 6> state_keys{
    "promised", "taken_home", "answered", "done", "broken", "withdrawn"};
static_assert(state_keys.size() == static_cast<std::size_t>(CommitmentState::last) + 1);

constexpr unsigned among(std::initializer_list<CommitmentState> states) {
    unsigned bits = 0;
    for (const CommitmentState state : states) bits |= 1U << static_cast<unsigned>(state);
    return bits;
}

/// A step: from which states it makes sense, where it leads, and what is said otherwise.
struct StepRow {
    CommitmentStep step{};
    std::string_view key;
    unsigned from = 0;
    CommitmentState to{};
    std::string_view refused;
};

constexpr unsigned open_states = among({promised, taken_home, answered});

constexpr std::array steps{
    StepRow{CommitmentStep::take_home, "take_home", open_states, taken_home, commitment_over},
    StepRow{
        CommitmentStep::answer, "answer", among({taken_home}), answered, commitment_not_taken_home},
    // What was broken is done late, as often as not.
    StepRow{CommitmentStep::finish, "done", open_states | among({broken}), done, commitment_over},
    StepRow{CommitmentStep::break_promise, "break", open_states, broken, commitment_over},
    StepRow{CommitmentStep::withdraw, "withdraw", open_states, withdrawn, commitment_over},
    StepRow{CommitmentStep::promise_again,
            "promise",
            among({taken_home, answered, done, broken, withdrawn}),
            promised,
            commitment_promised_already},
};
static_assert(steps.size() == static_cast<std::size_t>(CommitmentStep::last) + 1);

std::optional<Date> earlier(const std::optional<Date>& a, const std::optional<Date>& b) {
    if (!a || !b) return a ? a : b;
    return std::min(*a, *b);
}

/// At most `bytes_max` bytes of UTF-8, no character divided.
std::string cut(std::string_view text, std::size_t bytes_max) {
    if (text.size() <= bytes_max) return std::string{text};
    std::size_t end = bytes_max;
    const auto continues = [&] { return (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U; };
    while (end > 0 && continues()) --end;
    return std::string{text.substr(0, end)} + "…";
}

}  // namespace

std::string_view key_of(CommitmentState state) {
    return state_keys[static_cast<std::size_t>(state)];
}

std::optional<CommitmentState> find_commitment_state(std::string_view key) {
    const auto found = std::ranges::find(state_keys, key);
    if (found == state_keys.end()) return std::nullopt;
    return static_cast<CommitmentState>(found - state_keys.begin());
}

Words title_of(CommitmentState state) {
    const TypeInfo* type = find_type(ItemType::commitment);
    SAMSYN_ASSERT(type != nullptr);
    const FieldInfo* field = find_field(*type, "state");
    SAMSYN_ASSERT(field != nullptr);
    return field->choices[static_cast<std::size_t>(state)];
}

std::optional<CommitmentState> commitment_state(const Value& value) {
    if (std::holds_alternative<std::monostate>(value)) return promised;
    const auto* choice = std::get_if<std::int64_t>(&value);
    if (choice == nullptr || *choice < 0 ||
        *choice > static_cast<std::int64_t>(CommitmentState::last))
        return std::nullopt;
    return static_cast<CommitmentState>(*choice);
}

std::string_view key_of(CommitmentStep step) {
    return steps[static_cast<std::size_t>(step)].key;
}

std::optional<CommitmentStep> find_commitment_step(std::string_view key) {
    const auto found = std::ranges::find(steps, key, &StepRow::key);
    if (found == steps.end()) return std::nullopt;
    return found->step;
}

Result<CommitmentState> state_after(CommitmentState state, CommitmentStep step) {
    const StepRow& row = steps[static_cast<std::size_t>(step)];
    if ((row.from & among({state})) == 0) return fail(Errc::conflict, row.refused);
    return row.to;
}

CommitmentStanding standing_of(const CommitmentDays& days, Date today) {
    CommitmentStanding standing;
    standing.open = is_open(days.state);
    if (!standing.open) return standing;
    const auto answer_by = days.state == taken_home ? days.answer_by : std::nullopt;
    const auto passed = [&](const std::optional<Date>& day) { return day && *day < today; };
    const auto near = [&](const std::optional<Date>& day) {
        return day && day->day <= today.day + due_soon_within;
    };
    standing.overdue = passed(days.due);
    standing.answer_overdue = passed(answer_by);
    standing.due_soon = !standing.late() && (near(days.due) || near(answer_by));
    standing.reminder_due = days.remind_on && *days.remind_on <= today;
    standing.next = earlier(days.due, answer_by);
    return standing;
}

std::pair<int, Date> rank_of(const CommitmentStanding& standing) {
    const int group = standing.late() ? 0 : !standing.open ? 3 : standing.next ? 1 : 2;
    return {group, standing.next.value_or(Date{})};
}

HistoryEntry read_history_entry(std::string_view text) {
    const std::size_t blank = text.find(' ');
    const auto state = find_commitment_state(text.substr(0, blank));
    const bool bare = blank == std::string_view::npos;
    const bool has_note = !bare && blank + 1 < text.size();
    if (!state || (!bare && !has_note)) return {.note = cut(text, history_note_bytes_max)};
    return {.state = state,
            .note = bare ? std::string{} : cut(text.substr(blank + 1), history_note_bytes_max)};
}

Result<std::string> history_entry(CommitmentState state, std::string_view note) {
    if (note.size() > history_note_bytes_max) return fail(Errc::limit_exceeded, "note");
    std::string entry{key_of(state)};
    if (!note.empty()) entry.append(" ").append(note);
    return entry;
}

}  // namespace samsyn
