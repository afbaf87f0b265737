#pragma once

#include "core/transparency/read_chain.hpp"
#include "core/wire/messages.hpp"

#include <optional>

namespace samsyn {

/// A piece of the device's chain of reads, ready to be pushed.
struct OutgoingReads {
    std::uint64_t last = 0;  ///< sequence of its last entry
    Bytes bytes;             ///< a `ReadSegment`
};

/// The device's side of the access log, as its session sees it (docs/PROTOCOL.md, "Access log").
/// Not thread-safe.
///
/// The session asks for a proof of the server's log before it replicates anything, pushes reads
/// before anything else, and asks the queries that a person waits for.
class LogKeeper {
public:
    virtual ~LogKeeper() = default;

    /// The newest checkpoint that is durable here; size 0 for none. Errors: of the storage.
    virtual Result<LogProofRequest> known_log() = 0;

    /// The server's answer to that. Its signature is verified: by the server of this session, for
    /// this federation and this life of it. When this returns the new checkpoint is durable.
    /// Errors: `log_forked` where the log does not go on from what was known; then both
    /// checkpoints are durable as evidence, and there is no session. Those of the storage.
    virtual Result<void> on_log_proof(const LogProof& proof, Instant now) = 0;

    /// Reads that no server has acknowledged, the oldest first. Errors: of the storage.
    virtual Result<std::optional<OutgoingReads>> waiting_reads() = 0;

    /// The server has them, up to and including `last`, durably.
    virtual Result<void> on_reads_acknowledged(std::uint64_t last, Instant now) = 0;

    /// A query that a person waits for; the same until it is answered. None as a rule.
    virtual std::optional<LogQuery> wanted_query() = 0;

    /// Its answer, whose checkpoint is verified as above. A checkpoint that does not follow from
    /// what is known is evidence, as above. Errors: `log_forked`, `not_authentic` where a row is
    /// not in the log; those of the storage.
    virtual Result<void> on_log_rows(const LogRows& rows, Instant now) = 0;
};

}  // namespace samsyn
