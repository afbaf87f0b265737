// How old this device's knowledge is (security.md, "Lease").

#include "client-sdk/device/engine.hpp"

namespace samsyn {

Lease Device::Impl::lease(Instant now) {
    const Instant latest = decision_time(now);
    return {
        .fresh_at = fresh_at_, .now = latest, .reading = federation().reading_lease(self, latest)};
}

/// A server that slows its clock keeps no lease alive: its time must keep up with ours. Ours may be
/// ahead by itself, so what counts is how far behind it was before; it can only come nearer.
Result<void> Device::Impl::renew_lease(Instant server_time, Instant now) {
    constexpr std::chrono::milliseconds slack = std::chrono::hours{24};
    const std::chrono::milliseconds none{0};
    const std::chrono::milliseconds lag = std::max(now - server_time, none);
    std::optional<std::chrono::milliseconds> before;
    if (const auto bytes = SAMSYN_TRY(store.value(key_lag))) {
        Reader in{*bytes};
        const auto stored = SAMSYN_TRY(in.number<std::uint64_t>("lease"));
        before = std::chrono::milliseconds{static_cast<std::int64_t>(stored)};
    }
    if (before && lag > *before + slack) return {};
    const std::chrono::milliseconds least = before ? std::min(*before, lag) : lag;
    if (before != least) {
        Writer out;
        out.number(static_cast<std::uint64_t>(least.count()));
        SAMSYN_TRY(store.put_value(key_lag, out.view()));
    }
    fresh_at_ = decision_time(now);
    return put_instant(key_fresh, fresh_at_);
}

Result<void> Device::Impl::require_lease() {
    SAMSYN_TRY(note_read());  // a clock that is set back, and a restart, prolong nothing
    if (lease(now()).may_read()) return {};
    return fail(Errc::lease_ended, "no contact with the server");
}

LeaseView Device::lease() {
    Impl& my = *impl_;
    const Lease lease = my.lease(my.now());
    LeaseView view;
    if (lease.begun()) {
        view.fresh_at = lease.fresh_at;
        view.reading_ends = lease.reading_ends();
    }
    view.may_read = lease.may_read();
    view.may_make_keys = lease.may_make_keys();
    return view;
}

}  // namespace samsyn
