#include "core/policy/leaving.hpp"
#include "core/policy/sign_rules.hpp"

#include <algorithm>

namespace samsyn {

namespace {

/// What opens for a time must say until when.
Result<void> check_ends(Instant until) {
    if (until != instant_max) return {};
    return fail(Errc::invalid_argument, "an end");
}

}  // namespace

// --- Custody stream ------------------------------------------------------------------------------

Result<void> SignRules::operator()(const CaseWeeded&) const {
    SAMSYN_TRY(in(StreamKind::custody));
    return lead_or_team_once();
}

Result<void> SignRules::operator()(const AgeAttested&) const {
    SAMSYN_TRY(in(StreamKind::custody));
    return lead_or_team();
}

Result<void> SignRules::operator()(const Maturity& body) const {
    SAMSYN_TRY(in(StreamKind::custody));
    SAMSYN_TRY(check_ends(body.until));
    return lead_or_team();
}

/// May stand without an end: one that ended by itself would show a child's items to the guardian
/// from whom they are kept.
Result<void> SignRules::operator()(const GuardianSuspended&) const {
    SAMSYN_TRY(in(StreamKind::custody));
    return lead_or_team();
}

Result<void> SignRules::operator()(const Representative&) const {
    SAMSYN_TRY(in(StreamKind::custody));
    return lead_or_team();
}

Result<void> SignRules::operator()(const GuardianPrevented& body) const {
    SAMSYN_TRY(in(StreamKind::custody));
    SAMSYN_TRY(check_ends(body.until));
    return lead_or_team();
}

/// The lead in social services: of the duty on that unit's roster, or the case's own lead who works
/// there. Whoever ever was may say that a court has stayed it.
Result<void> SignRules::operator()(const DecisionInPlace& body) const {
    SAMSYN_TRY(in(StreamKind::custody));
    if (!body.stayed) SAMSYN_TRY(check_ends(body.until));
    const auto& opened = view.custody().opened;
    const auto is_lead_of = [&](const UnitId& unit) {
        if (!has_regime(unit, {Regime::social})) return false;
        if (!body.stayed && duty_for(unit) == Duty::lead) return true;
        return body.stayed && took_part_for(unit) && lead_once().has_value();
    };
    const auto units = view.roster_units();
    if (std::ranges::any_of(units, is_lead_of)) return {};
    if (opened && view.is_lead_or_team(header.author, at()) &&
        federation.user_of(header.author) == opened->body.lead)
        for (const auto& [id, unit] : federation.units())
            if (unit.regime == Regime::social && federation.acted_in(header.author, id, at()))
                return {};
    return fail(Errc::not_permitted, "the case's lead in social services signs this");
}

Result<void> SignRules::operator()(const Mandate& body) const {
    SAMSYN_TRY(in(StreamKind::custody));
    SAMSYN_TRY(check_ends(body.until));
    return lead_or_team();
}

Result<void> SignRules::operator()(const ProtectionMark&) const {
    SAMSYN_TRY(in(StreamKind::custody));
    return lead_once();
}

// --- Disclosing stream ---------------------------------------------------------------------------

/// A lock: of whoever once took part, so that no removal takes back a narrower audience.
Result<void> SignRules::operator()(const Audience&) const {
    SAMSYN_TRY(in(StreamKind::disclosing, header.stream.unit));
    return participant_of_once(header.stream.unit);
}

Result<void> SignRules::operator()(const InvestigationLock& body) const {
    SAMSYN_TRY(in(StreamKind::disclosing, header.stream.unit));
    SAMSYN_TRY(require(has_regime(body.unit, {Regime::police, Regime::prosecutor}),
                       "police or prosecutor lock"));
    return participant_of_once(body.unit);
}

/// Whether it is the unit that locked, those know who know the lock.
Result<void> SignRules::operator()(const Release&) const {
    SAMSYN_TRY(in(StreamKind::disclosing, header.stream.unit));
    const auto units = view.roster_units();
    const bool may = std::ranges::any_of(units, [&](const auto& unit) {
        return has_regime(unit, {Regime::police, Regime::prosecutor}) && duty_for(unit).has_value();
    });
    return require(may, "police or prosecutor release");
}

Result<void> SignRules::operator()(const Override& body) const {
    SAMSYN_TRY(in(StreamKind::disclosing, header.stream.unit));
    SAMSYN_TRY(check_ends(body.until));
    return participant_of(header.stream.unit);
}

/// Its no is a no, whoever has left since.
Result<void> SignRules::operator()(const SecondReaderVerdict& body) const {
    const auto judged = view.said(body.statement);
    SAMSYN_TRY(require(!judged.author.is_none() && judged.stream == header.stream,
                       "what it judges is not in this stream"));
    const bool same_user = federation.are_of_one_user(header.author, judged.author) ||
                           federation.user_of(header.author) == federation.user_of(judged.author);
    SAMSYN_TRY(require(!same_user, "another person than who said it reads it"));
    if (header.stream.kind == StreamKind::custody)
        return body.approved ? lead_or_team() : lead_or_team_once();
    SAMSYN_TRY(in(StreamKind::disclosing, header.stream.unit));
    return body.approved ? participant_of(header.stream.unit)
                         : participant_of_once(header.stream.unit);
}

Result<void> SignRules::operator()(const InvestigationAnswer& body) const {
    SAMSYN_TRY(in(StreamKind::disclosing, header.stream.unit));
    SAMSYN_TRY(check_ends(body.until));
    return participant_of(header.stream.unit);
}

Result<void> SignRules::operator()(const EmergencyOpening&) const {
    SAMSYN_TRY(in(StreamKind::disclosing, header.stream.unit));
    return participant_of_once(header.stream.unit);
}

Result<void> SignRules::operator()(const Informed&) const {
    SAMSYN_TRY(in(StreamKind::disclosing, header.stream.unit));
    return participant();
}

Result<void> SignRules::operator()(const GuestNamed& body) const {
    SAMSYN_TRY(in(StreamKind::disclosing, header.stream.unit));
    const auto consent = view.said(body.consent);
    SAMSYN_TRY(require(!consent.author.is_none() && consent.stream == header.stream,
                       "the consent is not in this stream"));
    if (federation.are_of_one_user(header.author, consent.author)) return participant();
    return participant_of(header.stream.unit);
}

Result<void> SignRules::operator()(const CopiedToOwnRecord& body) const {
    SAMSYN_TRY(in(StreamKind::disclosing, header.stream.unit));
    return participant_of(body.unit);
}

// --- Roster stream -------------------------------------------------------------------------------

Result<void> SignRules::operator()(const SecrecyAcknowledged& body) const {
    SAMSYN_TRY(in(StreamKind::roster, body.unit));
    if (view.is_lead_or_team(header.author, at())) return {};
    return participant_of(body.unit);
}

Result<void> SignRules::operator()(const RoomSession& body) const {
    SAMSYN_TRY(in(StreamKind::roster, header.stream.unit));
    SAMSYN_TRY(check_ends(body.until));
    return participant_of(header.stream.unit);
}

// --- Notice stream -------------------------------------------------------------------------------

Result<void> SignRules::operator()(const ReportOfConcern& body) const {
    SAMSYN_TRY(in(StreamKind::notice, body.intake));
    SAMSYN_TRY(require(!view.custody().opened, "a report of concern is of no case"));
    SAMSYN_TRY(require(has_regime(body.intake, {Regime::social}), "social services take reports"));
    return require(federation.acted_in(header.author, body.from, at()),
                   "the author does not work in the unit");
}

/// Of a device that took part, whatever has ended since: that is why it purges.
Result<void> SignRules::operator()(const PurgeReceipt&) const {
    SAMSYN_TRY(in(StreamKind::notice, header.stream.unit));
    return participant_once();
}

Result<void> SignRules::operator()(const EscrowVerdict&) const {
    const auto& unit = header.stream.unit;
    SAMSYN_TRY(in(StreamKind::notice, unit));
    return require(may_judge_escrow(header.author, unit, view, federation, at()),
                   "the unit's case lead signs this");
}

Result<void> SignRules::operator()(const ReviewVerdict& body) const {
    SAMSYN_TRY(in(StreamKind::notice, header.stream.unit));
    const auto user = federation.user_of(header.author);
    SAMSYN_TRY(require(body.reviewed != user, "nobody reviews the own reads"));
    const auto* unit = federation.unit(header.stream.unit);
    const auto* known = federation.user(user);
    const bool reviews =
        unit && known && std::ranges::any_of(known->memberships, [&](const auto& at_work) {
            return at_work.organisation == unit->organisation &&
                   federation.role_in(user, at_work.unit, at()) == Role::log_reviewer &&
                   federation.acted_in(header.author, at_work.unit, at());
        });
    return require(reviews, "a log reviewer of the unit's organisation signs this");
}

}  // namespace samsyn
