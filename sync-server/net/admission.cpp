#include "sync-server/net/admission.hpp"

#include <algorithm>

namespace samsyn {

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

std::optional<Admission::Place> Admission::enter(const AddressBlock& block) {
    const std::lock_guard lock{mutex_};
    std::size_t& here = blocks_[block];
    if (here >= block_max_) return std::nullopt;
    ++here;
    ++all_;
    return Place{*this, block};
}

bool Admission::is_full() const {
    const std::lock_guard lock{mutex_};
    return all_ >= all_max_;
}

void Admission::leave(const AddressBlock& block) noexcept {
    {
        const std::lock_guard lock{mutex_};
        const auto found = blocks_.find(block);
        if (--found->second == 0) blocks_.erase(found);
        --all_;
    }
    if (on_room_) on_room_();
}

void Admission::Place::give_back() noexcept {
    if (admission_ == nullptr) return;
    admission_->leave(block_);
    admission_ = nullptr;
}

}  // namespace samsyn
