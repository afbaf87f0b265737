#pragma once

#include <samsyn/device.hpp>

#include <span>

namespace samsyn {

/// Two open cases of one service model that name the same people by personal number: a family that
/// two opened without a network, each for themselves.
struct SameFamily {
    CaseId kept;  ///< opened first
    CaseId other;
    std::vector<std::string> names;  ///< of those who are in both
};

/// All of them that this device can see. Never joined by itself: a person looks. Errors: those of
/// `Device::cases` and `Device::items`.
Result<std::vector<SameFamily>> opened_twice(Device& device);

/// What `join_cases` did.
struct JoinedCases {
    std::vector<ItemId> moved;      ///< the new ids, in the case that is kept
    std::vector<PersonId> added;    ///< people whom only the other case had
    std::size_t left = 0;           ///< items of other units, which move theirs themselves
    std::vector<ItemView> unmoved;  ///< own ones that stay: closed to a circle, forms, conflicts
};

/// Moves what these units of the user's wrote from `other` into `kept` (`Recalls::move`), person by
/// person: the same personal number, else the same name. The other case is not closed, since others
/// may have theirs to move. Can be repeated where it was interrupted: each item moves by itself.
///
/// Errors: `not_found`; `invalid_argument` for one case twice; those of `Device::add_person`.
Result<JoinedCases> join_cases(Device& device,
                               const CaseId& kept,
                               const CaseId& other,
                               std::span<const UnitId> units);

}  // namespace samsyn
