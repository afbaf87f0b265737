#pragma once

#include "core/store/database.hpp"
#include "core/transparency/checkpoint.hpp"
#include "core/transparency/read_chain.hpp"

namespace samsyn {

/// Entries that a server has acknowledged are kept for the device's own list, this many of them.
inline constexpr std::uint64_t reads_kept_max = 20'000;

/// Pairs of checkpoints that contradict each other. More of the same tell nothing new.
inline constexpr std::int64_t log_evidence_max = 64;

/// An entry of the device's own chain as it is stored.
struct StoredRead {
    ReadEntry entry;
    Hash hash;
    std::optional<Instant> acknowledged;  ///< when the server had it; none: it waits
};

/// Two things that servers of this federation said of their log and that cannot both be true.
struct LogEvidence {
    Instant at;             ///< when this device found out
    SignedCheckpoint held;  ///< what it knew
    SignedCheckpoint shown;
};

/// The device's chain of reads, and what it knows of the server's log. Inside the device's
/// database: same transactions, thread and errors as `DeviceStore`. The database must outlive it.
class ReadLog {
public:
    explicit ReadLog(Database& db) : db_(db) {}

    /// Appends `entry` with the next sequence and the hash of the one before it.
    Result<void> append(ReadEntry entry, const Hasher& hasher);

    /// Entries that wait, the oldest first, as they travel: at most `count_max` and `bytes_max`
    /// bytes (at least one).
    Result<std::vector<Bytes>> waiting(std::size_t count_max, std::size_t bytes_max);
    Result<std::uint64_t> waiting_count();

    /// Everything up to and including `last` is at the server; what is older than the last
    /// `reads_kept_max` of these is forgotten.
    Result<void> acknowledge(std::uint64_t last, Instant at);

    /// The entries about a case, the newest first.
    Result<std::vector<StoredRead>> of_case(const CaseId& case_id, std::size_t count_max);

    Result<std::optional<SignedCheckpoint>> checkpoint();
    Result<void> put_checkpoint(const SignedCheckpoint& checkpoint);

    /// Kept once for each pair, at most `log_evidence_max`.
    Result<void> put_evidence(const LogEvidence& evidence);
    Result<std::vector<LogEvidence>> evidence();  ///< the oldest first

private:
    Database& db_;
};

}  // namespace samsyn
