// Earlier keys wrapped for the newest recovery key: the old shares may be destroyed then.

#include "client-sdk/device/engine.hpp"
#include "core/policy/recovery_recipient.hpp"
#include "core/wire/recovery_context.hpp"

#include <algorithm>

namespace samsyn {

namespace {

constexpr std::size_t rewrapped_keys_max = 300;  // what a supplement holds

/// Boxes that are kept of one epoch, of all generations. Several, so that a false one does not keep
/// a true one out.
constexpr std::size_t rewrapped_boxes_max = 8;

std::string rewrapped_key(const EpochId& epoch) {
    return key_for("rewrapped", epoch);
}

}  // namespace

Result<std::vector<Device::Impl::RewrappedBox>> Device::Impl::rewrapped(const EpochId& epoch) {
    std::vector<RewrappedBox> boxes;
    const auto bytes = SAMSYN_TRY(store.value(rewrapped_key(epoch)));
    Reader in{bytes ? ByteView{*bytes} : ByteView{}};
    while (!in.at_end()) {
        RewrappedBox one;
        one.generation = SAMSYN_TRY(in.number<std::uint32_t>("wrapped key"));
        one.box = to_bytes(SAMSYN_TRY(in.blob(sealed_key_size, "wrapped key")));
        boxes.push_back(std::move(one));
    }
    return boxes;
}

Result<void> Device::Impl::note_rewrapped(const Supplement& supplement) {
    const std::uint32_t generation = supplement.sealing_epoch;
    for (const Supplement::OldKey& old : supplement.keys) {
        auto boxes = SAMSYN_TRY(rewrapped(old.epoch));
        const bool there =
            std::ranges::any_of(boxes, [&](const RewrappedBox& one) { return one.box == old.box; });
        if (there) continue;
        // What is for an older key makes room; of one generation the first stay.
        if (boxes.size() >= rewrapped_boxes_max)
            std::erase_if(boxes, [&](const auto& one) { return one.generation < generation; });
        if (boxes.size() >= rewrapped_boxes_max) continue;
        boxes.push_back({generation, old.box});
        Writer out;
        for (const RewrappedBox& one : boxes) {
            out.number(one.generation);
            out.blob(one.box);
        }
        touch();
        SAMSYN_TRY(store.put_value(rewrapped_key(old.epoch), out.view()));
    }
    return {};
}

Result<void> Device::Impl::keep_rewrapped(const Supplement& supplement) {
    KnownCompartment* compartment = find(supplement.compartment);
    if (!compartment || !may_read(compartment->stored, now())) return {};
    const Label& label = compartment->stored.label;
    const bool directory = label.category == Category::directory;
    if (!directory && !federation().ever_acted_in(supplement.author, label.disclosing.unit))
        return fail(Errc::not_permitted, "author of a supplement");
    for (const Supplement::OldKey& old : supplement.keys)
        if (!find_epoch(*compartment, old.epoch))
            return fail(Errc::not_found, "epoch of a supplement");
    return note_rewrapped(supplement);
}

Result<void> Device::Impl::rewrap(const KnownCompartment& compartment) {
    const StoredCompartment& stored = compartment.stored;
    const RecoveryKey* wanted = recovery_recipient(stored.label, federation());
    if (!wanted || !lease(now()).may_make_keys()) return {};
    const RecoveryKey key = *wanted;
    std::vector<EpochId> lacking;
    for (const KnownEpoch& epoch : compartment.epochs) {
        if (!epoch.has_key) continue;
        const auto sealed_for = epoch.packet.recovery_box ? recovery_generation(epoch.packet)
                                                          : std::optional<std::uint32_t>{0};
        if (!sealed_for || *sealed_for == key.generation) continue;
        const auto boxes = SAMSYN_TRY(rewrapped(epoch.packet.id));
        if (std::ranges::find(boxes, key.generation, &RewrappedBox::generation) == boxes.end())
            lacking.push_back(epoch.packet.id);
    }
    if (lacking.empty()) return {};
    std::ranges::sort(lacking);
    if (lacking.size() > rewrapped_keys_max) lacking.resize(rewrapped_keys_max);

    touch();
    Supplement supplement;
    supplement.federation = config.federation;
    supplement.compartment = stored.id;
    supplement.author = self;
    supplement.counter = SAMSYN_TRY(store.take_counter());
    supplement.sealing_epoch = key.generation;
    for (const EpochId& id : lacking) {
        const auto old = SAMSYN_TRY(store.key(id));
        if (!old) return fail(Errc::no_key, "epoch of a supplement");
        const Hash context = rewrapping_context(
            stored.id, id, stored.label.disclosing.organisation, key.generation, ports.hasher);
        supplement.keys.push_back({id, SAMSYN_TRY(ports.sealer.seal_key(key.key, context, *old))});
    }
    sign_supplement(supplement, ports.signer, ports.hasher);
    SAMSYN_TRY(store.put_outgoing({.counter = supplement.counter,
                                   .kind = EntryKind::supplement,
                                   .bytes = encode_supplement(supplement),
                                   .compartment = stored.id,
                                   .made = corrected(now())}));
    return note_rewrapped(supplement);
}

}  // namespace samsyn
