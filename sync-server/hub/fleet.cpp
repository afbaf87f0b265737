// Hub: what administrators may know of their devices (docs/PROTOCOL.md, "Devices").

#include "sync-server/hub/hub_impl.hpp"

#include <algorithm>
#include <utility>

namespace samsyn {

namespace {

/// Has the device answered an order by which its keys are gone?
bool tells_empty(const OrderAnswer& answer, std::span<const DeviceOrder> orders) {
    if (answer.outcome == OrderOutcome::keys_erased) return true;
    if (answer.outcome != OrderOutcome::done) return false;
    const auto order = std::ranges::find(orders, answer.order, &DeviceOrder::id);
    return order != orders.end() && order->kind != OrderKind::lock;
}

bool is_of_organisation(const Federation::Device& device, const OrganisationId& organisation) {
    return device.certificate.organisation == organisation ||
           std::ranges::count(device.rivals, organisation, &DeviceCertified::organisation) > 0;
}

/// The devices of the organisation after `after`, at most one message full, and one more where
/// there are more.
std::vector<DeviceId> fleet_page(const Federation& members, const FleetQuery& query) {
    std::vector<DeviceId> page;
    for (auto at = members.devices().upper_bound(query.after);
         at != members.devices().end() && page.size() <= fleet_rows_max;
         ++at)
        if (is_of_organisation(at->second, query.organisation)) page.push_back(at->first);
    return page;
}

}  // namespace

// --- Contact -------------------------------------------------------------------------------------

void Hub::Impl::note_contact(const DeviceId& device, Instant now) {
    Instant& newest = contacts[device];
    newest = std::max(newest, now);
}

/// Not for each message: a row of the storage for each would be a write for each.
void Hub::Impl::note_traffic(HubLink& link, Instant now) {
    link.seen = now;
    if (now < link.contact + limits.contact_interval) return;
    link.contact = now;
    note_contact(link.delivery->device(), now);
}

/// In the group's transaction; forgotten once that is committed.
Result<void> Hub::Impl::store_contacts() {
    for (const auto& [device, at] : contacts)
        SAMSYN_TRY(ports.storage.fleet().put_contact(device, at));
    return {};
}

bool Hub::Impl::is_connected(const DeviceId& device) const {
    return std::ranges::any_of(links, [&](const auto& entry) {
        const HubLink& link = entry.second;
        return !link.closing && link.delivery && link.delivery->device() == device;
    });
}

// --- Reports -------------------------------------------------------------------------------------

void Hub::Impl::on_report(LinkId id, HubLink& link, const DeviceReport& report, Instant now) {
    const DeviceId& device = link.delivery->device();
    if (!registry.federation().in_good_standing(device, now))
        return close(id, link, {Errc::revoked_device, "device"});
    const bool first = !std::exchange(link.reported, true);
    if (!allowances[device].reports.take(limits.report_rate, now)) {
        // One a session is no flood, however often a bad network ends the session.
        if (first) return;
        return close(id, link, {Errc::rate_limited, "reports of one device"});
    }
    if (const auto kept = ports.storage.fleet().put_report(device, report); !kept)
        group_failed = kept.error();
}

// --- Queries -------------------------------------------------------------------------------------

void Hub::Impl::on_fleet_query(LinkId id, HubLink& link, const FleetQuery& query, Instant now) {
    Allowance& allowance = allowances[link.delivery->device()];
    if (link.fleet_query || !allowance.fleet_queries.take(limits.fleet_query_rate, now))
        return close(id, link, {Errc::rate_limited, "queries of the fleet"});
    link.fleet_query = query;
    awake.insert(id);
}

/// Without what is unconfirmed, which is found for a page at once.
Result<FleetRow> Hub::Impl::fleet_row(const DeviceId& device, Instant now) {
    FleetRecord record = SAMSYN_TRY(ports.storage.fleet().find(device));
    FleetRow row;
    row.device = device;
    row.last_contact = record.last_contact;
    if (const auto waiting = contacts.find(device); waiting != contacts.end())
        row.last_contact = std::max(row.last_contact, waiting->second);
    if (is_connected(device)) row.last_contact = now;
    const std::vector<DeviceOrder> orders = registry.federation().orders_for(device);
    if (!orders.empty()) {
        const auto answers = SAMSYN_TRY(ports.storage.unlocks().order_answers(device));
        row.emptied = std::ranges::any_of(
            answers, [&](const OrderAnswer& answer) { return tells_empty(answer, orders); });
    }
    row.reported = record.report.has_value();
    if (record.report) row.report = *std::move(record.report);
    return row;
}

/// Of what is committed, made when it leaves.
Result<std::optional<Message>> Hub::Impl::next_of_fleet(HubLink& link, Round& round, Instant now) {
    if (!link.delivery || !link.fleet_query) return std::nullopt;
    const FleetQuery query = *std::exchange(link.fleet_query, std::nullopt);
    const DeviceId& asker = link.delivery->device();
    const Federation& members = registry.federation();
    FleetRows answer;
    if (!members.is_administrator(asker, query.organisation) ||
        !members.in_good_standing(asker, now)) {
        answer.refused = Errc::not_permitted;
        round.logged = true;
        SAMSYN_TRY(
            log_in_round(round,
                         row_by(asker,
                                Channel{Stream{}},
                                now,
                                RowRefused{RefusedWhat::fleet_query, {}, Errc::not_permitted})));
        return answer;
    }
    std::vector<DeviceId> page = fleet_page(members, query);
    answer.last = page.size() <= fleet_rows_max;
    if (!answer.last) page.resize(fleet_rows_max);
    const auto unconfirmed = registry.unconfirmed_of({page.begin(), page.end()}, now);
    for (const DeviceId& device : page) {
        FleetRow row = SAMSYN_TRY(fleet_row(device, now));
        if (const auto owed = unconfirmed.find(device); owed != unconfirmed.end())
            row.unconfirmed = owed->second;
        answer.rows.push_back(std::move(row));
    }
    return answer;
}

}  // namespace samsyn
