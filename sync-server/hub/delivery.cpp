#include "sync-server/hub/delivery.hpp"

#include "sync-server/hub/notices.hpp"

#include <algorithm>

namespace samsyn {
namespace {

const Channel federation_channel{Stream{}};

/// The case of a channel; none for the federation log and for a compartment that is not here.
CaseId case_of(const Channel& channel, const Registry& registry) {
    if (const auto* const stream = std::get_if<Stream>(&channel.name)) return stream->case_id;
    const auto* const info = registry.compartment(std::get<CompartmentId>(channel.name));
    return info == nullptr ? CaseId{} : info->case_id;
}

bool is_stream(const Channel& channel) {
    return std::holds_alternative<Stream>(channel.name);
}

}  // namespace

void Delivery::resume(const Resume& resume, const Registry& registry, Instant now) {
    for (const auto& cursor : resume.cursors) {
        // One that is remembered moves in any case: it may be permitted again before we look.
        if (!cursors_.contains(cursor.channel) && !may_receive(cursor.channel, registry, now))
            continue;
        if (cursor.number == 0)
            cursors_.erase(cursor.channel);
        else
            cursors_[cursor.channel] = cursor.number;
        pending_.insert(cursor.channel);
    }
}

bool Delivery::on_stored(const Channel& channel, const Registry& registry, Instant now) {
    if (channel == federation_channel) {
        all_stale_ = true;
        return true;
    }
    if (const auto* const stream = std::get_if<Stream>(&channel.name)) {
        stale_cases_.insert(stream->case_id);
        return true;
    }
    if (!cursors_.contains(channel) &&
        !may_read(std::get<CompartmentId>(channel.name), registry, now))
        return false;
    pending_.insert(channel);
    return true;
}

Result<std::optional<Message>> Delivery::next(
    Phase phase, const Registry& registry, Storage& storage, std::size_t bytes_max, Instant now) {
    refresh(registry, now);
    while (!pending_.empty()) {
        const Channel channel = *pending_.begin();
        if (phase == Phase::statements && !is_stream(channel)) break;
        auto message = SAMSYN_TRY(serve(channel, registry, storage, bytes_max, now));
        if (message) return message;
    }
    return std::nullopt;
}

void Delivery::refresh(const Registry& registry, Instant now) {
    if (all_stale_ || is_due(now)) {
        all_stale_ = false;
        recheck_at_ = registry.federation().next_boundary(now);
        pending_.insert(federation_channel);
        for (const CaseId& id : registry.cases()) stale_cases_.insert(id);
    }
    if (stale_cases_.empty()) return;
    for (const CaseId& id : stale_cases_) refresh_case(id, registry, now);
    // What was delivered and is no longer permitted must be looked at too, to say so.
    for (const auto& [channel, number] : cursors_)
        if (stale_cases_.contains(case_of(channel, registry))) pending_.insert(channel);
    stale_cases_.clear();
}

void Delivery::refresh_case(const CaseId& id, const Registry& registry, Instant now) {
    const auto streams = registry.streams_of(id, device_, now);
    recheck_at_ = std::min(recheck_at_, streams.valid_until);
    for (const Stream& stream : streams.streams) pending_.insert({stream});
    for (const Stream& stream : registry.notices_by(id, device_)) pending_.insert({stream});
    for (const Stream& stream : registry.rosters_once_of(id, device_)) pending_.insert({stream});
    for (const CompartmentId& compartment : registry.compartments_of(id))
        if (may_read(compartment, registry, now)) pending_.insert({compartment});
}

bool Delivery::may_read(const CompartmentId& compartment, const Registry& registry, Instant now) {
    const auto permission = registry.may(compartment, Request{}, device_, now);
    recheck_at_ = std::min(recheck_at_, permission.valid_until);
    return permission.permitted;
}

bool Delivery::may_receive(const Channel& channel, const Registry& registry, Instant now) {
    if (channel == federation_channel) return true;
    const auto* const stream = std::get_if<Stream>(&channel.name);
    if (stream == nullptr) return may_read(std::get<CompartmentId>(channel.name), registry, now);
    if (stream->case_id == directory_case) return false;  // it has none
    const auto own = registry.notices_by(stream->case_id, device_);
    if (std::ranges::binary_search(own, *stream)) return true;
    const auto permitted = registry.streams_of(stream->case_id, device_, now).streams;
    return std::find(permitted.begin(), permitted.end(), *stream) != permitted.end();
}

Result<bool> Delivery::is_for_device(const LogEntry& entry,
                                     const Registry& registry,
                                     Storage& storage,
                                     Instant now) const {
    switch (entry.kind) {
        case EntryKind::statement:
            return is_notice_for(entry, device_, registry, storage, now);
        case EntryKind::packet:
            // Who may read sees every packet: a device that waits for a key knows that it waits,
            // one that is given an old key can check it, and every reader is an auditor.
            return true;
        case EntryKind::supplement:
            return registry.is_for(entry.hash, device_);
        case EntryKind::batch: {
            const auto* const epoch = registry.epoch(entry.epoch);
            return epoch != nullptr && epoch->holders.contains(device_);
        }
        case EntryKind::escrow:
            return is_escrow_for(entry, device_, registry, now);
        case EntryKind::reads:
            break;
    }
    return false;
}

Result<std::optional<Message>> Delivery::farewell(const Channel& channel,
                                                  const Registry& registry,
                                                  Storage& storage,
                                                  std::size_t bytes_max) {
    const auto* const stream = std::get_if<Stream>(&channel.name);
    if (stream == nullptr || stream->kind != StreamKind::roster) return std::nullopt;
    const auto rosters = registry.rosters_once_of(stream->case_id, device_);
    if (!std::ranges::binary_search(rosters, *stream)) return std::nullopt;
    for (;;) {
        EntryNumber& after = farewells_[channel];
        auto entries = SAMSYN_TRY(storage.read(channel, after, bytes_max));
        if (entries.empty()) return std::nullopt;
        after = entries.back().number;
        Deliver deliver;
        deliver.channel = channel;
        deliver.up_to = after;
        for (LogEntry& entry : entries)
            if (registry.ends_place(entry, device_))
                deliver.entries.push_back({entry.number, entry.kind, std::move(entry.bytes)});
        if (!deliver.entries.empty()) return deliver;
    }
}

Result<std::optional<Message>> Delivery::serve(const Channel& channel,
                                               const Registry& registry,
                                               Storage& storage,
                                               std::size_t bytes_max,
                                               Instant now) {
    if (!may_receive(channel, registry, now)) {
        if (auto last = SAMSYN_TRY(farewell(channel, registry, storage, bytes_max))) return last;
        pending_.erase(channel);
        // The device purges it; should it be permitted again, it starts from the beginning.
        if (cursors_.erase(channel) == 0) return std::nullopt;
        return Withdrawn{channel};
    }
    const auto cursor = cursors_.find(channel);
    const EntryNumber after = cursor == cursors_.end() ? 0 : cursor->second;
    auto entries = SAMSYN_TRY(storage.read(channel, after, bytes_max));
    if (entries.empty()) {
        pending_.erase(channel);
        // A client ahead of us would miss what takes the numbers that it claims to have.
        const EntryNumber last = SAMSYN_TRY(storage.last_number(channel));
        if (after > last) cursor->second = last;
        return std::nullopt;
    }
    Deliver deliver;
    deliver.channel = channel;
    deliver.up_to = entries.back().number;
    for (LogEntry& entry : entries)
        if (SAMSYN_TRY(is_for_device(entry, registry, storage, now)))
            deliver.entries.push_back({entry.number, entry.kind, std::move(entry.bytes)});
    cursors_[channel] = deliver.up_to;
    return deliver;
}

}  // namespace samsyn
