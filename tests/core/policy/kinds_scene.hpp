#pragma once

#include "tests/core/policy/scene.hpp"

#include <string_view>

namespace samsyn::test {

/// A scene with everybody who has a special place in signing: a lead in social services, the
/// police, somebody of social services who takes no part, a log reviewer.
struct KindsScene : Scene {
    UnitRef police = unit(region, Regime::police);
    UnitRef office = unit(lindesberg, Regime::school_other);
    Staff chief = staff(social, Role::head_of_unit);
    Staff detective = staff(police, Role::none);
    Staff outsider = staff(social, Role::case_officer);
    Staff reviewer = staff(office, Role::log_reviewer);

    KindsScene() {
        add_participant(id, lead, chief, Duty::lead);
        add_participant(id, lead, detective);
    }

    Stream in_custody() const { return custody_stream(id); }

    Stream in_social() const { return disclosing_stream(id, social.unit); }

    Stream in_roster(const UnitRef& unit) const { return roster_stream(id, unit.unit); }

    Stream in_notice(const UnitRef& unit) const { return {StreamKind::notice, id, unit.unit}; }

    Instant tomorrow() const { return now + days{1}; }

    /// By all that is known here.
    Result<void> check(const Staff& author,
                       const Stream& stream,
                       const StatementBody& body,
                       Result<void> (*rule)(const StatementHeader&,
                                            const StatementBody&,
                                            const CaseView&,
                                            const Federation&) = &may_sign) {
        const auto members = federation();
        const auto view = CaseView::build(stream.case_id, cases[stream.case_id], members);
        StatementHeader header;
        header.federation = federation_id;
        header.stream = stream;
        header.author = author.device;
        header.time = HybridTime::at(now, 9000);
        header.counter = counters[author.device] + 1;
        return rule(header, body, view, members);
    }

    /// Of all who are here, those who may.
    std::vector<std::string_view> who(const Stream& stream, const StatementBody& body) {
        const std::vector<std::pair<std::string_view, Staff>> all{{"lead", lead},
                                                                  {"colleague", colleague},
                                                                  {"officer", officer},
                                                                  {"chief", chief},
                                                                  {"outsider", outsider},
                                                                  {"counsellor", counsellor},
                                                                  {"detective", detective},
                                                                  {"reviewer", reviewer}};
        std::vector<std::string_view> may;
        for (const auto& [name, person] : all)
            if (check(person, stream, body)) may.push_back(name);
        return may;
    }
};

using Names = std::vector<std::string_view>;

}  // namespace samsyn::test
