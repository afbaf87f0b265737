#pragma once

#include "client-sdk/device/engine.hpp"
#include "core/store/read_log.hpp"
#include "core/store/resend_log.hpp"
#include "core/sync/log_keeper.hpp"

#include <deque>

namespace samsyn {

/// A device's side of the access log: its chain of reads, the server's newest checkpoint, and what
/// a person asks of the log. The engine must outlive it.
class Device::Impl::LogBook final : public LogKeeper {
public:
    explicit LogBook(Impl& my) : my_(my) {}

    Result<void> record(const ShownItems& shown);

    Result<void> record_in_transaction(const ShownItems& shown);
    void ask(const LogQuestion& question);

    const LogAnswer& answer() const { return answer_; }

    ReadLog reads() { return ReadLog{my_.store.database()}; }

    Result<LogProofRequest> known_log() override;
    Result<void> on_log_proof(const LogProof& proof, Instant now) override;
    Result<std::optional<OutgoingReads>> waiting_reads() override;
    Result<void> on_reads_acknowledged(std::uint64_t last, Instant now) override;
    std::optional<LogQuery> wanted_query() override;
    Result<void> on_log_rows(const LogRows& rows, Instant now) override;

    // What a backup may lack: resending.cpp.
    Result<std::optional<ReceiptRequest>> wanted_receipts() override;
    Result<void> on_receipts(const Receipts& receipts, Instant now) override;
    Result<std::vector<OutgoingAgain>> resends_after(std::uint64_t place,
                                                     std::size_t bytes_max) override;
    Result<void> on_resent(std::uint64_t place, const Answer& answer, Instant now) override;

private:
    Result<std::vector<ReadEntry>> entries_for(const ShownItems& shown);
    Result<void> append(const std::vector<ReadEntry>& entries);
    Result<TreeHead> base_after_restores(const SignedCheckpoint& held, const LogProof& proof);
    Result<void> take_statements(const LogProof& proof);
    Result<void> follow(const std::optional<SignedCheckpoint>& held,
                        const TreeHead& base,
                        const SignedCheckpoint& shown,
                        std::span<const Hash> path,
                        Instant now);
    Result<void> keep_rows(const LogRows& rows);
    Result<Hash> hash_of(const KeptEntry& entry) const;
    Result<void> keep_receipt(const Receipts::Row& row, const SignedCheckpoint& checkpoint);

    ResendLog resends() { return ResendLog{my_.store.database()}; }

    void next_unit();

    Impl& my_;
    LogAnswer answer_;
    std::deque<UnitId> units_;  ///< still to be asked about; the first one now
    std::optional<std::uint64_t> after_;
    std::uint32_t ticket_ = 1;

    // Of this session.
    std::map<Hash, std::uint64_t> asked_receipts_;  ///< own entries, by hash: their counters
    std::uint64_t receipts_after_ = 0;  ///< a counter: all before it have been asked for
    bool asked_backed_up_ = false;
    std::set<std::uint64_t>
        put_last_;  ///< places of what was refused once and goes behind the rest
};

}  // namespace samsyn
