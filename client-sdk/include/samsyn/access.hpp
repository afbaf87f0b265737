#pragma once

#include "core/policy/decide.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace samsyn {

/// A statement of a case as a person is told of it: what kind, by whom, when, until when, about
/// whom and between which units. No free text: that is sealed.
struct StatementView {
    StatementId id;
    std::string_view kind;  ///< stable key, as "consent"
    UserId by;              ///< none where its device is not known here
    Instant at;             ///< as its author claims
    std::optional<Instant> until{};
    std::optional<PersonId> decider{};  ///< who consented, refused, is a guardian …
    std::optional<PersonId> subject{};
    std::optional<UnitId> disclosing{};
    std::optional<UnitId> recipient{};
};

/// An answer about somebody: only as good as the streams that this device receives.
struct AccessAnswer {
    Requester requester;
    /// False: about others, who may not read the compartment is told nothing, and who does not
    /// receive the roster of any unit of theirs cannot know; the decision says nothing then.
    bool known = true;
    Decision decision{};
    std::vector<StatementView> by{};  ///< those of `decision.by` that are here
};

/// A device that was given a key of a compartment, so that it can hold a copy of what is in it.
struct HolderView {
    DeviceId device;
    UserId user;
    bool permitted = false;  ///< may still read
    bool revoked = false;
    std::optional<Instant> confirmed{};  ///< it signed, afterwards, that it has purged
};

}  // namespace samsyn
