#include "core/followup/commitment.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/dates.hpp"

#include <rapidcheck.h>

#include <algorithm>
#include <set>

using namespace samsyn;
using samsyn::test::date;

namespace {

using enum CommitmentState;

constexpr std::array all_states{promised, taken_home, answered, done, broken, withdrawn};
constexpr std::array all_steps{CommitmentStep::take_home,
                               CommitmentStep::answer,
                               CommitmentStep::finish,
                               CommitmentStep::break_promise,
                               CommitmentStep::withdraw,
                               CommitmentStep::promise_again};

Date day_number(int number) {
    return {std::chrono::sys_days{std::chrono::days{20'000 + number}}};
}

std::string refused(CommitmentState from, CommitmentStep step) {
    const auto after = state_after(from, step);
    if (after) return "-";
    CHECK(after.error().code == Errc::conflict);
    return after.error().context;
}

rc::Gen<std::optional<Date>> any_day() {
    return rc::gen::map(rc::gen::inRange(0, 60), [](int number) {
        return number < 20 ? std::nullopt : std::optional{day_number(number)};
    });
}

rc::Gen<CommitmentDays> any_days() {
    return rc::gen::build<CommitmentDays>(
        rc::gen::set(&CommitmentDays::state, rc::gen::elementOf(all_states)),
        rc::gen::set(&CommitmentDays::due, any_day()),
        rc::gen::set(&CommitmentDays::answer_by, any_day()),
        rc::gen::set(&CommitmentDays::remind_on, any_day()));
}

}  // namespace

TEST_CASE("CommitmentState: is the schema's choice, with the schema's words", "[followup]") {
    const FieldInfo* field = find_field(*find_type(ItemType::commitment), "state");
    REQUIRE(field->choices.size() == all_states.size());
    for (const CommitmentState state : all_states) {
        CHECK(find_commitment_state(key_of(state)) == state);
        CHECK(commitment_state(Value{static_cast<std::int64_t>(state)}) == state);
        std::string words{title_of(state).en};
        std::ranges::replace(words, ' ', '_');
        CHECK(words == key_of(state));
    }
    CHECK(commitment_state(Value{}) == promised);
    for (const Value& strange :
         {Value{std::int64_t{6}}, Value{std::int64_t{-1}}, Value{std::string{"done"}}, Value{true}})
        CHECK_FALSE(commitment_state(strange).has_value());
}

TEST_CASE("CommitmentStep: what is over is promised again before anything else", "[followup]") {
    for (const CommitmentState over : {done, broken, withdrawn}) {
        CAPTURE(key_of(over));
        CHECK(refused(over, CommitmentStep::take_home) == commitment_over);
        CHECK(refused(over, CommitmentStep::break_promise) == commitment_over);
        CHECK(refused(over, CommitmentStep::withdraw) == commitment_over);
        CHECK(refused(over, CommitmentStep::answer) == commitment_not_taken_home);
        CHECK(state_after(over, CommitmentStep::promise_again).value() == promised);
    }
    CHECK(refused(done, CommitmentStep::finish) == commitment_over);
    CHECK(refused(withdrawn, CommitmentStep::finish) == commitment_over);
    CHECK(state_after(broken, CommitmentStep::finish).value() == done);
}

TEST_CASE("CommitmentStep: only what was taken home is answered, and promised twice is refused",
          "[followup]") {
    CHECK(refused(promised, CommitmentStep::answer) == commitment_not_taken_home);
    CHECK(refused(answered, CommitmentStep::answer) == commitment_not_taken_home);
    CHECK(state_after(taken_home, CommitmentStep::answer).value() == answered);
    CHECK(state_after(taken_home, CommitmentStep::take_home).value() == taken_home);  // a new day
    CHECK(refused(promised, CommitmentStep::promise_again) == commitment_promised_already);
}

TEST_CASE("CommitmentStep: leads to the same state from wherever it is taken", "[followup]") {
    for (const CommitmentStep step : all_steps) {
        CHECK(find_commitment_step(key_of(step)) == step);
        std::set<CommitmentState> reached;
        for (const CommitmentState from : all_states)
            if (const auto after = state_after(from, step)) reached.insert(*after);
        CHECK(reached.size() == 1);
    }
    CHECK_FALSE(find_commitment_step("finish").has_value());
}

TEST_CASE("Standing: the last day is in time, the day after is late", "[followup]") {
    const CommitmentDays days{.state = promised, .due = date("2026-05-20")};
    CHECK_FALSE(standing_of(days, date("2026-05-20")).late());
    CHECK(standing_of(days, date("2026-05-20")).due_soon);
    CHECK(standing_of(days, date("2026-05-21")).overdue);
    CHECK_FALSE(standing_of(days, date("2026-05-21")).due_soon);
    CHECK(standing_of(days, date("2026-05-13")).due_soon);
    CHECK_FALSE(standing_of(days, date("2026-05-12")).due_soon);
}

TEST_CASE("Standing: the day of the answer counts while the question is taken home", "[followup]") {
    CommitmentDays days{
        .state = taken_home, .due = date("2026-06-30"), .answer_by = date("2026-05-20")};
    CHECK(standing_of(days, date("2026-05-18")).next == date("2026-05-20"));
    const auto late = standing_of(days, date("2026-05-21"));
    CHECK(late.answer_overdue);
    CHECK_FALSE(late.overdue);
    days.state = answered;
    CHECK(standing_of(days, date("2026-05-21")) ==
          CommitmentStanding{.open = true, .next = date("2026-06-30")});
}

TEST_CASE("Standing: a reminder comes on its day and stays until the matter is over",
          "[followup]") {
    CommitmentDays days{.state = promised, .remind_on = date("2026-05-10")};
    CHECK_FALSE(standing_of(days, date("2026-05-09")).reminder_due);
    CHECK(standing_of(days, date("2026-05-10")).reminder_due);
    CHECK(standing_of(days, date("2026-08-10")).reminder_due);
    days.state = done;
    CHECK(standing_of(days, date("2026-08-10")) == CommitmentStanding{});
}

TEST_CASE("Standing: is false in all that is over, and late never becomes in time", "[followup]") {
    CHECK(rc::check([] {
        const CommitmentDays days = *any_days();
        const Date today = day_number(*rc::gen::inRange(0, 80));
        const CommitmentStanding standing = standing_of(days, today);
        RC_ASSERT(standing.open == is_open(days.state));
        if (!standing.open) RC_ASSERT(standing == CommitmentStanding{});
        RC_ASSERT(!(standing.late() && standing.due_soon));
        if (standing.late()) {
            RC_ASSERT(standing.next.has_value() && *standing.next < today);
            const Date later{today.day + std::chrono::days{*rc::gen::inRange(0, 400)}};
            RC_ASSERT(standing_of(days, later).late());
        }
    }));
}

TEST_CASE("rank_of: puts what is late first, the longest late before the others", "[followup]") {
    CHECK(rc::check([] {
        const auto all = *rc::gen::container<std::vector<CommitmentDays>>(any_days());
        const Date today = day_number(40);
        std::vector<CommitmentStanding> list;
        for (const CommitmentDays& days : all) list.push_back(standing_of(days, today));
        std::ranges::sort(list, {}, [](const auto& each) { return rank_of(each); });
        for (std::size_t i = 1; i < list.size(); ++i) {
            const auto& a = list[i - 1];
            const auto& b = list[i];
            RC_ASSERT(a.late() >= b.late());
            RC_ASSERT(a.open >= b.open);
            if (a.open == b.open) RC_ASSERT(a.next.has_value() >= b.next.has_value());
            if (a.next && b.next) RC_ASSERT(*a.next <= *b.next);
        }
    }));
}

TEST_CASE("History: an entry says what was written, with any note", "[followup]") {
    CHECK(rc::check([] {
        const CommitmentState state = *rc::gen::elementOf(all_states);
        const auto note = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
        const auto entry = history_entry(state, note);
        RC_ASSERT(entry.has_value());
        RC_ASSERT(read_history_entry(*entry) == (HistoryEntry{state, note}));
    }));
    CHECK(history_entry(taken_home, "rektor frågar").value() == "taken_home rektor frågar");
    CHECK(history_entry(done, "").value() == "done");
    CHECK(history_entry(done, std::string(history_note_bytes_max + 1, 'x')).error().code ==
          Errc::limit_exceeded);
}

TEST_CASE("History: what is no entry is shown as it is, in a bounded length",
          "[followup][attack]") {
    for (const char* text : {"", " ", "done ", "Done", "doneish", "klart", "\x1b[2J", "taken home"})
        CHECK(read_history_entry(text) == HistoryEntry{.note = text});
    CHECK(rc::check([] {
        const auto text = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
        const auto copies = *rc::gen::inRange(1U, 300U);
        std::string all;
        for (unsigned i = 0; i < copies; ++i) all += text;
        const HistoryEntry entry = read_history_entry(all);
        RC_ASSERT(entry.note.size() <= history_note_bytes_max + std::string_view{"…"}.size());
        if (!entry.state && all.size() <= history_note_bytes_max) RC_ASSERT(entry.note == all);
    }));
    std::string long_words{"done "};
    for (int i = 0; i < 999; ++i) long_words += "å";
    const HistoryEntry entry = read_history_entry(long_words);
    CHECK(entry.state == done);
    CHECK(entry.note.size() == history_note_bytes_max + 3);
    CHECK(entry.note.substr(history_note_bytes_max - 2) == "å…");  // 1000 is even: no å is divided
    const HistoryEntry odd = read_history_entry("done x" + long_words.substr(5));
    CHECK(odd.note.substr(history_note_bytes_max - 1) == "…");
}
