#include "client-sdk/agent/operations.hpp"
#include "client-sdk/agent/operations_forms.hpp"
#include "core/model/local_date.hpp"

#include <algorithm>

namespace samsyn {

namespace {

using nlohmann::json;

json keys_of(const Categories& categories) {
    json list = json::array();
    for (unsigned i = 0; i <= static_cast<unsigned>(Category::last); ++i)
        if (categories.contains(static_cast<Category>(i)))
            list.push_back(key_of(static_cast<Category>(i)));
    return list;
}

json keys_of(const Actions& actions) {
    json list = json::array();
    for (unsigned i = 0; i <= static_cast<unsigned>(Action::last); ++i)
        if (actions.contains(static_cast<Action>(i)))
            list.push_back(key_of(static_cast<Action>(i)));
    return list;
}

json persons_json(Call& call, const CaseId& case_id, const std::vector<PersonId>& persons) {
    json list = json::array();
    for (const PersonId& person : persons) list.push_back(call.names.describe(case_id, person));
    return list;
}

/// Where a consent was recorded without a form nobody knows more than this.
constexpr Words how_of(ConsentForm form) {
    switch (form) {
        case ConsentForm::written:
            return {"in writing", "skriftligt"};
        case ConsentForm::oral:
            return {"orally", "muntligt"};
        case ConsentForm::electronic:
            return {"electronically", "elektroniskt"};
    }
    return {};
}

json receipt_text(Call& call,
                  const ReceiptFacts& facts,
                  const CaseId& case_id,
                  const std::string& text) {
    return json::object({{"person", call.names.describe(case_id, facts.signature.person)},
                         {"answer", key_of(facts.signature.answer)},
                         {"ended", facts.ended},
                         {"text", text}});
}

}  // namespace

Result<FamilyLanguage> family_language_of(Call& call) {
    const std::string key = SAMSYN_TRY(call.args.text_or("lang", "sv"));
    if (key == "sv") return FamilyLanguage::swedish;
    if (key == "en") return FamilyLanguage::english;
    return fail(Errc::invalid_argument, "lang: sv or en");
}

Result<FormView> form_of(Call& call, ConsentForms& forms, std::string_view argument) {
    const std::string text = SAMSYN_TRY(call.args.text(argument));
    std::vector<Candidate> all;
    for (const CaseSummary& summary : SAMSYN_TRY(call.device.cases())) {
        for (const FormView& view : SAMSYN_TRY(forms.list(summary.id))) {
            const std::string code = view.damaged ? std::string{} : form_code(view.hash);
            all.push_back({to_hex(view.item), view.closed ? code : summary.title, code});
        }
    }
    const std::string id = SAMSYN_TRY(call.names.pick(argument, text, std::move(all)));
    return forms.form(known_id<ItemId>(id));
}

SheetNames sheet_names(Call& call, const CaseId& case_id) {
    SheetNames names;
    for (const PersonView& person :
         call.device.persons(case_id).value_or(std::vector<PersonView>{}))
        names.persons[person.id] = person.name;
    for (const UnitView& unit : call.names.units())
        if (!unit.name.empty())
            names.units[unit.unit.unit] =
                unit.organisation.empty() ? unit.name : unit.name + ", " + unit.organisation;
    for (const UserView& user : call.names.users()) names.users[user.id] = user.name;
    return names;
}

json to_json(Call& call, const FormView& view, const FormPersonView& person) {
    const Words shown = title_of(person.standing);
    std::vector<PersonId> subjects;
    for (const DecidesFor& each : person.subjects) subjects.push_back(each.subject);
    json row = json::object({{"person", call.names.describe(view.case_id, person.person)},
                             {"standing", key_of(person.standing)},
                             {"shown", shown.en},
                             {"shown_sv", shown.sv},
                             {"open", is_open(person.standing)},
                             {"about", persons_json(call, view.case_id, subjects)},
                             {"since", to_json(person.since)}});
    if (person.write_by) row["write_by"] = last_day(*person.write_by);
    if (person.answer) row["how"] = key_of(person.answer->how);
    return row;
}

json to_json(Call& call, const FormView& view) {
    json out = json::object();
    out["id"] = view.item.is_none() ? json{} : json(to_hex(view.item));
    out["case"] = call.names.describe(view.case_id);
    if (!view.item.is_none()) call.names.note_shown(view.case_id, view.item);
    if (view.damaged) {
        out["damaged"] = error_to_json(*view.damaged);
        return out;
    }
    const FilledForm& form = view.form;
    out["code"] = form_code(view.hash);
    out["model"] = key_of(form.model);
    out["unit"] = call.names.describe(form.unit);
    out["about"] = persons_json(call, view.case_id, form.subjects);
    out["agencies"] = json::array();
    for (const UnitId& unit : agencies_of(form))
        out["agencies"].push_back(call.names.describe(unit));
    out["flows"] = json::array();
    for (const FormFlow& flow : form.flows)
        out["flows"].push_back(json::object({{"from", call.names.describe(flow.disclosing)},
                                             {"to", to_json(call.names, flow.recipient)}}));
    out["categories"] = keys_of(form.categories);
    out["purpose"] = key_of(form.purpose);
    out["actions"] = keys_of(form.actions);
    out["reach"] = key_of(form.reach);
    out["from_day"] = to_text(local_date(form.not_before));
    out["until"] = last_day(form.not_after);
    out["begun_at"] = to_json(view.begun);
    out["begun_by"] = call.names.describe(view.begun_by);
    out["closed"] = view.closed;
    out["unsent"] = view.unsent;
    out["read_here"] = view.read_here;
    out["unreadable"] = view.unreadable;
    out["nobody_for"] = persons_json(call, view.case_id, view.signers.nobody_for);
    out["people"] = json::array();
    for (const FormPersonView& person : view.people)
        out["people"].push_back(to_json(call, view, person));
    return out;
}

Result<json> receipt_json(Call& call, const FormView& view, const PersonId& person) {
    const auto found = std::ranges::find(view.people, person, &FormPersonView::person);
    if (found == view.people.end() || !found->answer) return fail(Errc::not_found, "answer");
    const FamilyLanguage language = SAMSYN_TRY(family_language_of(call));
    const ReceiptFacts facts{
        .form = view.form,
        .signature = *found->answer,
        .code = form_code(view.hash),
        .how = title_of(found->answer->how),
        .counts_until = counts_until(view.form, *found->answer, current_statute_table()),
        .alone = view.signers.people.size() == 1 || one_suffices(view.form),
        .ended = found->standing == FormStanding::withdrawn};
    const std::string text = SAMSYN_TRY(receipt(facts, sheet_names(call, view.case_id), language));
    return receipt_text(call, facts, view.case_id, text);
}

Result<json> receipt_json(Call& call, const ConsentView& view) {
    const Consent& said = view.consent;
    FilledForm form;
    form.case_id = view.case_id;
    form.unit = said.disclosing;
    form.subjects = {said.subject};
    form.flows = {{said.disclosing, said.recipient}};
    form.categories = said.categories;
    form.purpose = said.purpose;
    form.actions = said.actions;
    form.not_before = said.not_before;
    form.not_after = said.not_after;
    form.reach = said.reach;
    FormSignature signature;
    signature.person = said.grantor;
    signature.subjects = {{said.subject, said.capacity}};
    signature.answer = FormAnswer::yes;
    signature.how = said.form == ConsentForm::oral ? SignedHow::oral : SignedHow::drawn;
    signature.reserved = said.reserved;
    signature.when = view.recorded_at;
    signature.witness = view.recorded_by;
    const ReceiptFacts facts{.form = form,
                             .signature = signature,
                             .code = {},
                             .how = how_of(said.form),
                             .counts_until = counts_until(form, signature, current_statute_table()),
                             .alone = false,
                             .ended = view.closed};
    const FamilyLanguage language = SAMSYN_TRY(family_language_of(call));
    const std::string text = SAMSYN_TRY(receipt(facts, sheet_names(call, view.case_id), language));
    return receipt_text(call, facts, view.case_id, text);
}

}  // namespace samsyn
