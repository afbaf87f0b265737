#pragma once

#include "tests/support/world.hpp"

namespace samsyn::test {

using std::chrono::days;
using std::chrono::hours;

/// One family with two guardians with joint custody and a child of eight, the team, a school and
/// social services in one municipality, and a clinic in the region. All take part in the case.
struct Scene : World {
    OrganisationId nora = organisation();
    OrganisationId lindesberg = organisation();
    OrganisationId region = organisation();
    UnitRef team = unit(nora, Regime::team);
    UnitRef school = unit(lindesberg, Regime::school_pupil_health);
    UnitRef nurses = unit(lindesberg, Regime::school_medical);
    UnitRef social = unit(lindesberg, Regime::social);
    UnitRef clinic = unit(region, Regime::health);

    Staff lead = staff(team, Role::psychologist);
    Staff colleague = staff(team, Role::social_worker);
    Staff counsellor = staff(school, Role::school_counsellor);
    Staff principal = staff(school, Role::principal);
    Staff nurse = staff(nurses, Role::school_nurse);
    Staff officer = staff(social, Role::case_officer);
    Staff psychiatrist = staff(clinic, Role::child_psychiatrist);

    PersonId a = fresh<PersonId>();
    PersonId b = fresh<PersonId>();
    PersonId child = fresh<PersonId>();
    CaseId id = open_case(lead);
    StatementPtr custody_said = custody(id, lead, child, {a, b});

    Scene() {
        for (const auto& who : {colleague, counsellor, principal, nurse, officer, psychiatrist})
            add_participant(id, lead, who);
    }

    Label social_item(Sensitivity sensitivity = Sensitivity::normal) const {
        return make_label({child}, social, Category::social, sensitivity);
    }

    Consent to_school(const PersonId& grantor) const {
        return draft_consent(grantor, child, social, school, {Category::social});
    }

    /// Both guardians let the school read what social services write.
    void both_consent() {
        consent(id, officer, to_school(a));
        consent(id, officer, to_school(b));
    }

    Decision ask_as(const Staff& who, const Label& label, const Request& request = {}) {
        return ask(id, label, who.requester(), request);
    }

    Closing no(ClosingKind kind, const PersonId& decider) const {
        return {.kind = kind,
                .decider = decider,
                .subject = child,
                .disclosing = social.unit,
                .recipient = {},
                .categories = {},
                .evidence = {}};
    }
};

/// The graph as if these had never been said: who knew one of them knew what its author knew. Taken
/// out of the middle, they would leave holes over which nobody is known to know anything, which is
/// another world, and not one with less in it.
inline StatementGraph never_said(const StatementGraph& graph, const std::set<StatementId>& gone) {
    StatementGraph rest;
    for (const auto& stream : graph.streams()) {
        for (const auto& statement : graph.in(stream)) {
            if (gone.contains(statement->id)) continue;
            std::set<StatementId> previous;
            std::vector<StatementId> open = statement->header.previous;
            while (!open.empty()) {
                const auto id = open.back();
                open.pop_back();
                if (!gone.contains(id)) {
                    previous.insert(id);
                } else if (const auto before = graph.find(id)) {
                    const auto& ids = before->header.previous;
                    open.insert(open.end(), ids.begin(), ids.end());
                }
            }
            auto copy = std::make_shared<Statement>(*statement);
            copy->header.previous = {previous.begin(), previous.end()};
            rest.add(std::move(copy));
        }
    }
    return rest;
}

inline bool names(const Decision& decision, Reason reason) {
    return std::ranges::find(decision.reasons, reason) != decision.reasons.end();
}

inline bool misses(const Decision& decision, const PersonId& person) {
    return std::ranges::find(decision.missing, person, &MissingConsent::from) !=
           decision.missing.end();
}

}  // namespace samsyn::test
