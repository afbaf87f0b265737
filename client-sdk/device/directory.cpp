#include "client-sdk/device/engine.hpp"

#include <algorithm>

namespace samsyn {

/// A text of the sealed directory; empty where there is no such item or no key for it.
std::string Device::Impl::directory_text(const ReferenceId& id, std::string_view field) {
    const auto item = store.item(same_bytes<ItemId>(id));
    if (!item || !*item) return {};
    const KnownCompartment* compartment = find((*item)->compartment);
    if (!compartment || compartment->stored.case_id != directory_case) return {};
    if (!may_read(compartment->stored, now())) return {};
    return view_of(**item, {}).text(field);
}

/// An id is known to everybody: what somebody of another organisation wrote under it is no name.
std::string Device::Impl::device_name(const DeviceId& device) {
    const Federation::Device* const certified = federation().device(device);
    const auto item = store.item(same_bytes<ItemId>(device));
    if (!certified || !item || !*item) return {};
    const KnownCompartment* const compartment = find((*item)->compartment);
    if (!compartment ||
        compartment->stored.label.disclosing.organisation != certified->certificate.organisation)
        return {};
    return directory_text(same_bytes<ReferenceId>(device), "name");
}

std::vector<OrganisationView> Device::organisations() {
    Impl& my = *impl_;
    std::vector<OrganisationView> views;
    for (const auto& [id, admitted] : my.federation().organisations()) {
        OrganisationView view{.id = id, .name = {}};
        if (const auto local = my.store.value(key_for("organisation", id)); local && *local)
            view.name = std::string{as_text(**local)};
        for (const auto& [unit, ref] : my.federation().units()) {
            if (!view.name.empty()) break;
            if (ref.organisation == id)
                view.name = my.directory_text(same_bytes<ReferenceId>(unit), "organisation");
        }
        views.push_back(std::move(view));
    }
    return views;
}

std::vector<UnitView> Device::units() {
    Impl& my = *impl_;
    std::vector<UnitView> views;
    for (const auto& [id, unit] : my.federation().units()) {
        const auto item = same_bytes<ReferenceId>(id);
        views.push_back({.unit = unit,
                         .name = my.directory_text(item, "name"),
                         .organisation = my.directory_text(item, "organisation")});
    }
    return views;
}

std::vector<UserView> Device::users() {
    Impl& my = *impl_;
    const Instant at = my.decision_time(my.now());
    std::vector<UserView> views;
    for (const auto& [id, user] : my.federation().users()) {
        UserView view{.id = id,
                      .name = my.directory_text(same_bytes<ReferenceId>(id), "name"),
                      .units = {},
                      .role = Role::none};
        for (const Federation::Membership& membership : user.memberships) {
            if (!my.federation().works_in(id, membership.unit, at)) continue;
            if (std::ranges::count(view.units, membership.unit) > 0) continue;  // came back to it
            view.units.push_back(membership.unit);
            if (view.role == Role::none)
                view.role = my.federation().role_in(id, membership.unit, at);
        }
        views.push_back(std::move(view));
    }
    return views;
}

std::vector<DeviceView> Device::devices() {
    Impl& my = *impl_;
    std::vector<DeviceView> views;
    for (const auto& [id, device] : my.federation().devices())
        views.push_back({.id = id,
                         .user = device.certificate.user,
                         .kind = device.certificate.kind,
                         .name = my.device_name(id),
                         .revoked = device.revoked,
                         .until = device.certificate.until});
    return views;
}

}  // namespace samsyn
