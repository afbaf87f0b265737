#include "client-sdk/device/form_standing.hpp"

#include <algorithm>
#include <array>

namespace samsyn {

namespace {

struct StandingRow {
    std::string_view key;
    Words title;
    bool open = false;
};

constexpr std::array standings{
    StandingRow{"missing", {"has not answered", "har inte svarat"}, true},
    StandingRow{"yes", {"has said yes", "har sagt ja"}},
    StandingRow{"oral", {"said yes, to be written down", "sa ja, ska skrivas"}, true},
    StandingRow{"oral_ended", {"said yes, too long ago", "sa ja, för länge sedan"}, true},
    StandingRow{"no", {"has said no", "har sagt nej"}},
    StandingRow{"withdrawn", {"has taken it back", "har tagit tillbaka"}},
    StandingRow{"unproven", {"a line without a statement", "en rad utan underlag"}, true},
    StandingRow{"informed", {"has been told", "har fått veta"}},
    StandingRow{"to_inform", {"has to be told", "ska få veta"}, true},
    StandingRow{"left", {"does not decide any more", "bestämmer inte längre"}},
};
static_assert(standings.size() == static_cast<std::size_t>(FormStanding::last) + 1);

bool is_of(const Consent& consent, const FormSignature& answer) {
    return consent.grantor == answer.person && consent.evidence == answer.evidence &&
           !answer.evidence.is_none();
}

bool is_there(const Consent& expected,
              const FormSignature& answer,
              const std::vector<ConsentView>& consents) {
    return std::ranges::any_of(consents, [&](const ConsentView& said) {
        return said.consent.subject == expected.subject &&
               said.consent.disclosing == expected.disclosing &&
               said.consent.recipient == expected.recipient && said.consent.form == expected.form &&
               said.consent.purpose == expected.purpose &&
               said.consent.categories == expected.categories &&
               said.consent.reserved == expected.reserved &&
               said.consent.actions == expected.actions && said.consent.reach == expected.reach &&
               said.consent.not_before == expected.not_before &&
               said.consent.not_after == expected.not_after && is_of(said.consent, answer);
    });
}

bool is_proven(const FilledForm& form, const FormSignature& answer, const StandingFacts& facts) {
    // Opens nothing; and hides nobody who has to answer.
    if (answer.answer == FormAnswer::informed) return one_suffices(form);
    if (answer.answer == FormAnswer::no)
        return std::ranges::any_of(facts.closings, [&](const ClosingView& said) {
            return said.closing.decider == answer.person &&
                   said.closing.evidence == answer.evidence && !answer.evidence.is_none();
        });
    bool some = false;
    for (const Consent& expected : statements_for(form, answer)) {
        const bool there = is_there(expected, answer, facts.consents);
        if (!there && facts.received.contains(expected.disclosing)) return false;
        some = some || there;
    }
    return some;
}

/// Since when somebody has decided for a subject of the form; `Instant{}` where nothing says so.
Instant decides_since(const FormPersonView& view, const CustodyFacts& custody) {
    Instant since{};
    for (const auto& said : custody.custody)
        for (const DecidesFor& each : view.subjects)
            if (each.subject == said.body.child && each.capacity == Capacity::guardian &&
                std::ranges::count(said.body.guardians, view.person) > 0)
                since = std::max(since, said.time.instant());
    return since;
}

/// Where a yes stands: in force, to be written down, or taken back.
void judge_yes(FormPersonView& person, const FilledForm& form, const StandingFacts& facts) {
    person.standing = FormStanding::yes;
    const Instant until = counts_until(form, *person.answer, current_statute_table());
    if (until < form.not_after) {
        person.write_by = until;
        person.standing = facts.now < until ? FormStanding::oral : FormStanding::oral_ended;
    }
    for (const ConsentView& said : facts.consents) {
        if (!is_of(said.consent, *person.answer)) continue;
        person.consents.push_back(said.id);
        if (said.closed) person.standing = FormStanding::withdrawn;
    }
}

void judge(FormPersonView& person,
           const FormView& view,
           const std::vector<FormSignature>& answers,
           const StandingFacts& facts) {
    person.since = std::max(view.begun, decides_since(person, facts.custody));
    for (const FormSignature& answer : answers) {
        if (answer.person != person.person || person.answer) continue;
        if (is_proven(view.form, answer, facts))
            person.answer = answer;
        else
            person.standing = FormStanding::unproven;
    }
    if (!person.answer) return;
    person.since = person.answer->when;
    if (person.answer->answer == FormAnswer::yes) return judge_yes(person, view.form, facts);
    person.standing =
        person.answer->answer == FormAnswer::no ? FormStanding::no : FormStanding::informed;
}

}  // namespace

std::string_view key_of(FormStanding standing) {
    return standings[static_cast<std::size_t>(standing)].key;
}

Words title_of(FormStanding standing) {
    return standings[static_cast<std::size_t>(standing)].title;
}

bool is_open(FormStanding standing) {
    return standings[static_cast<std::size_t>(standing)].open;
}

void place_people(FormView& view,
                  const std::vector<FormSignature>& answers,
                  const StandingFacts& facts) {
    for (const FormSigner& signer : view.signers.people) {
        FormPersonView person{.person = signer.person, .subjects = signer.subjects, .since = {}};
        judge(person, view, answers, facts);
        view.people.push_back(std::move(person));
    }
    const bool enough = one_suffices(view.form) &&
                        std::ranges::any_of(view.people, [](const FormPersonView& person) {
                            return person.standing == FormStanding::yes;
                        });
    for (FormPersonView& person : view.people)
        if (enough && person.standing == FormStanding::missing)
            person.standing = FormStanding::to_inform;
    for (const FormSignature& answer : answers) {
        if (std::ranges::count(view.people, answer.person, &FormPersonView::person) > 0) continue;
        FormPersonView person{.person = answer.person, .subjects = answer.subjects, .since = {}};
        judge(person, view, answers, facts);
        if (!person.answer) continue;
        person.standing = FormStanding::left;
        view.people.push_back(std::move(person));
    }
}

}  // namespace samsyn
