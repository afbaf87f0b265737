#include "client-sdk/device/engine.hpp"
#include "client-sdk/device/texts.hpp"

#include <algorithm>

namespace samsyn {

namespace {

bool is_set(const FieldInfo& field) {
    return merge_kind(field.number) == MergeKind::set ||
           merge_kind(field.number) == MergeKind::append_only;
}

/// Writes sorted by field, each field once: more elements of one set go to later changes.
std::vector<Change> split_into_changes(const ChangeHeader& base,
                                       std::vector<std::pair<FieldWrite, Value>> writes) {
    std::multimap<FieldNumber, std::pair<FieldWrite, Value>>
        waiting;  // equal ones keep their order
    for (auto& write : writes) waiting.emplace(write.first.field, std::move(write));
    std::vector<Change> changes;
    while (!waiting.empty()) {
        Change change{.header = base, .values = {}};
        auto next = waiting.begin();
        while (next != waiting.end() && change.values.size() < change_writes_max) {
            const FieldNumber field = next->first;
            change.header.writes.push_back(std::move(next->second.first));
            change.values.push_back(std::move(next->second.second));
            waiting.erase(next);
            next = waiting.upper_bound(field);
        }
        changes.push_back(std::move(change));
    }
    return changes;
}

/// The standing writes of one value.
std::vector<Version> versions_of(const FieldState& state, const Value& wanted) {
    std::vector<Version> versions;
    for (const auto& [version, value] : state.standing())
        if (value == wanted) versions.push_back(version);
    return versions;
}

/// What an edit of a field replaces: for a register in conflict only the shown value, because to
/// type over one of two values is not to settle between them; see `settle`.
std::vector<Version> replaced_by_edit(const FieldState& state) {
    return state.in_conflict() ? versions_of(state, state.shown()) : state.standing_versions();
}

void keep_newest(std::vector<Version>& versions) {
    std::ranges::sort(versions);
    const auto doubles = std::ranges::unique(versions);
    versions.erase(doubles.begin(), doubles.end());
    if (versions.size() > write_replaces_max)
        versions.erase(versions.begin(),
                       versions.end() - static_cast<std::ptrdiff_t>(write_replaces_max));
}

/// The writes of an edit, without those that would change nothing.
Result<std::vector<std::pair<FieldWrite, Value>>> edit_writes(const TypeInfo& type,
                                                              const ItemState& state,
                                                              std::span<const FieldInput> fields) {
    static const FieldState nothing;
    std::vector<std::pair<FieldWrite, Value>> writes;
    std::set<FieldNumber> seen;
    for (const FieldInput& input : fields) {
        const FieldInfo* field = find_field(type, input.key);
        if (!field) return fail(Errc::invalid_argument, input.key);
        const bool first = seen.insert(field->number).second;
        if (!first && !is_set(*field))
            return fail(Errc::invalid_argument, input.key + " is given twice");
        const FieldState* known = state.field(field->number);
        const FieldState& before = known ? *known : nothing;
        const bool clears = std::holds_alternative<std::monostate>(input.value);
        FieldWrite write{field->number, {}};
        if (input.taken_away && merge_kind(field->number) != MergeKind::set)
            return fail(Errc::invalid_argument, input.key + " is no set");
        if (is_text(*field)) continue;
        if (!is_set(*field)) {
            if (!before.in_conflict() && before.shown() == input.value) continue;
            if (clears && field->required) return fail(Errc::invalid_argument, input.key);
            write.replaces = replaced_by_edit(before);
        } else if (clears) {
            if (only_grows(merge_kind(field->number)))
                return fail(Errc::invalid_argument, input.key + " is never taken away");
            if (before.elements().empty()) continue;
            write.replaces = before.standing_versions();
        } else if (input.taken_away) {
            write.replaces = versions_of(before, input.value);
            if (write.replaces.empty()) continue;
        } else if (merge_kind(field->number) == MergeKind::set) {
            // What only grows is a history: the same thing may happen twice.
            const auto elements = before.elements();
            if (std::ranges::binary_search(elements, input.value)) continue;
        }
        keep_newest(write.replaces);
        writes.emplace_back(std::move(write), input.taken_away ? Value{} : input.value);
    }
    return writes;
}

}  // namespace

Result<UnitId> Device::Impl::own_unit_in(const CaseId& case_id,
                                         const std::optional<UnitId>& wanted) {
    const Instant at = decision_time(now());
    if (wanted) {
        if (!federation().unit(*wanted)) return fail(Errc::not_found, "unit");
        if (!works_in(*wanted, now())) return fail(Errc::not_permitted, "not your unit");
        return *wanted;
    }
    std::set<UnitId> units;
    for (const UnitId& unit : view(case_id).roster_units())
        if (works_in(unit, now()) && view(case_id).roster(unit).participates(config.user, at))
            units.insert(unit);
    if (units.empty()) return fail(Errc::not_permitted, key_of(Reason::not_participant));
    if (units.size() > 1) return fail(Errc::ambiguous, "unit");
    return *units.begin();
}

Result<void> Device::Impl::write(const StoredCompartment& compartment, const Change& change) {
    touch();
    if (encode_values(change.values).size() > values_bytes_max)
        return fail(Errc::limit_exceeded, "texts of one change");
    (void)SAMSYN_TRY(store.merge(compartment.id, change, self));
    (void)SAMSYN_TRY(store.put_pending(compartment.id, change, corrected(now())));
    return {};
}

/// Folds an edit into the item's one unsealed change, so that an afternoon's typing offline leaves
/// as one write. Sets keep their own changes: one element, one version.
Result<void> Device::Impl::write_folding(const StoredCompartment& compartment, Change change) {
    std::optional<PendingChange> earlier;
    std::size_t unsealed = 0;
    for (PendingChange& pending :
         SAMSYN_TRY(store.pending_unsealed(compartment.id, batch_items_max))) {
        if (pending.change.header.item != change.header.item) continue;
        ++unsealed;
        earlier = std::move(pending);
    }
    if (unsealed != 1) return write(compartment, change);
    if (SAMSYN_TRY(store.value(key_offered(earlier->id)))) return write(compartment, change);

    const bool dated = std::ranges::any_of(earlier->change.header.writes, [](const auto& field) {
        return merge_kind(field.field) == MergeKind::append_only;
    });
    if (dated) return write(compartment, change);  // when it happened is part of a history

    const Version old{earlier->change.header.time, self};
    std::map<FieldNumber, std::pair<FieldWrite, Value>> merged;
    for (std::size_t i = 0; i < earlier->change.values.size(); ++i) {
        const FieldWrite& field = earlier->change.header.writes[i];
        merged[field.field] = {field, earlier->change.values[i]};
    }
    for (std::size_t i = 0; i < change.values.size(); ++i) {
        FieldWrite field = change.header.writes[i];
        if (const auto found = merged.find(field.field); found != merged.end()) {
            if (merge_kind(field.field) != MergeKind::single) return write(compartment, change);
            std::erase(field.replaces, old);
            const auto& kept = found->second.first.replaces;
            field.replaces.insert(field.replaces.end(), kept.begin(), kept.end());
            keep_newest(field.replaces);
        }
        const FieldNumber number = field.field;
        merged[number] = {std::move(field), change.values[i]};
    }
    if (merged.size() > change_writes_max) return write(compartment, change);

    Change folded{.header = change.header, .values = {}};
    folded.header.writes.clear();
    for (auto& [number, entry] : merged) {
        folded.header.writes.push_back(std::move(entry.first));
        folded.values.push_back(std::move(entry.second));
    }
    if (encode_values(folded.values).size() > values_bytes_max) return write(compartment, change);
    touch();
    SAMSYN_TRY(store.forget_version(folded.header.item, old));
    (void)SAMSYN_TRY(store.merge(compartment.id, folded, self));
    return store.replace_pending(earlier->id, folded);
}

/// C-38: where somebody with protected registration can be found is not stored at all. A person's
/// own item is about that person, whatever its label names.
Result<void> Device::Impl::check_whereabouts(const StoredCompartment& compartment,
                                             const ItemId& item,
                                             const TypeInfo& type,
                                             std::span<const FieldInput> fields) {
    if (!is_relocated(compartment, item)) return {};
    for (const FieldInput& input : fields) {
        const FieldInfo* field = find_field(type, input.key);
        if (field && field->whereabouts && !std::holds_alternative<std::monostate>(input.value))
            return fail(Errc::not_permitted, protected_registration_refused);
    }
    return {};
}

bool Device::Impl::is_relocated(const StoredCompartment& compartment, const ItemId& item) {
    return std::ranges::any_of(view(compartment.case_id).custody().marks, [&](const auto& mark) {
        return mark.body.kind == ProtectionKind::protected_registration &&
               (same_bytes<ItemId>(mark.body.person) == item ||
                std::ranges::binary_search(compartment.label.subjects, mark.body.person));
    });
}

Result<StoredCompartment> Device::Impl::contributable(const Draft& draft) {
    const TypeInfo* type = find_type(draft.type);
    if (!type) return fail(Errc::invalid_argument, "item type");
    StoredCompartment compartment{.id = {}, .case_id = draft.case_id, .label = draft.label};
    normalise(compartment.label);
    if (compartment.label.subjects.size() > label_subjects_max)
        return fail(Errc::limit_exceeded, "about whom");
    compartment.id = compartment_id(ports.hasher, draft.case_id, compartment.label);

    Request request;
    request.action = Action::contribute;
    request.shared_editing_type = type->shared_editing;
    const Decision answer = decision(compartment, request, me(), now());
    if (!answer.permitted()) return std::unexpected{denial(answer)};
    return compartment;
}

Result<void> Device::Impl::create_item(const Draft& draft) {
    const StoredCompartment compartment = SAMSYN_TRY(contributable(draft));
    const TypeInfo* type = find_type(draft.type);
    SAMSYN_TRY(check_whereabouts(compartment, draft.item, *type, draft.fields));

    std::vector<std::pair<FieldWrite, Value>> writes;
    std::set<FieldNumber> seen;
    for (const FieldInput& input : draft.fields) {
        const FieldInfo* field = find_field(*type, input.key);
        if (!field) return fail(Errc::invalid_argument, input.key);
        if (!seen.insert(field->number).second && !is_set(*field))
            return fail(Errc::invalid_argument, input.key + " is given twice");
        if (input.taken_away) return fail(Errc::invalid_argument, input.key);
        if (std::holds_alternative<std::monostate>(input.value)) continue;
        writes.emplace_back(FieldWrite{field->number, {}},
                            is_text(*field) ? being_written : input.value);
    }
    ChangeHeader base;
    base.item = draft.item;
    base.type = draft.type;
    auto changes = split_into_changes(base, std::move(writes));
    if (changes.empty()) changes.push_back({.header = base, .values = {}});
    SAMSYN_TRY(validate_new(changes.front()));
    (void)SAMSYN_TRY(know(compartment));
    for (Change& change : changes) {
        if (&change != &changes.front()) SAMSYN_TRY(validate_edit(change));
        change.header.time = tick(now());
        SAMSYN_TRY(write(compartment, change));
    }
    // The changes announce the texts, which are with the item's rows.
    (void)SAMSYN_TRY(
        edit_texts({.compartment = compartment.id, .item = draft.item}, *type, draft.fields));
    return {};
}

Result<Device::Impl::Draft> Device::Impl::draft_of(const NewItem& item) {
    const TypeInfo* type = find_type(item.type);
    if (!type) return fail(Errc::invalid_argument, "item type");
    if (item.about.empty()) return fail(Errc::invalid_argument, "about whom");
    const Category category = item.category.value_or(type->category);
    if (category == Category::directory) return fail(Errc::invalid_argument, "category");
    SAMSYN_TRY(opened(item.case_id));
    const UnitId unit = SAMSYN_TRY(own_unit_in(item.case_id, item.unit));
    Draft draft;
    draft.case_id = item.case_id;
    draft.label = {.subjects = item.about,
                   .disclosing = *federation().unit(unit),
                   .category = category,
                   .sensitivity = item.sensitivity.value_or(
                       item.category ? usual_sensitivity(category) : type->sensitivity),
                   .closed = item.closed};
    draft.item = random_id<ItemId>(ports.random);
    draft.type = item.type;
    draft.fields = item.fields;
    return draft;
}

Result<ItemId> Device::add_item(const NewItem& item) {
    Impl& my = *impl_;
    return my.transact([&]() -> Result<ItemId> {
        const Impl::Draft draft = SAMSYN_TRY(my.draft_of(item));
        SAMSYN_TRY(my.create_item(draft));
        return draft.item;
    });
}

Result<StoredItem> Device::Impl::readable_item(const ItemId& id) {
    auto found = SAMSYN_TRY(store.item(id));
    if (!found) return fail(Errc::not_found, "item");
    const KnownCompartment* compartment = find(found->compartment);
    // The same answer whether it is withheld or not there.
    if (!compartment || !may_read(compartment->stored, now())) return fail(Errc::not_found, "item");
    return *std::move(found);
}

Result<void> Device::edit_item(const ItemId& id, std::span<const FieldInput> fields) {
    Impl& my = *impl_;
    return my.transact([&]() -> Result<void> {
        const StoredItem item = SAMSYN_TRY(my.readable_item(id));
        const StoredCompartment compartment = SAMSYN_TRY(my.changeable(item));
        const TypeInfo* type = find_type(item.type);
        if (!type) return fail(Errc::update_needed, "item type");
        SAMSYN_TRY(my.require_unlocked(item, fields));
        SAMSYN_TRY(my.check_whereabouts(compartment, id, *type, fields));

        auto changed =
            SAMSYN_TRY(my.edit_texts({.compartment = compartment.id, .item = id}, *type, fields));
        auto writes = SAMSYN_TRY(edit_writes(*type, item.state, fields));
        SAMSYN_TRY(my.announce(writes, item, std::move(changed)));
        ChangeHeader base;
        base.item = id;
        base.type = item.type;
        auto changes = split_into_changes(base, std::move(writes));
        const bool several = changes.size() > 1;
        for (Change& change : changes) {
            SAMSYN_TRY(validate_edit(change));
            change.header.time = my.tick(my.now());
            SAMSYN_TRY(several ? my.write(compartment, change)
                               : my.write_folding(compartment, change));
        }
        return {};
    });
}

}  // namespace samsyn
