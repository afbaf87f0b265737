#include "core/policy/quorum.hpp"

#include "core/policy/contains.hpp"
#include "core/policy/deciders.hpp"

#include <algorithm>

namespace samsyn::policy {

namespace {

using Kind = Position::Kind;

bool holds_for(const std::map<StatementId, Categories>& where,
               const Signed<Consent>& consent,
               Category category) {
    const auto found = where.find(consent.id);
    return found != where.end() && found->second.contains(category);
}

/// One person's consents about one subject narrow each other within a matter, except those that a
/// confirmed newer one names. Computed once for all of them.
class Narrowing {
public:
    Narrowing(const Question& question, const PersonId& grantor, const PersonId& subject) {
        const auto& facts = question.disclosing();
        const auto category = question.label.category;
        for (const auto& consent : facts.consents) {
            const auto& body = consent.body;
            if (body.grantor != grantor || body.subject != subject ||
                !body.categories.contains(category))
                continue;
            if (question.now < body.not_before || end_of(consent, question) <= question.now)
                continue;
            if (holds_for(facts.lifted, consent, category)) continue;
            auto& reasons = of_matter_[{body.recipient, body.purpose}];
            if (body.reserved.contains(category)) reasons.insert(Reason::reserved);
            if (!body.actions.contains(question.request.action))
                reasons.insert(Reason::other_action);
        }
    }

