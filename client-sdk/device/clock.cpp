#include "client-sdk/device/engine.hpp"

#include <algorithm>

namespace samsyn {

namespace {

/// How far reading may move the decision clock before it is written down. A crash forgets at most
/// this much; writing it at each read would cost an fsync.
constexpr std::chrono::minutes floor_step{1};

/// How far ahead of our clock, uncorrected, a server's signed time may be before we doubt it.
/// Believed, one wrong or hostile time in the far future would end every consent and purge all.
constexpr std::chrono::hours server_ahead_max{24};

}  // namespace

Instant Device::Impl::decision_time(Instant now) {
    // A correction serves stamping: it may not make an expired consent count again.
    floor_ = std::max({now, corrected(now), server_time_, floor_});
    return floor_;
}

Instant Device::Impl::stamping_time(Instant now) const {
    return std::max(corrected(now), server_time_);
}

HybridTime Device::Impl::tick(Instant now) {
    return clock_.tick(corrected(now));
}

Result<void> Device::Impl::save_clock() {
    if (clock_.last() != saved_) {
        Writer out;
        out.number(clock_.last().value);
        SAMSYN_TRY(store.put_value(key_clock, out.view()));
        saved_ = clock_.last();
    }
    if (floor_ != floor_saved_) {
        SAMSYN_TRY(put_instant(key_floor, floor_));
        floor_saved_ = floor_;
    }
    return {};
}

Result<void> Device::Impl::note_read() {
    if (read_only) return {};
    if (decision_time(now()) - floor_saved_ < floor_step) return {};
    return transact([]() -> Result<void> { return {}; });
}

Result<bool> Device::Impl::believe(Instant server_time, Instant now) {
    if (server_time > now + server_ahead_max) {
        SAMSYN_TRY(put_instant(key_doubtful_time, server_time));
        return false;
    }
    if (SAMSYN_TRY(instant(key_doubtful_time))) SAMSYN_TRY(store.put_value(key_doubtful_time, {}));
    return true;
}

Result<bool> Device::Impl::learn_time(Instant server_time, Instant now) {
    touch();
    if (!SAMSYN_TRY(believe(server_time, now))) return false;
    // Signed time does not go back: an old answer must not make an expired consent count again.
    server_time_ = std::max(server_time, server_time_);
    // The decision clock does, where our own clock once stood in the next year, so that its owner
    // is not locked out for a year. What we signed ourselves, at a time that can be true, bounds
    // it.
    floor_ = server_time_;
    if (newest_own_ <= std::max(now, server_time_) + server_ahead_max)
        floor_ = std::max(floor_, newest_own_);
    SAMSYN_TRY(put_instant(key_server_time, server_time_));
    SAMSYN_TRY(renew_lease(server_time, now));
    const bool ahead = corrected(now) > server_time + clock_ahead_max;
    const bool repaired = offset_.count() != 0 && now <= server_time + clock_ahead_max &&
                          now + clock_ahead_max >= server_time;
    if (ahead) SAMSYN_TRY(correct_clock(server_time, now));
    if (!ahead && repaired) SAMSYN_TRY(set_offset({}));
    return true;
}

Result<void> Device::Impl::correct_clock(Instant server_time, Instant now) {
    touch();
    if (!SAMSYN_TRY(believe(server_time, now))) return {};
    server_time = std::max(server_time, server_time_);
    SAMSYN_TRY(set_offset(server_time - now));
    if (clock_.last().instant() > server_time + clock_ahead_max)
        clock_ = HybridClock{HybridTime::at(server_time)};
    return {};
}

Result<void> Device::Impl::set_offset(std::chrono::milliseconds offset) {
    offset_ = offset;
    Writer out;
    out.number(static_cast<std::uint64_t>(offset_.count()));
    return store.put_value(key_offset, out.view());
}

std::optional<Instant> Device::Impl::server_time() const {
    if (server_time_ == Instant{}) return std::nullopt;
    return server_time_;
}

}  // namespace samsyn
