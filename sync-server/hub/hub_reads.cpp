// Hub: reads that devices tell of (docs/PROTOCOL.md, "Reads").

#include "sync-server/hub/hub_impl.hpp"

#include <algorithm>

namespace samsyn {

namespace {

Verdict refused(const Error& why) {
    Verdict verdict;
    verdict.outcome = AnswerOutcome::refused;
    verdict.why = why;
    return verdict;
}

}  // namespace

/// A refusal says that the piece is not one of this device's chain. Whether the chain goes on is
/// another matter: what does not is taken, and stands in the log as what it is.
Result<Verdict> Hub::Impl::accept_reads(const DeviceId& device, ByteView bytes, Instant now) {
    const auto reads = decode_read_segment(bytes, ports.hasher);
    if (!reads) return refused(reads.error());
    if (reads->segment.federation != federation) return refused({Errc::wrong_federation, "reads"});
    if (reads->segment.device != device) return refused({Errc::not_permitted, "another's reads"});
    const SigningPublicKey* const key = registry.federation().signing_key(device);
    if (key == nullptr) return refused({Errc::unknown_device, "reads"});
    if (!verify_read_segment(*reads, *key, ports.verifier))
        return refused({Errc::bad_signature, "reads"});
    return take_reads(device, *reads, now);
}

Result<Verdict> Hub::Impl::take_reads(const DeviceId& device,
                                      const CheckedReads& reads,
                                      Instant now) {
    LogRecords& records = ports.storage.log();
    const ReadChainHead head = SAMSYN_TRY(records.chain_head(device));
    Verdict verdict;
    verdict.number = reads.entries.back().sequence;

    // What came before, an answer to which was lost, is nothing new.
    std::size_t known = 0;
    while (known < reads.entries.size() && reads.entries[known].sequence <= head.last) {
        const auto there = SAMSYN_TRY(records.read_at(device, reads.entries[known].sequence));
        if (there != reads.hashes[known]) break;
        ++known;
    }
    if (known == reads.entries.size()) {
        verdict.outcome = AnswerOutcome::duplicate;
        return verdict;
    }
    const ReadEntry& next = reads.entries[known];
    const bool follows = next.sequence == head.last + 1 && next.previous == head.head;
    if (!follows) {
        const auto how =
            next.sequence > head.last + 1 ? RowChainBroken::How::gap : RowChainBroken::How::fork;
        SAMSYN_TRY(access_log.append(
            row_by(device,
                   Channel{Stream{}},
                   now,
                   RowChainBroken{how, head.last + 1, next.sequence, head.head, next.previous})));
        verdict.why.context = how == RowChainBroken::How::gap ? "gap" : "fork";
    }
    for (std::size_t i = known; i < reads.entries.size(); ++i)
        SAMSYN_TRY(log_read(device, reads.entries[i], reads.hashes[i], now));
    SAMSYN_TRY(records.put_reads(device, next.sequence, std::span{reads.hashes}.subspan(known)));
    verdict.outcome = AnswerOutcome::stored;
    return verdict;
}

/// One row for each compartment: whoever may see who read one unit's items learns nothing of what
/// else was on that screen.
Result<void> Hub::Impl::log_read(const DeviceId& device,
                                 const ReadEntry& entry,
                                 const Hash& hash,
                                 Instant now) {
    for (const ReadEntry::Part& part : entry.parts) {
        const Decision decision = registry.decide_read(part.compartment, device, now);
        RowRead act;
        act.compartment = part.compartment;
        act.sequence = entry.sequence;
        act.entry = hash;
        act.device_time = entry.device_time;
        act.signed_time = entry.signed_time;
        act.action = entry.action;
        act.permitted = decision.permitted();
        act.ground = ground_of(decision);
        act.items = part.items;
        LogRow row = row_by(device, Channel{part.compartment}, now, std::move(act));
        if (row.case_id.is_none()) row.case_id = entry.case_id;  // written here and not sent yet
        SAMSYN_TRY(access_log.append(row));
    }
    return {};
}

}  // namespace samsyn
