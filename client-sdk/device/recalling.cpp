// What is taken back or moved: items that stand in the wrong family, or are read too widely.

#include "client-sdk/device/attachment_book.hpp"
#include "client-sdk/device/change_texts.hpp"
#include "client-sdk/device/log_book.hpp"
#include "core/store/late_words.hpp"

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
    if (bound) return fail(Errc::invalid_argument, Recalls::not_movable);
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
    touch();
    for (const PendingChange& pending : SAMSYN_TRY(store.pending()))
        if (pending.change.header.item == item.id && pending.sealed_in == 0)
            SAMSYN_TRY(store.erase_pending(pending.id));
    SAMSYN_TRY(remove_recalled(compartment.id, item.id));
    Change change;
    change.header.item = item.id;
    change.header.type = item.type;
    change.header.time = tick(now());
    change.header.writes = {{recalled_field, {}}};
    change.values = {Value{static_cast<std::int64_t>(reason)}};
    return write(compartment, change);
}

Result<void> Device::Impl::give_way(const StoredItem& item, const ItemId& copy) {
    if (!SAMSYN_TRY(copy_file(item, copy))) return fail(Errc::not_found, Attachments::not_here);
    return recall(item, RecallReason::moved);
}

Result<void> Device::Impl::remove_recalled(const CompartmentId& compartment, const ItemId& id) {
    const auto item = SAMSYN_TRY(store.item(id));
    if (!item || item->compartment != compartment || item->state.is_recalled()) return {};
    SAMSYN_TRY(take_texts(compartment));
    if (auto file = SAMSYN_TRY(attachment_book().rows().find(compartment, id)))
        SAMSYN_TRY(attachment_book().give_up(*file));
    SAMSYN_TRY(store.note_purge());
    const KnownCompartment* const known_one = find(compartment);
    if (known_one == nullptr) return {};
    return log().record_in_transaction({ReadAction::removed, known_one->stored.case_id, {id}});
}

Result<bool> Device::Impl::is_lost(const CompartmentId& compartment, const ChangeHeader& change) {
    return !recalls(change) && SAMSYN_TRY(store.recalled_by(compartment, change.item)).has_value();
}

Result<void> Device::Impl::park_lost(const CompartmentId& compartment) {
    for (const PendingChange& pending : SAMSYN_TRY(store.pending_of_recalled(compartment)))
        if (!recalls(pending.change.header)) {
            touch();
            SAMSYN_TRY(store.park(pending.id, {Errc::conflict, std::string{Recalls::is_recalled}}));
        }
    return {};
}

/// Somebody wrote without knowing that this device had taken the item back: no copy holds that.
Result<void> Device::Impl::keep_late(const Written& written) {
    const ChangeHeader& header = written.change.header;
    if (recalls(header) || SAMSYN_TRY(store.recalled_by(written.compartment, header.item)) != self)
        return {};
    touch();
    if (SAMSYN_TRY(
            LateRows{store.database()}.put(written.compartment, written.author, written.change)))
        return {};
    return note_fault({Errc::limit_exceeded, "late words in recalled items"});
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
void override_label(const NewItem& target, NewItem& item) {
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
        const auto all = SAMSYN_TRY(my.store.pending());
        const auto found = std::ranges::find(all, id, &PendingChange::id);
        if (found == all.end() || !found->parked ||
            !SAMSYN_TRY(my.is_lost(found->compartment, found->change.header)))
            return fail(Errc::not_found, "id");
        my.touch();
        return my.store.erase_pending(id);
    });
}

Result<void> Recalls::drop_late(std::uint64_t number) {
    Device::Impl& my = *device_.impl_;
    SAMSYN_TRY(my.require_lease());
    return my.transact([&]() -> Result<void> {
        LateRows late{my.store.database()};
        const auto place = SAMSYN_TRY(late.place_of(number));
        const auto* const compartment = place ? my.find(*place) : nullptr;
        if (compartment == nullptr || !my.may_read(compartment->stored, my.now()))
            return fail(Errc::not_found, "number");
        return late.erase(number);
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
            return fail(Errc::invalid_argument, Recalls::not_movable);
        auto fields = SAMSYN_TRY(Device::Impl::fields_of(item, *type));
        NewItem moved = as_it_is(item, from, std::move(fields));
        override_label(target, moved);
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
        SAMSYN_TRY(my.give_way(item, draft.item));
        return draft.item;
    });
}

namespace {

/// Lines with words.
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

Result<NoteParagraphs> Recalls::paragraphs(const ItemId& id) {
    const ItemView item = SAMSYN_TRY(device_.item(id));
    if (item.type != ItemType::visit_note) return fail(Errc::invalid_argument, only_notes);
    NoteParagraphs paragraphs;
    paragraphs.content = SAMSYN_TRY(SignedNotes{device_}.content(id));
    const std::string text = item.text("text");
    for (const std::string_view one : paragraphs_of(text)) paragraphs.lines.emplace_back(one);
    return paragraphs;
}

Result<SplitNote> Recalls::split(const ItemId& id,
                                 const Hash& shown,
                                 std::span<const std::size_t> taken,
                                 const NewItem& target) {
    Device::Impl& my = *device_.impl_;
    return my.transact([&]() -> Result<SplitNote> {
        // What a number stands for may have changed since it was shown.
        if (SAMSYN_TRY(paragraphs(id)).content != shown)
            return fail(Errc::conflict, changed_since_shown);
        const StoredItem item = SAMSYN_TRY(my.readable_item(id));
        const TypeInfo* const type = find_type(item.type);
        if (type == nullptr) return fail(Errc::update_needed, "item type");
        const StoredCompartment from = SAMSYN_TRY(my.recallable(item));
        SAMSYN_TRY(my.require_unlocked(item));
        auto fields = SAMSYN_TRY(Device::Impl::fields_of(item, *type));
        NewItem rest = as_it_is(item, from, std::move(fields));
        const auto text = std::ranges::find(rest.fields, "text", &FieldInput::key);
        if (text == rest.fields.end()) return fail(Errc::invalid_argument, only_notes);
        auto parts = SAMSYN_TRY(parted(std::get<std::string>(text->value), taken));

        // The day goes with both, all else that was said with the rest.
        NewItem part = rest;
        std::erase_if(part.fields, [](const FieldInput& input) { return input.key != "date"; });
        part.fields.push_back({.key = "text", .value = std::move(parts.first)});
        override_label(target, part);
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

/// None of one that this version does not know.
std::optional<RecallReason> reason_in(const Value& value) {
    const auto* const reason = std::get_if<std::int64_t>(&value);
    const bool known = reason != nullptr && *reason >= 0 &&
                       *reason <= static_cast<std::int64_t>(RecallReason::last);
    return known ? std::optional{static_cast<RecallReason>(*reason)} : std::nullopt;
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
        const auto* const mark = item.state.recall();
        if (mark == nullptr || compartment == nullptr ||
            !my.may_read(compartment->stored, my.now()))
            continue;
        const auto& [version, value] = *mark;
        RecalledItem recalled;
        recalled.item = item.id;
        recalled.type = item.type;
        recalled.by = my.user_of(version.device);
        recalled.at = version.time.instant();
        recalled.reason = reason_in(value);
        recalled.unsent = version.device == my.self && unsent.contains({item.id, version});
        for (const LateWords& late :
             SAMSYN_TRY(LateRows{my.store.database()}.of(item.compartment, item.id)))
            recalled.late.push_back({late.number,
                                     my.user_of(late.author),
                                     late.change.header.time.instant(),
                                     texts_of(late.change)});
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
