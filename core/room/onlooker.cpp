#include "core/room/onlooker.hpp"

#include <algorithm>
#include <iterator>

namespace samsyn {

namespace {

/// One person's part of the answer.
class Judge {
public:
    Judge(const Label& label, const Showing& showing, const Asking& asking)
        : label_(label),
          showing_(showing),
          asking_(asking) {}

    void ask(Action action, const Requester& requester) {
        Request request;
        request.action = action;
        request.purpose = showing_.purpose;
        const Decision decision = asking_(label_, request, requester);
        sight_.permitted = sight_.permitted && decision.permitted();
        sight_.valid_until = std::min(sight_.valid_until, decision.valid_until);
    }

    void ask_colleague(const Requester& colleague) {
        ask(Action::read, colleague);
        ask(Action::show_in_meeting, colleague);
    }

    void ask_viewer(const Viewer& viewer) {
        Requester requester = showing_.presenter;
        requester.viewer = viewer;
        ask(Action::show_in_meeting, requester);
    }

    Sight sight() const { return sight_; }

private:
    const Label& label_;
    const Showing& showing_;
    const Asking& asking_;
    Sight sight_{.permitted = true, .valid_until = instant_max};
};

}  // namespace

Sight sight_of(const Label& label,
               const Showing& showing,
               std::span<const Onlooker> eyes,
               const Asking& asking) {
    Judge judge{label, showing, asking};
    judge.ask_colleague(showing.presenter);
    for (const Onlooker& each : eyes) {
        if (const auto* const viewer = std::get_if<Viewer>(&each.who))
            judge.ask_viewer(*viewer);
        else
            judge.ask_colleague(std::get<Requester>(each.who));
    }
    return judge.sight();
}

bool View::shows(const CompartmentId& compartment) const {
    return std::ranges::binary_search(compartments, compartment);
}

View view_of(std::span<const Labelled> compartments,
             const Showing& showing,
             std::span<const Onlooker> eyes,
             const Asking& asking) {
    View view;
    for (const Labelled& each : compartments) {
        const Sight sight = sight_of(each.label, showing, eyes, asking);
        if (!sight.permitted) continue;  // when that changes must not be told by the page
        view.compartments.push_back(each.id);
        view.valid_until = std::min(view.valid_until, sight.valid_until);
    }
    std::ranges::sort(view.compartments);
    return view;
}

std::vector<CompartmentId> disappearing(const View& before, const View& after) {
    std::vector<CompartmentId> gone;
    std::ranges::set_difference(before.compartments, after.compartments, std::back_inserter(gone));
    return gone;
}

}  // namespace samsyn
