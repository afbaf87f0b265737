#include "client-sdk/device/engine.hpp"

#include <algorithm>

namespace samsyn {

namespace {

std::string given_key(const CompartmentId& compartment, const DeviceId& device) {
    return key_for(key_for("given", compartment), device);
}

std::string restated_key(const CompartmentId& compartment, const DeviceId& device) {
    return key_for(key_for("restated", compartment), device);
}

Bytes concatenated(const std::vector<StatementId>& ids) {
    Bytes bytes;
    for (const StatementId& id : ids) bytes.insert(bytes.end(), id.bytes.begin(), id.bytes.end());
    return bytes;
}

}  // namespace

Device::Impl::Opening Device::Impl::opening_for(const StoredCompartment& compartment,
                                                const DeviceId& device,
                                                Instant now) {
    const Decision answer = decision(compartment, Request{}, {user_of(device), device}, now);
    Opening opening;
    if (!answer.permitted()) return opening;
    // Of several consents that together open it, the one that reaches least decides.
    opening.reach = Reach::history;
    for (const auto& consent :
         view(compartment.case_id).disclosing(compartment.label.disclosing.unit).consents) {
        if (!std::ranges::binary_search(answer.by, consent.id)) continue;
        opening.by.push_back(consent.id);
        opening.reach = std::min(opening.reach, consent.body.reach);
    }
    if (opening.by.empty()) opening.reach = Reach::from_now;
    std::ranges::sort(opening.by);
    return opening;
}

Result<void> Device::Impl::welcome_newcomers(KnownCompartment& compartment,
                                             KnownEpoch& epoch,
                                             Instant now) {
    // Only the disclosing unit is sure to hold all that stands; in the directory, who writes it.
    const Label& label = compartment.stored.label;
    const bool directory = label.category == Category::directory;
    if (!directory && !works_in(label.disclosing.unit, now)) return {};
    bool restates = false;
    for (const DeviceId& device : epoch.recipients()) {
        const bool lacks_old = std::ranges::any_of(compartment.epochs, [&](const auto& earlier) {
            return earlier.has_key && !earlier.names(device);
        });
        if (!lacks_old || device == self) continue;
        const bool own_unit =
            directory ||
            federation().works_in(user_of(device), label.disclosing.unit, decision_time(now));
        if (own_unit) {
            SAMSYN_TRY(give_history(compartment, device, std::nullopt));
            continue;
        }
        const Opening opening = opening_for(compartment.stored, device, now);
        if (opening.reach == Reach::history)
            SAMSYN_TRY(give_history(compartment, device, opening.by.front()));
        if (opening.reach != Reach::present) continue;
        // Once for each set of consents that opens: what is written later is under keys of theirs.
        const auto done = SAMSYN_TRY(store.value(restated_key(compartment.stored.id, device)));
        const Bytes mark = concatenated(opening.by);
        if (done && equal(*done, mark)) continue;
        touch();
        SAMSYN_TRY(store.put_value(restated_key(compartment.stored.id, device), mark));
        restates = true;
    }
    if (!restates) return {};
    const auto items = SAMSYN_TRY(store.items(compartment.stored.id));
    return restate(compartment.stored, epoch, items, now);
}

Result<void> Device::Impl::forget_restated(const KnownCompartment& compartment,
                                           const KnownEpoch& newest) {
    std::set<DeviceId> left_out;
    for (const KnownEpoch& epoch : compartment.epochs)
        for (const DeviceId& device : epoch.recipients())
            if (!newest.names(device)) left_out.insert(device);
    for (const DeviceId& device : left_out) {
        const std::string key = restated_key(compartment.stored.id, device);
        const auto mark = SAMSYN_TRY(store.value(key));
        if (mark && !mark->empty()) SAMSYN_TRY(store.put_value(key, {}));
    }
    return {};
}

/// A restatement arrived: whoever has a key for its epoch needs none from us for these consents.
Result<void> Device::Impl::note_restated(KnownCompartment& compartment,
                                         const EpochId& epoch,
                                         Instant now) {
    const KnownEpoch* const found = find_epoch(compartment, epoch);
    if (found == nullptr) return {};
    for (const DeviceId& device : found->recipients()) {
        const Opening opening = opening_for(compartment.stored, device, now);
        if (opening.reach != Reach::present) continue;
        SAMSYN_TRY(
            store.put_value(restated_key(compartment.stored.id, device), concatenated(opening.by)));
    }
    return {};
}

Result<std::set<EpochId>> Device::Impl::given(const CompartmentId& compartment,
                                              const DeviceId& device) {
    std::set<EpochId> epochs;
    const auto bytes = SAMSYN_TRY(store.value(given_key(compartment, device)));
    Reader in{bytes ? ByteView{*bytes} : ByteView{}};
    while (!in.at_end()) epochs.insert(SAMSYN_TRY(in.id<EpochId>("given epoch")));
    return epochs;
}

Result<void> Device::Impl::note_given(const CompartmentId& compartment,
                                      const DeviceId& device,
                                      const std::vector<EpochId>& epochs) {
    auto all = SAMSYN_TRY(given(compartment, device));
    all.insert(epochs.begin(), epochs.end());
    Writer out;
    for (const EpochId& epoch : all) out.id(epoch);
    return store.put_value(given_key(compartment, device), out.view());
}

Result<void> Device::Impl::give_history(KnownCompartment& compartment,
                                        const DeviceId& newcomer,
                                        const std::optional<StatementId>& ground) {
    constexpr std::size_t keys_max = 300;
    const Federation::Device* certified = federation().device(newcomer);
    if (!certified || !lease(now()).may_make_keys()) return {};
    const auto before = SAMSYN_TRY(given(compartment.stored.id, newcomer));

    std::vector<EpochId> lacking;
    for (const KnownEpoch& epoch : compartment.epochs) {
        const EpochId& id = epoch.packet.id;
        if (epoch.has_key && !epoch.names(newcomer) && !before.contains(id)) lacking.push_back(id);
    }
    if (lacking.empty()) return {};
    std::ranges::sort(lacking);
    if (lacking.size() > keys_max) lacking.resize(keys_max);

    touch();
    Supplement supplement;
    supplement.federation = config.federation;
    supplement.compartment = compartment.stored.id;
    supplement.author = self;
    supplement.counter = SAMSYN_TRY(store.take_counter());
    supplement.recipient = newcomer;
    supplement.sealing_epoch = certified->certificate.sealing_epoch;
    supplement.ground = ground;
    for (const EpochId& id : lacking) {
        const auto key = SAMSYN_TRY(store.key(id));
        if (!key) return fail(Errc::no_key, "epoch of a supplement");
        const Hash context = supplement_context(supplement, id, ports.hasher);
        supplement.keys.push_back(
            {id,
             SAMSYN_TRY(ports.sealer.seal_key(certified->certificate.sealing_key, context, *key))});
    }
    sign_supplement(supplement, ports.signer, ports.hasher);
    SAMSYN_TRY(store.put_outgoing({.counter = supplement.counter,
                                   .kind = EntryKind::supplement,
                                   .bytes = encode_supplement(supplement),
                                   .compartment = compartment.stored.id,
                                   .made = corrected(now())}));
    SAMSYN_TRY(note_holder(compartment.stored.id, newcomer, lacking));
    return note_given(compartment.stored.id, newcomer, lacking);
}

}  // namespace samsyn
