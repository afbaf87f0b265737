#pragma once

#include "core/store/device_store.hpp"

namespace samsyn {

/// One of the device's own batches, packets or supplements that a server has taken.
struct KeptEntry {
    std::uint64_t counter = 0;
    EntryKind kind{};
    Bytes bytes;
};

/// Something that a restored server is to get again.
struct QueuedResend {
    std::uint64_t place = 0;  ///< in the order of sending
    EntryKind kind{};
    std::uint64_t counter = 0;  ///< of the own entry; 0 for a statement
    Bytes bytes;
    Bytes receipt;  ///< a `LogReceipt`; empty where none ever came
};

inline constexpr std::chrono::days kept_for{90};  ///< sealed bytes after the server took them
inline constexpr int resend_tries_max = 40;       ///< how often one thing is sent again, in vain

/// What the device keeps of its own so that a server that was restored from a backup loses nothing
/// (DESIGN.md, "Synchronising"): sealed bytes, with where they stand in the server's log. A purge
/// leaves batches alone; their keys are gone. Part of the device's database: same thread,
/// transactions and errors as `DeviceStore`.
class ResendLog {
public:
    explicit ResendLog(Database& database) : database_(database) {}

    /// Taken, and not known where it stands: after `counter`, in their order.
    Result<std::vector<KeptEntry>> without_receipt(std::uint64_t counter, std::size_t count_max);
    Result<void> put_receipt(std::uint64_t counter, std::uint64_t row, ByteView receipt);

    /// Forgets what stands in the first `size` rows of the log, which a verified backup holds.
    Result<void> drop_backed_up(std::uint64_t size);

    /// Forgets what was made before `since`.
    Result<void> drop_older(Instant since);

    /// The log was cut back to `size` rows: every statement that is here, in order of arrival, and
    /// every own entry that stands above, in order of the counters, goes again. What waited before
    /// waits no more by itself.
    Result<void> queue_all(std::uint64_t size);

    /// At least one, if there is any.
    Result<std::vector<QueuedResend>> queued_after(std::uint64_t place, std::size_t bytes_max);
    Result<std::uint64_t> queued_count();
    Result<std::uint64_t> kept_count();

    /// The server has it.
    Result<void> settle(std::uint64_t place);

    /// The server did not take it: it goes once more, but not for ever. `last`: behind all others,
    /// in this session still. Returns its place now.
    Result<std::uint64_t> put_off(std::uint64_t place, bool last);

private:
    Database& database_;
};

}  // namespace samsyn
