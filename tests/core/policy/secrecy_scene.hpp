#pragma once

#include "tests/core/policy/scene.hpp"

namespace samsyn::test {

inline Categories categories_of(std::initializer_list<Category> some) {
    Categories categories;
    for (const auto category : some) categories.insert(category);
    return categories;
}

/// The family's scene, and who has a special place in it: a lead and a second officer in social
/// services, the police, and a parish that is no public authority.
struct SecrecyScene : Scene {
    UnitRef police = unit(region, Regime::police);
    UnitRef parish = unit(nora, Regime::private_party);
    Staff chief = staff(social, Role::head_of_unit);
    Staff second = staff(social, Role::case_officer);
    Staff detective = staff(police, Role::none);
    Staff deacon = staff(parish, Role::none);

    SecrecyScene() {
        add_participant(id, lead, chief, Duty::lead);
        for (const auto& who : {second, detective, deacon}) add_participant(id, lead, who);
    }

    // --- Saying ------------------------------------------------------------------------------

    Stream in_social() const { return disclosing_stream(id, social.unit); }

    /// In the custody stream, by the lead; of social services what they alone may say.
    StatementPtr record(const StatementBody& body,
                        std::optional<std::vector<StatementId>> previous = {}) {
        const bool by_chief = std::holds_alternative<DecisionInPlace>(body);
        return sign(by_chief ? chief.device : lead.device, custody_stream(id), body, previous);
    }

    StatementPtr in_social_by(const Staff& who,
                              const StatementBody& body,
                              std::optional<std::vector<StatementId>> previous = {}) {
        return sign(who.device, in_social(), body, previous);
    }

    /// A second person's signature under a consent; that it verifies is the parser's to check.
    StatementPtr countersigned(const Staff& author, const Staff& other, const StatementBody& body) {
        auto statement = std::make_shared<Statement>(*in_social_by(author, body));
        auto copy = std::make_shared<Statement>(*statement);
        copy->id = fresh<StatementId>();
        copy->second = SecondSignature{.device = other.device, .signature = {}};
        replace(statement->id, copy);
        return copy;
    }

    /// Takes one statement out of the case, and puts another one in.
    void replace(const StatementId& out, const StatementPtr& in) {
        StatementGraph rest;
        for (const auto& stream : cases[id].streams())
            for (const auto& statement : cases[id].in(stream))
                if (statement->id != out) rest.add(statement);
        if (in) rest.add(in);
        cases[id] = rest;
    }

    void attest_age(std::uint8_t years) { record(AgeAttested{.child = child, .years = years}); }

    Maturity assessment(std::initializer_list<Category> categories, bool alone) const {
        return {.child = child,
                .categories = categories_of(categories),
                .alone = alone,
                .assessor = lead.user,
                .from = now - hours{1},
                .until = now + days{180}};
    }

    DecisionInPlace decision_without(const PersonId& guardian, Purpose measure) {
        return {.child = child,
                .guardian = guardian,
                .measure = measure,
                .unit = clinic.unit,
                .decision = fresh<Hash>(),
                .until = now + days{90}};
    }

    GuardianPrevented prevented(const PersonId& guardian) const {
        return {.child = child,
                .guardian = guardian,
                .cause = PreventedCause::unreachable,
                .manifestly_required = false,
                .until = now + days{20}};
    }

    Consent for_measure(const PersonId& grantor, Purpose measure) const {
        auto consent = draft_consent(grantor, child, social, clinic, {Category::social});
        consent.purpose = measure;
        return consent;
    }

    /// By social services to the clinic.
    Override draft_override(std::uint16_t statute) {
        return {.statute = statute,
                .subject = child,
                .categories = categories_of({Category::social}),
                .selection = {},
                .items = {},
                .recipient = {.unit = clinic.unit, .role = {}, .user = {}},
                .from = now - hours{1},
                .until = now + days{10},
                .pierced = {},
                .justification = fresh<Hash>()};
    }

    StatementPtr verdict(const Staff& who, const StatementPtr& on, bool approved) {
        return sign(
            who.device,
            on->header.stream,
            SecondReaderVerdict{.statement = on->id, .approved = approved, .justification = {}});
    }

    static Request by(std::uint16_t statute) {
        return {.ground = {.kind = Ground::Kind::statute, .statute = statute}};
    }

    // --- Asking ------------------------------------------------------------------------------

    Decision show(const Staff& who,
                  const Label& label,
                  ViewerKind kind,
                  const PersonId& person,
                  const Request& request = {}) {
        auto requester = who.requester();
        requester.viewer = Viewer{kind, person};
        return ask(id, label, requester, request);
    }

    Label closed_item(const AudienceId& audience) const {
        auto label = social_item();
        label.closed = audience;
        return label;
    }

    Label about_child(Category category, Sensitivity sensitivity = Sensitivity::normal) const {
        return make_label({child}, social, category, sensitivity);
    }
};

inline std::vector<Reason> only(Reason reason) {
    return {reason};
}

}  // namespace samsyn::test
