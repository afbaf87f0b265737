#include "tests/bench/storage_bench.hpp"

#include "examples/support/process.hpp"
#include "tests/bench/storage_worker.hpp"

#include <algorithm>
#include <cstdio>
#include <vector>

namespace samsyn::bench {

namespace {

constexpr std::size_t rounds = 21;
constexpr std::uint64_t rows = 20'000;
constexpr double work_allowance = 1.25;  // security.md, section 3, "Yardsticks"

struct Quartiles {
    double low = 0;
    double middle = 0;
    double high = 0;
};

Quartiles quartiles(std::vector<double> values) {
    std::ranges::sort(values);
    const auto at = [&](std::size_t quarter) { return values[quarter * (values.size() - 1) / 4]; };
    return {at(1), at(2), at(3)};
}

/// What one round asks of both sides, in this order. `limit` is that of the ratio; where it is 0,
/// the bound is plain SQLite plus the cost of the pages.
struct Measured {
    const char* name;
    StorageRequest request;
    double limit = 0;
    bool reported = true;
};

constexpr Measured measures[] = {
    {"insert, one a transaction (200)", {StorageStep::insert, 200, 1}, 1.15},
    {"insert, 100 a transaction (2 000)", {StorageStep::insert_for_later, 2'000, 100}},
    {"checkpoint of these", {StorageStep::checkpoint}},
    {"", {StorageStep::open_again}, 0, false},
    {"point reads, cold (2 000)", {StorageStep::read_points, 2'000, 2'000}},
    {"", {StorageStep::read_points, 100, 100}, 0, false},
    {"point reads, warm (10 000 of 100 rows)", {StorageStep::read_points, 10'000, 100}, 1.15},
    {"scan of the table", {StorageStep::scan}},
    {"", {StorageStep::open_again}, 0, false},
    {"search, cold (10)", {StorageStep::search, 10}},
    {"search, warm (200)", {StorageStep::search, 200}, 1.15},
};

struct Pair {
    StorageReply plain;
    StorageReply sealed;
    StorageReply cost;
};

double bound(const Pair& pair) {
    const double work = static_cast<double>(pair.sealed.pages_sealed) * pair.cost.seal_seconds +
                        static_cast<double>(pair.sealed.pages_opened) * pair.cost.open_seconds;
    return pair.plain.seconds + work_allowance * work;
}

template <class Of>
Quartiles quartiles_of(const std::vector<Pair>& pairs, Of of) {
    std::vector<double> values;
    for (const Pair& pair : pairs) values.push_back(of(pair));
    return quartiles(std::move(values));
}

void print(const Measured& measured, const std::vector<Pair>& pairs) {
    const auto plain = quartiles_of(pairs, [](const Pair& p) { return p.plain.seconds * 1e3; });
    const auto sealed = quartiles_of(pairs, [](const Pair& p) { return p.sealed.seconds * 1e3; });
    const auto ratio =
        quartiles_of(pairs, [](const Pair& p) { return p.sealed.seconds / p.plain.seconds; });
    const auto of_bound =
        quartiles_of(pairs, [](const Pair& p) { return p.sealed.seconds / bound(p); });
    const StorageReply& last = pairs.back().sealed;
    const bool by_ratio = measured.limit > 0;
    const bool holds = by_ratio ? ratio.middle <= measured.limit : of_bound.middle <= 1;
    std::printf("%-40s %8.2f %8.2f   %5.2f [%4.2f %4.2f]   %5llu %5llu  %s %5.2f  %s\n",
                measured.name,
                plain.middle,
                sealed.middle,
                ratio.middle,
                ratio.low,
                ratio.high,
                static_cast<unsigned long long>(last.pages_sealed),
                static_cast<unsigned long long>(last.pages_opened),
                by_ratio ? "ratio at most   " : "part of bound   ",
                by_ratio ? measured.limit : of_bound.middle,
                holds ? "holds" : "MISSED");
}

/// Each round asks both sides the same, one after the other, and changes who comes first.
Pair ask_both(StorageWorker& plain,
              StorageWorker& sealed,
              const StorageRequest& request,
              bool swap) {
    Pair pair;
    if (swap) pair.sealed = sealed.ask(request);
    pair.plain = plain.ask(request);
    if (!swap) pair.sealed = sealed.ask(request);
    return pair;
}

}  // namespace

void bench_storage() {
    const story::TemporaryFolder folder;
    StorageWorker plain{StorageSide::plain, folder.path()};
    StorageWorker sealed{StorageSide::encrypted, folder.path()};
    ask_both(plain, sealed, {StorageStep::create, rows}, false);

    std::vector<std::vector<Pair>> pairs(std::size(measures));
    for (std::size_t round = 0; round < rounds; ++round) {
        const StorageReply cost = sealed.ask({StorageStep::cost_of_a_page, 2'000});
        for (std::size_t i = 0; i < std::size(measures); ++i) {
            Pair pair = ask_both(plain, sealed, measures[i].request, (round + i) % 2 == 1);
            pair.cost = cost;
            pairs[i].push_back(pair);
        }
    }
    const auto seal = quartiles_of(pairs[0], [](const Pair& p) { return p.cost.seal_seconds; });
    const auto open = quartiles_of(pairs[0], [](const Pair& p) { return p.cost.open_seconds; });
    std::printf("\nThe database at rest: %zu rounds over %llu rows and as many texts to search\n",
                rounds,
                static_cast<unsigned long long>(rows));
    std::printf("libsodium alone: %.2f us to seal a page of 4 KiB, %.2f us to open it\n",
                seal.middle * 1e6,
                open.middle * 1e6);
    std::printf("%-40s %8s %8s   %-19s   %5s %5s\n",
                "median, ms",
                "SQLite",
                "Samsyn",
                "ratio [quartiles]",
                "seals",
                "opens");
    for (std::size_t i = 0; i < std::size(measures); ++i)
        if (measures[i].reported) print(measures[i], pairs[i]);

    const Pair size = ask_both(plain, sealed, {StorageStep::file_size}, false);
    const double ratio =
        static_cast<double>(size.sealed.file_bytes) / static_cast<double>(size.plain.file_bytes);
    std::printf("%-40s %8.2f %8.2f   %6.4f  at most 1.01  %s\n",
                "file size, MB",
                static_cast<double>(size.plain.file_bytes) * 1e-6,
                static_cast<double>(size.sealed.file_bytes) * 1e-6,
                ratio,
                ratio <= 1.01 ? "holds" : "MISSED");
}

}  // namespace samsyn::bench
