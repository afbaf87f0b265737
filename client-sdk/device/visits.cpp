#include "client-sdk/device/engine.hpp"
#include "client-sdk/device/item_fields.hpp"
#include "core/model/local_date.hpp"

#include <samsyn/visits.hpp>

#include <algorithm>

namespace samsyn {

namespace {

bool belongs_to(const ItemView& item, const ItemId& other) {
    const char* const key = item.type == ItemType::observation ? "visit" : "belongs_to";
    return reference_in<ItemId>(item, key) == other;
}

/// The day of a visit: as the note says, else when it was written.
std::optional<Date> day_of_visit(const ItemView& note) {
    if (const auto date = value_in<Date>(note, "date")) return date;
    const FieldView* const text = field_of(note, "text");
    if (text == nullptr) return std::nullopt;
    return local_date(text->values.front().version.time.instant());
}

/// What was seen at a visit, as an item beside its note.
NewItem observation_of(NewItem observation,
                       const CaseId& case_id,
                       const ItemId& note,
                       const std::vector<PersonId>& about,
                       const std::optional<Date>& day) {
    observation.case_id = case_id;
    observation.type = ItemType::observation;
    if (observation.about.empty()) observation.about = about;
    observation.fields.push_back({.key = "visit", .value = reference_to(note)});
    if (day) observation.fields.push_back({.key = "date", .value = *day});
    return observation;
}

}  // namespace

Result<WrittenVisit> Visits::write(const NewItem& note, std::vector<NewItem> observations) {
    if (note.type != ItemType::visit_note) return fail(Errc::invalid_argument, no_visit_note);
    std::optional<Date> day;
    for (const FieldInput& input : note.fields)
        if (const auto* const date = std::get_if<Date>(&input.value))
            if (input.key == "date") day = *date;
    Device::Impl& my = *device_.impl_;
    return my.transact([&]() -> Result<WrittenVisit> {
        WrittenVisit written;
        const auto add = [&](const NewItem& item) -> Result<ItemId> {
            const Device::Impl::Draft draft = SAMSYN_TRY(my.draft_of(item));
            SAMSYN_TRY(my.create_item(draft));
            return draft.item;
        };
        written.note = SAMSYN_TRY(add(note));
        for (NewItem& one : observations) {
            if (!one.unit) one.unit = note.unit;
            const ItemId id = SAMSYN_TRY(
                add(observation_of(std::move(one), note.case_id, written.note, note.about, day)));
            written.observations.push_back(id);
        }
        return written;
    });
}

Result<ItemId> Visits::observe(const ItemId& id, NewItem observation) {
    const ItemView note = SAMSYN_TRY(device_.item(id));
    if (note.type != ItemType::visit_note) return fail(Errc::invalid_argument, no_visit_note);
    return device_.add_item(observation_of(
        std::move(observation), note.case_id, note.id, note.label.subjects, day_of_visit(note)));
}

Result<std::vector<ItemView>> Visits::belonging_to(const ItemId& id) {
    const ItemView item = SAMSYN_TRY(device_.item(id));
    auto all = SAMSYN_TRY(device_.items(item.case_id));
    std::erase_if(all, [&](const ItemView& one) { return !belongs_to(one, id); });
    return all;
}

Result<VisitView> Visits::show(const ItemId& id) {
    VisitView visit;
    visit.note = SAMSYN_TRY(device_.item(id));
    if (visit.note.type != ItemType::visit_note) return fail(Errc::invalid_argument, no_visit_note);
    visit.observations = SAMSYN_TRY(belonging_to(id));
    std::erase_if(visit.observations,
                  [](const ItemView& one) { return one.type != ItemType::observation; });
    std::ranges::stable_sort(
        visit.observations, {}, [](const ItemView& one) { return one.label.category; });
    visit.files = SAMSYN_TRY(Attachments{device_}.list(visit.note.case_id));
    std::erase_if(visit.files, [&](const AttachmentView& file) {
        const auto item = device_.item(file.item);
        return !item || !belongs_to(*item, id);
    });
    const auto day = day_of_visit(visit.note);
    visit.consents = SAMSYN_TRY(device_.consents(visit.note.case_id));
    std::erase_if(visit.consents, [&](const ConsentView& consent) {
        return !day || local_date(consent.recorded_at) != *day;
    });
    return visit;
}

}  // namespace samsyn
