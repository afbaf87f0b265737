// What a device does for the host that runs it.

#include "client-sdk/device/engine.hpp"

#include <algorithm>

namespace samsyn {

namespace {

std::string host_key(std::string_view name) {
    return "host/" + std::string{name};
}

void put(std::vector<SealingPublicKey>& keys, const SealingPublicKey& key) {
    if (keys.size() < Device::assisted_helpers_max && std::ranges::find(keys, key) == keys.end())
        keys.push_back(key);
}

/// The units in which the user works now.
std::vector<UnitId> units_of(const Federation& federation, const UserId& user, Instant now) {
    std::vector<UnitId> units;
    for (const auto& [unit, reference] : federation.units())
        if (federation.works_in(user, unit, now)) units.push_back(unit);
    return units;
}

}  // namespace

Device::AssistedHelpers Device::assisted_helpers() {
    Impl& my = *impl_;
    const Instant now = my.now();
    const Federation& federation = my.federation();
    const std::vector<UnitId> units = units_of(federation, my.config.user, now);
    std::set<UserId> leads;
    for (const auto& [id, graph] : my.case_graphs) {
        const auto& opened = my.view(id).custody().opened;
        if (opened && std::ranges::find(units, opened->body.unit) != units.end())
            leads.insert(opened->body.lead);
    }
    AssistedHelpers helpers;
    const auto* mine = federation.device(my.self);
    if (mine == nullptr) return helpers;
    for (const auto& [id, device] : federation.devices()) {
        const UserId& user = device.certificate.user;
        if (user == my.config.user || device.revoked || !federation.in_good_standing(id, now))
            continue;
        if (federation.is_administrator(id, mine->certificate.organisation)) {
            put(helpers.administrators, device.certificate.sealing_key);
            continue;  // one person alone must not be both helpers
        }
        const bool heads = std::ranges::any_of(units, [&](const UnitId& unit) {
            return federation.role_in(user, unit, now) == Role::head_of_unit;
        });
        if (heads || leads.contains(user)) put(helpers.case_leads, device.certificate.sealing_key);
    }
    std::ranges::sort(helpers.case_leads);
    std::ranges::sort(helpers.administrators);
    return helpers;
}

std::optional<OrganisationId> Device::own_organisation() {
    const auto* mine = impl_->federation().device(impl_->self);
    if (mine == nullptr) return std::nullopt;
    return mine->certificate.organisation;
}

Result<std::uint64_t> Device::last_counter() {
    return impl_->store.last_counter();
}

void Device::change_server(std::string_view address, const SigningPublicKey& key) {
    impl_->config.server = address;
    impl_->config.server_key = key;
}

void Device::make_read_only(const Error& why) {
    impl_->read_only = why;
}

Result<std::optional<Bytes>> Device::host_value(std::string_view name) {
    return impl_->store.value(host_key(name));
}

Result<void> Device::put_host_value(std::string_view name, ByteView value) {
    Impl& my = *impl_;
    return my.transact([&] { return my.store.put_value(host_key(name), value); });
}

}  // namespace samsyn
