#pragma once

#include "core/store/device_store.hpp"
#include "core/wire/batch.hpp"
#include "core/wire/packet.hpp"

#include <algorithm>
#include <set>
#include <variant>
#include <vector>

namespace samsyn {

/// A key packet as this device judges it; in the directory, what is here of one in parts. What is
/// sealed under the key names one of the parts.
struct KnownEpoch {
    KeyPacket packet;  ///< the part that came first
    bool has_key = false;
    bool closed = false;  ///< wider than the policy at its heads, or the server called it stale
    std::set<DeviceId> given_to{};        ///< to whom supplements gave its key
    std::vector<KeyPacket> more_parts{};  ///< in order of arrival

    bool is(const EpochId& id) const {
        return packet.id == id ||
               std::ranges::find(more_parts, id, &KeyPacket::id) != more_parts.end();
    }

    std::vector<EpochId> ids() const {
        std::vector<EpochId> all{packet.id};
        for (const KeyPacket& part : more_parts) all.push_back(part.id);
        return all;
    }

    /// Is there a box for the device in a packet? Supplements do not count.
    bool names(const DeviceId& device) const {
        const auto in = [&](const KeyPacket& part) {
            return std::ranges::binary_search(part.keys, device, {}, &SealedKey::device);
        };
        return in(packet) || std::ranges::any_of(more_parts, in);
    }

    /// Whom it names; sorted.
    std::vector<DeviceId> recipients() const {
        std::vector<DeviceId> devices;
        const auto put = [&](const KeyPacket& part) {
            for (const SealedKey& sealed : part.keys) devices.push_back(sealed.device);
        };
        put(packet);
        std::ranges::for_each(more_parts, put);
        if (!more_parts.empty()) std::ranges::sort(devices);
        return devices;
    }

    /// How many that are.
    std::size_t reach() const {
        std::size_t count = packet.keys.size();
        for (const KeyPacket& part : more_parts) count += part.keys.size();
        return count;
    }

    /// Is it another part of this one: the same key, made at once, on the same knowledge?
    bool has_part(const KeyPacket& other) const {
        const auto is_same_part = [&](const KeyPacket& part) { return part.part == other.part; };
        return other.part_count > 1 && other.part_count == packet.part_count &&
               other.author == packet.author && other.nonce == packet.nonce &&
               other.check == packet.check && other.statute_version == packet.statute_version &&
               other.instant == packet.instant && other.heads == packet.heads &&
               !is_same_part(packet) && std::ranges::none_of(more_parts, is_same_part);
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
        if (epoch.is(id)) return &epoch;
    return nullptr;
}

/// The epoch of which the packet is another part, or a new one: with the packet in it.
inline KnownEpoch& put_packet(KnownCompartment& compartment, KeyPacket packet) {
    for (KnownEpoch& epoch : compartment.epochs) {
        if (!epoch.has_part(packet)) continue;
        epoch.more_parts.push_back(std::move(packet));
        return epoch;
    }
    return compartment.epochs.emplace_back(KnownEpoch{.packet = std::move(packet)});
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
