// What is taken back or moved: items that stand in the wrong family, or are read too widely.

#include "client-sdk/device/attachment_book.hpp"
#include "client-sdk/device/log_book.hpp"

#include <samsyn/recalls.hpp>
#include <samsyn/signed_notes.hpp>

#include <algorithm>

namespace samsyn {

Result<std::vector<FieldInput>> Device::Impl::fields_of(const StoredItem& item,
                                                        const TypeInfo& type) {
    std::vector<FieldInput> fields;
    for (const auto& [number, state] : item.state.fields()) {
        if (is_mark(number)) continue;
        const FieldInfo* info = find_field(type, number);
        if (!info) return fail(Errc::update_needed, "field of the item");
        if (merge_kind(number) == MergeKind::single) {
            if (state.in_conflict() && !info->last_wins)
                return fail(Errc::conflict, "settle it first: two values stand");
            fields.push_back({std::string{info->key}, state.shown()});
            continue;
        }
        if (const auto text = item.texts.find(number); text != item.texts.end()) {
            fields.push_back({std::string{info->key}, text->second});
            continue;
        }
        for (const Value& element : state.elements())
            fields.push_back({std::string{info->key}, element});
    }
    return fields;
}

Result<void> Device::Impl::check_movable(ItemType type) {
    const bool bound = type == ItemType::person || type == ItemType::case_summary ||
                       type == ItemType::consent_form || type == ItemType::consent_evidence ||
                       type == ItemType::consultation;
    if (bound) return fail(Errc::invalid_argument, "an item of this type cannot move");
    return {};
}

Result<StoredCompartment> Device::Impl::recallable(const StoredItem& item) {
    SAMSYN_TRY(check_movable(item.type));
    StoredCompartment compartment = SAMSYN_TRY(changeable(item));
    if (!works_in(compartment.label.disclosing.unit, now()))
        return fail(Errc::not_permitted, Recalls::of_others);
    return compartment;
}

Result<void> Device::Impl::require_own_signatures(const StoredItem& item) {
    const auto signatures = signatures_of(item);
    const bool own = std::ranges::all_of(signatures, [&](const SignatureView& signature) {
        return signature.user == config.user || !has_written(item, signature.user);
    });
    if (!own && is_locked(item, signatures) &&
        !view(find(item.compartment)->stored.case_id).is_lead_or_team(self, decision_time(now())))
        return fail(Errc::not_permitted, signed_note_refused);
    return {};
}

Result<void> Device::Impl::recall(const StoredItem& item, RecallReason reason) {
    const StoredCompartment compartment = SAMSYN_TRY(recallable(item));
    SAMSYN_TRY(require_own_signatures(item));
    SAMSYN_TRY(store.put_value(key_recalls, {}));
    recalls_here = true;
    SAMSYN_TRY(remove_recalled(compartment.id, item.id, By::self));
    Change change;
    change.header.item = item.id;
    change.header.type = item.type;
    change.header.time = tick(now());
    change.header.writes = {{recalled_field, {}}};
    change.values = {Value{static_cast<std::int64_t>(reason)}};
    return write(compartment, change);
}

Result<void> Device::Impl::remove_recalled(const CompartmentId& compartment,
                                           const ItemId& id,
                                           By by) {
    const auto item = SAMSYN_TRY(store.item(id));
    if (!item || item->compartment != compartment || item->state.is_recalled()) return {};
    // Somebody else's words are told to their author, who has nowhere else found them.
    SAMSYN_TRY(take_texts(compartment));
    for (const PendingChange& pending : SAMSYN_TRY(store.pending())) {
        if (pending.change.header.item != id || pending.sealed_in != 0) continue;
        touch();
        SAMSYN_TRY(
            by == By::self
                ? store.erase_pending(pending.id)
                : store.park(pending.id, {Errc::conflict, std::string{Recalls::is_recalled}}));
    }
    if (auto file = SAMSYN_TRY(attachment_book().rows().find(compartment, id)))
        SAMSYN_TRY(attachment_book().give_up(*file));
    SAMSYN_TRY(store.note_purge());
    const KnownCompartment* const known_one = find(compartment);
    if (known_one == nullptr) return {};
    return log().record_in_transaction({ReadAction::removed, known_one->stored.case_id, {id}});
}

/// Somebody wrote without knowing of the recall: told to who made it, since their words are in no
/// copy and nowhere else.
Result<void> Device::Impl::keep_late(const Written& written) {
    if (!recalls_here || recalls(written.change.header)) return {};
    const auto item = SAMSYN_TRY(store.item(written.change.header.item));
    if (!item || !item->state.is_recalled()) return {};
    const auto& marks = item->state.field(recalled_field)->standing();
    if (marks.begin()->first.device != self) return {};
    touch();
    const auto id =
        SAMSYN_TRY(store.put_pending(written.compartment, written.change, corrected(now())));
    return store.park(id, {Errc::conflict, std::string{Recalls::is_recalled}});
}

Result<void> Device::Impl::park_recalled(const std::vector<std::uint64_t>& changes) {
    for (const PendingChange& pending : SAMSYN_TRY(store.pending())) {
        if (std::ranges::find(changes, pending.id) == changes.end() || pending.parked ||
            recalls(pending.change.header))
            continue;
        const auto item = SAMSYN_TRY(store.item(pending.change.header.item));
        if (item && item->state.is_recalled())
            SAMSYN_TRY(store.park(pending.id, {Errc::conflict, std::string{Recalls::is_recalled}}));
    }
    return {};
}

Result<void> Recalls::recall(const ItemId& id, RecallReason reason) {
    Device::Impl& my = *device_.impl_;
    return my.transact([&]() -> Result<void> {
        const StoredItem item = SAMSYN_TRY(my.readable_item(id));
        return my.recall(item, reason);
    });
}

namespace {

/// A new item that says the same under the same label.
NewItem as_it_is(const StoredItem& item,
                 const StoredCompartment& from,
                 std::vector<FieldInput> fields) {
    NewItem same;
    same.case_id = from.case_id;
    same.type = item.type;
    same.about = from.label.subjects;
    same.category = from.label.category;
    same.sensitivity = from.label.sensitivity;
    same.unit = from.label.disclosing.unit;
    same.closed = from.label.closed;
    same.fields = std::move(fields);
    return same;
}

/// What is said in `target` takes the place of what was.
void put_label(const NewItem& target, NewItem& item) {
    if (!target.about.empty()) item.about = target.about;
    if (target.category) item.category = target.category;
    if (target.sensitivity) item.sensitivity = target.sensitivity;
    // Another category makes nothing less sensitive by itself.
    else if (target.category)
        item.sensitivity = std::max(*item.sensitivity, usual_sensitivity(*target.category));
    if (target.unit) item.unit = target.unit;
    if (target.closed) item.closed = target.closed;
}

}  // namespace

Result<void> Recalls::drop_unsent(std::uint64_t id) {
    Device::Impl& my = *device_.impl_;
    return my.transact([&]() -> Result<void> {
        for (const PendingChange& pending : SAMSYN_TRY(my.store.pending()))
            if (pending.id == id && pending.parked && pending.parked->context == is_recalled) {
                my.touch();
                return my.store.erase_pending(id);
            }
        return fail(Errc::not_found, "id");
    });
}

Result<ItemId> Recalls::move(const ItemId& id, const NewItem& target) {
    Device::Impl& my = *device_.impl_;
    return my.transact([&]() -> Result<ItemId> {
        const StoredItem item = SAMSYN_TRY(my.readable_item(id));
        const TypeInfo* const type = find_type(item.type);
        if (type == nullptr) return fail(Errc::update_needed, "item type");
        const StoredCompartment from = SAMSYN_TRY(my.recallable(item));
        if (target.about.empty()) return fail(Errc::invalid_argument, "about whom");
        // Its points and promises name it.
        if (item.type == ItemType::meeting || item.type == ItemType::agenda_point)
            return fail(Errc::invalid_argument, "an item of this type cannot move");
        auto fields = SAMSYN_TRY(Device::Impl::fields_of(item, *type));
        NewItem moved = as_it_is(item, from, std::move(fields));
        put_label(target, moved);
        if (target.case_id != from.case_id) {
            // A circle is of its case: in another one the item would be open.
            if (from.label.closed && !target.closed) return fail(Errc::invalid_argument, "closed");
            moved.case_id = target.case_id;
            std::erase_if(moved.fields, [&](const FieldInput& input) {
                const FieldInfo* const field = find_field(*type, input.key);
                return field->kind == ValueKind::person || field->kind == ValueKind::item;
            });
        }
        const auto draft = SAMSYN_TRY(my.draft_of(moved));
        SAMSYN_TRY(my.create_item(draft));
        if (!SAMSYN_TRY(my.copy_file(id, draft.item)))
            return fail(Errc::not_found, Attachments::not_here);
        SAMSYN_TRY(my.recall(item, RecallReason::moved));
        return draft.item;
    });
}

std::vector<std::string_view> paragraphs_of(std::string_view text) {
    std::vector<std::string_view> paragraphs;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        if (line.find_first_not_of(" \t\r") != std::string_view::npos) paragraphs.push_back(line);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return paragraphs;
}

namespace {

/// A note's text in two: what is taken, and the rest.
Result<std::pair<std::string, std::string>> parted(std::string_view text,
                                                   std::span<const std::size_t> taken) {
    std::pair<std::string, std::string> parts;
    const auto paragraphs = paragraphs_of(text);
    for (const std::size_t number : taken)
        if (number >= paragraphs.size()) return fail(Errc::invalid_argument, "take");
    for (std::size_t i = 0; i < paragraphs.size(); ++i) {
        const bool is_taken = std::ranges::find(taken, i) != taken.end();
        (is_taken ? parts.first : parts.second).append(paragraphs[i]).append("\n");
    }
    if (parts.first.empty() || parts.second.empty())
        return fail(Errc::invalid_argument, "take: some of it, and not all");
    return parts;
}

}  // namespace

Result<SplitNote> Recalls::split(const ItemId& id,
                                 std::span<const std::size_t> taken,
                                 const NewItem& target) {
    Device::Impl& my = *device_.impl_;
    return my.transact([&]() -> Result<SplitNote> {
        const StoredItem item = SAMSYN_TRY(my.readable_item(id));
        const TypeInfo* const type = find_type(item.type);
        if (type == nullptr) return fail(Errc::update_needed, "item type");
        const StoredCompartment from = SAMSYN_TRY(my.recallable(item));
        SAMSYN_TRY(my.require_unlocked(item));
        auto fields = SAMSYN_TRY(Device::Impl::fields_of(item, *type));
        NewItem rest = as_it_is(item, from, std::move(fields));
        const auto text = std::ranges::find(rest.fields, "text", &FieldInput::key);
        if (item.type != ItemType::visit_note || text == rest.fields.end())
            return fail(Errc::invalid_argument, "item: only a visit note is split");
        auto parts = SAMSYN_TRY(parted(std::get<std::string>(text->value), taken));

        // The day goes with both, all else that was said with the rest.
        NewItem part = rest;
        std::erase_if(part.fields, [](const FieldInput& input) { return input.key != "date"; });
        part.fields.push_back({.key = "text", .value = std::move(parts.first)});
        put_label(target, part);
        text->value = std::move(parts.second);
        SplitNote split;
        for (auto* const each : {&rest, &part}) {
            const auto draft = SAMSYN_TRY(my.draft_of(*each));
            SAMSYN_TRY(my.create_item(draft));
            (each == &rest ? split.rest : split.part) = draft.item;
        }
        SAMSYN_TRY(my.recall(item, RecallReason::moved));
        return split;
    });
}

namespace {

/// The first recall: others after it took nothing more.
RecalledItem recalled_in(const StoredItem& item) {
    RecalledItem recalled;
    recalled.item = item.id;
    recalled.type = item.type;
    const auto& [version, value] = *item.state.field(recalled_field)->standing().begin();
    recalled.at = version.time.instant();
    const auto* const reason = std::get_if<std::int64_t>(&value);
    if (reason != nullptr && *reason >= 0 &&
        *reason <= static_cast<std::int64_t>(RecallReason::last))
        recalled.reason = static_cast<RecallReason>(*reason);
    return recalled;
}

}  // namespace

Result<std::vector<RecalledItem>> Recalls::list(const CaseId& case_id) {
    Device::Impl& my = *device_.impl_;
    SAMSYN_TRY(my.require_lease());
    if (my.graph(case_id).size() == 0) return fail(Errc::not_found, "case");
    const auto unsent = SAMSYN_TRY(my.unsent_versions());
    std::vector<RecalledItem> all;
    for (const StoredItem& item : SAMSYN_TRY(my.store.items_of_case(case_id))) {
        const auto* const compartment = my.find(item.compartment);
        if (!item.state.is_recalled() || compartment == nullptr ||
            !my.may_read(compartment->stored, my.now()))
            continue;
        RecalledItem recalled = recalled_in(item);
        const Version& version = item.state.field(recalled_field)->standing().begin()->first;
        recalled.by = my.user_of(version.device);
        recalled.unsent = unsent.contains({item.id, version});
        const auto devices = my.permitted(compartment->stored, my.now());
        recalled.devices = devices.size();
        std::set<UserId> readers;
        for (const DeviceId& device : devices) readers.insert(my.user_of(device));
        readers.erase(UserId{});
        recalled.readers.assign(readers.begin(), readers.end());
        all.push_back(std::move(recalled));
    }
    std::ranges::sort(all, std::ranges::greater{}, [](const RecalledItem& one) {
        return std::pair{one.at, one.item};
    });
    return all;
}

}  // namespace samsyn
