#include "core/policy/decide.hpp"

#include <algorithm>

namespace samsyn {

namespace {

/// Who could possibly read anything under this id: participants, and for reports of concern those
/// who made one or work in an intake. `decide` has the last word on each.
class Candidates {
public:
    explicit Candidates(const Statements& statements) : statements_(statements) {
        const auto& view = statements.case_view;
        for (const auto& unit : view.roster_units())
            for (const auto& addition : view.roster(unit).added) users_.insert(addition.body.user);
        for (const auto& report : view.concerns())
            users_.insert(statements.federation.user_of(report.author));
    }

    bool contain(const UserId& user) const {
        return statements_.case_view.id() == directory_case || users_.contains(user) ||
               works_in_an_intake(user);
    }

private:
    bool works_in_an_intake(const UserId& user) const {
        const auto& reports = statements_.case_view.concerns();
        const auto* known = reports.empty() ? nullptr : statements_.federation.user(user);
        return known && std::ranges::any_of(known->memberships, [&](const auto& membership) {
                   return std::ranges::any_of(reports, [&](const auto& report) {
                       return report.body.intake == membership.unit;
                   });
               });
    }

    const Statements& statements_;
    std::set<UserId> users_;
};

}  // namespace

std::vector<DeviceId> permitted_devices(const Label& label,
                                        const Statements& statements,
                                        const StatuteTable& table,
                                        Instant now) {
    const Candidates candidates{statements};
    std::vector<DeviceId> devices;
    for (const auto& [id, device] : statements.federation.devices()) {
        const auto& user = device.certificate.user;
        if (!candidates.contain(user)) continue;
        if (decide(label, {}, {user, id}, statements, table, now).permitted())
            devices.push_back(id);
    }
    return devices;
}

std::vector<Stream> streams_of_decision(const CaseId& case_id,
                                        const Label& label,
                                        const CaseView& view) {
    std::vector<Stream> streams{{StreamKind::federation, {}, {}}};
    if (case_id == directory_case) return streams;
    streams.push_back({StreamKind::custody, case_id, {}});
    streams.push_back({StreamKind::disclosing, case_id, label.disclosing.unit});
    auto units = view.disclosing(label.disclosing.unit).named_units();
    units.insert(label.disclosing.unit);
    for (const auto& unit : units) streams.push_back({StreamKind::roster, case_id, unit});
    std::set<UnitId> intakes;
    for (const auto& report : view.concerns()) intakes.insert(report.body.intake);
    for (const auto& unit : intakes) streams.push_back({StreamKind::notice, case_id, unit});
    return streams;
}

}  // namespace samsyn
