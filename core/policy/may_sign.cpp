#include "core/policy/case_view.hpp"

#include <algorithm>

namespace samsyn {

namespace {

/// One rule for each kind: who may say it in the streams of a case.
///
/// What opens something needs an author who had the place at the time claimed. What only denies
/// (closings, removals, closing a case) needs one who ever had it: so that no later removal of a
/// user takes back a no that the user wrote down.
struct MaySign {
    const StatementHeader& header;
    const CaseView& view;
    const Federation& federation;

    Instant at() const { return header.time.instant(); }

    static Result<void> require(bool met, std::string_view rule) {
        if (met) return {};
        return fail(Errc::not_permitted, rule);
    }

    Result<void> in(StreamKind kind, const UnitId& unit = {}) const {
        return require(header.stream.kind == kind && header.stream.unit == unit,
                       "this kind belongs in another stream");
    }

    Result<void> lead_or_team() const {
        return require(view.is_lead_or_team(header.author, at()),
                       "the case's lead or team signs this");
    }

    Result<void> lead_or_team_once() const {
        return require(view.was_lead_or_team(header.author), "the case's lead or team signs this");
    }

    /// True where somebody of the unit was put on its roster, on a device of the unit.
    bool took_part_for(const UnitId& id) const {
        const auto* unit = federation.unit(id);
        return unit && federation.ever_acted_in(header.author, id) &&
               std::ranges::any_of(view.roster(id).added, [&](const auto& addition) {
                   return federation.is_device_of(
                       header.author, addition.body.user, unit->organisation);
               });
    }

    Result<void> participant_once() const {
        const auto units = view.roster_units();
        const bool took_part =
            std::ranges::any_of(units, [&](const auto& unit) { return took_part_for(unit); });
        return require(took_part || view.was_lead_or_team(header.author),
                       "somebody who takes part in the case signs this");
    }

    Result<void> operator()(const CaseOpened& body) const {
        SAMSYN_TRY(in(StreamKind::custody));
        const auto* unit = federation.unit(body.unit);
        SAMSYN_TRY(require(unit && unit->regime == Regime::team, "a team opens cases"));
        return require(federation.acted_in(header.author, body.unit, at()),
                       "the author does not work in the unit");
    }

    Result<void> operator()(const CaseClosed&) const {
        SAMSYN_TRY(in(StreamKind::custody));
        return lead_or_team_once();
    }

    Result<void> operator()(const ParticipantAdded& body) const {
        SAMSYN_TRY(in(StreamKind::roster, body.unit));
        return lead_or_team();
    }

    Result<void> operator()(const ParticipantRemoved& body) const {
        SAMSYN_TRY(in(StreamKind::roster, body.unit));
        return lead_or_team_once();
    }

    Result<void> operator()(const Custody&) const {
        SAMSYN_TRY(in(StreamKind::custody));
        return lead_or_team();
    }

    Result<void> operator()(const AdultRecorded&) const {
        SAMSYN_TRY(in(StreamKind::custody));
        return lead_or_team();
    }

    Result<void> operator()(const Consent& body) const {
        SAMSYN_TRY(in(StreamKind::disclosing, body.disclosing));
        SAMSYN_TRY(check_complete(body));
        return require(federation.acted_somewhere(header.author, at()),
                       "somebody who works in a unit signs this");
    }

    Result<void> operator()(const Confirmation&) const {
        SAMSYN_TRY(in(StreamKind::disclosing, header.stream.unit));
        return require(federation.acted_in(header.author, header.stream.unit, at()),
                       "the disclosing unit confirms");
    }

    Result<void> operator()(const Closing& body) const {
        SAMSYN_TRY(body.disclosing ? in(StreamKind::disclosing, *body.disclosing)
                                   : in(StreamKind::custody));
        return require(federation.ever_acted_somewhere(header.author),
                       "somebody who works in a unit signs this");
    }

    /// Answered by `may_sign` itself, which knows what is ended.
    Result<void> operator()(const Ended&) const { return {}; }

