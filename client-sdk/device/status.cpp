#include "client-sdk/device/attachment_book.hpp"
#include "client-sdk/device/change_texts.hpp"
#include "core/policy/mass_closing.hpp"

#include <algorithm>
#include <limits>

namespace samsyn {

namespace {

constexpr std::chrono::days mass_closings_shown{7};

}  // namespace

std::vector<MassClosingView> Device::Impl::mass_closings_of_led_cases(Instant now) {
    const Federation& members = federation();
    std::vector<ClosingSaid> said;
    for (const auto& [id, graph] : case_graphs)
        for (const Stream& stream : graph.streams())
            for (const StatementPtr& statement : graph.in(stream))
                if (const auto closing = closing_said(*statement, members))
                    said.push_back(*closing);
    std::vector<MassClosingView> views;
    for (const MassClosing& alarm : mass_closings(std::move(said))) {
        const bool leads = std::ranges::any_of(alarm.cases, [&](const CaseId& id) {
            return view(id).is_lead_or_team(self, decision_time(now));
        });
        if (!leads || alarm.to + mass_closings_shown < now) continue;
        views.push_back({alarm.author,
                         directory_text(same_bytes<ReferenceId>(alarm.author), "name"),
                         alarm.cases.size(),
                         alarm.from,
                         alarm.to});
    }
    return views;
}

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
    status.parked = SAMSYN_TRY(my.refused_statements());
    for (const PendingChange& pending : SAMSYN_TRY(my.store.pending())) {
        const KnownCompartment* compartment = my.find(pending.compartment);
        if (pending.parked) {
            ParkedView view;
            view.id = pending.id;
            if (compartment) view.case_id = compartment->stored.case_id;
            view.item = pending.change.header.item;
            view.type = pending.change.header.type;
            view.texts = texts_of(pending.change);
            view.why = *pending.parked;
            view.written = pending.written;
            status.parked.push_back(std::move(view));
        } else {
            ++status.unsent_changes;
            older(pending.written);
        }
    }
    status.unsent_changes += SAMSYN_TRY(my.attachment_book().unsent());
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
    if (my.require_lease()) status.conflicts = SAMSYN_TRY(conflicts()).size();
    status.mass_closings = my.mass_closings_of_led_cases(my.now());
    status.last_synced = SAMSYN_TRY(my.instant(key_synced));
    status.server_time = my.server_time();
    status.doubtful_server_time = SAMSYN_TRY(my.instant(key_doubtful_time));
    return status;
}

}  // namespace samsyn
