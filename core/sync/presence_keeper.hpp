#pragma once

#include "core/wire/messages.hpp"

#include <optional>
#include <vector>

namespace samsyn {

/// Who is here, as a device's session tells and hears it (docs/PROTOCOL.md, "Presence"). Nothing of
/// it is stored. Not thread-safe.
class PresenceKeeper {
public:
    virtual ~PresenceKeeper() = default;

    struct Due {
        std::vector<Presence> say;
        bool changed = false;  ///< somebody was silent for too long: the answers are others now
    };

    /// What is to be said now. Errors: of the storage.
    virtual Result<Due> due_presence(Instant now) = 0;

    /// When to ask again; none where nobody is anywhere.
    virtual std::optional<Instant> next_presence() const = 0;

    /// True where it changes who is where. What is not believed changes nothing. Errors: of the
    /// storage.
    virtual Result<bool> on_presence(const Presence& presence, Instant now) = 0;
};

}  // namespace samsyn
