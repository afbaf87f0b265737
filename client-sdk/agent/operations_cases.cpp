#include "client-sdk/agent/operations_call.hpp"
#include "client-sdk/agent/operations_consultations.hpp"
#include "core/model/local_date.hpp"

#include <algorithm>

namespace samsyn {

namespace {

using nlohmann::json;

constexpr std::chrono::days custody_review{365};  // consent-rules.md: a review after 12 months

json added(const StatementId& statement) {
    return json::object({{"statement", to_hex(statement)}});
}

/// The unit that the argument names, else the user's only one.
Result<UnitId> own_unit_of(Call& call, std::string_view argument) {
    if (call.args.has(argument)) return unit_of(call, argument);
    const std::vector<UnitId> mine = call.names.my_units();
    if (mine.size() != 1) return fail(Errc::invalid_argument, "unit: name one of your units");
    return mine.front();
}

Result<json> open_case(Call& call) {
    const std::string title = SAMSYN_TRY(call.args.text("title"));
    const auto model =
        SAMSYN_TRY(term_of(call.args, "model", &find_service_model, ServiceModel::famsam));
    const UnitId unit = SAMSYN_TRY(own_unit_of(call, "unit"));
    const CaseId id = SAMSYN_TRY(call.device.open_case(model, title, unit));
    return json::object({{"case", json::object({{"id", to_hex(id)}, {"name", title}})},
                         {"unit", call.names.describe(unit)},
                         {"model", key_of(model)}});
}

Result<json> list_cases(Call& call) {
    json list = json::array();
    for (const CaseSummary& summary : SAMSYN_TRY(call.device.cases()))
        list.push_back(to_json(call.names, summary));
    return json::object({{"cases", std::move(list)}});
}

Result<json> show_case(Call& call) {
    const CaseId id = SAMSYN_TRY(case_of(call));
    json result = json::object();
    for (const CaseSummary& summary : SAMSYN_TRY(call.device.cases()))
        if (summary.id == id) result["case"] = to_json(call.names, summary);

    result["persons"] = json::array();
    for (const PersonView& person : SAMSYN_TRY(call.device.persons(id)))
        result["persons"].push_back(to_json(call.names, id, person));

    result["participants"] = json::array();
    for (const auto& participant : SAMSYN_TRY(call.device.participants(id)))
        result["participants"].push_back(
            json::object({{"user", call.names.describe(participant.user)},
                          {"unit", call.names.describe(participant.unit)},
                          {"duty", key_of(participant.duty)}}));
    return result;
}

Result<json> add_person(Call& call) {
    const CaseId case_id = SAMSYN_TRY(case_of(call));
    if (SAMSYN_TRY(is_consultation(call.device, case_id)))
        return fail(Errc::invalid_argument, "case: a consultation is about nobody");
    const std::string name = SAMSYN_TRY(call.args.text("name"));
    const TypeInfo* type = find_type(ItemType::person);
    SAMSYN_ASSERT(type != nullptr);
    const auto fields = SAMSYN_TRY(fields_of(call, case_id, *type, "fields"));
    const bool named_twice =
        std::ranges::any_of(fields, [](const FieldInput& field) { return field.key == "name"; });
    if (named_twice) return fail(Errc::invalid_argument, "fields: the name is an argument");
    const PersonId id = SAMSYN_TRY(call.device.add_person(case_id, name, fields));
    return json::object({{"person", json::object({{"id", to_hex(id)}, {"name", name}})},
                         {"case", call.names.describe(case_id)}});
}

Result<json> record_adult(Call& call) {
    const CaseId case_id = SAMSYN_TRY(case_of(call));
    const PersonId person = SAMSYN_TRY(person_of(call, case_id, "person"));
    json result = added(SAMSYN_TRY(call.device.record_adult(case_id, person)));
    result["person"] = call.names.describe(case_id, person);
    return result;
}

/// The birth date is used here and not kept: a statement carries no birth date (consent-rules.md).
Result<Instant> adult_at_of(const Arguments& args) {
    if (args.has("born") == args.has("adult_on"))
        return fail(Errc::invalid_argument, "born: give either the birth date or adult_on");
    if (args.has("born")) return comes_of_age(SAMSYN_TRY(args.date("born")));
    return start_of_day(SAMSYN_TRY(args.date("adult_on")));
}

Result<json> record_custody(Call& call) {
    const CaseId case_id = SAMSYN_TRY(case_of(call));
    Custody custody;
    custody.child = SAMSYN_TRY(person_of(call, case_id, "child"));
    custody.guardians = SAMSYN_TRY(persons_of(call, case_id, "guardians"));
    std::ranges::sort(custody.guardians);
    const auto doubles = std::ranges::unique(custody.guardians);
    custody.guardians.erase(doubles.begin(), doubles.end());
    if (custody.guardians.empty() || custody.guardians.size() > 8)
        return fail(Errc::invalid_argument, "guardians: name all, one to eight");
    if (std::ranges::find(custody.guardians, custody.child) != custody.guardians.end())
        return fail(Errc::invalid_argument, "guardians: the child is among them");

    const Instant now = call.clock.now();
    custody.adult_at = SAMSYN_TRY(adult_at_of(call.args));
    if (custody.adult_at <= now)
        return fail(Errc::invalid_argument, "born: this person is of age, use person.adult");
    const Instant latest = end_of_day({local_date(now).day + custody_review});
    custody.review_at = latest;
    if (call.args.has("review"))
        custody.review_at = end_of_day(SAMSYN_TRY(call.args.date("review")));
    if (custody.review_at <= now || custody.review_at > latest)
        return fail(Errc::invalid_argument, "review: within twelve months from today");

    json result = added(SAMSYN_TRY(call.device.record_custody(case_id, custody)));
    result["child"] = call.names.describe(case_id, custody.child);
    result["guardians"] = json::array();
    for (const PersonId& guardian : custody.guardians)
        result["guardians"].push_back(call.names.describe(case_id, guardian));
    result["review"] = last_day(custody.review_at);
    result["adult_at"] = to_json(custody.adult_at);
    return result;
}

/// The unit that the argument names, else the user's only one.
Result<UnitId> unit_of_user(Call& call, const UserId& user) {
    if (call.args.has("unit")) return unit_of(call, "unit");
    const auto& users = call.names.users();
    const auto found = std::ranges::find(users, user, &UserView::id);
    if (found == users.end() || found->units.size() != 1)
        return fail(Errc::invalid_argument, "unit: the user works in several, name one");
    return found->units.front();
}

Result<json> add_participant(Call& call) {
    const CaseId case_id = SAMSYN_TRY(case_of(call));
    const UserId user = SAMSYN_TRY(user_of(call, "user"));
    const UnitId unit = SAMSYN_TRY(unit_of_user(call, user));
    const auto duty = SAMSYN_TRY(term_of(call.args, "duty", &find_duty, Duty::member));
    Instant until = instant_max;
    if (call.args.has("until")) until = end_of_day(SAMSYN_TRY(call.args.date("until")));
    if (until <= call.clock.now()) return fail(Errc::invalid_argument, "until: it is in the past");
    json result = added(SAMSYN_TRY(call.device.add_participant(case_id, user, unit, duty, until)));
    result["user"] = call.names.describe(user);
    result["unit"] = call.names.describe(unit);
    result["duty"] = key_of(duty);
    return result;
}

Result<json> remove_participant(Call& call) {
    const CaseId case_id = SAMSYN_TRY(case_of(call));
    const UserId user = SAMSYN_TRY(user_of(call, "user"));
    const UnitId unit = SAMSYN_TRY(unit_of_user(call, user));
    json result = added(SAMSYN_TRY(call.device.remove_participant(case_id, user, unit)));
    result["user"] = call.names.describe(user);
    result["unit"] = call.names.describe(unit);
    return result;
}

constexpr Operation operations[] = {
    {"case.open", &open_case, true, "title", "unit model"},
    {"case.list", &list_cases, false, ""},
    {"case.show", &show_case, false, "case"},
    {"person.add", &add_person, true, "case name", "fields"},
    {"person.adult", &record_adult, true, "case person"},
    {"custody.record", &record_custody, true, "case child guardians", "born adult_on review"},
    {"participant.add", &add_participant, true, "case user", "unit duty until"},
    {"participant.remove", &remove_participant, true, "case user", "unit"},
};

}  // namespace

std::span<const Operation> case_operations() {
    return operations;
}

}  // namespace samsyn
