// What a device tells of itself, and what an administrator's machine makes of what others tell.

#include "client-sdk/device/attachment_book.hpp"
#include "client-sdk/device/escrow_rows.hpp"
#include "client-sdk/device/fleet_book.hpp"
#include "client-sdk/device/fleet_ranking.hpp"
#include "core/wire/messages.hpp"

#include <algorithm>
#include <limits>

namespace samsyn {

namespace {

constexpr std::string_view own_version = SAMSYN_VERSION;
constexpr std::size_t fleet_devices_max = 65'536;
constexpr std::size_t fleet_pages_max = fleet_devices_max / fleet_rows_max;

std::string fleet_key(const OrganisationId& organisation) {
    return key_for("fleet", organisation);
}

std::uint32_t fleet_number(std::size_t count) {
    return static_cast<std::uint32_t>(
        std::min<std::size_t>(count, std::numeric_limits<std::uint32_t>::max()));
}

Bytes encode_fleet_answer(const FleetAnswer& answer) {
    Writer out;
    out.instant(answer.at);
    out.boolean(answer.refused);
    std::span<const FleetRow> rest{answer.rows};
    while (!rest.empty()) {
        const auto page = rest.first(std::min(rest.size(), fleet_rows_max));
        rest = rest.subspan(page.size());
        out.blob(encode_message(FleetRows{{}, {page.begin(), page.end()}, rest.empty()}));
    }
    return std::move(out).take();
}

Result<FleetAnswer> decode_fleet_answer(ByteView bytes) {
    Reader in{bytes};
    FleetAnswer answer;
    answer.at = SAMSYN_TRY(in.instant("fleet"));
    answer.refused = SAMSYN_TRY(in.boolean("fleet"));
    while (!in.at_end()) {
        const ByteView page = SAMSYN_TRY(in.blob(message_bytes_max, "fleet"));
        const Message message = SAMSYN_TRY(decode_message(page, message_bytes_max));
        const auto* const rows = std::get_if<FleetRows>(&message);
        if (rows == nullptr) return fail(Errc::malformed, "fleet");
        answer.rows.insert(answer.rows.end(), rows->rows.begin(), rows->rows.end());
    }
    return answer;
}

const FleetRow* find_row(std::span<const FleetRow> rows, const DeviceId& device) {
    const auto found = std::ranges::lower_bound(rows, device, {}, &FleetRow::device);
    return found != rows.end() && found->device == device ? &*found : nullptr;
}

}  // namespace

Device::Impl::FleetBook& Device::Impl::fleet_book() {
    if (!fleet_book_) fleet_book_ = std::make_shared<FleetBook>(*this);
    return *fleet_book_;
}

FleetKeeper* Device::fleet_keeper() {
    return &impl_->fleet_book();
}

// --- What it tells -------------------------------------------------------------------------------

Result<DeviceReport> Device::Impl::FleetBook::report(Instant now) {
    DeviceReport report;
    report.version = own_version.substr(0, version_bytes_max);
    std::size_t unsent = SAMSYN_TRY(my_.attachment_book().unsent());
    std::optional<Instant> oldest;
    const auto count = [&](Instant written) {
        ++unsent;
        oldest = std::min(oldest.value_or(written), written);
    };
    for (const PendingChange& pending : SAMSYN_TRY(my_.store.pending())) count(pending.written);
    for (const StoredOutgoing& outgoing :
         SAMSYN_TRY(my_.store.outgoing_after(0, std::numeric_limits<std::size_t>::max())))
        if (outgoing.kind == EntryKind::statement || outgoing.kind == EntryKind::escrow)
            count(outgoing.made);
    report.unsent = fleet_number(unsent);
    report.oldest_unsent = std::max(oldest.value_or(Instant{}), Instant{});
    std::size_t waiting = 0;
    for (const auto& [id, compartment] : my_.known) {
        if (compartment.epochs.empty()) continue;
        const CompartmentView view = SAMSYN_TRY(my_.view_of(compartment, now));
        if (view.waiting_since) ++waiting;
    }
    report.waiting_keys = fleet_number(waiting);
    const auto owed = SAMSYN_TRY(owed_receipts(my_.store));
    report.owed_receipts = fleet_number(owed.size());
    const Lease lease = my_.lease(now);
    if (lease.begun()) report.reading_ends = lease.reading_ends();
    return report;
}

// --- What it asks --------------------------------------------------------------------------------

void Device::Impl::FleetBook::begin_session() {
    looked_after_.clear();
    query_.reset();
    rows_.clear();
}

bool Device::Impl::FleetBook::has_renewals(const OrganisationId& organisation, Instant now) {
    const FleetMeasure measure{my_.federation(), my_.decision_time(now), own_version};
    return std::ranges::any_of(measure.members.devices(), [&](const auto& entry) {
        const Federation::Device& device = entry.second;
        return device.certificate.organisation == organisation &&
               is_renewal_due(measure, device, measure.now);
    });
}

std::optional<FleetQuery> Device::Impl::FleetBook::wanted_fleet() {
    if (query_) return query_;
    const Federation& members = my_.federation();
    if (!members.is_some_administrator(my_.self)) return std::nullopt;
    for (const auto& [organisation, admitted] : members.organisations()) {
        if (!members.is_administrator(my_.self, organisation)) continue;
        const bool first = looked_after_.insert(organisation).second;
        if (asked_.contains(organisation) || (first && has_renewals(organisation, my_.now()))) {
            query_ = FleetQuery{organisation, {}};
            rows_.clear();
            return query_;
        }
    }
    return std::nullopt;
}

Result<void> Device::Impl::FleetBook::on_fleet_rows(const FleetRows& rows, Instant now) {
    if (!query_) return {};
    rows_.insert(rows_.end(), rows.rows.begin(), rows.rows.end());
    const bool refused = rows.refused != Errc{};
    if (!rows.last && !refused && rows_.size() < fleet_pages_max * fleet_rows_max) {
        query_->after = rows_.back().device;
        return {};
    }
    const OrganisationId organisation = query_->organisation;
    FleetAnswer answer{my_.corrected(now), refused, std::exchange(rows_, {})};
    answer.at = std::max(answer.at, Instant{});
    query_.reset();
    asked_.erase(organisation);
    return my_.transact([&]() -> Result<void> {
        SAMSYN_TRY(my_.store.put_value(fleet_key(organisation), encode_fleet_answer(answer)));
        return renew_due(answer, organisation, now);
    });
}

/// By the server's word alone: so only what is in good standing anyway, and never a loaner.
Result<void> Device::Impl::FleetBook::renew_due(const FleetAnswer& answer,
                                                const OrganisationId& organisation,
                                                Instant now) {
    std::vector<DeviceCertified> due;
    const FleetMeasure measure{my_.federation(), my_.decision_time(now), own_version};
    for (const auto& [id, device] : measure.members.devices()) {
        const FleetRow* const row = find_row(answer.rows, id);
        if (row == nullptr || device.certificate.organisation != organisation) continue;
        const Instant contact = std::min(row->last_contact, measure.now);
        if (is_renewal_due(measure, device, contact)) due.push_back(device.certificate);
    }
    for (DeviceCertified& renewed : due) {
        renewed.until = my_.corrected(now) + certificate_validity;
        const auto signed_anew = my_.contained([&]() -> Result<void> {
            (void)SAMSYN_TRY(my_.author(Stream{}, renewed));
            return {};
        });
        (void)SAMSYN_TRY(signed_anew);
    }
    return {};
}

Result<std::optional<FleetAnswer>> Device::Impl::FleetBook::answer(
    const OrganisationId& organisation) {
    const auto bytes = SAMSYN_TRY(my_.store.value(fleet_key(organisation)));
    if (!bytes) return std::optional<FleetAnswer>{};
    FleetAnswer answer = SAMSYN_TRY(decode_fleet_answer(*bytes));
    return std::optional{std::move(answer)};
}

// --- What people see -----------------------------------------------------------------------------

std::vector<OrganisationId> Provisioning::administers() {
    Device::Impl& my = *device_.impl_;
    std::vector<OrganisationId> mine;
    for (const auto& [id, admitted] : my.federation().organisations())
        if (my.federation().is_administrator(my.self, id)) mine.push_back(id);
    return mine;
}

void Provisioning::ask_fleet(const OrganisationId& organisation) {
    device_.impl_->fleet_book().ask(organisation);
}

Result<FleetView> Provisioning::fleet(const OrganisationId& organisation) {
    Device::Impl& my = *device_.impl_;
    const FleetMeasure measure{my.federation(), my.decision_time(my.now()), own_version};
    if (!measure.members.is_administrator(my.self, organisation))
        return fail(Errc::not_permitted, "not an administrator of the organisation");
    const auto answer = SAMSYN_TRY(my.fleet_book().answer(organisation));
    FleetView view;
    view.organisation = organisation;
    if (answer) view.asked_at = answer->at;
    view.refused = answer && answer->refused;
    for (const auto& [id, device] : measure.members.devices()) {
        if (device.certificate.organisation != organisation) continue;
        const FleetRow* const row = answer ? find_row(answer->rows, id) : nullptr;
        FleetDevice judged = judge_device(measure, id, row);
        judged.name = my.device_name(id);
        for (const FleetWarning warning : judged.warnings) ++view.warnings[warning];
        view.devices.push_back(std::move(judged));
    }
    sort_by_trust(view.devices);
    return view;
}

}  // namespace samsyn
