#pragma once

#include "tests/sync-server/hub/hub_world.hpp"

namespace samsyn {

/// The chain of reads of a device of `HubWorld`, in pieces ready to be pushed.
class ReadingDevice {
public:
    ReadingDevice(HubWorld& world, Party& who) : world_(world), who_(who) {}

    /// A person opens an item.
    void read(const CompartmentId& compartment, const ItemId& item) {
        ReadEntry entry;
        entry.sequence = sequence + 1;
        entry.previous = head;
        entry.device_time = world_.now;
        entry.case_id = world_.case_id;
        entry.parts.push_back({compartment, {item}});
        add(entry);
    }

    void add(const ReadEntry& entry) {
        waiting.push_back(encode_read_entry(entry));
        sequence = entry.sequence;
        head = read_entry_hash(waiting.back(), world_.hasher);
    }

    /// What waits, signed.
    Bytes piece() {
        ReadSegment segment{world_.federation_id, who_.device, waiting, {}};
        sign_read_segment(segment, who_.signer, world_.hasher);
        return encode_read_segment(segment);
    }

    Bytes take_piece() {
        Bytes bytes = piece();
        waiting.clear();
        return bytes;
    }

    std::vector<Bytes> waiting;
    std::uint64_t sequence = 0;
    Hash head;

private:
    HubWorld& world_;
    Party& who_;
};

}  // namespace samsyn
