#include "core/policy/case_view.hpp"

#include <algorithm>

namespace samsyn {

namespace {

template <class Facts>
const Facts& facts_of(const std::map<UnitId, Facts>& all, const UnitId& unit) {
    static const Facts none;
    const auto found = all.find(unit);
    return found == all.end() ? none : found->second;
}

bool is_lead_on(const RosterFacts& roster, const UserId& user) {
    return std::ranges::any_of(roster.added, [&](const auto& addition) {
        return addition.body.user == user && addition.body.duty == Duty::lead;
    });
}

bool was_put_on(const RosterFacts& roster, const UserId& user) {
    return std::ranges::any_of(roster.added,
                               [&](const auto& addition) { return addition.body.user == user; });
}

/// Of stays, and of restricting statements of unknown kinds in these streams.
std::set<DeviceId> authors_of_denials(const CaseView& view,
                                      const std::set<UnitId>& disclosing,
                                      const std::set<UnitId>& rosters) {
    std::set<DeviceId> authors = view.custody().stayed_by;
    for (const auto& unit : disclosing)
        authors.insert(view.disclosing(unit).restricted_by.begin(),
                       view.disclosing(unit).restricted_by.end());
    for (const auto& unit : rosters)
        authors.insert(view.roster(unit).restricted_by.begin(),
                       view.roster(unit).restricted_by.end());
    return authors;
}

}  // namespace

const DisclosingFacts& CaseView::disclosing(const UnitId& unit) const {
    return facts_of(disclosing_, unit);
}

const RosterFacts& CaseView::roster(const UnitId& unit) const {
    return facts_of(rosters_, unit);
}

std::vector<UnitId> CaseView::disclosing_units() const {
    std::vector<UnitId> units;
    units.reserve(disclosing_.size());
    for (const auto& [unit, facts] : disclosing_) units.push_back(unit);
    return units;
}

std::vector<UnitId> CaseView::roster_units() const {
    std::vector<UnitId> units;
    units.reserve(rosters_.size());
    for (const auto& [unit, facts] : rosters_) units.push_back(unit);
    return units;
}

bool CaseView::is_lead_or_team(const DeviceId& device, Instant at) const {
    if (!custody_.opened) return false;
    const auto& [model, unit, lead] = custody_.opened->body;
    if (federation_->acted_in(device, unit, at)) return true;
    const auto* team = federation_->unit(unit);
    const auto* known = federation_->user(lead);
    if (!team || !known || !federation_->is_device_of(device, lead, team->organisation))
        return false;
    return std::ranges::any_of(known->memberships, [&](const auto& membership) {
        return membership.organisation == team->organisation &&
               federation_->acted_in(device, membership.unit, at);
    });
}

bool CaseView::was_lead_or_team(const DeviceId& device) const {
    if (!custody_.opened) return false;
    const auto& [model, unit, lead] = custody_.opened->body;
    const auto* team = federation_->unit(unit);
    return federation_->ever_acted_in(device, unit) ||
           (team && federation_->is_device_of(device, lead, team->organisation));
}

std::vector<Stream> streams_for(const DeviceId& device,
                                const CaseView& view,
                                const Federation& federation,
                                Instant now) {
    const auto user = federation.user_of(device);
    std::set<UnitId> own;
    for (const auto& unit : view.roster_units())
        if (view.roster(unit).participates(user, now) && federation.acts_in(device, unit, now))
            own.insert(unit);
    if (own.empty()) return {};

    std::set<UnitId> disclosing = own;
    std::set<UnitId> rosters = own;
    for (const auto& unit : view.disclosing_units()) {
        const auto named = view.disclosing(unit).named_units();
        const auto is_own = [&](const auto& unit_named) { return own.contains(unit_named); };
        if (!own.contains(unit) && std::ranges::none_of(named, is_own)) continue;
        disclosing.insert(unit);
        rosters.insert(unit);  // whoever writes under its label seals for its participants too
        rosters.insert(named.begin(), named.end());
    }

    // What only denies counts on the device only where its author is known to have the place for
    // it: to lead for a mark of protection, to take part for what is not known here, both for a
    // stay.
    const auto add_rosters = [&](const DeviceId& author, const auto& is_on) {
        for (const auto& unit : view.roster_units())
            if (is_on(view.roster(unit), federation.user_of(author))) rosters.insert(unit);
    };
    for (const auto& mark : view.custody().marks) add_rosters(mark.author, is_lead_on);
    for (const auto& author : authors_of_denials(view, disclosing, rosters))
        add_rosters(author, was_put_on);

    std::vector<Stream> streams{{StreamKind::custody, view.id(), {}}};
    for (const auto& unit : disclosing)
        streams.push_back({StreamKind::disclosing, view.id(), unit});
    for (const auto& unit : rosters) streams.push_back({StreamKind::roster, view.id(), unit});
    for (const auto& unit : own) streams.push_back({StreamKind::notice, view.id(), unit});
    return streams;
}

}  // namespace samsyn
