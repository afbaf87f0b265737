#pragma once

#include "core/base/ids.hpp"
#include "core/base/time.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace samsyn {

/// One row of the access log, as a log review sees it (C-50). It holds no content.
struct ReviewableRead {
    std::uint64_t row = 0;  ///< its place in the log
    UserId reader;
    CaseId case_id;
    Instant at;
    bool own_family = false;        ///< the reader's name and a person's of the case agree
    bool override_used = false;     ///< by a statute's override
    bool emergency = false;         ///< by an emergency opening
    bool protected_person = false;  ///< somebody in the case has a protection mark
};

/// Why a row is reviewed.
enum class ReviewCause : std::uint8_t {
    sample,
    own_family,
    override_used,
    emergency,
    protected_person,
    many_reads,
    last = many_reads,
};

struct ReviewTask {
    std::uint64_t row = 0;
    ReviewCause cause{};  ///< the first that applies, targeted ones first
    UserId reviewed;
    std::optional<UserId> reviewer;  ///< none: nobody is left who is not the reviewed

    friend bool operator==(const ReviewTask&, const ReviewTask&) = default;
};

/// How much is reviewed: data of an organisation's own policy.
struct ReviewRule {
    std::uint32_t sample_percent = 5;
    std::uint32_t many_reads = 30;  ///< so many rows of one reader within `many_within`; 0: never
    std::chrono::minutes many_within{10};
};

/// A month of a unit, and what nobody knew before it ended: the log's root at its end. Whoever
/// reads cannot foresee the sample; whoever checks draws the same one.
struct ReviewPeriod {
    std::int32_t year = 0;
    std::uint32_t month = 1;
    UnitId unit;
    std::uint64_t seed = 0;
};

/// Draws what is reviewed: every targeted row, and of the others `sample_percent`, at least one.
/// The same for the same rows in any order. Of many reads the one that makes them many is reviewed.
/// A row's reviewer is one of `reviewers` and never its reader; the work is spread evenly by the
/// draw. In the order of the rows.
std::vector<ReviewTask> draw_reviews(std::span<const ReviewableRead> reads,
                                     std::span<const UserId> reviewers,
                                     const ReviewPeriod& period,
                                     const ReviewRule& rule);

}  // namespace samsyn
