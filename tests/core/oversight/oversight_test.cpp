#include "core/oversight/retention.hpp"
#include "core/oversight/review.hpp"
#include "core/oversight/small_population.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/dates.hpp"
#include "tests/support/dice.hpp"

#include <algorithm>
#include <set>

using namespace samsyn;
using samsyn::test::date;

namespace {

template <class T>
T id_of(std::uint8_t number) {
    T id;
    id.bytes[0] = std::byte{number};
    return id;
}

std::vector<ReviewableRead> random_reads(Dice& dice) {
    std::vector<ReviewableRead> reads;
    const std::size_t count = dice.below(400);
    for (std::size_t i = 0; i < count; ++i) {
        ReviewableRead read;
        read.row = i + 1;
        read.reader = id_of<UserId>(static_cast<std::uint8_t>(dice.between(1, 6)));
        read.at = Instant{std::chrono::minutes{static_cast<std::int64_t>(dice.below(43'200))}};
        read.own_family = dice.percent(2);
        read.override_used = dice.percent(2);
        read.emergency = dice.percent(1);
        read.protected_person = dice.percent(3);
        reads.push_back(read);
    }
    return reads;
}

const ReviewPeriod november{.year = 2026, .month = 11, .unit = {}, .seed = 7};

}  // namespace

TEST_CASE("C-28: a rare condition in a municipality of 4 513 leaves only the group",
          "[oversight]") {
    const auto stored = storable_consultation(
        "Ett barn med Prader-Willis syndrom i Kopparberg, Ljusnarsbergs kommun.", "Ljusnarsberg");
    REQUIRE(stored.warning.has_value());
    CHECK(stored.warning->municipality == "Ljusnarsberg");
    CHECK(stored.warning->condition == "Prader-Willis");
    CHECK(stored.area == "norra Örebro län");
    CHECK(stored.text ==
          "Ett barn med Prader-Willis syndrom i norra Örebro län, norra Örebro läns kommun.");
}

TEST_CASE("C-28: no warning for a common condition or a larger municipality", "[oversight]") {
    CHECK_FALSE(small_population_warning("ett barn med ADHD", "Ljusnarsberg").has_value());
    CHECK_FALSE(small_population_warning("barn med Prader-Willi", "Lindesberg").has_value());
    CHECK_FALSE(small_population_warning("barn med Prader-Willi", "Nora").has_value());
    CHECK_FALSE(small_population_warning("barn med Prader-Willi", "").has_value());
    CHECK_FALSE(small_population_warning("oangelmanisk", "Hällefors").has_value());
    CHECK(small_population_warning("BARN MED DÖVBLINDHET", "hällefors").has_value());
}

TEST_CASE("C-28: a small municipality that only the text names counts as well", "[oversight]") {
    const auto stored =
        storable_consultation("Familjen i GRYTHYTTAN, Tuberös skleros.", "Lindesberg");
    REQUIRE(stored.warning.has_value());
    CHECK(stored.area == "norra Örebro län");
    CHECK(stored.text == "Familjen i norra Örebro län, Tuberös skleros.");
    // A word that only begins so is no place.
    CHECK(storable_consultation("Noraskog, dravet", "Hällefors").text == "Noraskog, dravet");
}

TEST_CASE("C-28 property: under a warning no municipality of the table is left", "[oversight]") {
    Dice dice{28};
    constexpr std::array parts{"Kopparberg",
                               "Nora",
                               "Hällefors'",
                               "Lindesbergs",
                               "LJUSNARSBERG",
                               "Prader-Willi",
                               " ",
                               ", ",
                               "barn",
                               "\xC3",
                               "\xFF",
                               "nora-",
                               "Storås"};
    for (int round = 0; round < 3000; ++round) {
        std::string text;
        for (std::size_t i = dice.below(12); i > 0; --i) {
            text += parts[dice.below(parts.size())];
            text += ' ';
        }
        const auto stored = storable_consultation(text, "Ljusnarsberg");
        if (!stored.warning) continue;
        CAPTURE(text, stored.text);
        for (const std::string_view place : {"Kopparberg ", "Nora ", "Hällefors", "LJUSNARSBERG "})
            CHECK((" " + stored.text).find(" " + std::string{place}) == std::string::npos);
    }
}

TEST_CASE("C-50 property: the sample is the same in any order, at least one and 5 %",
          "[oversight]") {
    Dice dice{50};
    const std::vector reviewers{id_of<UserId>(1), id_of<UserId>(9), id_of<UserId>(8)};
    for (int round = 0; round < 200; ++round) {
        auto reads = random_reads(dice);
        const auto tasks = draw_reviews(reads, reviewers, november, {});
        const auto sampled = static_cast<std::size_t>(
            std::ranges::count(tasks, ReviewCause::sample, &ReviewTask::cause));
        const std::size_t others = reads.size() - (tasks.size() - sampled);
        CHECK(sampled == std::min(others, std::max<std::size_t>(1, (others * 5 + 99) / 100)));
        for (std::size_t i = reads.size(); i > 1; --i)
            std::swap(reads[i - 1], reads[dice.below(i)]);
        CHECK(draw_reviews(reads, reviewers, november, {}) == tasks);
    }
}

TEST_CASE("C-50 property: every targeted row is reviewed, and nobody reviews themselves",
          "[oversight]") {
    Dice dice{51};
    for (int round = 0; round < 200; ++round) {
        const auto reads = random_reads(dice);
        std::vector<UserId> reviewers;
        for (std::uint8_t i = 1; i < 8; ++i)
            if (dice.percent(40)) reviewers.push_back(id_of<UserId>(i));
        const auto tasks = draw_reviews(reads, reviewers, november, {});
        for (const ReviewTask& task : tasks) {
            const bool alone =
                reviewers.empty() || (reviewers.size() == 1 && reviewers[0] == task.reviewed);
            CHECK(task.reviewer.has_value() != alone);
            if (!task.reviewer) continue;
            CHECK(*task.reviewer != task.reviewed);
            CHECK(std::ranges::count(reviewers, *task.reviewer) == 1);
        }
        for (const ReviewableRead& read : reads)
            if (read.own_family || read.override_used || read.emergency || read.protected_person)
                CHECK(std::ranges::count(tasks, read.row, &ReviewTask::row) == 1);
    }
}

TEST_CASE("C-50: thirty reads in ten minutes are reviewed once, twenty-nine are not",
          "[oversight]") {
    const std::vector reviewers{id_of<UserId>(9)};
    for (const std::uint64_t count : {29U, 30U}) {
        std::vector<ReviewableRead> reads;
        for (std::uint64_t i = 1; i <= count; ++i) {
            ReviewableRead read;
            read.row = i;
            read.reader = id_of<UserId>(1);
            read.at = Instant{std::chrono::seconds{static_cast<std::int64_t>(i * 20)}};
            reads.push_back(read);
        }
        const auto tasks = draw_reviews(reads, reviewers, november, {});
        CHECK(std::ranges::count(tasks, ReviewCause::many_reads, &ReviewTask::cause) ==
              (count == 30 ? 1 : 0));
    }
}

TEST_CASE("C-50: another month, unit or seed draws another sample", "[oversight]") {
    std::vector<ReviewableRead> reads(2000);
    for (std::size_t i = 0; i < reads.size(); ++i) {
        reads[i].row = i + 1;
        reads[i].at = Instant{std::chrono::hours{static_cast<std::int64_t>(i)}};
    }
    std::set<std::vector<std::uint64_t>> draws;
    for (ReviewPeriod period : {november,
                                ReviewPeriod{2026, 12, {}, 7},
                                ReviewPeriod{2026, 11, id_of<UnitId>(1), 7},
                                ReviewPeriod{2026, 11, {}, 8}}) {
        std::vector<std::uint64_t> rows;
        for (const ReviewTask& task : draw_reviews(reads, {}, period, {})) rows.push_back(task.row);
        CHECK(rows.size() == 100);
        draws.insert(rows);
    }
    CHECK(draws.size() == 4);
}

TEST_CASE("C-53: last note 2020-05-10 is due since 2025-05-10, to be destroyed before 2027",
          "[oversight]") {
    const KeptCase kept{.case_id = id_of<CaseId>(1),
                        .closed = date("2020-05-10"),
                        .last_note = date("2020-05-10"),
                        .children_born = {date("2012-03-04")}};
    const auto due = due_cases(std::array{kept}, date("2026-11-26"));
    REQUIRE(due.size() == 1);
    CHECK(to_text(due[0].due_since) == "2025-05-10");
    CHECK(to_text(due[0].destroyed_before) == "2027-01-01");
    CHECK_FALSE(due[0].keep);
    CHECK_FALSE(due[0].overdue);
    CHECK(due_cases(std::array{kept}, date("2025-05-09")).empty());
    CHECK(due_cases(std::array{kept}, date("2025-05-10")).size() == 1);
    CHECK(due_cases(std::array{kept}, date("2027-01-01"))[0].overdue);
}

TEST_CASE("C-53: children born on day 5, 15 or 25 are flagged to be kept", "[oversight]") {
    for (unsigned day = 1; day <= 28; ++day) {
        const Date born{date("2012-03-01").day + std::chrono::days{day - 1}};
        const KeptCase kept{.case_id = {},
                            .closed = date("2019-01-01"),
                            .last_note = date("2018-12-01"),
                            .children_born = {date("2010-01-01"), born}};
        const auto due = due_cases(std::array{kept}, date("2026-01-01"));
        REQUIRE(due.size() == 1);
        CHECK(due[0].keep == (day == 5 || day == 15 || day == 25));
    }
}

TEST_CASE("C-53: an open case is not due, and none before it was closed", "[oversight]") {
    KeptCase kept{
        .case_id = {}, .closed = {}, .last_note = date("2015-01-01"), .children_born = {}};
    CHECK(due_cases(std::array{kept}, date("2026-01-01")).empty());
    kept.closed = date("2024-06-01");
    CHECK(to_text(due_cases(std::array{kept}, date("2026-01-01"))[0].due_since) == "2024-06-01");
    kept.last_note.reset();
    CHECK(due_cases(std::array{kept}, date("2026-01-01")).empty());
    kept.closed = date("2020-02-29");
    CHECK(to_text(due_cases(std::array{kept}, date("2026-01-01"))[0].due_since) == "2025-02-28");
}

TEST_CASE("C-53: the terms are data with versions and dates", "[oversight]") {
    CHECK(retention_term(date("2001-12-31")) == nullptr);
    CHECK(retention_term(date("2025-06-30"))->version == 1);
    CHECK(retention_term(date("2025-07-01"))->version == 2);
    CHECK(destruction_words().en.find("device") != std::string_view::npos);
    CHECK(destruction_words().en.find("backup") != std::string_view::npos);
    CHECK(destruction_words().sv.find("säkerhetskopia") != std::string_view::npos);
}
