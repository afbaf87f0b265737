#include "client-sdk/device/engine.hpp"

#include <algorithm>
#include <limits>

namespace samsyn {

namespace {

/// Statements of ours that the server refused: shown until a person has seen them.
Result<std::vector<ParkedView>> refused_statements(DeviceStore& store) {
    constexpr std::size_t text_bytes_max = 1024;
    std::vector<ParkedView> refused;
    const auto bytes = SAMSYN_TRY(store.value(key_refused));
    Reader in{bytes ? ByteView{*bytes} : ByteView{}};
    while (!in.at_end()) {
        ParkedView view;
        view.case_id = SAMSYN_TRY(in.id<CaseId>("refused statement"));
        view.why.code = errc_from_wire(SAMSYN_TRY(in.number<std::uint16_t>("refused statement")));
        view.why.context = SAMSYN_TRY(in.text(text_bytes_max, "refused statement"));
        view.written = SAMSYN_TRY(in.instant("refused statement"));
        refused.push_back(std::move(view));
    }
    return refused;
}

}  // namespace

Result<StatusView> Device::status() {
    Impl& my = *impl_;
    SAMSYN_TRY(my.note_read());
    StatusView status;
    status.device = my.self;
    status.user = my.config.user;
    status.user_name = my.directory_text(same_bytes<ReferenceId>(my.config.user), "name");
    status.federation = my.config.federation;
    status.server = my.config.server;
    const auto older = [&](Instant written) {
        if (!status.unsent_since || written < *status.unsent_since) status.unsent_since = written;
    };
    status.parked = SAMSYN_TRY(refused_statements(my.store));
    for (const PendingChange& pending : SAMSYN_TRY(my.store.pending())) {
        const KnownCompartment* compartment = my.find(pending.compartment);
        if (pending.parked) {
            status.parked.push_back(
                {.id = pending.id,
                 .case_id = compartment ? compartment->stored.case_id : CaseId{},
                 .item = pending.change.header.item,
                 .why = *pending.parked,
                 .written = pending.written});
        } else {
            ++status.unsent_changes;
            older(pending.written);
        }
    }
    for (const StoredOutgoing& outgoing :
         SAMSYN_TRY(my.store.outgoing_after(0, std::numeric_limits<std::size_t>::max()))) {
        if (outgoing.kind != EntryKind::statement) continue;
        ++status.unsent_statements;
        older(outgoing.made);
    }
    for (const auto& [id, compartment] : my.known) {
        if (compartment.epochs.empty()) continue;
        CompartmentView view = SAMSYN_TRY(my.view_of(compartment, my.now()));
        if (view.waiting_since) status.waiting_for_key.push_back(std::move(view));
    }
    status.conflicts = SAMSYN_TRY(conflicts()).size();
    status.last_synced = SAMSYN_TRY(my.instant(key_synced));
    status.server_time = my.server_time();
    status.doubtful_server_time = SAMSYN_TRY(my.instant(key_doubtful_time));
    return status;
}

}  // namespace samsyn
