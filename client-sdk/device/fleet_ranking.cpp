#include "client-sdk/device/fleet_ranking.hpp"

#include "core/policy/lease.hpp"

#include <algorithm>
#include <charconv>

namespace samsyn {

namespace {

/// The number at the front, taken off with the dot behind it.
std::uint64_t take_version_part(std::string_view& version) {
    std::uint64_t number = 0;
    const auto [end, code] =
        std::from_chars(version.data(), version.data() + version.size(), number);
    version.remove_prefix(static_cast<std::size_t>(end - version.data()));
    if (code != std::errc{}) version = {};
    if (!version.empty()) version.remove_prefix(1);
    return number;
}

std::string_view version_number(std::string_view version) {
    return version.substr(0, version.find_first_of("~+-"));
}

bool has_order(const std::vector<DeviceOrder>& orders, OrderKind kind) {
    return std::ranges::count(orders, kind, &DeviceOrder::kind) > 0;
}

/// One device, its row, and what is found wrong with it, in the order of `FleetWarning`.
class DeviceJudge {
public:
    DeviceJudge(const FleetMeasure& measure, const Federation::Device& known, FleetDevice& judged)
        : measure_(measure),
          known_(known),
          judged_(judged) {}

    void judge() {
        judged_.retired = judged_.revoked && judged_.emptied && judged_.unconfirmed == 0;
        if (judged_.retired) return;
        trust();
        if (judged_.revoked) return;  // what follows is about devices that somebody works with
        dates();
        work();
        std::ranges::sort(judged_.warnings);
    }

private:
    void warn(FleetWarning warning, bool is_so) {
        if (is_so) judged_.warnings.push_back(warning);
    }

    void trust() {
        const auto orders = measure_.members.orders_for(judged_.id);
        const bool wipe = has_order(orders, OrderKind::wipe);
        warn(FleetWarning::revoked_not_emptied, judged_.revoked && !judged_.emptied);
        warn(FleetWarning::lost, judged_.suspended);
        warn(FleetWarning::wipe_unanswered, wipe && !judged_.revoked && !judged_.emptied);
        warn(FleetWarning::user_left, !judged_.revoked && !judged_.emptied && has_no_place());
        warn(FleetWarning::purges_unconfirmed,
             judged_.unconfirmed > 0 || (judged_.report && judged_.report->owed_receipts > 0));
    }

    /// Neither lost nor over, and yet not in good standing: its user, or the organisation, left.
    bool has_no_place() const {
        const DeviceCertified& certificate = known_.certificate;
        return !judged_.suspended && measure_.now < certificate.until && known_.rivals.empty() &&
               !measure_.members.in_good_standing(judged_.id, measure_.now);
    }

    void dates() {
        const Instant now = measure_.now;
        const Instant ends = known_.certificate.until;
        const auto ahead =
            judged_.kind == DeviceKind::loaner ? loaner_warning : certificate_warning;
        const bool holds_content = judged_.kind != DeviceKind::room_screen;
        warn(FleetWarning::lease_over,
             holds_content && judged_.lease_ends && *judged_.lease_ends <= now);
        warn(FleetWarning::certificate_ended, ends <= now);
        warn(FleetWarning::certificate_ending,
             ends > now && ends != instant_max && ends - now <= ahead);
        warn(FleetWarning::long_silent,
             judged_.last_contact && *judged_.last_contact + silence_warning <= now);
        warn(FleetWarning::never_seen, !judged_.last_contact);
    }

    void work() {
        if (!judged_.report) return;
        const DeviceReport& report = *judged_.report;
        const Instant now = measure_.now;
        const Instant lease_latest = now + unit_lease_max + std::chrono::hours{24};
        warn(FleetWarning::old_version, is_older_version(report.version, measure_.version));
        warn(FleetWarning::unsent_work,
             report.unsent > 0 && report.oldest_unsent + unsent_warning <= now);
        warn(FleetWarning::waits_for_keys, report.waiting_keys > 0);
        warn(FleetWarning::doubtful_report,
             report.oldest_unsent > now + std::chrono::hours{24} ||
                 report.reading_ends > lease_latest || report.version.empty());
    }

