#include "client-sdk/device/engine.hpp"
#include "client-sdk/device/item_fields.hpp"
#include "core/model/local_date.hpp"

#include <samsyn/visits.hpp>

#include <algorithm>
#include <set>

namespace samsyn {

namespace {

/// Of the unit that wrote the note, so that no other unit writes on its page.
bool belongs_to(const ItemView& item, const ItemView& note) {
    const char* const key = item.type == ItemType::observation ? "visit" : "belongs_to";
    return item.label.disclosing == note.label.disclosing &&
           reference_in<ItemId>(item, key) == note.id;
}

/// What was seen at a visit, as an item beside its note: where the note is closed, so is this, and
/// it is no less sensitive.
NewItem observation_of(NewItem observation,
                       const NewItem& note,
                       const ItemId& id,
                       const std::optional<Date>& day) {
    observation.case_id = note.case_id;
    observation.type = ItemType::observation;
    observation.unit = note.unit;
    if (observation.about.empty()) observation.about = note.about;
    if (!observation.closed) observation.closed = note.closed;
    if (note.sensitivity && observation.category)
        observation.sensitivity =
            std::max(*note.sensitivity, usual_sensitivity(*observation.category));
    observation.fields.push_back({.key = "visit", .value = reference_to(id)});
    if (day) observation.fields.push_back({.key = "date", .value = *day});
    return observation;
}

/// The day that it says; as it is written down, where it says nothing.
std::optional<Date> day_of_new(NewItem& note, Instant now) {
    const auto said = std::ranges::find(note.fields, "date", &FieldInput::key);
    if (said == note.fields.end()) {
        note.fields.push_back({.key = "date", .value = local_date(now)});
        return local_date(now);
    }
    const auto* const date = std::get_if<Date>(&said->value);
    return date == nullptr ? std::nullopt : std::optional{*date};
}

}  // namespace

Result<WrittenVisit> Visits::write(NewItem note, std::vector<NewItem> observations) {
    if (note.type != ItemType::visit_note) return fail(Errc::invalid_argument, no_visit_note);
    Device::Impl& my = *device_.impl_;
    const auto day = day_of_new(note, my.corrected(my.now()));
    return my.transact([&]() -> Result<WrittenVisit> {
        WrittenVisit written;
        const Device::Impl::Draft first = SAMSYN_TRY(my.draft_of(note));
        SAMSYN_TRY(my.create_item(first));
        written.note = first.item;
        note.sensitivity = first.label.sensitivity;
        for (NewItem& one : observations) {
            const NewItem item = observation_of(std::move(one), note, written.note, day);
            const Device::Impl::Draft draft = SAMSYN_TRY(my.draft_of(item));
            SAMSYN_TRY(my.create_item(draft));
            written.observations.push_back(draft.item);
        }
        return written;
    });
}

Result<ItemId> Visits::observe(const ItemId& id, NewItem observation) {
    Device::Impl& my = *device_.impl_;
    return my.transact([&]() -> Result<ItemId> {
        const StoredItem item = SAMSYN_TRY(my.readable_item(id));
        if (item.type != ItemType::visit_note) return fail(Errc::invalid_argument, no_visit_note);
        const KnownCompartment* const compartment = my.find(item.compartment);
        const Label& label = compartment->stored.label;
        NewItem note;
        note.case_id = compartment->stored.case_id;
        note.about = label.subjects;
        note.sensitivity = label.sensitivity;
        note.closed = label.closed;
        const UnitId unit = label.disclosing.unit;
        if (my.works_in(unit, my.now())) note.unit = unit;
        const ItemView view = my.view_of(item, {});
        const auto day = value_in<Date>(view, "date");
        const auto draft =
            SAMSYN_TRY(my.draft_of(observation_of(std::move(observation), note, id, day)));
        SAMSYN_TRY(my.create_item(draft));
        return draft.item;
    });
}

Result<std::vector<ItemView>> Visits::belonging_to(const ItemId& id) {
    const ItemView item = SAMSYN_TRY(device_.item(id));
    auto all = SAMSYN_TRY(device_.items(item.case_id));
    std::erase_if(all, [&](const ItemView& one) { return !belongs_to(one, item); });
    return all;
}

Result<VisitView> Visits::show(const ItemId& id) {
    VisitView visit;
    visit.note = SAMSYN_TRY(device_.item(id));
    if (visit.note.type != ItemType::visit_note) return fail(Errc::invalid_argument, no_visit_note);
    std::set<ItemId> others;
    for (ItemView& item : SAMSYN_TRY(belonging_to(id)))
        if (item.type == ItemType::observation)
            visit.observations.push_back(std::move(item));
        else
            others.insert(item.id);
    std::ranges::stable_sort(
        visit.observations, {}, [](const ItemView& one) { return one.label.category; });
    visit.files = SAMSYN_TRY(Attachments{device_}.list(visit.note.case_id));
    std::erase_if(visit.files,
                  [&](const AttachmentView& file) { return !others.contains(file.item); });
    const auto day = value_in<Date>(visit.note, "date");
    visit.consents = SAMSYN_TRY(device_.consents(visit.note.case_id));
    std::erase_if(visit.consents, [&](const ConsentView& consent) {
        return !day || local_date(consent.recorded_at) != *day;
    });
    return visit;
}

}  // namespace samsyn
