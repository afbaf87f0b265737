#include "core/policy/sign_rules.hpp"

#include <algorithm>

namespace samsyn {

namespace {

/// What the user was on the roster at that time: removals of later count for later.
std::optional<Duty> duty_at(const RosterFacts& roster, const UserId& user, HybridTime time) {
    std::optional<Duty> duty;
    for (const auto& addition : roster.added) {
        const auto& body = addition.body;
        if (body.user != user || time.instant() < body.from || time.instant() >= body.until)
            continue;
        const bool taken_back = std::ranges::any_of(roster.removed, [&](const auto& removal) {
            return removal.body.user == user && removal.time <= time &&
                   std::tie(removal.time, removal.id) > std::tie(addition.time, addition.id);
        });
        if (!taken_back) duty = body.duty;  // the newest one counts
    }
    return duty;
}

}  // namespace

int authority_rank(const StatementBody& body) {
    if (std::holds_alternative<CaseOpened>(body)) return 0;
    if (std::holds_alternative<ParticipantAdded>(body) ||
        std::holds_alternative<ParticipantRemoved>(body))
        return 1;
    if (std::holds_alternative<SecondReaderVerdict>(body) ||
        std::holds_alternative<GuestNamed>(body) || std::holds_alternative<Ended>(body) ||
        std::holds_alternative<Unknown>(body))
        return 3;
    return 2;
}

// --- Places --------------------------------------------------------------------------------------

Result<void> SignRules::require(bool met, std::string_view rule) {
    if (met) return {};
    return fail(Errc::not_permitted, rule);
}

Result<void> SignRules::in(StreamKind kind, const UnitId& unit) const {
    return require(header.stream.kind == kind && header.stream.unit == unit,
                   "this kind belongs in another stream");
}

Result<void> SignRules::lead_or_team() const {
    return require(view.is_lead_or_team(header.author, at()), "the case's lead or team signs this");
}

Result<void> SignRules::lead_or_team_once() const {
    if (ending) return lead_or_team();
    return require(view.was_lead_or_team(header.author), "the case's lead or team signs this");
}

Result<void> SignRules::lead() const {
    const auto& opened = view.custody().opened;
    if (opened && federation.user_of(header.author) == opened->body.lead &&
        view.is_lead_or_team(header.author, at()))
        return {};
    const auto units = view.roster_units();
    const bool leads =
        std::ranges::any_of(units, [&](const auto& unit) { return duty_for(unit) == Duty::lead; });
    return require(leads, "a lead of the case signs this");
}

Result<void> SignRules::lead_once() const {
    if (ending) return lead();
    const auto& opened = view.custody().opened;
    const auto* team = opened ? federation.unit(opened->body.unit) : nullptr;
    if (team && federation.is_device_of(header.author, opened->body.lead, team->organisation))
        return {};
    for (const auto& id : view.roster_units()) {
        const auto* unit = federation.unit(id);
        if (!unit || !federation.ever_acted_in(header.author, id)) continue;
        for (const auto& addition : view.roster(id).added)
            if (addition.body.duty == Duty::lead &&
                federation.is_device_of(header.author, addition.body.user, unit->organisation))
                return {};
    }
    return fail(Errc::not_permitted, "a lead of the case signs this");
}

std::optional<Duty> SignRules::duty_for(const UnitId& unit) const {
    if (!federation.acted_in(header.author, unit, at())) return std::nullopt;
    return duty_at(view.roster(unit), federation.user_of(header.author), header.time);
}

bool SignRules::took_part_for(const UnitId& id) const {
    const auto* unit = federation.unit(id);
    return unit && federation.ever_acted_in(header.author, id) &&
           std::ranges::any_of(view.roster(id).added, [&](const auto& addition) {
               return federation.is_device_of(
                   header.author, addition.body.user, unit->organisation);
           });
}

Result<void> SignRules::participant_of(const UnitId& unit) const {
    return require(duty_for(unit).has_value(), "a participant of the unit signs this");
}

Result<void> SignRules::participant_of_once(const UnitId& unit) const {
    if (ending) return participant_of(unit);
    return require(took_part_for(unit), "a participant of the unit signs this");
}

Result<void> SignRules::participant() const {
    const auto units = view.roster_units();
    const bool takes_part =
        std::ranges::any_of(units, [&](const auto& unit) { return duty_for(unit).has_value(); });
    return require(takes_part || view.is_lead_or_team(header.author, at()),
                   "somebody who takes part in the case signs this");
}

Result<void> SignRules::participant_once() const {
    if (ending) return participant();
    const auto units = view.roster_units();
    const bool took_part =
        std::ranges::any_of(units, [&](const auto& unit) { return took_part_for(unit); });
    return require(took_part || view.was_lead_or_team(header.author),
                   "somebody who takes part in the case signs this");
}

bool SignRules::has_regime(const UnitId& id, std::initializer_list<Regime> regimes) const {
    const auto* unit = federation.unit(id);
    return unit && std::ranges::find(regimes, unit->regime) != regimes.end();
}

// --- The case, its participants, consents --------------------------------------------------------

Result<void> SignRules::operator()(const CaseOpened& body) const {
    SAMSYN_TRY(in(StreamKind::custody));
    SAMSYN_TRY(require(has_regime(body.unit, {Regime::team}), "a team opens cases"));
    return require(federation.acted_in(header.author, body.unit, at()),
                   "the author does not work in the unit");
}

Result<void> SignRules::operator()(const CaseClosed&) const {
    SAMSYN_TRY(in(StreamKind::custody));
    return lead_or_team_once();
}

Result<void> SignRules::operator()(const ParticipantAdded& body) const {
    SAMSYN_TRY(in(StreamKind::roster, body.unit));
    return lead_or_team();
}

Result<void> SignRules::operator()(const ParticipantRemoved& body) const {
    SAMSYN_TRY(in(StreamKind::roster, body.unit));
    return lead_or_team_once();
}

Result<void> SignRules::operator()(const Custody&) const {
    SAMSYN_TRY(in(StreamKind::custody));
    return lead_or_team();
}

Result<void> SignRules::operator()(const AdultRecorded&) const {
    SAMSYN_TRY(in(StreamKind::custody));
    return lead_or_team();
}

Result<void> SignRules::operator()(const Consent& body) const {
    SAMSYN_TRY(in(StreamKind::disclosing, body.disclosing));
    SAMSYN_TRY(check_complete(body));
    return require(federation.acted_somewhere(header.author, at()),
                   "somebody who works in a unit signs this");
}

Result<void> SignRules::operator()(const Confirmation&) const {
    SAMSYN_TRY(in(StreamKind::disclosing, header.stream.unit));
    return require(federation.acted_in(header.author, header.stream.unit, at()),
                   "the disclosing unit confirms");
}

Result<void> SignRules::operator()(const Closing& body) const {
    SAMSYN_TRY(body.disclosing ? in(StreamKind::disclosing, *body.disclosing)
                               : in(StreamKind::custody));
    return require(federation.ever_acted_somewhere(header.author),
                   "somebody who works in a unit signs this");
}

Result<void> SignRules::operator()(const Unknown&) const {
    if (!header.restricting) return {};
    return header.stream.kind == StreamKind::custody ? lead_or_team_once() : participant_once();
}

}  // namespace samsyn
