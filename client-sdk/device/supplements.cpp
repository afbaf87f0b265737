// Keys of earlier epochs that others seal for us, and for others.

#include "client-sdk/device/engine.hpp"
#include "core/wire/recovery_context.hpp"

#include <algorithm>

namespace samsyn {

namespace {

/// So many supplements wait for the packet of one epoch. Several, so that one with a false box does
/// not keep a true one out.
constexpr std::size_t kept_supplements_max = 8;

std::string supplement_key(const EpochId& epoch) {
    return key_for("supplement", epoch);
}

Result<std::vector<Bytes>> kept_supplements(DeviceStore& store, const EpochId& epoch) {
    std::vector<Bytes> kept;
    const auto bytes = SAMSYN_TRY(store.value(supplement_key(epoch)));
    Reader in{bytes ? ByteView{*bytes} : ByteView{}};
    while (!in.at_end())
        kept.push_back(to_bytes(SAMSYN_TRY(in.blob(packet_bytes_max, "kept supplement"))));
    return kept;
}

}  // namespace

Result<std::set<DeviceId>> holders(DeviceStore& store, const EpochId& epoch) {
    std::set<DeviceId> devices;
    const auto bytes = SAMSYN_TRY(store.value(holders_key(epoch)));
    Reader in{bytes ? ByteView{*bytes} : ByteView{}};
    while (!in.at_end()) devices.insert(SAMSYN_TRY(in.id<DeviceId>("holder of a key")));
    return devices;
}

Result<void> Device::Impl::note_holder(const CompartmentId& compartment,
                                       const DeviceId& device,
                                       const std::vector<EpochId>& epochs) {
    KnownCompartment* known_one = find(compartment);
    for (const EpochId& id : epochs) {
        auto devices = SAMSYN_TRY(holders(store, id));
        if (!devices.insert(device).second) continue;
        Writer out;
        for (const DeviceId& holder : devices) out.id(holder);
        touch();
        SAMSYN_TRY(store.put_value(holders_key(id), out.view()));
        if (KnownEpoch* epoch = known_one ? find_epoch(*known_one, id) : nullptr)
            epoch->given_to.insert(device);
    }
    return {};
}

/// Tries every box for the epoch. One that does not open is noted and says nothing of the others.
Result<void> Device::Impl::open_old_key(KnownEpoch& epoch,
                                        const Supplement& supplement,
                                        Instant now) {
    if (is_beyond_reach(supplement, epoch.packet.label, epoch.packet.case_id))
        return note_fault({Errc::not_permitted, "a supplement beyond its reach"});
    for (const Supplement::OldKey& old : supplement.keys) {
        if (epoch.has_key || !epoch.is(old.epoch)) continue;
        const Hash context = supplement_context(supplement, old.epoch, ports.hasher);
        const auto key = ports.sealer.open_key(old.box, context);
        const auto gained =
            key ? gain_key(epoch, *key, now) : Result<void>{std::unexpected{key.error()}};
        if (gained) continue;
        if (is_storage_fault(gained.error())) return gained;
        SAMSYN_TRY(note_fault(gained.error()));
    }
    return {};
}

bool Device::Impl::is_beyond_reach(const Supplement& supplement,
                                   const Label& label,
                                   const CaseId& case_id) {
    const UnitId& unit = label.disclosing.unit;
    if (label.category == Category::directory) return false;
    if (federation().ever_acted_in(supplement.recipient, unit)) return false;
    if (!supplement.ground) return true;
    const auto& consents = view(case_id).disclosing(unit).consents;
    return std::ranges::none_of(consents, [&](const auto& consent) {
        return consent.id == *supplement.ground && consent.body.reach == Reach::history &&
               consent.body.categories.contains(label.category);
    });
}

Result<void> Device::Impl::open_kept_supplements(KnownEpoch& epoch, Instant now) {
    for (const EpochId& id : epoch.ids())
        for (const Bytes& bytes : SAMSYN_TRY(kept_supplements(store, id))) {
            const auto supplement = SAMSYN_TRY(decode_supplement(bytes, ports.hasher));
            SAMSYN_TRY(open_old_key(epoch, supplement, now));
        }
    return {};
}

Result<bool> Device::Impl::keep_supplement(const EpochId& epoch, ByteView bytes) {
    auto kept = SAMSYN_TRY(kept_supplements(store, epoch));
    const bool there =
        std::ranges::any_of(kept, [&](const Bytes& one) { return std::ranges::equal(one, bytes); });
    if (there || kept.size() >= kept_supplements_max) return false;
    kept.push_back(to_bytes(bytes));
    Writer out;
    for (const Bytes& one : kept) out.blob(one);
    SAMSYN_TRY(store.put_value(supplement_key(epoch), out.view()));
    return true;
}

/// What a supplement says of its recipient. Whom it gives keys to reads along, if its author could
/// ever have had them; but only the word of those whose task it is now keeps us from giving.
Result<void> Device::Impl::note_supplement(const Supplement& supplement, Instant now) {
    const KnownCompartment* compartment = find(supplement.compartment);
    if (!compartment) return {};
    const Label& label = compartment->stored.label;
    const bool directory = label.category == Category::directory;
    const Federation& members = federation();
    std::vector<EpochId> epochs;
    epochs.reserve(supplement.keys.size());
    for (const Supplement::OldKey& old : supplement.keys) epochs.push_back(old.epoch);
    if (is_beyond_reach(supplement, label, compartment->stored.case_id)) {
        // Somebody reads along whom nobody let in: nothing more of ours is written under these.
        SAMSYN_TRY(note_fault({Errc::not_permitted, "a supplement beyond its reach"}));
        for (const EpochId& epoch : epochs)
            if (find_epoch(*find(supplement.compartment), epoch)) SAMSYN_TRY(close_epoch(epoch));
        return note_holder(supplement.compartment, supplement.recipient, epochs);
    }
    if (directory || members.ever_acted_in(supplement.author, label.disclosing.unit))
        SAMSYN_TRY(note_holder(supplement.compartment, supplement.recipient, epochs));
    const bool ours =
        directory ? may_contribute(compartment->stored, supplement.author, now)
                  : members.acts_in(supplement.author, label.disclosing.unit, decision_time(now));
    if (!ours) return {};
    return note_given(supplement.compartment, supplement.recipient, epochs);
}

Result<void> Device::Impl::apply_supplement(const CompartmentId& channel,
                                            ByteView bytes,
                                            Instant now) {
    const auto supplement = SAMSYN_TRY(decode_supplement(bytes, ports.hasher));
    if (supplement.federation != config.federation)
        return fail(Errc::wrong_federation, "supplement");
    if (supplement.compartment != channel)
        return fail(Errc::malformed, "compartment of a supplement");
    const SigningPublicKey* author = federation().signing_key(supplement.author);
    if (!author || !federation().device(supplement.author))
        return fail(Errc::unknown_device, "author of a supplement");
    if (!federation().counts(supplement.author, supplement.counter))
        return fail(Errc::revoked_device, "author of a supplement");
    if (!verify_supplement(supplement, *author, ports.verifier))
        return fail(Errc::bad_signature, "supplement");

    if (is_rewrapping(supplement)) return keep_rewrapped(supplement);
    SAMSYN_TRY(note_supplement(supplement, now));
    KnownCompartment* compartment = find(channel);
    if (supplement.recipient != self) return {};
    if (compartment && !may_read(compartment->stored, now)) return {};

    bool gained = false;
    for (const Supplement::OldKey& old : supplement.keys) {
        KnownEpoch* epoch = compartment ? find_epoch(*compartment, old.epoch) : nullptr;
        if (!epoch) {
            gained = SAMSYN_TRY(keep_supplement(old.epoch, bytes)) || gained;
        } else if (!epoch->has_key) {
            SAMSYN_TRY(open_old_key(*epoch, supplement, now));
            gained = epoch->has_key || gained;
        }
    }
    gained = SAMSYN_TRY(is_first_return(supplement)) || gained;
    // What the server skipped while we had no key for it comes from the start.
    if (gained) rewinds.push_back({.channel = Channel{channel}, .number = 0});
    return {};
}

}  // namespace samsyn
