#include "client-sdk/agent/operations_forms.hpp"

#include "client-sdk/agent/operations.hpp"
#include "core/model/local_date.hpp"

#include <algorithm>

namespace samsyn {

namespace {

using nlohmann::json;

/// A named person of an agency, who works in one unit only.
Result<Recipient> person_of_agency(Call& call, const std::string& text) {
    const UserId user = SAMSYN_TRY(call.names.user("with_person", text));
    const auto& users = call.names.users();
    const auto found = std::ranges::find(users, user, &UserView::id);
    if (found == users.end() || found->units.size() != 1)
        return fail(Errc::invalid_argument, "with_person: works in several units, or in none");
    return Recipient{found->units.front(), std::nullopt, user};
}

/// "All agencies may talk" (C-16): said to the check, which refuses it with all else that lacks.
bool is_everybody(const std::string& text) {
    const std::string word = folded(text);
    return word == "all" || word == "everybody" || word == "alla" || word == "*";
}

Result<void> put_agencies(Call& call, NewForm& wish) {
    for (const std::string& text : SAMSYN_TRY(call.args.texts("with"))) {
        if (is_everybody(text)) {
            wish.everybody = true;
            continue;
        }
        const UnitId unit = SAMSYN_TRY(call.names.unit("with", text));
        wish.with.push_back({unit, std::nullopt, std::nullopt});
    }
    for (const std::string& text : SAMSYN_TRY(call.args.texts("with_person")))
        wish.with.push_back(SAMSYN_TRY(person_of_agency(call, text)));
    wish.without = SAMSYN_TRY(units_of(call, "without"));
    return {};
}

Result<NewForm> wish_of(Call& call) {
    NewForm wish;
    wish.case_id = SAMSYN_TRY(case_of(call));
    if (call.args.has("template")) {
        wish.model = find_service_model(SAMSYN_TRY(call.args.text("template")));
        if (!wish.model) return fail(Errc::invalid_argument, "template");
    }
    wish.about = SAMSYN_TRY(persons_of(call, wish.case_id, "about"));
    SAMSYN_TRY(put_agencies(call, wish));
    wish.also_about = SAMSYN_TRY(categories_of(call.args, "also"));
    wish.not_about = SAMSYN_TRY(categories_of(call.args, "not_about"));
    if (call.args.has("from_day"))
        wish.not_before = start_of_day(SAMSYN_TRY(call.args.date("from_day")));
    if (call.args.has("until")) wish.not_after = end_of_day(SAMSYN_TRY(call.args.date("until")));
    if (call.args.has("reach"))
        wish.reach = SAMSYN_TRY(term_of(call.args, "reach", &find_reach, Reach::present));
    if (call.args.has("unit")) wish.unit = SAMSYN_TRY(unit_of(call, "unit"));
    return wish;
}

Result<std::string> page_of(Call& call, const FormView& view) {
    const FamilyLanguage language = SAMSYN_TRY(family_language_of(call));
    return read_aloud_page(
        view.form, view.hash, view.signers, sheet_names(call, view.case_id), language);
}

Result<json> new_form(Call& call) {
    ConsentForms forms{call.device};
    const NewForm wish = SAMSYN_TRY(wish_of(call));
    const bool only_shown = SAMSYN_TRY(call.args.boolean_or("preview", false));
    // What cannot be read aloud is not begun: the page first.
    FormView view = SAMSYN_TRY(forms.preview(wish));
    std::string page = SAMSYN_TRY(page_of(call, view));
    if (!only_shown) {
        view = SAMSYN_TRY(forms.begin(wish));
        page = SAMSYN_TRY(page_of(call, view));
    }
    return json::object({{"form", to_json(call, view)}, {"page", page}});
}

Result<std::vector<CaseId>> cases_of(Call& call) {
    std::vector<CaseId> cases;
    if (call.args.has("case"))
        cases.push_back(SAMSYN_TRY(case_of(call)));
    else
        for (const CaseSummary& summary : SAMSYN_TRY(call.device.cases()))
            cases.push_back(summary.id);
    return cases;
}

Result<json> list_forms(Call& call) {
    ConsentForms forms{call.device};
    const bool all = SAMSYN_TRY(call.args.boolean_or("all", false));
    json list = json::array();
    for (const CaseId& case_id : SAMSYN_TRY(cases_of(call)))
        for (const FormView& view : SAMSYN_TRY(forms.list(case_id)))
            if (all || !view.closed) list.push_back(to_json(call, view));
    return json::object({{"forms", std::move(list)}});
}

Result<json> read_form(Call& call) {
    ConsentForms forms{call.device};
    const FormView view = SAMSYN_TRY(form_of(call, forms, "form"));
    if (view.damaged) return std::unexpected{*view.damaged};
    const std::string page = SAMSYN_TRY(page_of(call, view));
    SAMSYN_TRY(forms.note_read(view.item, view.hash));
    const FormView read = SAMSYN_TRY(forms.form(view.item));
    return json::object(
        {{"form", to_json(call, read)}, {"code", form_code(view.hash)}, {"page", page}});
}

/// `usual`: how, where nobody says.
Result<NewAnswer> answer_of(Call& call, const FormView& view, SignedHow usual) {
    if (view.damaged) return std::unexpected{*view.damaged};
    (void)SAMSYN_TRY(family_language_of(call));  // before anything is recorded
    NewAnswer answer;
    answer.item = view.item;
    answer.person = SAMSYN_TRY(person_of(call, view.case_id, "person"));
    answer.how = SAMSYN_TRY(term_of(call.args, "how", &find_signed_how, usual));
    answer.code = SAMSYN_TRY(call.args.text_or("code", ""));
    answer.words = SAMSYN_TRY(call.args.text_or("evidence", ""));
    answer.reserved = SAMSYN_TRY(categories_of(call.args, "except"));
    answer.not_with = SAMSYN_TRY(units_of(call, "not_with"));
    answer.reopen = SAMSYN_TRY(call.args.boolean_or("reopen", false));
    if (call.args.has("picture")) {
        const auto hash = id_from_hex<Hash>(SAMSYN_TRY(call.args.text("picture")));
        if (!hash) return fail(Errc::invalid_argument, "picture: 64 hexadecimal digits");
        answer.picture = *hash;
    }
    return answer;
}

json ids_json(const std::vector<StatementId>& ids) {
    json list = json::array();
    for (const StatementId& id : ids) list.push_back(to_hex(id));
    return list;
}

Result<json> answered_json(Call& call, const AnsweredForm& answered) {
    const FormSignature& signature = answered.signature;
    json result = json::object({{"form", to_json(call, answered.view)},
                                {"answer", key_of(signature.answer)},
                                {"consents", ids_json(answered.consents)},
                                {"closings", ids_json(answered.closings)},
                                {"counts_until", last_day(answered.counts_until)}});
    result["person"] = call.names.describe(answered.view.case_id, signature.person);
    // The answer is recorded: a receipt that cannot be written must not look like a failure.
    result["receipt"] =
        receipt_json(call, answered.view, signature.person).value_or(json::object());
    return result;
}

Result<json> sign_form(Call& call) {
    ConsentForms forms{call.device};
    const FormView view = SAMSYN_TRY(form_of(call, forms, "form"));
    const NewAnswer answer = SAMSYN_TRY(answer_of(call, view, SignedHow::drawn));
    return answered_json(call, SAMSYN_TRY(forms.sign(answer)));
}

Result<json> refuse_form(Call& call) {
    ConsentForms forms{call.device};
    const FormView view = SAMSYN_TRY(form_of(call, forms, "form"));
    const NewAnswer answer = SAMSYN_TRY(answer_of(call, view, SignedHow::oral));
    return answered_json(call, SAMSYN_TRY(forms.refuse(answer)));
}

Result<json> inform_form(Call& call) {
    ConsentForms forms{call.device};
    const FormView view = SAMSYN_TRY(form_of(call, forms, "form"));
    NewAnswer answer = SAMSYN_TRY(answer_of(call, view, SignedHow::oral));
    answer.told = answer.how == SignedHow::phone          ? InformedHow::by_phone
                  : answer.how == SignedHow::electronic   ? InformedHow::electronically
                  : answer.how == SignedHow::photographed ? InformedHow::by_letter
                                                          : InformedHow::in_person;
    return answered_json(call, SAMSYN_TRY(forms.inform(answer)));
}

Result<json> close_form(Call& call) {
    ConsentForms forms{call.device};
    const FormView view = SAMSYN_TRY(form_of(call, forms, "form"));
    SAMSYN_TRY(forms.close(view.item));
    return json::object({{"form", to_hex(view.item)}, {"closed", true}});
}

/// Consents that the user's own units have yet to confirm.
Result<void> put_to_confirm(Call& call, const CaseId& case_id, json& list) {
    const auto mine = call.names.my_units();
    for (const ConsentView& consent : SAMSYN_TRY(call.device.consents(case_id)))
        if (!consent.confirmed && !consent.closed &&
            std::ranges::count(mine, consent.consent.disclosing) > 0)
            list.push_back(to_json(call.names, consent));
    return {};
}

/// A row for each person who has yet to do something about an open form.
void put_pending(Call& call, const FormView& view, json& result) {
    if (view.damaged) result["damaged"].push_back(to_json(call, view));
    if (view.damaged || view.closed) return;
    call.names.note_shown(view.case_id, view.item);
    const json form = json::object({{"id", to_hex(view.item)}, {"code", form_code(view.hash)}});
    for (const FormPersonView& person : view.people) {
        if (!is_open(person.standing)) continue;
        json row = to_json(call, view, person);
        row["form"] = form;
        row["case"] = call.names.describe(view.case_id);
        result["missing"].push_back(std::move(row));
    }
    for (const PersonId& subject : view.signers.nobody_for)
        result["nobody_for"].push_back(
            json::object({{"person", call.names.describe(view.case_id, subject)},
                          {"form", form},
                          {"case", call.names.describe(view.case_id)}}));
}

Result<json> pending(Call& call) {
    ConsentForms forms{call.device};
    json result = json::object({{"missing", json::array()},
                                {"nobody_for", json::array()},
                                {"damaged", json::array()},
                                {"to_confirm", json::array()}});
    for (const CaseId& case_id : SAMSYN_TRY(cases_of(call))) {
        for (const FormView& view : SAMSYN_TRY(forms.list(case_id)))
            put_pending(call, view, result);
        SAMSYN_TRY(put_to_confirm(call, case_id, result["to_confirm"]));
    }
    return result;
}

Result<json> receipt_of_consent(Call& call) {
    const std::string text = SAMSYN_TRY(call.args.text("of"));
    for (const CaseSummary& summary : SAMSYN_TRY(call.device.cases())) {
        const auto id = call.names.statement(summary.id, "of", text);
        if (!id && id.error().code == Errc::ambiguous) return std::unexpected{id.error()};
        if (!id) continue;
        for (const ConsentView& consent : SAMSYN_TRY(call.device.consents(summary.id))) {
            if (consent.id != *id) continue;
            const json one = SAMSYN_TRY(receipt_json(call, consent));
            return json::object({{"receipts", json::array({one})}});
        }
    }
    return fail(Errc::not_found, "of");
}

Result<json> show_receipt(Call& call) {
    ConsentForms forms{call.device};
    const auto view = form_of(call, forms, "of");
    if (!view && view.error().code == Errc::not_found) return receipt_of_consent(call);
    if (!view) return std::unexpected{view.error()};
    if (view->damaged) return std::unexpected{*view->damaged};
    json receipts = json::array();
    if (call.args.has("person")) {
        const PersonId person = SAMSYN_TRY(person_of(call, view->case_id, "person"));
        receipts.push_back(SAMSYN_TRY(receipt_json(call, *view, person)));
    } else {
        for (const FormPersonView& person : view->people)
            if (person.answer)
                receipts.push_back(SAMSYN_TRY(receipt_json(call, *view, person.person)));
    }
    if (receipts.empty()) return fail(Errc::not_found, "answer");
    return json::object({{"form", to_json(call, *view)}, {"receipts", std::move(receipts)}});
}

constexpr std::string_view answer_arguments =
    "how code evidence picture except not_with reopen lang";

constexpr Operation operations[] = {
    {"form.new",
     &new_form,
     true,
     "case",
     "template about with with_person without also not_about until from_day reach unit preview "
     "lang"},
    {"form.list", &list_forms, false, "", "case all"},
    {"form.read", &read_form, true, "form", "lang"},
    {"form.sign", &sign_form, true, "form person", answer_arguments},
    {"form.refuse", &refuse_form, true, "form person", "how evidence lang"},
    {"form.inform", &inform_form, true, "form person", "how evidence lang"},
    {"form.close", &close_form, true, "form"},
    {"form.pending", &pending, false, "", "case"},
    {"form.receipt", &show_receipt, false, "of", "person lang"},
};

}  // namespace

std::span<const Operation> form_operations() {
    return operations;
}

}  // namespace samsyn