    const FleetMeasure& measure_;
    const Federation::Device& known_;
    FleetDevice& judged_;
};

}  // namespace

std::string_view key_of(FleetWarning warning) {
    switch (warning) {
        case FleetWarning::revoked_not_emptied:
            return "revoked_not_emptied";
        case FleetWarning::lost:
            return "lost";
        case FleetWarning::wipe_unanswered:
            return "wipe_unanswered";
        case FleetWarning::user_left:
            return "user_left";
        case FleetWarning::purges_unconfirmed:
            return "purges_unconfirmed";
        case FleetWarning::lease_over:
            return "lease_over";
        case FleetWarning::certificate_ended:
            return "certificate_ended";
        case FleetWarning::certificate_ending:
            return "certificate_ending";
        case FleetWarning::long_silent:
            return "long_silent";
        case FleetWarning::old_version:
            return "old_version";
        case FleetWarning::unsent_work:
            return "unsent_work";
        case FleetWarning::waits_for_keys:
            return "waits_for_keys";
        case FleetWarning::doubtful_report:
            return "doubtful_report";
        case FleetWarning::never_seen:
            return "never_seen";
    }
    return "unknown";
}

bool is_older_version(std::string_view version, std::string_view than) {
    if (version.empty() || than.empty()) return false;
    std::string_view mine = version_number(version);
    std::string_view other = version_number(than);
    while (!mine.empty() || !other.empty()) {
        const std::uint64_t a = take_version_part(mine);
        const std::uint64_t b = take_version_part(other);
        if (a != b) return a < b;
    }
    return false;
}

FleetDevice judge_device(const FleetMeasure& measure, const DeviceId& device, const FleetRow* row) {
    FleetDevice judged;
    judged.id = device;
    const Federation::Device* const known = measure.members.device(device);
    if (known == nullptr) return judged;
    judged.user = known->certificate.user;
    judged.kind = known->certificate.kind;
    judged.revoked = known->revoked;
    judged.suspended = measure.members.is_suspended(device);
    if (known->certificate.until != instant_max) judged.certificate_ends = known->certificate.until;
    if (row != nullptr) {
        // Nobody was in contact tomorrow, whatever a server's clock says.
        if (row->last_contact != Instant{})
            judged.last_contact = std::min(row->last_contact, measure.now);
        judged.emptied = row->emptied;
        judged.unconfirmed = row->unconfirmed;
        if (row->reported) judged.report = row->report;
    }
    if (judged.last_contact)
        judged.lease_ends =
            *judged.last_contact + measure.members.reading_lease(device, measure.now);
    // Its word counts where it is the worse one: a device may lie to look better.
    if (judged.lease_ends && judged.report && judged.report->reading_ends != Instant{})
        judged.lease_ends = std::min(*judged.lease_ends, judged.report->reading_ends);
    DeviceJudge{measure, *known, judged}.judge();
    return judged;
}

void sort_by_trust(std::vector<FleetDevice>& devices) {
    std::ranges::sort(devices, [](const FleetDevice& a, const FleetDevice& b) {
        if (a.retired != b.retired) return b.retired;
        const std::size_t both = std::min(a.warnings.size(), b.warnings.size());
        for (std::size_t i = 0; i < both; ++i)
            if (a.warnings[i] != b.warnings[i]) return a.warnings[i] < b.warnings[i];
        if (a.warnings.size() != b.warnings.size()) return a.warnings.size() > b.warnings.size();
        const Instant contact_a = a.last_contact.value_or(Instant{});
        const Instant contact_b = b.last_contact.value_or(Instant{});
        return contact_a != contact_b ? contact_a < contact_b : a.id < b.id;
    });
}

bool is_renewal_due(const FleetMeasure& measure,
                    const Federation::Device& device,
                    Instant last_contact) {
    const DeviceCertified& certificate = device.certificate;
    if (certificate.kind == DeviceKind::loaner || certificate.until == instant_max) return false;
    if (certificate.until - measure.now > certificate_warning) return false;
    if (last_contact == Instant{} || last_contact + renewal_contact_max < measure.now) return false;
    const auto orders = measure.members.orders_for(certificate.device);
    // Not one whose certificate has ended, and nothing that somebody has doubts about.
    return !has_order(orders, OrderKind::wipe) &&
           measure.members.in_good_standing(certificate.device, measure.now);
}

}  // namespace samsyn
