#pragma once

#include "core/base/errc.hpp"
#include "core/transparency/checkpoint.hpp"

#include <optional>

namespace samsyn {

// --- The access log (docs/PROTOCOL.md, "Access log") ---------------------------------------------

inline constexpr std::size_t log_lives_max = 4;      ///< restores that one proof leads through
inline constexpr std::size_t log_restores_max = 64;  ///< statements in one proof
inline constexpr std::size_t log_restores_bytes_max = 48 * 1024;  ///< together
inline constexpr std::size_t log_rows_max = 64;                   ///< rows in one answer
inline constexpr std::size_t log_row_bytes_max = 8 * 1024;

/// From the client, right after its `Proof`: the newest checkpoint that it holds. Size 0: none.
struct LogProofRequest {
    Incarnation incarnation;
    std::uint64_t size = 0;
    friend bool operator==(const LogProofRequest&, const LogProofRequest&) = default;
};

/// The log now, and that it begins with what the client holds. Where the server has lived through
/// restores since, the statements that permit them, oldest first; the path then starts at the
/// smallest of their sizes and the client's.
struct LogProof {
    SignedCheckpoint checkpoint;
    /// At most `log_restores_max` statements of the federation log, oldest first: the restores, who
    /// confirmed them, and what these rest on as far as there is room.
    std::vector<Bytes> restores;
    std::vector<Hash> path;  ///< at most `tree_path_max`
    friend bool operator==(const LogProof&, const LogProof&) = default;
};

/// Rows about what a unit discloses in a case, after a row, in the order of the log. `until` is
/// exclusive; server time.
struct LogQuery {
    std::uint32_t ticket = 0;
    CaseId case_id;
    UnitId disclosing;
    Instant from;
    Instant until;
    std::optional<std::uint64_t> after;
    std::uint64_t known_size = 0;  ///< of the newest checkpoint that the client holds; 0 for none
    friend bool operator==(const LogQuery&, const LogQuery&) = default;
};

/// The answer, of at most `log_rows_max` rows and one message. For "not yours" and "not there" it
/// is the same: `not_permitted` and nothing else.
struct LogRows {
    struct Row {
        std::uint64_t number = 0;
        Bytes bytes;             ///< a `LogRow`
        std::vector<Hash> path;  ///< to the checkpoint's root
        friend bool operator==(const Row&, const Row&) = default;
    };

    std::uint32_t ticket = 0;
    Errc refused{};  ///< or 0
    std::optional<SignedCheckpoint> checkpoint;
    std::vector<Hash> growth;  ///< that the checkpoint's log begins with what the client holds
    std::vector<Row> rows;     ///< ascending by number
    bool more = false;         ///< ask again after the last one
    friend bool operator==(const LogRows&, const LogRows&) = default;
};

// --- What a backup may lack (docs/PROTOCOL.md, "After a restore") --------------------------------

inline constexpr std::size_t receipts_max = 32;            ///< entries of one request
inline constexpr std::size_t receipt_path_max = 40;        ///< a log of 2^40 rows
inline constexpr std::size_t receipt_row_bytes_max = 512;  ///< of a row that says what was taken

/// That a row is in the server's log: what an entry is worth once the server has lost it.
struct LogReceipt {
    std::uint64_t number = 0;
    Bytes row;               ///< a `LogRow`
    std::vector<Hash> path;  ///< at most `receipt_path_max`, to the checkpoint's root
    SignedCheckpoint checkpoint;
    friend bool operator==(const LogReceipt&, const LogReceipt&) = default;
};

/// Layout: number 8 · row (blob) · path (count 2 · 32 each) · checkpoint.
Bytes encode_receipt(const LogReceipt& receipt);

/// Errors: `truncated`, `malformed`, `limit_exceeded`, `trailing_bytes`.
Result<LogReceipt> decode_receipt(ByteView bytes);

/// From the client: where do these batches, packets and supplements of mine stand in the log? May
/// name none: then only what is backed up is asked. One at a time is unanswered.
struct ReceiptRequest {
    std::vector<Hash> entries;  ///< at most `receipts_max`
    friend bool operator==(const ReceiptRequest&, const ReceiptRequest&) = default;
};

/// Rows of those that are the client's own and that the server has, as far as they fit one message.
struct Receipts {
    struct Row {
        Hash entry;
        std::uint64_t number = 0;
        Bytes row;
        std::vector<Hash> path;
        friend bool operator==(const Row&, const Row&) = default;
    };

    SignedCheckpoint checkpoint;
    std::uint64_t backed_up = 0;  ///< a verified backup holds the log's first so many rows
    std::vector<Row> rows;        ///< at most `receipts_max`
    friend bool operator==(const Receipts&, const Receipts&) = default;
};

}  // namespace samsyn
