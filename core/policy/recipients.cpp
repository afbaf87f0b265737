#include "core/policy/decide.hpp"

#include <algorithm>

namespace samsyn {

std::vector<DeviceId> permitted_devices(const Label& label,
                                        const Statements& statements,
                                        const StatuteTable& table,
                                        Instant now) {
    const auto& view = statements.case_view;
    std::set<UserId> participants;
    for (const auto& unit : view.roster_units())
        for (const auto& addition : view.roster(unit).added)
            participants.insert(addition.body.user);

    const bool everybody = view.id() == directory_case;
    std::vector<DeviceId> devices;
    for (const auto& [id, device] : statements.federation.devices()) {
        const auto& user = device.certificate.user;
        if (!everybody && !participants.contains(user)) continue;
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
    std::set<UnitId> units{label.disclosing.unit};
    for (const auto& consent : view.disclosing(label.disclosing.unit).consents)
        units.insert(consent.body.recipient.unit);
    for (const auto& unit : units) streams.push_back({StreamKind::roster, case_id, unit});
    return streams;
}

}  // namespace samsyn
