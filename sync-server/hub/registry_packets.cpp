// Registry: packets and supplements, and whom a packet must be for.

#include "core/policy/recovery_recipient.hpp"
#include "core/wire/recovery_context.hpp"
#include "core/wire/statement_codec.hpp"
#include "sync-server/hub/registry.hpp"

#include <algorithm>

namespace samsyn {
namespace {

/// What the parts of one packet have in common: which key, and who decided upon it when, on what.
Bytes name_of_parts(const KeyPacket& packet) {
    Writer out;
    out.id(packet.compartment);
    out.id(packet.author);
    out.id(packet.nonce);
    out.id(packet.check);
    out.number(packet.statute_version);
    out.instant(packet.instant);
    out.number(packet.part_count);
    for (const StreamHeads& named : packet.heads) {
        encode(out, named.stream);
        out.number(static_cast<std::uint16_t>(named.heads.size()));
        for (const StatementId& head : named.heads) out.id(head);
    }
    return to_bytes(out.view());
}

}  // namespace

void Registry::add(const KeyPacket& packet) {
    if (compartments_.try_emplace(packet.compartment, Compartment{packet.case_id, packet.label})
            .second)
        compartments_of_[packet.case_id].push_back(packet.compartment);
    // A packet of its own is an epoch of its own, even where it claims the key of another: else its
    // recipients would hold what they were never given.
    std::shared_ptr<Epoch> key;
    if (packet.part_count > 1) key = keys_in_parts_[name_of_parts(packet)];
    if (!key) key = std::make_shared<Epoch>();
    if (packet.part_count > 1) keys_in_parts_[name_of_parts(packet)] = key;
    if (key->holders.empty()) epochs_of_[packet.compartment].push_back(key);
    key->compartment = packet.compartment;
    key->instant = std::max(key->instant, packet.instant);
    key->is_recoverable = packet.recovery_box.has_value();
    for (const SealedKey& sealed : packet.keys) key->holders.insert(sealed.device);
    packets_[packet.id] = std::move(key);
}

void Registry::add(const Supplement& supplement) {
    for (const auto& old : supplement.keys) {
        const auto found = packets_.find(old.epoch);
        if (found == packets_.end()) continue;
        if (is_rewrapping(supplement))
            found->second->is_recoverable = true;
        else
            found->second->holders.insert(supplement.recipient);
    }
    supplements_[supplement.id] = supplement.recipient;
}

bool Registry::permits_all(const CompartmentId& id,
                           const Compartment& info,
                           std::span<const DeviceId> devices,
                           Instant now) const {
    return std::all_of(devices.begin(), devices.end(), [&](const DeviceId& device) {
        return may(id, info, Request{}, device, now).permitted;
    });
}

bool Registry::is_open(const Epoch& epoch, Instant now) const {
    const Compartment* const info = compartment(epoch.compartment);
    if (info == nullptr) return false;
    const std::vector<DeviceId> devices{epoch.holders.begin(), epoch.holders.end()};
    return permits_all(epoch.compartment, *info, devices, now);
}

bool Registry::is_open(const KeyPacket& packet, Instant now) const {
    std::vector<DeviceId> devices;
    devices.reserve(packet.keys.size());
    for (const SealedKey& sealed : packet.keys) devices.push_back(sealed.device);
    return permits_all(packet.compartment, {packet.case_id, packet.label}, devices, now);
}

Result<const Federation*> Registry::federation_at(const std::vector<StatementId>& heads) const {
    if (!newest_at_ || newest_at_->heads != heads) {
        const StatementGraph log = SAMSYN_TRY(federation_log_.at(heads));
        auto federation = SAMSYN_TRY(Federation::build(log, id_, *hasher_));
        newest_at_ = std::make_unique<AtHeads>(heads, std::move(federation));
    }
    return &newest_at_->federation;
}

Result<void> Registry::check_recipients(const KeyPacket& packet) const {
    const auto state = cases_.find(packet.case_id);
    if (state == cases_.end()) return fail(Errc::missing_parent, "case of the packet");
    std::vector<StatementId> federation_heads;
    std::vector<StatementId> case_heads;
    for (const StreamHeads& named : packet.heads) {
        const bool federal = named.stream.kind == StreamKind::federation;
        if (!federal && named.stream.case_id != packet.case_id)
            return fail(Errc::malformed, "heads of another case");
        auto& heads = federal ? federation_heads : case_heads;
        heads.insert(heads.end(), named.heads.begin(), named.heads.end());
    }
    const StatuteTable* const table = find_statute_table(packet.statute_version);
    if (table == nullptr) return fail(Errc::update_needed, "statute table of the packet");

    const Federation* const federation = SAMSYN_TRY(federation_at(federation_heads));
    const StatementGraph log = SAMSYN_TRY(state->second.log.at(case_heads));
    const CaseView case_view = CaseView::build(packet.case_id, log, *federation);
    for (const Stream& stream : streams_of_decision(packet.case_id, packet.label, case_view)) {
        const bool is_named = std::ranges::count(packet.heads, stream, &StreamHeads::stream) > 0;
        const bool federal = stream.kind == StreamKind::federation;
        const StatementGraph& all = federal ? federation_log_ : state->second.log;
        if (!is_named && !all.in(stream).empty())
            return fail(Errc::missing_parent, "heads of a stream that the decision reads");
    }
    // What is in the box nobody can check who has no share. That it is there, or is not, anybody.
    const bool wants_recovery = recovery_recipient(packet.label, *federation) != nullptr;
    if (packet.recovery_box.has_value() != wants_recovery)
        return fail(Errc::not_permitted,
                    wants_recovery ? "recovery box is missing" : "recovery box for nobody");
    const std::vector<DeviceId> permitted =
        permitted_devices(packet.label, {*federation, case_view}, *table, packet.instant);

    // Part n of a packet takes the n-th stretch of 300 of the permitted devices.
    const std::size_t part_count = std::max<std::size_t>(
        1, (permitted.size() + packet_recipients_max - 1) / packet_recipients_max);
    if (packet.part_count != part_count || packet.part >= part_count)
        return fail(Errc::not_permitted, "parts of the packet");
    const std::size_t from = packet.part * packet_recipients_max;
    const std::size_t count = std::min(packet_recipients_max, permitted.size() - from);
    if (packet.keys.size() != count)
        return fail(Errc::not_permitted, "recipients differ from the policy");
    for (std::size_t i = 0; i < count; ++i) {
        const SealedKey& sealed = packet.keys[i];
        if (sealed.device != permitted[from + i])
            return fail(Errc::not_permitted, "recipients differ from the policy");
        const Federation::Device* const device = federation->device(sealed.device);
        const std::uint32_t newest = device == nullptr ? 0 : device->certificate.sealing_epoch;
        if (sealed.sealing_epoch > newest || sealed.sealing_epoch + 1 < newest)
            return fail(Errc::malformed, "sealing key of a recipient");
    }
    return {};
}

}  // namespace samsyn