    std::vector<Reason> of(const Consent& consent) const {
        const auto found = of_matter_.find({consent.recipient, consent.purpose});
        if (found == of_matter_.end()) return {};
        return {found->second.begin(), found->second.end()};
    }

private:
    std::map<std::pair<Recipient, Purpose>, std::set<Reason>> of_matter_;
};

/// The fields in which a consent does not reach, in the order of the page. None: it opens.
std::vector<Reason> shortfalls(const Question& question,
                               const Place& place,
                               const Signed<Consent>& consent,
                               const Narrowing& narrowing) {
    const auto& body = consent.body;
    const auto& label = question.label;
    const auto* recipient = question.federation.unit(body.recipient.unit);
    auto reasons = narrowing.of(body);
    const auto check = [&](bool reaches, Reason reason) {
        if (!reaches) reasons.push_back(reason);
    };
    check(body.recipient.unit == place.unit.unit, Reason::other_recipient_unit);
    check(!body.recipient.role || body.recipient.role == place.role, Reason::other_role);
    check(!body.recipient.user || body.recipient.user == question.requester.user,
          Reason::other_user);
    check(recipient && recipient->regime == place.unit.regime, Reason::other_regime);
    check(!body.reserved.contains(label.category), Reason::reserved);
    check(body.categories.contains(label.category), Reason::other_category);
    check(body.purpose == question.request.purpose, Reason::other_purpose);
    check(body.actions.contains(question.request.action), Reason::other_action);
    check(body.not_before <= question.now && question.now < body.not_after, Reason::outside_period);

    const bool spoken = body.form == ConsentForm::oral;
    check(!spoken || label.sensitivity != Sensitivity::far_reaching, Reason::writing_needed);
    check(question.now >= body.not_after || question.now < end_of(consent, question),
          Reason::writing_needed);
    const auto& facts = question.disclosing();
    check(facts.confirmed.contains(consent.id), Reason::confirmation_missing);
    check(!facts.ended.contains(consent.id), Reason::withdrawn);
    check(question.view.custody().outlives_closing(consent.time), Reason::case_was_closed);
    if (const auto reason = not_bound(body.recipient, question, place)) reasons.push_back(*reason);

    std::ranges::sort(reasons);  // the table of reasons has the order of the page
    const auto doubles = std::ranges::unique(reasons);
    reasons.erase(doubles.begin(), doubles.end());
    return reasons;
}

bool can_be_completed(Reason reason) {
    return reason == Reason::confirmation_missing || reason == Reason::writing_needed;
}

/// Prefers what lacks least; among those that open, one in writing.
bool better(const Position& a, const Position& b) {
    if (a.reasons.size() != b.reasons.size()) return a.reasons.size() < b.reasons.size();
    return a.consent->body.form != ConsentForm::oral && b.consent->body.form == ConsentForm::oral;
}

Position position_of(const Question& question,
                     const Place& place,
                     const PersonId& decider,
                     const PersonId& subject) {
    const auto& facts = question.disclosing();
    const auto closings = closings_in_scope(question, place, decider, subject);
    const Narrowing narrowing{question, decider, subject};
    std::optional<Position> best;
    for (const auto& consent : facts.consents) {
        if (consent.body.grantor != decider || consent.body.subject != subject) continue;
        if (holds_for(facts.replaced, consent, question.label.category)) continue;
        Position position{decider, subject, Kind::consents, {}, {}, &consent};
        position.reasons = shortfalls(question, place, consent, narrowing);
        // Only what reaches, and names the no that stands, opens again what was closed.
        if (!closings.empty() && !(position.reasons.empty() && reopens(consent, closings, facts)))
            continue;
        if (!best || better(position, *best)) best = std::move(position);
    }
    if (!best && !closings.empty()) {
        Position closed{decider, subject, Kind::closed, {}, closings, nullptr};
        for (const auto* closing : closings)
            closed.reasons.push_back(reason_of(closing->body.kind));
        std::ranges::sort(closed.reasons);
        return closed;
    }
    if (!best) return {decider, subject, Kind::silent, {Reason::consent_missing}, {}, nullptr};
    if (!best->reasons.empty())
        best->kind =
            std::ranges::all_of(best->reasons, can_be_completed) ? Kind::silent : Kind::falls_short;
    return *std::move(best);
}

bool lapsed_consents(const Question& question, const PersonId& subject) {
    return std::ranges::any_of(question.disclosing().consents, [&](const auto& consent) {
        return consent.body.subject == subject && consent.body.grantor != subject;
    });
}

void insert_once(std::vector<Reason>& reasons, Reason reason) {
    const auto place = std::ranges::lower_bound(reasons, reason);
    if (place == reasons.end() || *place != reason) reasons.insert(place, reason);
}

/// True where, for low sensitivity, somebody else who decides for the subject has consented. A
/// reservation narrows its own consent only: were it a no here, taking the whole consent away would
/// permit more.
bool another_suffices(const Question& question,
                      const std::vector<Position>& positions,
                      const Position& position) {
    return question.label.sensitivity == Sensitivity::low &&
           std::ranges::any_of(positions, [&](const Position& other) {
               return other.subject == position.subject && other.kind == Kind::consents;
           });
}

}  // namespace

Instant end_of(const Signed<Consent>& consent, const Question& question) {
    const auto& body = consent.body;
    if (body.form != ConsentForm::oral || question.label.sensitivity == Sensitivity::low)
        return body.not_after;
    return std::min(body.not_after,
                    consent.time.instant() + question.table.oral_consent_normal_max);
}

std::vector<Position> positions(const Question& question, const Place& place) {
    std::vector<Position> all;
    for (const auto& subject : question.label.subjects) {
        const auto deciders = who_decides(question, place, subject);
        bool somebody_there = false;
        for (const auto& decider : deciders.people) {
            auto position = position_of(question, place, decider, subject);
            const bool asked_first_now = position.reasons == std::vector{Reason::consent_missing};
            if (asked_first_now && deciders.came_of_age && lapsed_consents(question, subject))
                position.reasons = {Reason::guardian_lapsed};
            if (contains(deciders.prevented, decider) && position.kind != Kind::consents)
                position.kind = Kind::informed;
            else
                somebody_there = somebody_there || decider != subject || deciders.prevented.empty();
            all.push_back(std::move(position));
        }
        // Where every guardian is out of reach, a child who decides together with them is alone.
        if (!somebody_there)
            all.push_back({{}, subject, Kind::silent, {Reason::custody_unknown}, {}, nullptr});
    }
    return all;
}

std::vector<MissingConsent> missing_consents(const Question& question,
                                             const std::vector<Position>& positions) {
    std::vector<MissingConsent> missing;
    for (const auto& position : positions) {
        if (position.kind == Kind::consents || position.kind == Kind::informed) continue;
        if (position.kind != Kind::closed && another_suffices(question, positions, position))
            continue;
        missing.push_back({position.decider, position.subject, position.reasons.front()});
    }
    std::ranges::sort(missing);
    return missing;
}

Decision quorum(const Question& question, const std::vector<Position>& positions) {
    Decision permit{.outcome = Outcome::permit, .reasons = {Reason::consent_covers}};
    Decision deny{.outcome = Outcome::deny};
    Decision needs{.outcome = Outcome::needs};
    for (const auto& position : positions) {
        if (position.kind == Kind::consents) {
            permit.by.push_back(position.consent->id);
            permit.obligations.get_in_writing =
                permit.obligations.get_in_writing ||
                end_of(*position.consent, question) < position.consent->body.not_after;
        } else if (position.kind == Kind::informed ||
                   another_suffices(question, positions, position)) {
            if (!position.decider.is_none()) permit.obligations.inform.push_back(position.decider);
        } else {
            auto& answer = position.kind == Kind::falls_short ? deny : needs;
            for (const auto reason : position.reasons) insert_once(answer.reasons, reason);
        }
    }
    auto& answer = !deny.reasons.empty() ? deny : !needs.reasons.empty() ? needs : permit;
    answer.missing = missing_consents(question, positions);
    std::ranges::sort(answer.by);
    std::ranges::sort(answer.obligations.inform);
    return std::move(answer);
}

}  // namespace samsyn::policy
