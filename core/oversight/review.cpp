#include "core/oversight/review.hpp"

#include <algorithm>
#include <map>

namespace samsyn {

namespace {

/// SplitMix64's step (Steele, Lea and Flood 2014): spreads, hides nothing.
std::uint64_t mixed(std::uint64_t z) {
    z += 0x9E3779B97F4A7C15U;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31U);
}

std::uint64_t seed_of(const ReviewPeriod& period) {
    std::uint64_t seed = mixed(period.seed);
    seed =
        mixed(seed ^ static_cast<std::uint64_t>(period.year * 12 + static_cast<int>(period.month)));
    for (const std::byte b : period.unit.bytes)
        seed = mixed(seed ^ static_cast<std::uint64_t>(std::to_integer<unsigned>(b)));
    return seed;
}

std::optional<ReviewCause> target_of(const ReviewableRead& read) {
    if (read.own_family) return ReviewCause::own_family;
    if (read.override_used) return ReviewCause::override_used;
    if (read.emergency) return ReviewCause::emergency;
    if (read.protected_person) return ReviewCause::protected_person;
    return std::nullopt;
}

/// Marks in `causes` each read that is the last of too many within the time. `reads` by row.
void mark_many(std::span<const ReviewableRead> reads,
               const ReviewRule& rule,
               std::vector<std::optional<ReviewCause>>& causes) {
    std::map<UserId, std::vector<std::size_t>> by_reader;
    for (std::size_t i = 0; i < reads.size(); ++i) by_reader[reads[i].reader].push_back(i);
    for (auto& [reader, own] : by_reader) {
        std::ranges::sort(own, [&](std::size_t a, std::size_t b) {
            return std::pair{reads[a].at, reads[a].row} < std::pair{reads[b].at, reads[b].row};
        });
        std::size_t first = 0;  // since the last that was marked, so that one burst is one task
        for (std::size_t last = 0; last < own.size(); ++last) {
            while (reads[own[last]].at - reads[own[first]].at > rule.many_within) ++first;
            if (last - first + 1 < rule.many_reads) continue;
            if (!causes[own[last]]) causes[own[last]] = ReviewCause::many_reads;
            first = last + 1;
            if (first == own.size()) break;
        }
    }
}

/// Takes the rows with the smallest draws among those without a cause.
void draw_sample(std::span<const ReviewableRead> reads,
                 std::uint64_t seed,
                 std::uint32_t percent,
                 std::vector<std::optional<ReviewCause>>& causes) {
    std::vector<std::size_t> rest;
    for (std::size_t i = 0; i < reads.size(); ++i)
        if (!causes[i]) rest.push_back(i);
    if (rest.empty()) return;
    std::ranges::sort(rest, [&](std::size_t a, std::size_t b) {
        return std::pair{mixed(seed ^ reads[a].row), reads[a].row} <
               std::pair{mixed(seed ^ reads[b].row), reads[b].row};
    });
    const std::size_t wanted = (rest.size() * percent + 99) / 100;
    rest.resize(std::min(rest.size(), std::max<std::size_t>(wanted, 1)));
    for (const std::size_t i : rest) causes[i] = ReviewCause::sample;
}

std::optional<UserId> reviewer_for(const UserId& reviewed,
                                   std::span<const UserId> sorted,
                                   std::uint64_t draw) {
    const bool own = std::ranges::binary_search(sorted, reviewed);
    const std::size_t count = sorted.size() - (own ? 1 : 0);
    if (count == 0) return std::nullopt;
    std::size_t chosen = draw % count;
    const auto self = std::ranges::lower_bound(sorted, reviewed);
    if (own && chosen >= static_cast<std::size_t>(self - sorted.begin())) ++chosen;
    return sorted[chosen];
}

}  // namespace

std::vector<ReviewTask> draw_reviews(std::span<const ReviewableRead> reads,
                                     std::span<const UserId> reviewers,
                                     const ReviewPeriod& period,
                                     const ReviewRule& rule) {
    std::vector<ReviewableRead> ordered{reads.begin(), reads.end()};
    std::ranges::sort(ordered, {}, &ReviewableRead::row);
    std::vector<UserId> sorted{reviewers.begin(), reviewers.end()};
    std::ranges::sort(sorted);
    const auto twice = std::ranges::unique(sorted);
    sorted.erase(twice.begin(), twice.end());

    std::vector<std::optional<ReviewCause>> causes;
    for (const ReviewableRead& read : ordered) causes.push_back(target_of(read));
    if (rule.many_reads > 0) mark_many(ordered, rule, causes);
    const std::uint64_t seed = seed_of(period);
    draw_sample(ordered, seed, rule.sample_percent, causes);

    std::vector<ReviewTask> tasks;
    for (std::size_t i = 0; i < ordered.size(); ++i) {
        if (!causes[i]) continue;
        const std::uint64_t draw = mixed(mixed(seed ^ ordered[i].row) + 1);
        tasks.push_back({.row = ordered[i].row,
                         .cause = *causes[i],
                         .reviewed = ordered[i].reader,
                         .reviewer = reviewer_for(ordered[i].reader, sorted, draw)});
    }
    return tasks;
}

}  // namespace samsyn
