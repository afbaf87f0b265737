#pragma once

#include "core/policy/decide.hpp"

#include <functional>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace samsyn {

/// Somebody who can see the screen: in the room, or in a call that shows it. A colleague counts by
/// an own device, whether it is in the room or not; family, agents and guests by what the presenter
/// may show them.
struct Onlooker {
    std::string name;  ///< as the presenter calls them; decides nothing
    std::variant<Requester, Viewer> who;
    bool remote = false;  ///< in the call

    friend bool operator==(const Onlooker&, const Onlooker&) = default;
};

inline constexpr std::size_t onlookers_max = 40;

/// Asks `decide`, with the statements and the time that the caller has.
using Asking = std::function<Decision(const Label&, const Request&, const Requester&)>;

/// Whether a text under a label may be on the screen, and until when that holds by itself.
struct Sight {
    bool permitted = false;
    Instant valid_until = instant_max;
    friend bool operator==(const Sight&, const Sight&) = default;
};

/// Who shows, and what for.
struct Showing {
    Requester presenter;
    Purpose purpose = Purpose::coordination;
};

/// May everybody who sees the screen see a text under this label? The presenter and each colleague
/// must be permitted both to read it and to show it in a meeting; each viewer to be shown it by the
/// presenter. So what is shown is a subset of what each of them may read.
Sight sight_of(const Label& label,
               const Showing& showing,
               std::span<const Onlooker> eyes,
               const Asking& asking);

/// A compartment that something may be drawn from.
struct Labelled {
    CompartmentId id;
    Label label;
};

/// What everybody may see of a case.
struct View {
    std::vector<CompartmentId> compartments;  ///< sorted
    Instant valid_until = instant_max;        ///< of what it shows; says nothing of the rest

    bool shows(const CompartmentId& compartment) const;
};

View view_of(std::span<const Labelled> compartments,
             const Showing& showing,
             std::span<const Onlooker> eyes,
             const Asking& asking);

/// What `before` shows and `after` does not: "with Karin three things disappear". Sorted.
std::vector<CompartmentId> disappearing(const View& before, const View& after);

}  // namespace samsyn
