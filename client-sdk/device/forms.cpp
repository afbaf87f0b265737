#include "client-sdk/device/engine.hpp"
#include "client-sdk/device/form_standing.hpp"
#include "client-sdk/device/item_fields.hpp"
#include "core/model/local_date.hpp"

#include <algorithm>
#include <array>

namespace samsyn {

namespace {

bool is_closed(const ItemView& item) {
    const FieldView* field = field_of(item, "closed");
    return field && !field->values.empty() && field->values.front().value == Value{true};
}

/// The one content of the form. Nothing of it is believed before it was decoded whole, and before
/// it names the item and case in which it lies.
Result<FilledForm> content_of(const ItemView& item) {
    const FieldView* field = field_of(item, "content");
    if (!field || field->values.empty()) return fail(Errc::malformed, "form: no content");
    if (field->conflict) return fail(Errc::malformed, "form: two contents contradict");
    const auto* text = std::get_if<std::string>(&field->values.front().value);
    if (!text) return fail(Errc::malformed, "form: no content");
    auto read = form_from_text(*text);
    if (!read && read.error().code != Errc::unsupported_version)
        return fail(Errc::malformed, "form: " + read.error().context);
    if (!read) return read;
    const FilledForm& form = *read;
    if (form.item != item.id || form.case_id != item.case_id ||
        form.unit != item.label.disclosing.unit || form.subjects != item.label.subjects)
        return fail(Errc::malformed, "form: content of another form");
    return read;
}

/// Lines to this page; the others are counted.
std::vector<FormSignature> answers_of(const ItemView& item, const Hash& hash, std::size_t& others) {
    std::vector<FormSignature> answers;
    const FieldView* field = field_of(item, "signed");
    if (!field) return answers;
    for (const ValueView& value : field->values) {
        const auto* text = std::get_if<std::string>(&value.value);
        auto answer = text ? signature_from_text(*text) : fail(Errc::malformed, "answer");
        if (answer && answer->form == hash)
            answers.push_back(*std::move(answer));
        else
            ++others;
    }
    std::ranges::sort(answers, [](const FormSignature& a, const FormSignature& b) {
        return std::pair{a.when, a.evidence} > std::pair{b.when, b.evidence};
    });
    return answers;
}

/// The children of the case; without any, its adults.
std::vector<PersonId> usual_subjects(const CustodyFacts& custody) {
    std::vector<PersonId> subjects;
    for (const auto& said : custody.custody) subjects.push_back(said.body.child);
    if (subjects.empty()) subjects.assign(custody.adults.begin(), custody.adults.end());
    std::ranges::sort(subjects);
    const auto doubles = std::ranges::unique(subjects);
    subjects.erase(doubles.begin(), doubles.end());
    return subjects;
}

}  // namespace

struct ConsentForms::Drafted {
    FilledForm form;
    FormSigners signers;
    UnitRef unit;
    Words title;
};

Result<ConsentForms::Drafted> ConsentForms::draft(const NewForm& wish) {
    Device::Impl& my = *device_.impl_;
    const CaseOpened opened = SAMSYN_TRY(my.opened(wish.case_id));
    const UnitId unit = SAMSYN_TRY(my.own_unit_in(wish.case_id, wish.unit));
    const TemplateTable& table = current_templates();
    const ConsentTemplate* row = find_template(table, wish.model.value_or(opened.model));
    if (!row) return fail(Errc::invalid_argument, to_text(Gaps{Gap::no_template}));

    const Federation& members = my.federation();
    FormWishes wishes;
    wishes.item = random_id<ItemId>(my.ports.random);
    wishes.case_id = wish.case_id;
    wishes.unit = *members.unit(unit);
    const CustodyFacts& custody = my.view(wish.case_id).custody();
    wishes.subjects = wish.about.empty() ? usual_subjects(custody) : wish.about;
    for (const auto& participant : SAMSYN_TRY(device_.participants(wish.case_id)))
        if (const UnitRef* known = members.unit(participant.unit); known)
            wishes.taking_part.push_back(*known);
    for (const Recipient& named : wish.with) {
        const UnitRef* known = members.unit(named.unit);
        if (!known) return fail(Errc::not_found, "with");
        wishes.with.push_back({*known, named.role, named.user});
    }
    wishes.without = wish.without;
    wishes.also_about = wish.also_about;
    wishes.not_about = wish.not_about;
    wishes.now = my.corrected(my.now());
    wishes.not_before = wish.not_before;
    wishes.not_after = wish.not_after;
    wishes.reach = wish.reach;

    Drafted drafted{fill_form(*row, table.version, wishes), {}, wishes.unit, row->title};
    const Instant now = my.decision_time(my.now());
    drafted.signers =
        signers_of(drafted.form, {members, my.view(wish.case_id), current_statute_table(), now});
    FormFacts facts{.units = {},
                    .signers = drafted.signers,
                    .statutes = current_statute_table(),
                    .now = now,
                    .everybody = wish.everybody};
    for (const auto& [id, known] : members.units()) facts.units.emplace(id, known.regime);
    const Gaps gaps = gaps_in(drafted.form, facts);
    if (!gaps.empty()) return fail(Errc::invalid_argument, to_text(gaps));
    return drafted;
}

Result<FormView> ConsentForms::preview(const NewForm& wish) {
    const Drafted drafted = SAMSYN_TRY(draft(wish));
    FormView view;
    view.case_id = wish.case_id;
    view.form = drafted.form;
    view.hash = form_hash(device_.impl_->ports.hasher, drafted.form);
    view.signers = drafted.signers;
    view.begun = drafted.form.not_before;
    place(view, {}, {}, {});
    return view;
}

Result<FormView> ConsentForms::begin(const NewForm& wish) {
    Device::Impl& my = *device_.impl_;
    const Drafted drafted = SAMSYN_TRY(draft(wish));
    SAMSYN_TRY(my.transact([&]() -> Result<void> {
        const TypeInfo* type = find_type(ItemType::consent_form);
        SAMSYN_ASSERT(type != nullptr);
        Device::Impl::Draft item;
        item.case_id = wish.case_id;
        item.label = {.subjects = drafted.form.subjects,
                      .disclosing = drafted.unit,
                      .category = type->category,
                      .sensitivity = type->sensitivity,
                      .closed = {}};
        item.item = drafted.form.item;
        item.type = type->type;
        const std::string title =
            std::string{drafted.title.sv} + " " + to_text(local_date(drafted.form.not_before));
        item.fields = {{"title", Value{title}}, {"content", Value{form_to_text(drafted.form)}}};
        return my.create_item(item);
    }));
    return form(drafted.form.item);
}

Result<std::vector<FormView>> ConsentForms::list(const CaseId& case_id) {
    const auto consents = SAMSYN_TRY(device_.consents(case_id));
    const auto closings = SAMSYN_TRY(device_.closings(case_id));
    std::vector<FormView> views;
    for (const ItemView& item : SAMSYN_TRY(device_.items(case_id)))
        if (item.type == ItemType::consent_form)
            views.push_back(SAMSYN_TRY(view_of(item, consents, closings)));
    return views;
}

Result<FormView> ConsentForms::form(const ItemId& id) {
    const ItemView item = SAMSYN_TRY(device_.item(id));
    if (item.type != ItemType::consent_form) return fail(Errc::not_found, "form");
    const auto consents = SAMSYN_TRY(device_.consents(item.case_id));
    const auto closings = SAMSYN_TRY(device_.closings(item.case_id));
    return view_of(item, consents, closings);
}

Result<FormView> ConsentForms::view_of(const ItemView& item,
                                       const std::vector<ConsentView>& consents,
                                       const std::vector<ClosingView>& closings) {
    Device::Impl& my = *device_.impl_;
    FormView view;
    view.item = item.id;
    view.case_id = item.case_id;
    view.unsent = item.unsent;
    auto content = content_of(item);
    if (!content) {
        view.damaged = content.error();
        return view;
    }
    view.form = *std::move(content);
    view.closed = is_closed(item);
    const ValueView& written = field_of(item, "content")->values.front();
    view.begun = written.version.time.instant();
    view.begun_by = written.writer;
    view.hash = form_hash(my.ports.hasher, view.form);
    const auto read = SAMSYN_TRY(my.store.value(key_for(key_form_read, item.id)));
    view.read_here = read && equal(*read, view.hash.view());
    view.signers = signers_of(view.form,
                              {my.federation(),
                               my.view(item.case_id),
                               current_statute_table(),
                               my.decision_time(my.now())});
    const auto answers = answers_of(item, view.hash, view.unreadable);
    place(view, answers, consents, closings);
    return view;
}

void ConsentForms::place(FormView& view,
                         const std::vector<FormSignature>& answers,
                         const std::vector<ConsentView>& consents,
                         const std::vector<ClosingView>& closings) {
    Device::Impl& my = *device_.impl_;
    const CaseView& facts = my.view(view.case_id);
    const Instant now = my.decision_time(my.now());
    std::set<UnitId> received;
    for (const Stream& stream : streams_for(my.self, facts, my.federation(), now))
        if (stream.kind == StreamKind::disclosing) received.insert(stream.unit);
    place_people(view, answers, {consents, closings, facts.custody(), received, now});
}

Result<void> ConsentForms::close(const ItemId& item) {
    const FormView view = SAMSYN_TRY(form(item));
    const std::array<FieldInput, 1> closed{FieldInput{"closed", Value{true}}};
    return device_.edit_item(view.item, closed);
}

}  // namespace samsyn
