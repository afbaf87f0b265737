#include "client-sdk/agent/operations_directory.hpp"

#include "client-sdk/agent/operations_arguments.hpp"

#include <algorithm>

namespace samsyn {

namespace {

using nlohmann::json;

constexpr std::size_t prefix_digits_min = 4;
constexpr std::size_t candidates_max = 20;

/// The text as the beginning of an id, in lower case; empty where it cannot be one.
std::string as_prefix(std::string_view text) {
    std::string prefix;
    for (const char c : text) {
        const bool upper = c >= 'A' && c <= 'F';
        if (!upper && !(c >= 'a' && c <= 'f') && !(c >= '0' && c <= '9')) return {};
        prefix.push_back(upper ? static_cast<char>(c - 'A' + 'a') : c);
    }
    return prefix.size() < prefix_digits_min ? std::string{} : prefix;
}

json named(const std::string& id, std::string_view name) {
    return json::object({{"id", id}, {"name", name}});
}

}  // namespace

Result<std::string> Directory::pick(std::string_view argument,
                                    std::string_view text,
                                    std::vector<Candidate> from) {
    const std::string name = folded(text);
    const std::string prefix = as_prefix(text);
    std::vector<Candidate> fitting;
    for (Candidate& candidate : from) {
        if (candidate.id == prefix) return candidate.id;
        const bool by_name = !candidate.name.empty() && (folded(candidate.name) == name ||
                                                         folded(candidate.other_name) == name);
        if (by_name || (!prefix.empty() && candidate.id.starts_with(prefix)))
            fitting.push_back(std::move(candidate));
    }
    if (fitting.empty()) return fail(Errc::not_found, argument);
    if (fitting.size() == 1) return fitting.front().id;
    fitting.resize(std::min(fitting.size(), candidates_max));
    candidates_ = std::move(fitting);
    return fail(Errc::ambiguous, argument);
}

const std::vector<UserView>& Directory::users() {
    if (!users_) users_ = device_.users();
    return *users_;
}

const std::vector<UnitView>& Directory::units() {
    if (!units_) units_ = device_.units();
    return *units_;
}

const std::vector<CaseSummary>& Directory::cases() {
    if (!cases_) cases_ = device_.cases().value_or(std::vector<CaseSummary>{});
    return *cases_;
}

const std::vector<PersonView>& Directory::persons(const CaseId& case_id) {
    const auto found = persons_.find(case_id);
    if (found != persons_.end()) return found->second;
    return persons_[case_id] = device_.persons(case_id).value_or(std::vector<PersonView>{});
}

Result<UserId> Directory::user(std::string_view argument, std::string_view text) {
    std::vector<Candidate> all;
    for (const UserView& user : users()) {
        const json unit = user.units.empty() ? json{} : describe(user.units.front());
        const std::string where = unit.is_object() ? unit.value("name", "") : std::string{};
        all.push_back({to_hex(user.id), user.name, user.name + ", " + where});
    }
    return known_id<UserId>(SAMSYN_TRY(pick(argument, text, std::move(all))));
}

Result<UnitId> Directory::unit(std::string_view argument, std::string_view text) {
    std::vector<Candidate> all;
    for (const UnitView& unit : units())
        all.push_back({to_hex(unit.unit.unit), unit.name, unit.organisation + "/" + unit.name});
    return known_id<UnitId>(SAMSYN_TRY(pick(argument, text, std::move(all))));
}

Result<OrganisationId> Directory::organisation(std::string_view argument, std::string_view text) {
    std::vector<Candidate> all;
    for (const OrganisationView& organisation : device_.organisations())
        all.push_back({to_hex(organisation.id), organisation.name, {}});
    return known_id<OrganisationId>(SAMSYN_TRY(pick(argument, text, std::move(all))));
}

Result<DeviceId> Directory::device(std::string_view argument, std::string_view text) {
    std::vector<Candidate> all;
    for (const DeviceView& device : device_.devices())
        all.push_back({to_hex(device.id), describe(device.user).value("name", ""), device.name});
    return known_id<DeviceId>(SAMSYN_TRY(pick(argument, text, std::move(all))));
}

Result<CaseId> Directory::case_id(std::string_view argument, std::string_view text) {
    std::vector<Candidate> all;
    for (const CaseSummary& summary : SAMSYN_TRY(device_.cases()))
        all.push_back({to_hex(summary.id), summary.title, {}});
    return known_id<CaseId>(SAMSYN_TRY(pick(argument, text, std::move(all))));
}

Result<PersonId> Directory::person(const CaseId& case_id,
                                   std::string_view argument,
                                   std::string_view text) {
    // The whole id of a person whose name this device may not read is as good.
    if (const std::string id = as_prefix(text); id.size() == PersonId::size * 2)
        return known_id<PersonId>(id);
    std::vector<Candidate> all;
    for (const PersonView& person : SAMSYN_TRY(device_.persons(case_id)))
        all.push_back({to_hex(person.id), person.name, {}});
    return known_id<PersonId>(SAMSYN_TRY(pick(argument, text, std::move(all))));
}

Result<StatementId> Directory::statement(const CaseId& case_id,
                                         std::string_view argument,
                                         std::string_view text) {
    std::vector<Candidate> all;
    for (const StatementView& view : SAMSYN_TRY(device_.statements(case_id)))
        all.push_back({to_hex(view.id), std::string{view.kind}, {}});
    return known_id<StatementId>(SAMSYN_TRY(pick(argument, text, std::move(all))));
}

Result<ItemId> Directory::item(std::string_view argument, std::string_view text) {
    const std::string prefix = as_prefix(text);
    if (prefix.empty()) return fail(Errc::not_found, argument);
    if (prefix.size() == ItemId::size * 2) return known_id<ItemId>(prefix);

    std::vector<Candidate> all;
    for (const CaseSummary& summary : SAMSYN_TRY(device_.cases())) {
        for (const ItemView& item : SAMSYN_TRY(device_.items(summary.id))) {
            const TypeInfo* type = find_type(item.type);
            all.push_back({to_hex(item.id), std::string{type ? type->key : ""}, {}});
        }
    }
    return known_id<ItemId>(SAMSYN_TRY(pick(argument, prefix, std::move(all))));
}

json Directory::describe(const UserId& id) {
    const auto found = std::ranges::find(users(), id, &UserView::id);
    return named(to_hex(id), found == users().end() ? std::string{} : found->name);
}

json Directory::describe(const UnitId& id) {
    const auto found =
        std::ranges::find(units(), id, [](const UnitView& unit) { return unit.unit.unit; });
    json unit = named(to_hex(id), found == units().end() ? std::string{} : found->name);
    unit["organisation"] = found == units().end() ? std::string{} : found->organisation;
    return unit;
}

json Directory::describe(const OrganisationId& id) {
    for (const OrganisationView& organisation : device_.organisations())
        if (organisation.id == id) return named(to_hex(id), organisation.name);
    return named(to_hex(id), "");
}

json Directory::describe(const CaseId& id) {
    const auto found = std::ranges::find(cases(), id, &CaseSummary::id);
    return named(to_hex(id), found == cases().end() ? std::string{} : found->title);
}

json Directory::describe(const CaseId& case_id, const PersonId& id) {
    const auto& all = persons(case_id);
    const auto found = std::ranges::find(all, id, &PersonView::id);
    return named(to_hex(id), found == all.end() ? std::string{} : found->name);
}

UserId Directory::me() const {
    return device_.user();
}

std::vector<UnitId> Directory::my_units() {
    const auto found = std::ranges::find(users(), me(), &UserView::id);
    return found == users().end() ? std::vector<UnitId>{} : found->units;
}

}  // namespace samsyn
