#include "core/policy/contains.hpp"
#include "core/policy/deciders.hpp"
#include "core/policy/quorum.hpp"
#include "core/policy/statutes.hpp"

#include <algorithm>

namespace samsyn::policy {

namespace {

/// The earliest of the instants after `now` that it is shown.
class Earliest {
public:
    explicit Earliest(Instant now) : now_(now) {}

    void consider(Instant at) {
        if (at > now_) next_ = std::min(next_, at);
    }

    Instant next() const { return next_; }

private:
    Instant now_;
    Instant next_ = instant_max;
};

/// Everything in the custody stream that is dated and of one of the label's subjects.
void consider_custody(Earliest& earliest, const Question& question) {
    const auto& facts = question.view.custody();
    const auto& subjects = question.label.subjects;
    for (const auto& custody : facts.custody) {
        if (!contains(subjects, custody.body.child)) continue;
        earliest.consider(custody.body.review_at);
        earliest.consider(custody.body.adult_at);
    }
    const auto consider_period = [&](const auto& all, auto person_of) {
        for (const auto& said : all) {
            if (!contains(subjects, person_of(said.body))) continue;
            earliest.consider(said.body.from);
            earliest.consider(said.body.until);
        }
    };
    consider_period(facts.maturity, [](const auto& body) { return body.child; });
    consider_period(facts.suspended, [](const auto& body) { return body.child; });
    consider_period(facts.representatives, [](const auto& body) { return body.adult; });
    for (const auto& prevented : facts.prevented)
        if (contains(subjects, prevented.body.child))
            earliest.consider(end_of(prevented, question.table));
    for (const auto& decision : facts.in_place)
        if (contains(subjects, decision.body.child)) earliest.consider(decision.body.until);
    if (!question.requester.viewer) return;
    for (const auto& mandate : facts.mandates) {
        if (mandate.body.agent != question.requester.viewer->person) continue;
        earliest.consider(mandate.body.from);
        earliest.consider(mandate.body.until);
    }
}

/// Consents, and what opens by statute, about one of the label's subjects.
void consider_disclosing(Earliest& earliest, const Question& question) {
    const auto& facts = question.disclosing();
    const auto& subjects = question.label.subjects;
    const bool hidden = question.view.custody().hidden();  // a consent may show that it exists
    for (const auto& consent : facts.consents) {
        if (!hidden && !contains(subjects, consent.body.subject)) continue;
        earliest.consider(consent.body.not_before);
        earliest.consider(consent.body.not_after);
        earliest.consider(end_of(consent, question));
    }
    const auto consider_statutes = [&](const auto& all) {
        for (const auto& said : all) {
            const auto period = period_of(said, question.table, question.now);
            if (!period || !contains(subjects, said.body.subject)) continue;
            earliest.consider(period->from);
            earliest.consider(period->until);
            if (period->verdict_due) earliest.consider(*period->verdict_due);
        }
    };
    consider_statutes(facts.overrides);
    consider_statutes(facts.answers);
}

/// The law changes at its dates.
void consider_table(Earliest& earliest, const StatuteTable& table) {
    for (const auto& row : table.purposes) {
        earliest.consider(row.in_force.from);
        earliest.consider(row.in_force.until);
    }
    for (const auto& row : table.statutes) {
        earliest.consider(row.in_force.from);
        earliest.consider(row.in_force.until);
    }
}

}  // namespace

Instant next_change(const Question& question) {
    Earliest earliest{question.now};
    earliest.consider(question.federation.next_boundary(question.requester.device, question.now));
    for (const auto& unit : question.view.roster_units()) {
        for (const auto& addition : question.view.roster(unit).added) {
            if (addition.body.user != question.requester.user) continue;
            earliest.consider(addition.body.from);
            earliest.consider(addition.body.until);
        }
    }
    consider_custody(earliest, question);
    consider_disclosing(earliest, question);
    consider_table(earliest, question.table);
    return earliest.next();
}

}  // namespace samsyn::policy
