#pragma once

#include "core/store/device_store.hpp"
#include "core/wire/batch.hpp"
#include "core/wire/packet.hpp"

#include <algorithm>
#include <set>
#include <variant>
#include <vector>

namespace samsyn {

/// A key packet as this device judges it.
struct KnownEpoch {
    KeyPacket packet;
    bool has_key = false;
    bool closed = false;  ///< wider than the policy at its heads, or the server called it stale
    std::set<DeviceId> given_to{};  ///< to whom supplements gave its key

    /// Is there a box for the device in the packet? Supplements do not count.
    bool names(const DeviceId& device) const {
        return std::ranges::binary_search(packet.keys, device, {}, &SealedKey::device);
    }
};

/// A compartment with the key packets that are here of it.
struct KnownCompartment {
    StoredCompartment stored;
    std::vector<KnownEpoch> epochs;  ///< in order of arrival
};

/// Null where it is not known.
inline KnownEpoch* find_epoch(KnownCompartment& compartment, const EpochId& id) {
    for (KnownEpoch& epoch : compartment.epochs)
        if (epoch.packet.id == id) return &epoch;
    return nullptr;
}

/// The items that a batch is about.
inline std::vector<ItemId> items_of(const Batch& batch) {
    std::vector<ItemId> items;
    for (const BatchItem& item : batch.items)
        if (const auto* full = std::get_if<BatchItem::Full>(&item.content))
            items.push_back(full->header.item);
    return items;
}

}  // namespace samsyn
