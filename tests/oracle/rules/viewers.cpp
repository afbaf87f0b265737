#include "tests/oracle/rules/viewers.hpp"

namespace oracle {

namespace {

/// A consent for showing, which reaches what is shown, whoever shows it, and stands.
bool covers_showing(const World& world,
                    const Question& question,
                    const Said& said,
                    const Consent& consent) {
    if (!has(consent.categories, question.label.category) ||
        has(consent.reserved, question.label.category) || consent.purpose != question.purpose ||
        !has(consent.actions, show_in_meeting) || !is_in_force(world, question, said, consent))
        return false;
    if (consent.form == oral && question.label.sensitivity == far_reaching) return false;
    if (!narrowed_by_others(world, question, said, consent).empty()) return false;
    bool replaced = false;
    each<Consent>(world.of_case, [&](const Said& newer, const Consent& body) {
        replaced |= contains(body.names, said.id) && body.grantor == consent.grantor &&
                    body.subject == consent.subject && body.disclosing == consent.disclosing &&
                    body.recipient == consent.recipient && body.purpose == consent.purpose &&
                    has(body.categories, question.label.category) && has_effect(world, newer);
    });
    if (replaced) return false;
    std::vector<ClosingSaid> closings;
    for (const auto& [no, body] : standing<Closing>(world))
        if (body->decider == consent.grantor && body->subject == consent.subject &&
            (!body->disclosing || *body->disclosing == question.label.unit) &&
            (!body->recipient || body->recipient->unit == consent.recipient.unit) &&
            (body->categories == 0 || has(body->categories, question.label.category)))
            closings.emplace_back(no, body);
    return reopens(world, said, consent, closings);
}

/// Everybody who decides for the subject lets this person see it, by a consent that names it.
bool is_named_for(const World& world,
                  const Question& question,
                  const Id& guest,
                  const Id& subject) {
    const auto deciders = deciders_of(world, question, {}, subject).who;
    const auto guests = standing<Guest>(world);
    const auto named = [&](const Id& person) {
        return std::ranges::any_of(guests, [&](const auto& one) {
            if (one.second->guest != guest || one.first->of_unit != question.label.unit)
                return false;
            bool covers = false;
            each<Consent>(world.of_case, [&](const Said& said, const Consent& body) {
                covers |= said.id == one.second->consent && body.grantor == person &&
                          body.subject == subject && body.disclosing == question.label.unit &&
                          covers_showing(world, question, said, body);
            });
            return covers;
        });
    };
    return !deciders.empty() && std::ranges::all_of(deciders, named);
}

/// A subject or guardian: all of it is about themselves, their child, or an adult who agreed.
std::string not_for_family(const World& world, const Question& question, const Id& person) {
    bool concerned = false;
    for (const Id& subject : question.label.subjects) {
        if (subject == person) {
            concerned = true;
            continue;
        }
        if (is_adult(world, subject, question.now)) {
            if (!is_named_for(world, question, person, subject)) return "viewer_not_subject";
            continue;
        }
        if (is_suspended(world, subject, person, question.now)) return "guardian_suspended";
        if (!has_custody(world, person, subject, question.now)) return "viewer_not_subject";
        if (may_decide_alone(world, question, subject)) return "viewer_not_deciding";
        concerned = true;
    }
    return concerned ? std::string{} : "viewer_not_subject";
}

bool is_time_and_place(const Label& label) {
    return label.category == meeting && label.sensitivity == low;
}

/// Of several mandates of one principal that did not know each other, all in force must reach.
std::string not_for_agent(const World& world, const Question& question, const Id& agent) {
    auto all = current<Mandate>(world, [](const Mandate& a, const Mandate& b) {
        return a.principal == b.principal && a.agent == b.agent;
    });
    std::erase_if(all, [&](const auto& one) {
        return one.second->agent != agent ||
               !is_within(one.second->from, question.now, one.second->until);
    });
    const auto reaches = [&](const Mandate& one) {
        return has(one.regimes, question.label.regime) &&
               has(one.categories, question.label.category);
    };
    std::string reason = "outside_mandate";
    for (const auto& [said, body] : all) {
        const bool within = std::ranges::all_of(all, [&](const auto& other) {
            return other.second->principal != body->principal || reaches(*other.second);
        });
        if (!within) continue;
        reason = not_for_family(world, question, body->principal);
        if (reason.empty()) return {};
    }
    return reason;
}

}  // namespace

bool was_guardian_of_grown_up(const World& world, const Question& question) {
    bool found = false;
    each<Custody>(world.of_case, [&](const Said& said, const Custody& body) {
        found |= contains(question.label.subjects, body.child) && has_effect(world, said) &&
                 recorded(world, body.child, question.now).came_of_age;
    });
    return found;
}

std::string not_for_viewer(const World& world, const Question& question) {
    const auto locked = locked_for_viewers(world, question);
    if (!locked.empty()) return locked;
    const Viewer& viewer = *question.viewer;
    if (viewer.kind == subject_viewer || viewer.kind == guardian_viewer)
        return not_for_family(world, question, viewer.person);
    if (viewer.kind == mandate_viewer) return not_for_agent(world, question, viewer.person);
    if (is_time_and_place(question.label)) return {};
    const bool named = std::ranges::all_of(question.label.subjects, [&](const Id& subject) {
        return is_named_for(world, question, viewer.person, subject);
    });
    return named ? std::string{} : "guest_not_named";
}

}  // namespace oracle
