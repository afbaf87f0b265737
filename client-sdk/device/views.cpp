#include "client-sdk/device/engine.hpp"
#include "client-sdk/device/item_fields.hpp"

#include <algorithm>

namespace samsyn {

const FieldView* field_of(const ItemView& item, std::string_view key) {
    const auto found = std::ranges::find_if(item.fields, [&](const FieldView& field) {
        return field.info != nullptr && field.info->key == key && !field.values.empty();
    });
    return found == item.fields.end() ? nullptr : &*found;
}

std::string ItemView::text(std::string_view field_key) const {
    return value_in<std::string>(*this, field_key).value_or(std::string{});
}

std::string ItemView::title() const {
    const TypeInfo* info = find_type(type);
    if (!info) return {};
    for (const bool must : {true, false})
        for (const FieldInfo& field : info->fields) {
            const bool written = field.kind == ValueKind::text || field.kind == ValueKind::document;
            if (!written || field.required != must || !(must || field.searchable)) continue;
            if (std::string first = text(field.key); !first.empty()) return first;
        }
    return {};
}

Result<Device::Impl::UnsentVersions> Device::Impl::unsent_versions() {
    UnsentVersions unsent;
    for (const PendingChange& pending : SAMSYN_TRY(store.pending()))
        unsent.emplace(pending.change.header.item, Version{pending.change.header.time, self});
    return unsent;
}

/// The whole text, under its newest run.
ValueView Device::Impl::view_of_text(const StoredItem& item,
                                     FieldNumber number,
                                     const std::string& text,
                                     const UnsentVersions& unsent) {
    ValueView shown;
    shown.value = text;
    const auto newest = item.state.field(number)->newest_by_device();
    if (!newest.empty()) shown.version = newest.back();
    shown.writer = user_of(shown.version.device);
    shown.own = shown.version.device == self;
    shown.unsent = std::ranges::any_of(
        newest, [&](const Version& version) { return unsent.contains({item.id, version}); });
    return shown;
}

ItemView Device::Impl::view_of(const StoredItem& item, const UnsentVersions& unsent) {
    ItemView view;
    view.id = item.id;
    view.compartment = item.compartment;
    view.type = item.type;
    view.presence = item.state.presence();
    view.conflict = view.presence == ItemState::Presence::deleted_but_edited;
    if (const KnownCompartment* compartment = find(item.compartment)) {
        view.case_id = compartment->stored.case_id;
        view.label = compartment->stored.label;
    }
    const TypeInfo* type = find_type(item.type);
    for (const auto& [number, state] : item.state.fields()) {
        FieldView field;
        field.number = number;
        field.info = type ? find_field(*type, number) : nullptr;
        const bool single = merge_kind(number) == MergeKind::single;
        const bool last_wins = field.info && field.info->last_wins;
        field.conflict = single && !last_wins && state.in_conflict();
        if (const auto text = item.texts.find(number); text != item.texts.end()) {
            field.values.push_back(view_of_text(item, number, text->second, unsent));
            view.unsent = view.unsent || field.values.back().unsent;
            view.fields.push_back(std::move(field));
            continue;
        }
        for (const auto& [version, value] : state.standing()) {
            if (!single && std::holds_alternative<std::monostate>(value)) continue;
            ValueView shown;
            shown.value = value;
            shown.version = version;
            shown.writer = user_of(version.device);
            shown.own = version.device == self;
            if (const auto restater = item.restaters.find({number, version});
                restater != item.restaters.end())
                shown.restated_by = user_of(restater->second);
            shown.unsent = unsent.contains({item.id, version});
            view.unsent = view.unsent || shown.unsent;
            field.values.push_back(std::move(shown));
        }
        if (single) std::ranges::reverse(field.values);  // the shown value is the newest
        view.conflict = view.conflict || field.conflict;
        if (number != deleted_field || view.presence != ItemState::Presence::present)
            view.fields.push_back(std::move(field));
    }
    view.signatures = signatures_of(item);
    view.locked = is_locked(item, view.signatures);
    return view;
}

namespace {

HybridTime newest_time(const ItemView& item) {
    HybridTime newest;
    for (const FieldView& field : item.fields)
        for (const ValueView& value : field.values) newest = std::max(newest, value.version.time);
    return newest;
}

}  // namespace

Result<std::vector<ItemView>> Device::Impl::readable_items(const CaseId& case_id) {
    const auto unsent = SAMSYN_TRY(unsent_versions());
    std::vector<ItemView> items;
    for (const StoredItem& item : SAMSYN_TRY(store.items_of_case(case_id))) {
        const KnownCompartment* compartment = find(item.compartment);
        if (!compartment || !may_read(compartment->stored, now())) continue;
        ItemView view = view_of(item, unsent);
        if (view.presence != ItemState::Presence::deleted) items.push_back(std::move(view));
    }
    std::ranges::sort(items, std::ranges::greater{}, [](const ItemView& item) {
        return std::pair{newest_time(item), item.id};
    });
    return items;
}

Result<std::vector<ItemView>> Device::items(const CaseId& case_id) {
    Impl& my = *impl_;
    SAMSYN_TRY(my.require_lease());
    if (my.graph(case_id).size() == 0) return fail(Errc::not_found, "case");
    return my.readable_items(case_id);
}

Result<ItemView> Device::item(const ItemId& id) {
    Impl& my = *impl_;
    SAMSYN_TRY(my.require_lease());
    const StoredItem found = SAMSYN_TRY(my.readable_item(id));
    return my.view_of(found, SAMSYN_TRY(my.unsent_versions()));
}

Result<std::vector<ItemView>> Device::conflicts() {
    Impl& my = *impl_;
    SAMSYN_TRY(my.require_lease());
    std::vector<ItemView> conflicts;
    for (const auto& [case_id, graph] : my.case_graphs)
        for (ItemView& item : SAMSYN_TRY(my.readable_items(case_id)))
            if (item.conflict) conflicts.push_back(std::move(item));
    return conflicts;
}

Result<CompartmentView> Device::Impl::view_of(const KnownCompartment& compartment, Instant now) {
    CompartmentView view;
    view.id = compartment.stored.id;
    view.case_id = compartment.stored.case_id;
    view.label = compartment.stored.label;
    view.mine = decision(compartment.stored, Request{}, me(), now);
    std::set<UserId> readers;
    for (const DeviceId& device : permitted(compartment.stored, now))
        readers.insert(user_of(device));
    readers.erase(UserId{});
    view.readers.assign(readers.begin(), readers.end());
    view.has_key = std::ranges::any_of(compartment.epochs, &KnownEpoch::has_key);
    if (view.mine.permitted()) {
        for (const StoredItem& item : SAMSYN_TRY(store.items(view.id)))
            if (item.state.presence() != ItemState::Presence::deleted) ++view.items;
        // With epochs and no key for any: permitted, and somebody has yet to seal it for us.
        if (!view.has_key && !compartment.epochs.empty())
            view.waiting_since = SAMSYN_TRY(instant(key_for("waiting", view.id)));
    }
    return view;
}

Result<std::vector<CompartmentView>> Device::compartments(const CaseId& case_id) {
    Impl& my = *impl_;
    SAMSYN_TRY(my.note_read());
    if (my.graph(case_id).size() == 0 && case_id != directory_case)
        return fail(Errc::not_found, "case");
    std::vector<CompartmentView> views;
    for (const auto& [id, compartment] : my.known)
        if (compartment.stored.case_id == case_id)
            views.push_back(SAMSYN_TRY(my.view_of(compartment, my.now())));
    return views;
}

Decision Device::decide(const CaseId& case_id,
                        const Label& label,
                        const Requester& requester,
                        const Request& request) {
    Impl& my = *impl_;
    StoredCompartment compartment{.id = {}, .case_id = case_id, .label = label};
    normalise(compartment.label);
    compartment.id = compartment_id(my.ports.hasher, case_id, compartment.label);
    return my.decision(compartment, request, requester, my.now());
}

}  // namespace samsyn
