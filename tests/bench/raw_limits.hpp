#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <vector>

namespace samsyn::bench {

using Seconds = std::chrono::duration<double>;

/// Plain SQLite with our settings: `rows` rows of `row_bytes` with the same key columns and one
/// secondary index, `rows_per_transaction` at a time, on a file in `folder`.
Seconds plain_sqlite_inserts(const std::filesystem::path& folder,
                             std::size_t rows,
                             std::size_t row_bytes,
                             std::size_t rows_per_transaction);

/// Durations of single durable transactions of one row.
std::vector<Seconds> plain_sqlite_commits(const std::filesystem::path& folder,
                                          std::size_t count,
                                          std::size_t row_bytes);

struct SodiumWork {
    std::size_t signatures = 0;
    std::size_t items = 0;
    std::size_t item_bytes = 0;
};

/// Plain libsodium: signing and sealing that much; verifying and opening that much.
Seconds plain_sodium_seal(const SodiumWork& work);
Seconds plain_sodium_open(const SodiumWork& work);

/// Plain Beast over TLS on loopback: `bytes` in messages of `message_bytes` one way, and one answer
/// at the end.
Seconds plain_beast_transfer(std::size_t bytes, std::size_t message_bytes);

/// Plain Beast over TLS: durations of single round trips of `message_bytes`.
std::vector<Seconds> plain_beast_round_trips(std::size_t count, std::size_t message_bytes);

}  // namespace samsyn::bench
