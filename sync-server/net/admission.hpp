#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <span>

namespace samsyn {

/// Whose neighbour a peer is: an IPv4 /24 or an IPv6 /48, which is what one party can easily hold.
using AddressBlock = std::array<std::uint8_t, 6>;

/// `address`: 4 or 16 bytes; an IPv4 address mapped into IPv6 counts as IPv4.
AddressBlock address_block(std::span<const std::uint8_t> address);

/// Counts connections that have not proved who they are. Thread-safe.
class Admission {
public:
    Admission(std::size_t all_max, std::size_t block_max)
        : all_max_(all_max),
          block_max_(block_max) {}

    /// A place that is given back on destruction. Must not outlive its `Admission`.
    class Place {
    public:
        Place(Place&& other) noexcept : admission_(other.admission_), block_(other.block_) {
            other.admission_ = nullptr;
        }

        Place& operator=(Place&&) = delete;

        ~Place() { give_back(); }

        void give_back() noexcept;

    private:
        friend class Admission;

        Place(Admission& admission, const AddressBlock& block)
            : admission_(&admission),
              block_(block) {}

        Admission* admission_;
        AddressBlock block_;
    };

    /// None where the block has all its places.
    std::optional<Place> enter(const AddressBlock& block);

    /// True where nobody should be accepted until `on_room` is called.
    bool is_full() const;

    /// Called after each place given back, by whoever gave it back. Set before the first `enter`.
    void on_room(std::function<void()> call) { on_room_ = std::move(call); }

private:
    void leave(const AddressBlock& block) noexcept;

    std::size_t all_max_;
    std::size_t block_max_;
    std::function<void()> on_room_;
    mutable std::mutex mutex_;
    std::map<AddressBlock, std::size_t> blocks_;
    std::size_t all_ = 0;
};

}  // namespace samsyn
