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

/// Something that a restored server is to get again.
struct OutgoingAgain {
    std::uint64_t place = 0;  ///< order, and name within this device
    EntryKind kind{};
    Bytes bytes;
    std::optional<LogReceipt> receipt;  ///< none for a statement, and where none ever came
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

    // What a backup may lack (docs/PROTOCOL.md, "After a restore").

    /// Entries of this device whose place in the log is not known here; each once a session, and
    /// once a session an empty list, to learn what is backed up. None: nothing is asked.
    virtual Result<std::optional<ReceiptRequest>> wanted_receipts() {
        return std::optional<ReceiptRequest>{};
    }

    /// The answer, whose checkpoint is verified as above. A row that is not in the log, or is not
    /// about an entry that was asked for, is passed over. Errors: `log_forked`; of the storage.
    virtual Result<void> on_receipts(const Receipts& /*receipts*/, Instant /*now*/) { return {}; }

    /// What goes again to a restored server, after `place` in its order, up to `bytes_max` (at
    /// least one, if any). It goes before anything new. Errors: of the storage.
    virtual Result<std::vector<OutgoingAgain>> resends_after(std::uint64_t /*place*/,
                                                             std::size_t /*bytes_max*/) {
        return std::vector<OutgoingAgain>{};
    }

    virtual Result<void> on_resent(std::uint64_t /*place*/,
                                   const Answer& /*answer*/,
                                   Instant /*now*/) {
        return {};
    }
};

}  // namespace samsyn
