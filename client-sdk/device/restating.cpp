#include "client-sdk/device/engine.hpp"

#include <algorithm>

namespace samsyn {

namespace {

/// How many replaced versions a restated value names. Who gets only restatements never sees older
/// ones; the list spares those who also hold history a moment of false conflict.
constexpr std::size_t restated_replaces_max = 64;

std::vector<Version> newest(const std::set<Version>& versions, std::size_t count_max) {
    const auto skipped = versions.size() > count_max ? versions.size() - count_max : 0;
    auto from = versions.begin();
    std::advance(from, skipped);
    return {from, versions.end()};
}

struct StandingText {
    FieldNumber field{};
    std::vector<DeviceStore::StoredRun> runs;
};

Result<std::vector<StandingText>> standing_texts(DeviceStore& store,
                                                 const StoredItem& item,
                                                 const DeviceId& self) {
    std::vector<StandingText> texts;
    texts.reserve(item.texts.size());
    for (const auto& [field, text] : item.texts)
        texts.push_back(
            {field, SAMSYN_TRY(store.text_runs({item.compartment, item.id, field}, self))});
    return texts;
}

/// The standing values of an item as the changes that would write them: one for each version.
std::vector<Change> standing_changes(const StoredItem& item, std::vector<StandingText> texts) {
    std::map<Version, Change> by_version;
    const auto add = [&](const Version& version, FieldWrite write, Value value) {
        Change& change = by_version[version];
        if (change.header.writes.size() == change_writes_max) return;
        change.header.item = item.id;
        change.header.type = item.type;
        change.header.time = version.time;
        change.header.restated_author = version.device;
        change.header.writes.push_back(std::move(write));
        change.values.push_back(std::move(value));
    };
    for (const auto& [number, field] : item.state.fields()) {
        if (const auto text = std::ranges::find(texts, number, &StandingText::field);
            text != texts.end()) {
            for (auto& run : text->runs)
                add(run.version, {number, {}}, Value{std::move(run.bytes)});
            continue;
        }
        // A deletion is recognised by all the versions that it names.
        const std::size_t replaces_max =
            number == deleted_field ? write_replaces_max : restated_replaces_max;
        for (const auto& [version, value] : field.standing())
            add(version,
                {number,
                 only_grows(merge_kind(number)) ? std::vector<Version>{}
                                                : newest(field.replaced(), replaces_max)},
                value);
    }
    std::vector<Change> changes;
    changes.reserve(by_version.size());
    for (auto& [version, change] : by_version) changes.push_back(std::move(change));
    return changes;
}

using ItemVersions = std::set<std::pair<ItemId, Version>>;

/// Our own unsealed changes need no restating: they follow under this epoch by themselves. But they
/// stand here in the place of values that a reader of the restatement may still have from earlier,
/// so they take over the names of all of these.
Result<ItemVersions> take_over_replaced(DeviceStore& store,
                                        const std::vector<StoredItem>& items,
                                        const DeviceId& self) {
    ItemVersions unsealed;
    for (PendingChange& pending : SAMSYN_TRY(store.pending())) {
        if (pending.sealed_in != 0) continue;
        ChangeHeader& header = pending.change.header;
        const auto item = std::ranges::find(items, header.item, &StoredItem::id);
        if (item == items.end()) continue;
        unsealed.emplace(header.item, Version{header.time, self});
        if (pending.parked) continue;
        for (FieldWrite& write : header.writes) {
            const FieldState* field = item->state.field(write.field);
            if (!field || merge_kind(write.field) != MergeKind::single) continue;
            std::set<Version> all{write.replaces.begin(), write.replaces.end()};
            for (const Version& version : newest(field->replaced(), restated_replaces_max))
                if (version < Version{header.time, self}) all.insert(version);
            write.replaces = newest(all, write_replaces_max);
        }
        SAMSYN_TRY(store.replace_pending(pending.id, pending.change));
    }
    return unsealed;
}

/// Takes half of the fields off `change`, as a change of the same version.
Change second_half(Change& change) {
    const auto kept = static_cast<std::ptrdiff_t>(change.values.size() / 2);
    Change second{.header = change.header, .values = {}};
    auto& writes = change.header.writes;
    second.header.writes.assign(writes.begin() + kept, writes.end());
    writes.erase(writes.begin() + kept, writes.end());
    second.values.assign(change.values.begin() + kept, change.values.end());
    change.values.erase(change.values.begin() + kept, change.values.end());
    return second;
}

using DueItems = std::vector<std::pair<CompartmentId, ItemId>>;

Result<DueItems> due_items(DeviceStore& store) {
    DueItems due;
    const auto bytes = SAMSYN_TRY(store.value(key_restate));
    Reader in{bytes ? ByteView{*bytes} : ByteView{}};
    while (!in.at_end()) {
        const auto compartment = SAMSYN_TRY(in.id<CompartmentId>("restatement due"));
        due.emplace_back(compartment, SAMSYN_TRY(in.id<ItemId>("restatement due")));
    }
    return due;
}

Result<void> put_due(DeviceStore& store, const DueItems& due) {
    Writer out;
    for (const auto& [compartment, item] : due) {
        out.id(compartment);
        out.id(item);
    }
    return store.put_value(key_restate, out.view());
}

/// What a restatement says, by item.
std::map<ItemId, std::set<Version>> versions_in(const Batch& restatement) {
    std::map<ItemId, std::set<Version>> versions;
    for (const BatchItem& item : restatement.items)
        if (const auto* full = std::get_if<BatchItem::Full>(&item.content))
            versions[full->header.item].insert(
                {full->header.time, full->header.restated_author.value_or(DeviceId{})});
    return versions;
}

/// Whether that is all that stands of an item here. Who has the newest run of each writer of a text
/// had those before it.
bool says_all(const std::set<Version>& versions, const StoredItem& item) {
    return std::ranges::all_of(item.state.fields(), [&](const auto& field) {
        const auto& [number, state] = field;
        if (item.state.is_recalled() && !is_mark(number)) return true;
        return std::ranges::includes(versions,
                                     merge_kind(number) == MergeKind::text
                                         ? state.newest_by_device()
                                         : state.standing_versions());
    });
}

}  // namespace

Result<void> Device::Impl::restate(const StoredCompartment& compartment,
                                   const KnownEpoch& epoch,
                                   const std::vector<StoredItem>& items,
                                   Instant now) {
    SAMSYN_TRY(fold_texts());
    const auto unsealed = SAMSYN_TRY(take_over_replaced(store, items, self));
    std::vector<Change> changes;
    for (const StoredItem& item : items) {
        auto texts = SAMSYN_TRY(standing_texts(store, item, self));
        for (Change& change : standing_changes(item, std::move(texts))) {
            const Version version{change.header.time, *change.header.restated_author};
            if (!unsealed.contains({item.id, version})) changes.push_back(std::move(change));
        }
    }
    std::size_t next = 0;
    while (next < changes.size()) {
        const std::span rest = std::span<const Change>{changes}.subspan(next);
        const Sealed sealed = SAMSYN_TRY(seal_batch(compartment, epoch, rest, true, now));
        next += sealed.count;
        if (sealed.count > 0) continue;
        if (changes[next].values.size() > 1) {
            auto second = second_half(changes[next]);
            changes.insert(changes.begin() + static_cast<std::ptrdiff_t>(next) + 1,
                           std::move(second));
        } else {
            SAMSYN_TRY(note_fault({Errc::limit_exceeded, "a value that fits no restatement"}));
            ++next;
        }
    }
    return {};
}

Result<void> Device::Impl::mark_restate_due(const CompartmentId& compartment,
                                            const std::vector<ItemId>& items) {
    auto due = SAMSYN_TRY(due_items(store));
    for (const ItemId& item : items)
        if (const std::pair entry{compartment, item}; std::ranges::find(due, entry) == due.end())
            due.push_back(entry);
    return put_due(store, due);
}

Result<void> Device::Impl::unmark_restated(const Batch& restatement, Instant now) {
    auto due = SAMSYN_TRY(due_items(store));
    if (due.empty()) return {};
    // Under a key that reaches fewer than may read now, it says it to too few.
    KnownCompartment* compartment = find(restatement.header.compartment);
    if (!compartment) return {};
    const KnownEpoch* best = best_open(*compartment, permitted(compartment->stored, now));
    const KnownEpoch* const epoch = find_epoch(*compartment, restatement.header.epoch);
    if (!best || !epoch) return {};
    const auto readers = best->recipients();
    if (!std::ranges::all_of(readers, [&](const DeviceId& id) { return epoch->names(id); }))
        return {};

    const auto before = due.size();
    for (const auto& [id, versions] : versions_in(restatement)) {
        // One that was made before the late value arrived does not say it.
        const auto item = SAMSYN_TRY(store.item(id));
        if (item && says_all(versions, *item))
            std::erase(due, std::pair{restatement.header.compartment, id});
    }
    return due.size() == before ? Result<void>{} : put_due(store, due);
}

Result<void> Device::Impl::restate_if_late(KnownCompartment& compartment,
                                           const Batch& batch,
                                           Instant now) {
    if (!works_in(compartment.stored.label.disclosing.unit, now)) return {};
    auto devices = permitted(compartment.stored, now);
    const KnownEpoch* best = best_open(compartment, devices);
    const KnownEpoch* const epoch = find_epoch(compartment, batch.header.epoch);
    if (!epoch || best == epoch) return {};
    // While none is open those count who will be in the next.
    if (best) std::erase_if(devices, [&](const DeviceId& device) { return !best->names(device); });
    const bool newer = best && batch.header.time > HybridTime::at(best->packet.instant);
    const bool lacking = std::ranges::any_of(devices, [&](const DeviceId& device) {
        if (epoch->names(device)) return false;
        // Consent from now covers what was written after it, under whatever key.
        return newer || opening_for(compartment.stored, device, now).reach == Reach::present;
    });
    return lacking ? mark_restate_due(compartment.stored.id, items_of(batch)) : Result<void>{};
}

Result<void> Device::Impl::restate_due(Instant now) {
    const auto due = SAMSYN_TRY(due_items(store));
    if (due.empty()) return {};
    std::map<CompartmentId, std::vector<StoredItem>> by_compartment;
    for (const auto& [compartment, id] : due) {
        auto item = SAMSYN_TRY(store.item(id));
        if (item && item->compartment == compartment)
            by_compartment[compartment].push_back(*std::move(item));
    }
    DueItems later;
    for (const auto& [id, items] : by_compartment) {
        bool postponed = false;
        const auto done = contained([&]() -> Result<void> {
            KnownCompartment* compartment = find(id);
            if (!compartment || !may_read(compartment->stored, now)) return {};
            KnownEpoch* epoch = SAMSYN_TRY(current_epoch(*compartment, now));
            postponed = epoch == nullptr;
            if (postponed) return {};
            SAMSYN_TRY(welcome_newcomers(*compartment, *epoch, now));
            return restate(compartment->stored, *epoch, items, now);
        });
        if (!done) return std::unexpected{done.error()};
        if (*done && !postponed) continue;
        for (const StoredItem& item : items) later.emplace_back(id, item.id);
    }
    return put_due(store, later);
}

}  // namespace samsyn
