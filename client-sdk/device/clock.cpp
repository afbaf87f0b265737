#include "client-sdk/device/engine.hpp"

#include <algorithm>

namespace samsyn {

namespace {

/// How far reading may move the decision clock before it is written down. A crash forgets at most
/// this much; writing it at each read would cost an fsync.
constexpr std::chrono::minutes floor_step{1};

}  // namespace

Instant Device::Impl::decision_time(Instant now) {
    floor_ = std::max({corrected(now), server_time_, floor_});
    return floor_;
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
    if (decision_time(now()) - floor_saved_ < floor_step) return {};
    return transact([]() -> Result<void> { return {}; });
}

Result<void> Device::Impl::learn_time(Instant server_time, Instant now) {
    touch();
    // Fresh signed time replaces what was known, also backwards: a clock that once stood in the
    // next year must not lock its owner out for a year.
    server_time_ = server_time;
    floor_ = server_time;
    SAMSYN_TRY(put_instant(key_server_time, server_time));
    const bool ahead = corrected(now) > server_time + clock_ahead_max;
    const bool repaired = offset_.count() != 0 && now <= server_time + clock_ahead_max &&
                          now + clock_ahead_max >= server_time;
    if (ahead) return correct_clock(server_time, now);
    if (repaired) return correct_clock(now, now);
    return {};
}

Result<void> Device::Impl::correct_clock(Instant server_time, Instant now) {
    touch();
    offset_ = server_time - now;
    Writer out;
    out.number(static_cast<std::uint64_t>(offset_.count()));
    SAMSYN_TRY(store.put_value(key_offset, out.view()));
    if (clock_.last().instant() > server_time + clock_ahead_max)
        clock_ = HybridClock{HybridTime::at(server_time)};
    return {};
}

std::optional<Instant> Device::Impl::server_time() const {
    if (server_time_ == Instant{}) return std::nullopt;
    return server_time_;
}

}  // namespace samsyn
