#include "client-sdk/agent/operations_acts.hpp"
#include "core/model/local_date.hpp"
#include "core/policy/statute_table.hpp"

#include <algorithm>

namespace samsyn {

using nlohmann::json;

Result<Saying> saying_of(Call& call) {
    Saying saying;
    saying.case_id = SAMSYN_TRY(case_of(call));
    saying.text = SAMSYN_TRY(call.args.text_or("text", ""));
    saying.about = SAMSYN_TRY(persons_of(call, saying.case_id, "about"));
    if (call.args.has("unit")) saying.unit = SAMSYN_TRY(unit_of(call, "unit"));
    return saying;
}

Result<json> said(Call& call, Saying saying) {
    const StatementId id = SAMSYN_TRY(call.device.say(std::move(saying)));
    return json::object({{"statement", to_hex(id)}});
}

Result<Period> period_of(Call& call) {
    Period period{.from = call.clock.now(), .until = {}};
    period.until = end_of_day(SAMSYN_TRY(call.args.date("until")));
    if (period.until <= period.from)
        return fail(Errc::invalid_argument, "until: the period is over before it begins");
    return period;
}

Result<std::vector<UserId>> users_of(Call& call) {
    std::vector<UserId> users;
    for (const std::string& text : SAMSYN_TRY(call.args.texts("users")))
        users.push_back(SAMSYN_TRY(call.names.user("users", text)));
    std::ranges::sort(users);
    const auto doubles = std::ranges::unique(users);
    users.erase(doubles.begin(), doubles.end());
    return users;
}

namespace {

Result<json> age(Call& call) {
    Saying saying = SAMSYN_TRY(saying_of(call));
    AgeAttested body;
    body.child = SAMSYN_TRY(person_of(call, saying.case_id, "child"));
    body.years = static_cast<std::uint8_t>(SAMSYN_TRY(call.args.integer_or("years", 1, 25, 0)));
    saying.body = body;
    return said(call, std::move(saying));
}

Result<json> maturity(Call& call) {
    Saying saying = SAMSYN_TRY(saying_of(call));
    const Period period = SAMSYN_TRY(period_of(call));
    Maturity body;
    body.child = SAMSYN_TRY(person_of(call, saying.case_id, "child"));
    body.categories = SAMSYN_TRY(categories_of(call.args, "categories"));
    if (body.categories.empty()) return fail(Errc::invalid_argument, "categories");
    body.alone = SAMSYN_TRY(call.args.boolean_or("alone", false));
    body.assessor = call.names.me();
    body.from = period.from;
    body.until = period.until;
    saying.body = body;
    return said(call, std::move(saying));
}

Result<json> suspend(Call& call) {
    Saying saying = SAMSYN_TRY(saying_of(call));
    const Period period = SAMSYN_TRY(period_of(call));
    GuardianSuspended body;
    body.child = SAMSYN_TRY(person_of(call, saying.case_id, "child"));
    body.guardian = SAMSYN_TRY(person_of(call, saying.case_id, "guardian"));
    if (call.args.has("representative"))
        body.special_representative = SAMSYN_TRY(person_of(call, saying.case_id, "representative"));
    body.from = period.from;
    body.until = period.until;
    saying.body = body;
    return said(call, std::move(saying));
}

Result<json> represent(Call& call) {
    Saying saying = SAMSYN_TRY(saying_of(call));
    const Period period = SAMSYN_TRY(period_of(call));
    Representative body;
    body.adult = SAMSYN_TRY(person_of(call, saying.case_id, "adult"));
    body.representative = SAMSYN_TRY(person_of(call, saying.case_id, "representative"));
    body.categories = SAMSYN_TRY(categories_of(call.args, "categories"));
    body.from = period.from;
    body.until = period.until;
    saying.body = body;
    return said(call, std::move(saying));
}

Result<json> prevented(Call& call) {
    Saying saying = SAMSYN_TRY(saying_of(call));
    constexpr std::pair<std::string_view, PreventedCause> causes[] = {
        {"unreachable", PreventedCause::unreachable},
        {"abroad", PreventedCause::abroad},
        {"ill", PreventedCause::ill},
        {"other", PreventedCause::other}};
    GuardianPrevented body;
    body.child = SAMSYN_TRY(person_of(call, saying.case_id, "child"));
    body.guardian = SAMSYN_TRY(person_of(call, saying.case_id, "guardian"));
    body.cause = SAMSYN_TRY(word_of(call, "cause", causes));
    body.manifestly_required = SAMSYN_TRY(call.args.boolean_or("manifestly_required", false));
    body.until = SAMSYN_TRY(period_of(call)).until;
    saying.body = body;
    return said(call, std::move(saying));
}

/// "measure: 1001, 1002, …".
std::string measures_known() {
    std::string known = "measure";
    for (const auto& row : current_statute_table().purposes)
        if (row.measure)
            known.append(known == "measure" ? ": " : ", ")
                .append(std::to_string(static_cast<unsigned>(row.purpose)));
    return known;
}

/// The number of the decision is free text: it is sealed, and the statement carries its hash. The
/// stay of a decision names the same number.
Result<json> decision(Call& call) {
    Saying saying = SAMSYN_TRY(saying_of(call));
    DecisionInPlace body;
    body.child = SAMSYN_TRY(person_of(call, saying.case_id, "child"));
    body.guardian = SAMSYN_TRY(person_of(call, saying.case_id, "guardian"));
    body.measure =
        static_cast<Purpose>(SAMSYN_TRY(call.args.integer_or("measure", 0, UINT16_MAX, 0)));
    const auto* row = find_purpose(current_statute_table(), body.measure);
    if (!row || !row->measure) return fail(Errc::invalid_argument, measures_known());
    body.unit = SAMSYN_TRY(unit_of(call, "for"));
    body.until = SAMSYN_TRY(period_of(call)).until;
    body.stayed = SAMSYN_TRY(call.args.boolean_or("stayed", false));
    saying.body = body;
    return said(call, std::move(saying));
}

Result<json> mandate(Call& call) {
    Saying saying = SAMSYN_TRY(saying_of(call));
    const Period period = SAMSYN_TRY(period_of(call));
    Mandate body;
    body.principal = SAMSYN_TRY(person_of(call, saying.case_id, "principal"));
    body.agent = SAMSYN_TRY(person_of(call, saying.case_id, "agent"));
    body.categories = SAMSYN_TRY(categories_of(call.args, "categories"));
    if (body.categories.empty()) body.categories.bits = Categories::known;
    for (const std::string& key : SAMSYN_TRY(call.args.texts("regimes"))) {
        const auto regime = find_regime(key);
        if (!regime) return fail(Errc::invalid_argument, "regimes");
        body.regimes.insert(*regime);
    }
    if (body.regimes.bits == 0) return fail(Errc::invalid_argument, "regimes");
    body.from = period.from;
    body.until = period.until;
    saying.body = body;
    return said(call, std::move(saying));
}

Result<json> protect(Call& call) {
    Saying saying = SAMSYN_TRY(saying_of(call));
    constexpr std::pair<std::string_view, ProtectionKind> kinds[] = {
        {"secrecy_marking", ProtectionKind::secrecy_marking},
        {"protected_registration", ProtectionKind::protected_registration},
        {"hidden_existence", ProtectionKind::hidden_existence}};
    ProtectionMark body;
    body.person = SAMSYN_TRY(person_of(call, saying.case_id, "person"));
    body.kind = SAMSYN_TRY(word_of(call, "kind", kinds));
    body.users = SAMSYN_TRY(users_of(call));
    if (body.users.empty()) return fail(Errc::invalid_argument, "users");
    saying.body = std::move(body);
    return said(call, std::move(saying));
}

constexpr Operation operations[] = {
    {"age.attest", &age, true, "case child years"},
    {"maturity.record", &maturity, true, "case child categories until", "alone"},
    {"guardian.suspend", &suspend, true, "case child guardian until", "representative"},
    {"guardian.prevented",
     &prevented,
     true,
     "case child guardian cause until",
     "manifestly_required"},
    {"representative.record", &represent, true, "case adult representative categories until"},
    {"decision.record",
     &decision,
     true,
     "case child guardian measure for until text about",
     "stayed"},
    {"mandate.record", &mandate, true, "case principal agent regimes until", "categories"},
    {"protection.mark", &protect, true, "case person kind users"},
};

}  // namespace

std::span<const Operation> custody_operations() {
    return operations;
}

}  // namespace samsyn
