#pragma once

#include "sync-server/hub/token_bucket.hpp"
#include "sync-server/net/limits.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <limits>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <span>

namespace samsyn {

/// Whose neighbour a peer is: an IPv4 /24 or an IPv6 /48, which is what one party can easily hold.
using AddressBlock = std::array<std::uint8_t, 6>;

/// `address`: 4 or 16 bytes; an IPv4 address mapped into IPv6 counts as IPv4.
AddressBlock address_block(std::span<const std::uint8_t> address);

/// Who may be at the handshake, and who goes when there are too many. Thread-safe.
///
/// When all places are taken, the connection with the longest silence goes first, but never one
/// whose next message is on time: a crowd of silent strangers makes room for whoever speaks, and
/// nobody who speaks makes room for a stranger.
class Admission {
public:
    using Time = std::chrono::steady_clock::time_point;

    /// What a place is known by: the number of its link.
    using Number = std::uint64_t;

    enum class Refusal : std::uint8_t { block_is_full, too_often };

    Admission(const NetLimits& limits, std::set<AddressBlock> proxies)
        : limits_(limits),
          proxies_(std::move(proxies)) {}

private:
    struct Seat {
        Number number = 0;
        AddressBlock block{};
        std::atomic<Time::rep> heard;  ///< when its last byte came
        std::atomic<Time::rep> turn;   ///< since when it is its turn; `ours`: it is not
        bool leaves = false;           ///< it makes room, and counts no more

        Seat(Number given, const AddressBlock& from, Time now)
            : number(given),
              block(from),
              heard(now.time_since_epoch().count()),
              turn(now.time_since_epoch().count()) {}
    };

    static constexpr Time::rep ours = std::numeric_limits<Time::rep>::max();

public:
    /// A place that is given back on destruction. Must not outlive its `Admission`. One thread at a
    /// time.
    class Place {
    public:
        Place(Place&& other) noexcept : admission_(other.admission_), seat_(other.seat_) {
            other.admission_ = nullptr;
        }

        Place& operator=(Place&&) = delete;

        ~Place() { give_back(); }

        void give_back() noexcept;

        /// No effect once it has been given back.
        void on_byte(Time now) noexcept;
        void on_peers_turn(Time since) noexcept;
        void on_our_turn() noexcept;

    private:
        friend class Admission;

        Place(Admission& admission, std::list<Seat>::iterator seat)
            : admission_(&admission),
              seat_(seat) {}

        Admission* admission_;
        std::list<Seat>::iterator seat_;
    };

    std::expected<Place, Refusal> enter(Number number, const AddressBlock& block, Time now);

    /// True where nobody should be accepted until `on_room` is called.
    bool is_full() const;

    /// True where `block` has all its places.
    bool is_full(const AddressBlock& block) const;

    /// Who has to make room (of `block`, where it is given): its place is free at once, and its
    /// connection must be ended. None where everybody's next message is on time.
    std::optional<Number> choose_leaver(Time now, const std::optional<AddressBlock>& block = {});

    /// Called after each place given back, by whoever gave it back. Set before the first `enter`.
    void on_room(std::function<void()> call) { on_room_ = std::move(call); }

private:
    void leave(std::list<Seat>::iterator seat) noexcept;
    void count_out(const Seat& seat) noexcept;
    std::size_t block_max(const AddressBlock& block) const;
    bool is_too_often(const AddressBlock& block, Time now);

    NetLimits limits_;
    std::set<AddressBlock> proxies_;
    std::function<void()> on_room_;
    mutable std::mutex mutex_;
    std::list<Seat> seats_;
    std::size_t taken_ = 0;  ///< of them, without those that leave
    std::map<AddressBlock, std::size_t> blocks_;
    std::map<AddressBlock, TokenBucket> connects_;
    TokenBucket unknown_connects_;  ///< of the blocks for which there was no room
};

}  // namespace samsyn
