#include "sync-server/net/admission.hpp"

#include <algorithm>

namespace samsyn {

namespace {

/// Steady time on the scale of the token buckets, which only compare instants with one another.
Instant on_bucket_scale(Admission::Time now) {
    return Instant{std::chrono::duration_cast<Instant::duration>(now.time_since_epoch())};
}

}  // namespace

AddressBlock address_block(std::span<const std::uint8_t> address) {
    static constexpr std::array<std::uint8_t, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    AddressBlock block{};
    if (address.size() == 16 && std::ranges::equal(address.first(12), mapped))
        address = address.subspan(12);
    // An IPv4 block is told from an IPv6 one by 0100::/8, which nobody routes (RFC 6666).
    if (address.size() == 4) {
        block[0] = 1;
        std::ranges::copy(address.first(3), block.begin() + 1);
    } else if (address.size() == 16) {
        std::ranges::copy(address.first(6), block.begin());
    }
    return block;
}

std::expected<Admission::Place, Admission::Refusal> Admission::enter(Number number,
                                                                     const AddressBlock& block,
                                                                     Time now) {
    const std::lock_guard lock{mutex_};
    if (is_too_often(block, now)) return std::unexpected{Refusal::too_often};
    const auto here = blocks_.find(block);
    if (here != blocks_.end() && here->second >= block_max(block))
        return std::unexpected{Refusal::block_is_full};
    ++blocks_[block];
    ++taken_;
    seats_.emplace_back(number, block, now);
    return Place{*this, std::prev(seats_.end())};
}

bool Admission::is_full() const {
    const std::lock_guard lock{mutex_};
    return taken_ >= limits_.unauthenticated_max;
}

bool Admission::is_full(const AddressBlock& block) const {
    const std::lock_guard lock{mutex_};
    const auto here = blocks_.find(block);
    return here != blocks_.end() && here->second >= block_max(block);
}

std::size_t Admission::block_max(const AddressBlock& block) const {
    return proxies_.contains(block) ? limits_.unauthenticated_per_proxy_max
                                    : limits_.unauthenticated_per_block_max;
}

/// A bucket that is full again says nothing, and is forgotten when there are too many.
bool Admission::is_too_often(const AddressBlock& block, Time now) {
    const Instant at = on_bucket_scale(now);
    const Rate& rate =
        proxies_.contains(block) ? limits_.connects_per_proxy : limits_.connects_per_block;
    auto found = connects_.find(block);
    if (found == connects_.end() && connects_.size() >= limits_.blocks_max)
        std::erase_if(connects_, [&](const auto& one) { return one.second.is_full(at); });
    if (found == connects_.end() && connects_.size() >= limits_.blocks_max)
        return !unknown_connects_.take(rate, at);
    return !connects_[block].take(rate, at);
}

std::optional<Admission::Number> Admission::choose_leaver(
    Time now, const std::optional<AddressBlock>& block) {
    const std::lock_guard lock{mutex_};
    const Time::rep late_since = (now - limits_.on_time).time_since_epoch().count();
    Seat* longest = nullptr;
    for (Seat& seat : seats_) {
        if (seat.leaves || (block && seat.block != *block)) continue;
        const auto turn = seat.turn.load(std::memory_order_relaxed);
        if (turn == ours || turn > late_since) continue;
        if (longest == nullptr || seat.heard < longest->heard) longest = &seat;
    }
    if (longest == nullptr) return std::nullopt;
    longest->leaves = true;
    count_out(*longest);
    return longest->number;
}

void Admission::leave(std::list<Seat>::iterator seat) noexcept {
    {
        const std::lock_guard lock{mutex_};
        if (!seat->leaves) count_out(*seat);
        seats_.erase(seat);
    }
    if (on_room_) on_room_();
}

void Admission::count_out(const Seat& seat) noexcept {
    const auto found = blocks_.find(seat.block);
    if (--found->second == 0) blocks_.erase(found);
    --taken_;
}

void Admission::Place::give_back() noexcept {
    if (admission_ == nullptr) return;
    admission_->leave(seat_);
    admission_ = nullptr;
}

void Admission::Place::on_byte(Time now) noexcept {
    if (admission_ == nullptr) return;
    seat_->heard.store(now.time_since_epoch().count(), std::memory_order_relaxed);
}

void Admission::Place::on_peers_turn(Time since) noexcept {
    if (admission_ == nullptr) return;
    seat_->turn.store(since.time_since_epoch().count(), std::memory_order_relaxed);
}

void Admission::Place::on_our_turn() noexcept {
    if (admission_ == nullptr) return;
    seat_->turn.store(ours, std::memory_order_relaxed);
}

}  // namespace samsyn
