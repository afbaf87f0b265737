#include "client-sdk/device/engine.hpp"
#include "core/policy/recovery_recipient.hpp"
#include "core/wire/recovery_context.hpp"

#include <algorithm>

namespace samsyn {

namespace {

/// An epoch older than this is due for a new one (security.md, "Key packet").
constexpr std::chrono::days epoch_age_max{90};

/// So often a packet or batch may be called stale before we wait for news.
constexpr unsigned stale_answers_max = 3;

/// Whoever got its key by a supplement reads along like a recipient.
bool within(const KnownEpoch& epoch, const std::vector<DeviceId>& permitted) {
    return std::ranges::includes(permitted, epoch.recipients()) &&
           std::ranges::includes(permitted, epoch.given_to);
}

}  // namespace

std::vector<DeviceId> Device::Impl::permitted(const StoredCompartment& compartment, Instant now) {
    const Statements statements{federation(), view(compartment.case_id)};
    const StatuteTable& table = current_statute_table();
    const Instant decided = decision_time(now);
    const Instant stamped = stamping_time(now);
    auto devices = permitted_devices(compartment.label, statements, table, decided);
    if (stamped == decided) return devices;
    // A packet names the time that we put our name to; its recipients are permitted then, too.
    const auto then = permitted_devices(compartment.label, statements, table, stamped);
    std::erase_if(
        devices, [&](const DeviceId& device) { return !std::ranges::binary_search(then, device); });
    return devices;
}

std::vector<StreamHeads> Device::Impl::heads_for(const StoredCompartment& compartment) {
    std::vector<StreamHeads> all;
    for (const Stream& stream :
         streams_of_decision(compartment.case_id, compartment.label, view(compartment.case_id))) {
        auto heads = accepted_heads(stream);
        if (!heads.empty()) all.push_back({stream, std::move(heads)});
    }
    return all;
}

KnownEpoch* Device::Impl::best_open(KnownCompartment& compartment,
                                    const std::vector<DeviceId>& permitted) {
    // Open: valid, and none of its recipients is denied now. Among several the one that reaches
    // most of those permitted, which is the one with the newest heads where one knew the other;
    // then the newest, then the smallest id, so that all devices choose alike.
    KnownEpoch* best = nullptr;
    const auto better = [](const KnownEpoch& a, const KnownEpoch& b) {
        if (a.reach() != b.reach()) return a.reach() > b.reach();
        if (a.packet.instant != b.packet.instant) return a.packet.instant > b.packet.instant;
        return std::ranges::min(a.ids()) < std::ranges::min(b.ids());
    };
    // Who does not name himself is no reader and chose a key for others to write under; who may
    // not contribute starts none either. One from the future would stay the newest for ever.
    const Instant at = now();
    const Instant newest = decision_time(at) + clock_ahead_max;
    for (KnownEpoch& epoch : compartment.epochs) {
        if (epoch.closed || !epoch.has_key || !within(epoch, permitted)) continue;
        if (!epoch.names(epoch.packet.author) || epoch.packet.instant > newest) continue;
        if (!may_contribute(compartment.stored, epoch.packet.author, at)) continue;
        if (!best || better(epoch, *best)) best = &epoch;
    }
    return best;
}

Result<KnownEpoch*> Device::Impl::current_epoch(KnownCompartment& compartment, Instant now) {
    const auto devices = permitted(compartment.stored, now);
    if (!std::ranges::binary_search(devices, self)) return nullptr;
    if (stale_answers[compartment.stored.id] >= stale_answers_max) return nullptr;
    const bool may_start = lease(now).may_make_keys();

    KnownEpoch* best = best_open(compartment, devices);
    const bool complete = best && best->reach() == devices.size();
    const bool aged = best && (best->packet.instant + epoch_age_max < decision_time(now) ||
                               !is_recoverable(best->packet));
    if (complete && !aged) return best;
    if (!may_start) return nullptr;  // what we know is too old to say who may read

    PacketReason reason = PacketReason::first;
    if (complete) {
        reason = PacketReason::age;
    } else if (!compartment.epochs.empty()) {
        const bool narrower = within(compartment.epochs.back(), devices);
        reason = narrower ? PacketReason::newcomer : PacketReason::denial;
    }
    return start_epoch(compartment, devices, reason, now);
}

Result<KnownEpoch*> Device::Impl::start_epoch(KnownCompartment& compartment,
                                              const std::vector<DeviceId>& permitted,
                                              PacketReason reason,
                                              Instant now) {
    // In the directory, which every device reads, the packet is cut into parts.
    const std::size_t parts =
        (permitted.size() + packet_recipients_max - 1) / packet_recipients_max;
    const StoredCompartment& stored = compartment.stored;
    if (parts > 1 && stored.label.category != Category::directory)
        return fail(Errc::limit_exceeded, "recipients of a key packet");
    touch();
    KeyPacket packet;
    packet.federation = config.federation;
    packet.case_id = stored.case_id;
    packet.label = stored.label;
    packet.compartment = stored.id;
    packet.nonce = random_id<Nonce>(ports.random);
    packet.heads = heads_for(stored);
    if (packet.heads.size() > packet_streams_max)
        return fail(Errc::limit_exceeded, "streams of a key packet");
    packet.statute_version = current_statute_table().version;
    packet.instant = stamping_time(now);
    packet.reason = reason;
    packet.author = self;
    packet.part_count = static_cast<std::uint16_t>(std::max<std::size_t>(parts, 1));

    const ContentKey key = ports.sealer.random_key();
    packet.check = ports.sealer.check_value(key, stored.id, packet.nonce);
    if (const RecoveryKey* recovery = recovery_recipient(stored.label, federation())) {
        const Hash context = recovery_context(
            packet, stored.label.disclosing.organisation, recovery->generation, ports.hasher);
        packet.recovery_box = SAMSYN_TRY(ports.sealer.seal_key(recovery->key, context, key));
    }
    SAMSYN_TRY(store.put_compartment(stored));
    KnownEpoch epoch;
    for (; packet.part < packet.part_count; ++packet.part) {
        const std::size_t from = packet.part * packet_recipients_max;
        const std::size_t count = std::min(packet_recipients_max, permitted.size() - from);
        KeyPacket part = packet;
        SAMSYN_TRY(write_packet(part, std::span{permitted}.subspan(from, count), key, now));
        if (packet.part == 0)
            epoch.packet = std::move(part);
        else
            epoch.more_parts.push_back(std::move(part));
    }
    epoch.has_key = true;
    SAMSYN_TRY(forget_restated(compartment, epoch));
    compartment.epochs.push_back(std::move(epoch));
    return &compartment.epochs.back();
}

/// Seals the key for these, signs, stores and queues the packet, or one part of it.
Result<void> Device::Impl::write_packet(KeyPacket& packet,
                                        std::span<const DeviceId> recipients,
                                        const ContentKey& key,
                                        Instant now) {
    packet.counter = SAMSYN_TRY(store.take_counter());
    for (const DeviceId& device : recipients) {
        const Federation::Device* certified = federation().device(device);
        if (!certified) return fail(Errc::unknown_device, "recipient");
        SealedKey sealed;
        sealed.device = device;
        sealed.sealing_epoch = certified->certificate.sealing_epoch;
        const Hash context = packet_context(packet, device, sealed.sealing_epoch, ports.hasher);
        sealed.box =
            SAMSYN_TRY(ports.sealer.seal_key(certified->certificate.sealing_key, context, key));
        packet.keys.push_back(std::move(sealed));
    }
    sign_packet(packet, ports.signer, ports.hasher);
    const Bytes bytes = encode_packet(packet);
    (void)SAMSYN_TRY(store.put_epoch(packet.id, packet.compartment, bytes));
    SAMSYN_TRY(store.put_key(packet.id, key));
    return store.put_outgoing({.counter = packet.counter,
                               .kind = EntryKind::packet,
                               .bytes = bytes,
                               .compartment = packet.compartment,
                               .made = corrected(now)});
}

Result<void> Device::Impl::close_epoch(const EpochId& id) {
    touch();
    for (auto& [compartment, known_one] : known)
        for (KnownEpoch& epoch : known_one.epochs) epoch.closed = epoch.closed || epoch.is(id);
    return store.put_value(key_for("closed", id), as_bytes("1"));
}

Result<void> Device::Impl::keep_epochs(Instant now) {
    const bool attend = attentive && everything_here;
    if (!attend && eager.empty()) return {};
    std::vector<CompartmentId> due;
    for (const auto& [id, compartment] : known) {
        if (!compartment.epochs.empty() && (attend || eager.contains(compartment.stored.case_id)))
            due.push_back(id);
    }
    for (const CompartmentId& id : due) {
        // One compartment does not hold up the others.
        (void)SAMSYN_TRY(contained([&]() -> Result<void> {
            KnownCompartment* compartment = find(id);
            return compartment ? keep_compartment(*compartment, now) : Result<void>{};
        }));
    }
    eager.clear();
    if (attend) attentive = false;
    return {};
}

Result<void> Device::Impl::keep_compartment(KnownCompartment& compartment, Instant now) {
    // The keys are kept by those whose secrecy it is; in the directory, by those who write it.
    const Label& label = compartment.stored.label;
    const bool ours = label.category == Category::directory
                          ? may_contribute(compartment.stored, now)
                          : works_in(label.disclosing.unit, now);
    const bool holds = std::ranges::any_of(compartment.epochs, &KnownEpoch::has_key);
    if (!ours || !holds) return {};
    SAMSYN_TRY(rewrap(compartment));
    KnownEpoch* epoch = SAMSYN_TRY(current_epoch(compartment, now));
    if (!epoch) return {};
    return welcome_newcomers(compartment, *epoch, now);
}

}  // namespace samsyn
