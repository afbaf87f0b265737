#include "client-sdk/agent/operations_call.hpp"
#include "core/model/local_date.hpp"

#include <algorithm>

namespace samsyn {

namespace {

using nlohmann::json;

constexpr Categories every_category = [] {
    Categories all;
    for (unsigned i = 0; i <= static_cast<unsigned>(Category::last); ++i)
        if (static_cast<Category>(i) != Category::directory) all.insert(static_cast<Category>(i));
    return all;
}();

json ids_json(const std::vector<StatementId>& ids) {
    json list = json::array();
    for (const StatementId& id : ids) list.push_back(to_hex(id));
    return list;
}

/// "Skolan", or `{"unit": "Skolan", "role": "school_nurse"}`, or with `"user"`.
Result<Recipient> recipient_from(Call& call, const json& value) {
    const json object = value.is_string() ? json::object({{"unit", value}}) : value;
    const auto checked = Arguments::from(object, "unit", "role user");
    if (!checked) return fail(Errc::invalid_argument, "to: " + checked.error().context);
    Recipient recipient;
    const std::string unit = SAMSYN_TRY(checked->text("unit"));
    recipient.unit = SAMSYN_TRY(call.names.unit("to", unit));
    if (checked->has("role")) {
        recipient.role = find_role(SAMSYN_TRY(checked->text("role")));
        if (!recipient.role) return fail(Errc::invalid_argument, "to: role");
    }
    if (checked->has("user")) {
        const std::string user = SAMSYN_TRY(checked->text("user"));
        recipient.user = SAMSYN_TRY(call.names.user("to", user));
    }
    return recipient;
}

Result<std::vector<Recipient>> recipients_of(Call& call) {
    std::vector<Recipient> recipients;
    for (const json& element : SAMSYN_TRY(call.args.elements("to")))
        recipients.push_back(SAMSYN_TRY(recipient_from(call, element)));
    return recipients;
}

Result<Actions> actions_of(const Arguments& args) {
    Actions actions;
    for (const std::string& key : SAMSYN_TRY(args.texts("actions"))) {
        const auto action = find_action(key);
        if (!action) return fail(Errc::invalid_argument, "actions");
        actions.insert(*action);
    }
    if (actions.bits != 0) return actions;
    for (const Action action : {Action::read, Action::show_in_meeting, Action::keep_offline})
        actions.insert(action);
    return actions;
}

Result<std::vector<StatementId>> statements_of(Call& call,
                                               const CaseId& case_id,
                                               std::string_view argument) {
    std::vector<StatementId> ids;
    for (const std::string& text : SAMSYN_TRY(call.args.texts(argument)))
        ids.push_back(SAMSYN_TRY(call.names.statement(case_id, argument, text)));
    std::ranges::sort(ids);
    const auto doubles = std::ranges::unique(ids);
    ids.erase(doubles.begin(), doubles.end());
    return ids;
}

Result<json> record_consent(Call& call) {
    NewConsent consent;
    consent.case_id = SAMSYN_TRY(case_of(call));
    consent.grantor = SAMSYN_TRY(person_of(call, consent.case_id, "grantor"));
    consent.capacity =
        SAMSYN_TRY(term_of(call.args, "capacity", &find_capacity, Capacity::guardian));
    consent.subjects = SAMSYN_TRY(persons_of(call, consent.case_id, "about"));
    consent.disclosing = SAMSYN_TRY(units_of(call, "from"));
    consent.recipients = SAMSYN_TRY(recipients_of(call));
    consent.categories = SAMSYN_TRY(categories_of(call.args, "categories"));
    consent.reserved = SAMSYN_TRY(categories_of(call.args, "reserved"));
    consent.purpose =
        SAMSYN_TRY(term_of(call.args, "purpose", &find_purpose, Purpose::coordination));
    consent.actions = SAMSYN_TRY(actions_of(call.args));
    consent.reach = SAMSYN_TRY(term_of(call.args, "reach", &find_reach, Reach::present));
    consent.form = SAMSYN_TRY(term_of(call.args, "form", &find_consent_form, ConsentForm::written));
    consent.evidence = SAMSYN_TRY(call.args.text_or("evidence", ""));
    consent.names = SAMSYN_TRY(statements_of(call, consent.case_id, "names"));
    for (const auto& [empty, argument] : {std::pair{consent.subjects.empty(), "about"},
                                          {consent.disclosing.empty(), "from"},
                                          {consent.recipients.empty(), "to"},
                                          {consent.categories.empty(), "categories"}})
        if (empty) return fail(Errc::invalid_argument, argument);

    consent.not_before = call.clock.now();
    if (call.args.has("not_before"))
        consent.not_before = start_of_day(SAMSYN_TRY(call.args.date("not_before")));
    consent.not_after = end_of_day(SAMSYN_TRY(call.args.date("until")));
    if (consent.not_after <= std::max(consent.not_before, call.clock.now()))
        return fail(Errc::invalid_argument, "until: the period is over before it begins");

    const auto ids = SAMSYN_TRY(call.device.record_consent(consent));
    return json::object({{"consents", ids_json(ids)},
                         {"grantor", call.names.describe(consent.case_id, consent.grantor)},
                         {"until", last_day(consent.not_after)}});
}

Result<json> confirm_consent(Call& call) {
    const CaseId case_id = SAMSYN_TRY(case_of(call));
    const std::string text = SAMSYN_TRY(call.args.text("consent"));
    const StatementId consent = SAMSYN_TRY(call.names.statement(case_id, "consent", text));
    auto names = SAMSYN_TRY(statements_of(call, case_id, "names"));
    const StatementId id =
        SAMSYN_TRY(call.device.confirm_consent(case_id, consent, std::move(names)));
    return json::object({{"confirmation", to_hex(id)}, {"consent", to_hex(consent)}});
}

/// Consents that a person of the user's units has yet to confirm.
bool is_pending(Call& call, const ConsentView& consent) {
    return !consent.confirmed && !consent.closed &&
           std::ranges::count(call.names.my_units(), consent.consent.disclosing) > 0;
}

Result<json> list_consents(Call& call) {
    std::vector<CaseId> cases;
    if (call.args.has("case")) {
        cases.push_back(SAMSYN_TRY(case_of(call)));
    } else {
        for (const CaseSummary& summary : SAMSYN_TRY(call.device.cases()))
            cases.push_back(summary.id);
    }
    const bool pending = SAMSYN_TRY(call.args.boolean_or("pending", false));

    json consents = json::array();
    json closings = json::array();
    for (const CaseId& case_id : cases) {
        for (const ConsentView& consent : SAMSYN_TRY(call.device.consents(case_id)))
            if (!pending || is_pending(call, consent))
                consents.push_back(to_json(call.names, consent));
        for (const ClosingView& closing : SAMSYN_TRY(call.device.closings(case_id)))
            closings.push_back(to_json(call.names, closing));
    }
    return json::object({{"consents", std::move(consents)}, {"closings", std::move(closings)}});
}

/// The scope of a closing statement, as the arguments name it.
Result<NewClosing> closing_by_scope(Call& call, const CaseId& case_id, ClosingKind kind) {
    NewClosing closing;
    closing.case_id = case_id;
    closing.kind = kind;
    if (!call.args.has("decider") || !call.args.has("about"))
        return fail(Errc::invalid_argument, "missing: decider, about (or consent)");
    closing.decider = SAMSYN_TRY(person_of(call, case_id, "decider"));
    closing.subjects = SAMSYN_TRY(persons_of(call, case_id, "about"));
    if (closing.subjects.empty()) return fail(Errc::invalid_argument, "about");
    closing.disclosing = SAMSYN_TRY(units_of(call, "from"));
    closing.categories = SAMSYN_TRY(categories_of(call.args, "categories"));
    if (closing.categories.empty()) closing.categories = every_category;
    if (const json* to = call.args.find("to"))
        closing.recipient = SAMSYN_TRY(recipient_from(call, *to));
    return closing;
}

/// The scopes of the consents that the arguments name.
Result<std::vector<NewClosing>> closings_of_consents(Call& call,
                                                     const CaseId& case_id,
                                                     ClosingKind kind) {
    for (const std::string_view other : {"decider", "about", "from", "to", "categories"})
        if (call.args.has(other))
            return fail(Errc::invalid_argument, "consent: it gives the scope, leave the rest out");
    const auto wanted = SAMSYN_TRY(statements_of(call, case_id, "consent"));
    std::vector<NewClosing> closings;
    for (const ConsentView& view : SAMSYN_TRY(call.device.consents(case_id))) {
        if (!std::ranges::binary_search(wanted, view.id)) continue;
        closings.push_back({.case_id = case_id,
                            .kind = kind,
                            .decider = view.consent.grantor,
                            .subjects = {view.consent.subject},
                            .disclosing = {view.consent.disclosing},
                            .recipient = view.consent.recipient,
                            .categories = view.consent.categories,
                            .evidence = {}});
    }
    if (closings.size() != wanted.size() || wanted.empty()) return fail(Errc::not_found, "consent");
    return closings;
}

Result<json> record_closing(Call& call, ClosingKind kind) {
    const CaseId case_id = SAMSYN_TRY(case_of(call));
    const std::string evidence = SAMSYN_TRY(call.args.text_or("evidence", ""));
    std::vector<NewClosing> closings;
    if (call.args.has("consent"))
        closings = SAMSYN_TRY(closings_of_consents(call, case_id, kind));
    else
        closings.push_back(SAMSYN_TRY(closing_by_scope(call, case_id, kind)));

    json recorded = json::array();
    for (NewClosing& closing : closings) {
        closing.evidence = evidence;
        for (const StatementId& id : SAMSYN_TRY(call.device.record_closing(closing)))
            recorded.push_back(to_hex(id));
    }
    return json::object({{"closings", std::move(recorded)}, {"kind", key_of(kind)}});
}

Result<json> refuse(Call& call) {
    return record_closing(call, ClosingKind::refusal);
}

Result<json> withdraw(Call& call) {
    return record_closing(call, ClosingKind::withdrawal);
}

Result<json> object(Call& call) {
    return record_closing(call, ClosingKind::objection);
}

Result<json> block(Call& call) {
    return record_closing(call, ClosingKind::block);
}

constexpr std::string_view closing_arguments = "consent decider about from to categories evidence";

constexpr Operation operations[] = {
    {"consent.record",
     &record_consent,
     true,
     "case grantor about from to categories until",
     "capacity reserved purpose actions reach form evidence names not_before"},
    {"consent.confirm", &confirm_consent, true, "case consent", "names"},
    {"consent.list", &list_consents, false, "", "case pending"},
    {"consent.refuse", &refuse, true, "case", closing_arguments},
    {"consent.withdraw", &withdraw, true, "case", closing_arguments},
    {"consent.object", &object, true, "case", closing_arguments},
    {"consent.block", &block, true, "case", closing_arguments},
};

}  // namespace

std::span<const Operation> consent_operations() {
    return operations;
}

}  // namespace samsyn
