// What a device keeps so that a server that was restored from a backup loses nothing.

#include "client-sdk/device/log_book.hpp"
#include "core/wire/log_rows.hpp"

namespace samsyn {

Result<Hash> Device::Impl::LogBook::hash_of(const KeptEntry& entry) const {
    const Hasher& hasher = my_.ports.hasher;
    if (entry.kind == EntryKind::packet) {
        const auto packet = SAMSYN_TRY(decode_packet(entry.bytes, hasher));
        return Hash::from(packet.id.view());
    }
    if (entry.kind == EntryKind::supplement) {
        const auto supplement = SAMSYN_TRY(decode_supplement(entry.bytes, hasher));
        return supplement.id;
    }
    const auto batch = SAMSYN_TRY(decode_batch(entry.bytes, hasher));
    return Hash::from(batch.id.view());
}

/// Each entry is asked for once a session: what the server says nothing of may be said later.
Result<std::optional<ReceiptRequest>> Device::Impl::LogBook::wanted_receipts() {
    ReceiptRequest request;
    asked_receipts_.clear();
    for (const KeptEntry& entry :
         SAMSYN_TRY(resends().without_receipt(receipts_after_, receipts_max))) {
        receipts_after_ = entry.counter;
        const auto hash = hash_of(entry);
        if (!hash) continue;  // not sealed by this version: it is sent again without a receipt
        asked_receipts_[*hash] = entry.counter;
        request.entries.push_back(*hash);
    }
    if (request.entries.empty() && asked_backed_up_) return std::optional<ReceiptRequest>{};
    asked_backed_up_ = true;
    return std::optional{std::move(request)};
}

/// A row that does not prove what was asked is passed over: then nothing is forgotten either.
Result<void> Device::Impl::LogBook::keep_receipt(const Receipts::Row& row,
                                                 const SignedCheckpoint& checkpoint) {
    const auto asked = asked_receipts_.find(row.entry);
    if (asked == asked_receipts_.end()) return {};
    const Hasher& hasher = my_.ports.hasher;
    const TreeHead& tree = checkpoint.checkpoint.tree;
    if (!verify_inclusion(leaf_hash(row.row, hasher), row.number, tree, row.path, hasher))
        return {};
    const auto said = decode_log_row(row.row);
    const auto* const accepted = said ? std::get_if<RowAccepted>(&said->act) : nullptr;
    if (accepted == nullptr || accepted->hash != row.entry) return {};
    const LogReceipt receipt{row.number, row.row, row.path, checkpoint};
    return resends().put_receipt(asked->second, row.number, encode_receipt(receipt));
}

Result<void> Device::Impl::LogBook::on_receipts(const Receipts& receipts, Instant now) {
    return my_.transact([&]() -> Result<void> {
        for (const Receipts::Row& row : receipts.rows)
            SAMSYN_TRY(keep_receipt(row, receipts.checkpoint));
        const std::uint64_t size = receipts.checkpoint.checkpoint.tree.size;
        SAMSYN_TRY(resends().drop_backed_up(std::min(receipts.backed_up, size)));
        return resends().drop_older(my_.corrected(now) - kept_for);
    });
}

Result<std::vector<OutgoingAgain>> Device::Impl::LogBook::resends_after(std::uint64_t place,
                                                                        std::size_t bytes_max) {
    std::vector<OutgoingAgain> again;
    for (QueuedResend& queued : SAMSYN_TRY(resends().queued_after(place, bytes_max))) {
        OutgoingAgain one{queued.place, queued.kind, std::move(queued.bytes), {}};
        if (auto receipt = decode_receipt(queued.receipt)) one.receipt = *std::move(receipt);
        again.push_back(std::move(one));
    }
    return again;
}

Result<void> Device::Impl::LogBook::on_resent(std::uint64_t place, const Answer& answer, Instant) {
    const bool there = answer.outcome == AnswerOutcome::stored ||
                       answer.outcome == AnswerOutcome::duplicate ||
                       answer.outcome == AnswerOutcome::escrowed;
    return my_.transact([&]() -> Result<void> {
        if (there) return resends().settle(place);
        // It may rest on what comes behind it: a statement's counter leaps over many batches.
        const bool first_time = !put_last_.contains(place);
        const auto now_at = SAMSYN_TRY(resends().put_off(place, first_time));
        if (first_time) put_last_.insert(now_at);
        return {};
    });
}

}  // namespace samsyn