    /// Nobody here knows who may say a kind that nobody here knows: every known author. One that
    /// stops all reading is believed only of those who can stop it in other ways too.
    Result<void> operator()(const Unknown&) const {
        if (!header.restricting) return {};
        return header.stream.kind == StreamKind::custody ? lead_or_team_once() : participant_once();
    }

    template <class OfTheFederation>
    Result<void> operator()(const OfTheFederation&) const {
        return fail(Errc::not_permitted, "a statement of the federation in a case");
    }
};

}  // namespace

bool opens(const StatementBody& body) {
    return !order_in({}, body) && !std::holds_alternative<RevocationPinned>(body) &&
           !std::holds_alternative<UserRemoved>(body) &&
           !std::holds_alternative<CaseClosed>(body) &&
           !std::holds_alternative<ParticipantRemoved>(body) &&
           !std::holds_alternative<Closing>(body) && !std::holds_alternative<Ended>(body) &&
           !std::holds_alternative<Unknown>(body);
}

Result<void> check_complete(const Consent& consent) {
    std::string missing;
    const auto need = [&](bool there, std::string_view what) {
        if (!there) (missing += missing.empty() ? "" : ", ") += what;
    };
    need(!consent.grantor.is_none(), "grantor");
    need(!consent.subject.is_none(), "subject");
    need(!consent.disclosing.is_none(), "disclosing unit");
    need(!consent.recipient.unit.is_none(), "recipient unit");
    need(!consent.categories.empty(), "categories");
    need(consent.actions.bits != 0, "actions");
    need(consent.not_after != instant_max && consent.not_before < consent.not_after, "period");
    if (missing.empty()) return {};
    return fail(Errc::invalid_argument, missing);
}

Result<void> may_sign(const StatementHeader& header,
                      const StatementBody& body,
                      const CaseView& view,
                      const Federation& federation) {
    if (header.stream.kind == StreamKind::federation) return federation.may_sign(header, body);
    if (!federation.device(header.author)) return fail(Errc::unknown_device, "author");
    if (!federation.counts(header.author, header.counter))
        return fail(Errc::revoked_device, "author");

    const MaySign rules{header, view, federation};
    const auto* ended = std::get_if<Ended>(&body);
    if (!ended) return std::visit(rules, body);

    const auto found = view.endable_.find(ended->statement);
    if (found == view.endable_.end() || found->second.stream != header.stream)
        return fail(Errc::not_permitted, "what it ends is not in this stream");
    using By = CaseView::Endable::By;
    const bool own = federation.are_of_one_user(header.author, found->second.author);
    const bool by_unit = federation.acted_in(header.author, header.stream.unit, rules.at());
    switch (found->second.by) {
        case By::lead_or_team:
            return rules.lead_or_team();
        case By::author_or_unit:
            return MaySign::require(own || by_unit, "its author or unit ends");
        case By::author:
            return MaySign::require(own, "only who set it ends it");
        case By::nobody:
            break;
    }
    return fail(Errc::not_permitted, "a newer consent names it instead");
}

Result<void> may_publish(const StatementHeader& header,
                         const StatementBody& body,
                         const CaseView& view,
                         const Federation& federation) {
    SAMSYN_TRY(may_sign(header, body, view, federation));
    const auto now = header.time.instant();
    if (header.stream.kind == StreamKind::federation) return {};
    if (!federation.in_good_standing(header.author, now))
        return fail(Errc::revoked_device, "the author is not active");
    if (std::holds_alternative<CaseOpened>(body)) {
        if (view.custody().opened) return fail(Errc::already_exists, "the case is open");
        return {};
    }
    const auto user = federation.user_of(header.author);
    if (view.is_lead_or_team(header.author, now)) return {};
    for (const auto& unit : view.roster_units())
        if (view.roster(unit).participates(user, now) &&
            federation.acted_in(header.author, unit, now))
            return {};
    return fail(Errc::not_permitted, "the author does not take part in the case");
}

}  // namespace samsyn
