// Receipts for what was purged, and who has not given one.

#include "client-sdk/device/engine.hpp"
#include "client-sdk/device/escrow_rows.hpp"
#include "core/policy/leaving.hpp"

#include <algorithm>
#include <limits>

namespace samsyn {

Result<void> Device::Impl::owe_receipt(const KnownCompartment& compartment,
                                       const Decision& denied,
                                       Instant now) {
    const StoredCompartment& stored = compartment.stored;
    if (stored.case_id == directory_case) return {};
    const bool held = std::ranges::any_of(compartment.epochs, [&](const KnownEpoch& epoch) {
        return epoch.has_key || epoch.names(self) || epoch.given_to.contains(self);
    });
    if (!held) return {};  // nobody waits for word of a key that was never ours
    OwedReceipt row;
    row.case_id = stored.case_id;
    row.unit = stored.label.disclosing.unit;
    row.compartment = stored.id;
    row.because = denied.by;
    if (row.because.size() > statement_names_max) row.because.resize(statement_names_max);
    row.noticed_at = stamping_time(now);
    auto rows = SAMSYN_TRY(owed_receipts(store));
    std::erase_if(rows, [&](const OwedReceipt& one) { return one.compartment == stored.id; });
    rows.push_back(std::move(row));
    return put_owed_receipts(store, rows);
}

namespace {

/// Compartments of which the outbox still holds boxes with keys: they go once they are answered.
Result<std::set<CompartmentId>> boxes_in_outbox(DeviceStore& store) {
    std::set<CompartmentId> found;
    for (const StoredOutgoing& outgoing :
         SAMSYN_TRY(store.outgoing_after(0, std::numeric_limits<std::size_t>::max())))
        if (outgoing.kind == EntryKind::packet || outgoing.kind == EntryKind::supplement)
            found.insert(outgoing.compartment);
    return found;
}

PurgeReceipt receipt_for(std::span<const OwedReceipt> rows, Instant purged_at) {
    PurgeReceipt receipt;
    receipt.noticed_at = purged_at;
    for (const OwedReceipt& row : rows) {
        receipt.compartments.push_back(row.compartment);
        receipt.because.insert(receipt.because.end(), row.because.begin(), row.because.end());
        receipt.noticed_at = std::min(receipt.noticed_at, row.noticed_at);
    }
    receipt.purged_at = purged_at;
    std::ranges::sort(receipt.compartments);
    std::ranges::sort(receipt.because);
    const auto doubles = std::ranges::unique(receipt.because);
    receipt.because.erase(doubles.begin(), doubles.end());
    if (receipt.because.size() > statement_names_max) receipt.because.resize(statement_names_max);
    return receipt;
}

}  // namespace

/// Signed only when nothing of it is left in the file: after the index was rewritten and the log
/// emptied. Owed until then, across a crash too.
Result<void> Device::Impl::write_receipts(Instant now) {
    if (store.purge_unfinished()) return {};
    auto rows = SAMSYN_TRY(owed_receipts(store));
    if (rows.empty()) return {};
    const auto boxes = SAMSYN_TRY(boxes_in_outbox(store));
    const auto waits = [&](const OwedReceipt& row) { return boxes.contains(row.compartment); };
    std::vector<OwedReceipt> later;
    std::ranges::copy_if(rows, std::back_inserter(later), waits);
    std::erase_if(rows, waits);
    if (rows.empty()) return {};

    std::ranges::stable_sort(
        rows, {}, [](const OwedReceipt& row) { return std::pair{row.case_id, row.unit}; });
    const Instant purged_at = stamping_time(now);
    for (std::size_t first = 0; first < rows.size();) {
        std::size_t end = first;
        while (end < rows.size() && end - first < statement_items_max &&
               rows[end].case_id == rows[first].case_id && rows[end].unit == rows[first].unit)
            ++end;
        const auto part = std::span<const OwedReceipt>{rows}.subspan(first, end - first);
        const Stream stream{StreamKind::notice, part.front().case_id, part.front().unit};
        const auto written = contained([&]() -> Result<void> {
            (void)SAMSYN_TRY(author(stream, receipt_for(part, purged_at)));
            return {};
        });
        if (!written) return std::unexpected{written.error()};
        if (!*written) later.insert(later.end(), part.begin(), part.end());
        first = end;
    }
    return put_owed_receipts(store, later);
}

/// Right after a purge, whatever became of its own transaction's caller: what fails here is owed
/// still, and written at the next session.
void Device::Impl::confirm_purges() {
    if (confirming_) return;
    confirming_ = true;
    (void)transact([&]() -> Result<void> { return write_receipts(now()); });
    confirming_ = false;
}

Result<std::vector<Unconfirmed>> Device::unconfirmed(const CaseId& case_id) {
    Impl& my = *impl_;
    SAMSYN_TRY(my.require_lease());
    if (my.graph(case_id).size() == 0) return fail(Errc::not_found, "case");
    const Instant latest = my.decision_time(my.now());
    std::map<std::pair<CompartmentId, DeviceId>, KeyHolding> newest;
    for (const auto& [id, compartment] : my.known) {
        if (compartment.stored.case_id != case_id) continue;
        const auto hold = [&](const DeviceId& device, Instant claimed) {
            const Instant instant = std::min(claimed, latest);  // a packet may claim any time
            KeyHolding& one = newest[{id, device}];
            one = {.compartment = id,
                   .label = compartment.stored.label,
                   .device = device,
                   .newest = std::max(one.newest, instant)};
        };
        for (const KnownEpoch& epoch : compartment.epochs) {
            for (const DeviceId& device : epoch.recipients()) hold(device, epoch.packet.instant);
            for (const DeviceId& device : epoch.given_to) hold(device, epoch.packet.instant);
        }
    }
    std::vector<KeyHolding> holdings;
    holdings.reserve(newest.size());
    for (const auto& [key, holding] : newest) holdings.push_back(holding);
    const Instant now = my.now();
    return samsyn::unconfirmed(holdings,
                               my.graph(case_id),
                               my.federation_graph,
                               {my.federation(), my.view(case_id)},
                               current_statute_table(),
                               my.decision_time(now));
}

}  // namespace samsyn
