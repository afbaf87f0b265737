#pragma once

#include <samsyn/meetings.hpp>

#include <span>

namespace samsyn {

/// Whom a roster may name.
struct CasePeople {
    std::vector<Device::ParticipantView> participants;
    std::vector<PersonView> persons;
    std::vector<UserView> users;
    std::vector<UnitView> units;
};

Result<CasePeople> people_of_case(Device& device, const CaseId& case_id);

/// The meetings among `items`, and of what belongs to them what is among `items` too: nothing else
/// has any bearing on them. In the order of `meetings_of`.
std::vector<MeetingView> meetings_among(std::span<const ItemView> items,
                                        const CasePeople& people,
                                        Instant now);

}  // namespace samsyn
