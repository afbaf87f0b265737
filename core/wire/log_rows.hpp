#pragma once

#include "core/transparency/read_chain.hpp"
#include "core/wire/messages.hpp"

namespace samsyn {

/// Random, in every row: who sees the digests of neighbouring rows in a proof learns nothing from
/// them, however little else a row says.
using RowSalt = Id<struct RowSaltTag, 16>;

// What a row of the access log says beside who and when. Ids, enumerations and instants only.

/// Something that the device said was taken. Statements of the federation are what administrators
/// did, and a purge receipt is a statement too.
struct RowAccepted {
    Channel channel;
    EntryKind kind{};
    EntryNumber number = 0;
    Hash hash;
    std::uint16_t statement_kind = 0;  ///< wire number; 0 for what is no statement
    friend bool operator==(const RowAccepted&, const RowAccepted&) = default;
};

/// Why something was permitted or not, as `decide` gave it then.
struct RowGround {
    std::string reason;           ///< the key of a `Reason`: rows outlive the table's numbers
    std::vector<StatementId> by;  ///< at most `row_statements_max`, sorted
    friend bool operator==(const RowGround&, const RowGround&) = default;
};

inline constexpr std::size_t row_statements_max = 16;
inline constexpr std::size_t row_reason_bytes_max = 64;

/// Entries that left for the device. Durable before the first byte does.
struct RowDelivered {
    Channel channel;
    EntryNumber first = 0;
    EntryNumber last = 0;
    std::uint16_t count = 0;
    RowGround ground;
    friend bool operator==(const RowDelivered&, const RowDelivered&) = default;
};

/// The device is told that it gets no more of a channel.
struct RowWithdrawn {
    Channel channel;
    friend bool operator==(const RowWithdrawn&, const RowWithdrawn&) = default;
};

enum class RefusedWhat : std::uint8_t {
    push,
    log_query,
    fleet_query,
    attachment,
    last = attachment
};

struct RowRefused {
    RefusedWhat what{};
    EntryKind kind{};  ///< of a push
    Errc why{};
    friend bool operator==(const RowRefused&, const RowRefused&) = default;
};

/// What a person did with content of one compartment, from the device's own chain. One read of
/// several compartments is several rows with one sequence.
struct RowRead {
    CompartmentId compartment;
    std::uint64_t sequence = 0;
    Hash entry;  ///< of the device's chain
    Instant device_time;
    Instant signed_time;
    ReadAction action{};
    bool permitted = false;  ///< by what the server knew when the row came
    RowGround ground;
    std::vector<ItemId> items;  ///< sorted
    friend bool operator==(const RowRead&, const RowRead&) = default;
};

/// A device's chain does not go on where it ended: reads are missing, or there are two histories.
struct RowChainBroken {
    enum class How : std::uint8_t { gap, fork, last = fork };
    How how{};
    std::uint64_t expected = 0;  ///< sequence
    std::uint64_t got = 0;
    Hash head;      ///< what the chain ended with here
    Hash previous;  ///< what the device names as that
    friend bool operator==(const RowChainBroken&, const RowChainBroken&) = default;
};

/// Somebody asked for rows of this log and got some.
struct RowQueried {
    std::uint64_t first = 0;  ///< number of a row
    std::uint64_t last = 0;
    friend bool operator==(const RowQueried&, const RowQueried&) = default;
};

/// An attached file was taken whole, or its first bytes in this session left for the device.
struct RowAttachment {
    AttachmentPlace place;
    bool delivered = false;  ///< else it was taken
    RowGround ground;
    friend bool operator==(const RowAttachment&, const RowAttachment&) = default;
};

using RowAct = std::variant<RowAccepted,
                            RowDelivered,
                            RowWithdrawn,
                            RowRefused,
                            RowRead,
                            RowChainBroken,
                            RowQueried,
                            RowAttachment>;

/// One row of the server's access log.
struct LogRow {
    RowSalt salt;
    Instant at;  ///< the server's clock
    DeviceId device;
    UserId user;
    UnitId unit;        ///< for which the user acts in the case; none where that is not one
    CaseId case_id;     ///< none where it concerns no case
    UnitId disclosing;  ///< whose content or statements; none where it is nobody's
    RowAct act;
    friend bool operator==(const LogRow&, const LogRow&) = default;
};

/// Layout: kind 1 · salt 16 · at 8 · device 16 · user 16 · unit 16 · case 16 · disclosing 16 · act.
Bytes encode_log_row(const LogRow& row);

/// Errors: `truncated`, `malformed`, `limit_exceeded`, `trailing_bytes`.
Result<LogRow> decode_log_row(ByteView bytes);

}  // namespace samsyn
