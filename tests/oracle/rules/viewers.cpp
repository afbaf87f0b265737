#include "tests/oracle/rules/viewers.hpp"

namespace oracle {

namespace {

/// A consent in force by somebody who decides for the subject covers what is shown, and names the
/// guest.
bool is_named_for(const World& world,
                  const Question& question,
                  const Place& place,
                  const Id& guest,
                  const Id& subject) {
    const auto deciders = deciders_of(world, question, place, subject).who;
    const auto named = [&](const Id& person) {
        const auto guests = standing<Guest>(world);
        return std::ranges::any_of(guests, [&](const auto& one) {
            if (one.second->guest != guest) return false;
            bool covers = false;
            each<Consent>(world.of_case, [&](const Said& said, const Consent& body) {
                covers |= said.id == one.second->consent && body.grantor == person &&
                          body.subject == subject && body.disclosing == question.label.unit &&
                          has(body.categories, question.label.category) &&
                          !has(body.reserved, question.label.category) &&
                          is_in_force(world, said, body, question.now) &&
                          closings_of(world, question, place, person, subject).empty();
            });
            return covers;
        });
    };
    return !deciders.empty() && std::ranges::all_of(deciders, named);
}

/// A subject or guardian: all of it is about themselves, their child, or an adult who agreed.
std::string not_for_family(const World& world,
                           const Question& question,
                           const Place& place,
                           int kind,
                           const Id& person) {
    bool concerned = false;
    for (const Id& subject : question.label.subjects) {
        if (subject == person) {
            concerned |= kind == subject_viewer;
            continue;
        }
        if (guardians_of(world, subject, question.now).contains(person) &&
            !is_adult(world, subject, question.now)) {
            if (is_suspended(world, subject, person, question.now)) return "guardian_suspended";
            if (deciders_of(world, question, place, subject).child_alone)
                return "viewer_not_deciding";
            concerned |= kind == guardian_viewer;
            continue;
        }
        if (!is_named_for(world, question, place, person, subject)) return "viewer_not_subject";
    }
    return concerned ? std::string{} : "viewer_not_subject";
}

bool is_time_and_place(const Label& label) {
    return label.category == meeting && label.sensitivity == low;
}

}  // namespace

std::string not_for_viewer(const World& world, const Question& question, const Place& place) {
    const Viewer& viewer = *question.viewer;
    if (question.label.closed) return "closed_label";
    if (viewer.kind == subject_viewer || viewer.kind == guardian_viewer)
        return not_for_family(world, question, place, viewer.kind, viewer.person);
    if (viewer.kind == mandate_viewer) {
        for (const auto& [said, body] : standing<Mandate>(world)) {
            if (body->agent != viewer.person || !has(body->regimes, question.label.regime) ||
                !has(body->categories, question.label.category) ||
                !is_within(body->from, question.now, body->until))
                continue;
            for (const int kind : {subject_viewer, guardian_viewer})
                if (not_for_family(world, question, place, kind, body->principal).empty())
                    return {};
        }
        return "outside_mandate";
    }
    if (is_time_and_place(question.label)) return {};
    const bool named = std::ranges::all_of(question.label.subjects, [&](const Id& subject) {
        return is_named_for(world, question, place, viewer.person, subject);
    });
    return named ? std::string{} : "guest_not_named";
}

}  // namespace oracle
