#include "client-sdk/device/engine.hpp"

#include <samsyn/recalls.hpp>

#include <algorithm>

namespace samsyn {

Result<StoredCompartment> Device::Impl::changeable(const StoredItem& item) {
    if (item.state.is_recalled()) return fail(Errc::conflict, Recalls::is_recalled);
    const TypeInfo* type = find_type(item.type);
    Request request;
    request.action = Action::contribute;
    request.shared_editing_type = type && type->shared_editing;
    const StoredCompartment& compartment = find(item.compartment)->stored;
    const Decision answer = decision(compartment, request, me(), now());
    if (!answer.permitted()) return std::unexpected{denial(answer)};
    return compartment;
}

Result<void> Device::Impl::erase_item(const ItemId& id) {
    const StoredItem item = SAMSYN_TRY(readable_item(id));
    const StoredCompartment compartment = SAMSYN_TRY(changeable(item));
    auto replaces = item.state.versions_to_delete();
    if (replaces.size() > write_replaces_max)
        return fail(Errc::limit_exceeded, "versions to delete");
    Change change;
    change.header.item = id;
    change.header.type = item.type;
    change.header.time = tick(now());
    change.header.writes = {{deleted_field, std::move(replaces)}};
    change.values = {Value{true}};
    return write(compartment, change);
}

Result<void> Device::delete_item(const ItemId& id) {
    Impl& my = *impl_;
    return my.transact([&]() -> Result<void> {
        const StoredItem item = SAMSYN_TRY(my.readable_item(id));
        SAMSYN_TRY(my.require_unlocked(item));
        return my.erase_item(id);
    });
}

Result<void> Device::settle(const Settlement& settlement) {
    Impl& my = *impl_;
    return my.transact([&]() -> Result<void> {
        const StoredItem item = SAMSYN_TRY(my.readable_item(settlement.item));
        const StoredCompartment compartment = SAMSYN_TRY(my.changeable(item));
        const TypeInfo* type = find_type(item.type);
        if (!type) return fail(Errc::update_needed, "item type");
        const FieldInfo* field = find_field(*type, settlement.field);
        const bool deletion = settlement.field == "deleted";
        if (!field && !deletion) return fail(Errc::invalid_argument, settlement.field);
        const FieldNumber number = deletion ? deleted_field : field->number;
        const FieldState* state = item.state.field(number);
        if (!state || (!deletion && (item.texts.contains(number) || !state->in_conflict())))
            return fail(Errc::conflict, "nothing to settle");

        SAMSYN_TRY(my.require_as_signed(item, number, settlement.value));

        std::vector<Version> seen = settlement.seen;
        std::ranges::sort(seen);
        const auto doubles = std::ranges::unique(seen);
        seen.erase(doubles.begin(), doubles.end());
        const bool any = std::ranges::any_of(
            seen, [&](const Version& version) { return state->standing().contains(version); });
        if (!any) return fail(Errc::conflict, "the values have changed since they were shown");
        if (seen.size() > write_replaces_max) return fail(Errc::limit_exceeded, "values seen");
        if (deletion && settlement.value == Value{true}) {
            // To delete after all takes in the edits that the first deletion did not know.
            seen = item.state.versions_to_delete();
            if (seen.size() > write_replaces_max) return fail(Errc::limit_exceeded, "values seen");
        }
        Change change;
        change.header.item = settlement.item;
        change.header.type = item.type;
        change.header.time = my.tick(my.now());
        change.header.writes = {{number, std::move(seen)}};
        change.values = {settlement.value};
        if (!deletion) SAMSYN_TRY(validate_edit(change));
        if (deletion && !std::holds_alternative<bool>(settlement.value))
            return fail(Errc::invalid_argument, "deleted: yes or no");
        return my.write(compartment, change);
    });
}

Result<PersonId> Device::add_person(const CaseId& case_id,
                                    std::string_view name,
                                    std::span<const FieldInput> fields) {
    Impl& my = *impl_;
    return my.transact([&]() -> Result<PersonId> {
        const CaseOpened opened = SAMSYN_TRY(my.opened(case_id));
        const UnitRef* unit = my.federation().unit(opened.unit);
        if (!unit) return fail(Errc::not_found, "unit");
        const TypeInfo* type = find_type(ItemType::person);
        SAMSYN_ASSERT(type != nullptr);
        const auto person = random_id<PersonId>(my.ports.random);

        Impl::Draft draft;
        draft.case_id = case_id;
        draft.label = {.subjects = {person},
                       .disclosing = *unit,
                       .category = type->category,
                       .sensitivity = type->sensitivity,
                       .closed = {}};
        draft.item = same_bytes<ItemId>(person);
        draft.type = type->type;
        draft.fields.assign(fields.begin(), fields.end());
        const auto has = [&](std::string_view key) {
            return std::ranges::any_of(fields, [&](const auto& field) { return field.key == key; });
        };
        if (!has("name")) draft.fields.push_back({"name", Value{std::string{name}}});
        const auto items = SAMSYN_TRY(my.readable_items(case_id));
        const std::string family = my.title_of_case(case_id, items);
        if (!has("family") && !family.empty()) draft.fields.push_back({"family", Value{family}});
        SAMSYN_TRY(my.create_item(draft));
        return person;
    });
}

}  // namespace samsyn
