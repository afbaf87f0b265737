// Provisioning: names, people and devices, as administrators change them.

#include "client-sdk/device/directory_items.hpp"
#include "client-sdk/device/engine.hpp"

#include <samsyn/provisioning.hpp>

#include <algorithm>

namespace samsyn {

namespace {

/// The newest.
const Federation::Membership* membership_in(const Federation& members,
                                            const UserId& user,
                                            const UnitId& unit) {
    const Federation::User* const known = members.user(user);
    if (known == nullptr) return nullptr;
    const auto found = std::find_if(known->memberships.rbegin(),
                                    known->memberships.rend(),
                                    [&](const auto& one) { return one.unit == unit; });
    return found == known->memberships.rend() ? nullptr : &*found;
}

/// Who is there still keeps the time that was: what was signed then goes on counting. Who comes
/// back begins anew: what lies between is nobody's time there.
Instant begin_of(const Federation::Membership* earlier, Instant from) {
    return earlier != nullptr && earlier->until > from ? std::min(earlier->from, from) : from;
}

/// Where the name of a device is kept: with its user's unit, else with any of the organisation.
std::optional<UnitId> unit_of_device(const Federation& members, const DeviceCertified& device) {
    if (const Federation::User* const user = members.user(device.user))
        for (const auto& membership : user->memberships)
            if (membership.organisation == device.organisation) return membership.unit;
    for (const auto& [id, unit] : members.units())
        if (unit.organisation == device.organisation) return id;
    return std::nullopt;
}

}  // namespace

// --- Names ---------------------------------------------------------------------------------------

/// An item that is there is edited where it is; else it is made with the names of `unit`.
Result<void> Provisioning::rename(const ItemId& item,
                                  ItemType type,
                                  const UnitId& unit,
                                  std::string_view name) {
    Device::Impl& my = *device_.impl_;
    SAMSYN_TRY(check_directory_name(name));
    const UnitRef* const found = my.federation().unit(unit);
    if (found == nullptr) return fail(Errc::not_found, "unit");
    const std::vector<FieldInput> fields{{"name", Value{std::string{name}}}};
    if (SAMSYN_TRY(my.store.item(item))) return device_.edit_item(item, fields);
    Device::Impl::Draft draft;
    draft.case_id = directory_case;
    draft.label = directory_label(*found);
    draft.item = item;
    draft.type = type;
    draft.fields = fields;
    return my.transact([&]() -> Result<void> { return my.create_item(draft); });
}

Result<void> Provisioning::rename_unit(const UnitId& unit, std::string_view name) {
    return rename(same_bytes<ItemId>(unit), ItemType::directory_unit, unit, name);
}

Result<void> Provisioning::rename_user(const UserId& user, std::string_view name) {
    const Federation::User* const known = device_.impl_->federation().user(user);
    if (known == nullptr || known->memberships.empty()) return fail(Errc::not_found, "user");
    const UnitId unit = known->memberships.front().unit;
    return rename(same_bytes<ItemId>(user), ItemType::directory_user, unit, name);
}

Result<void> Provisioning::rename_device(const DeviceId& device, std::string_view name) {
    const Federation& members = device_.impl_->federation();
    const Federation::Device* const known = members.device(device);
    if (known == nullptr) return fail(Errc::not_found, "device");
    const auto unit = unit_of_device(members, known->certificate);
    if (!unit) return fail(Errc::not_found, "unit");
    return rename(same_bytes<ItemId>(device), ItemType::directory_device, *unit, name);
}

// --- People --------------------------------------------------------------------------------------

Result<void> Provisioning::move_user(const MoveUser& move) {
    Device::Impl& my = *device_.impl_;
    const auto* const left = membership_in(my.federation(), move.user, move.from);
    if (left == nullptr) return fail(Errc::not_found, "user");
    const UnitRef* const unit = my.federation().unit(move.to);
    if (unit == nullptr) return fail(Errc::not_found, "unit");
    if (unit->organisation != left->organisation || move.to == move.from)
        return fail(Errc::invalid_argument, "unit");
    const Instant now = my.corrected(my.now());
    const Instant at = std::max(move.at, now);
    UserCertified before{.user = move.user,
                         .organisation = left->organisation,
                         .unit = move.from,
                         .role = left->role,
                         .from = std::min(left->from, at),
                         .until = std::min(left->until, at)};
    UserCertified after = before;
    after.unit = move.to;
    after.role = move.role.value_or(left->role);
    after.from = at;
    after.until = left->until > at ? left->until : instant_max;
    bool is_there = false;
    if (const auto* const earlier = membership_in(my.federation(), move.user, move.to)) {
        is_there = earlier->role == after.role && earlier->from <= at && at < earlier->until;
        after.from = begin_of(earlier, at);
    }
    return my.transact([&]() -> Result<void> {
        if (!is_there) {
            const StatementId placed = SAMSYN_TRY(my.author(Stream{}, after));
            // The old place must not end while the new one has no effect.
            if (my.federation().is_waiting(placed)) return fail(Errc::conflict, move_wants_place);
        }
        (void)SAMSYN_TRY(my.author(Stream{}, before));
        return {};
    });
}

Result<StatementId> Provisioning::place_user(const UserId& user,
                                             const UnitId& unit,
                                             Role role,
                                             Instant from) {
    Device::Impl& my = *device_.impl_;
    const UnitRef* const found = my.federation().unit(unit);
    if (found == nullptr) return fail(Errc::not_found, "unit");
    if (my.federation().user(user) == nullptr) return fail(Errc::not_found, "user");
    UserCertified placed{.user = user,
                         .organisation = found->organisation,
                         .unit = unit,
                         .role = role,
                         .from = std::max(from, my.corrected(my.now())),
                         .until = instant_max};
    placed.from = begin_of(membership_in(my.federation(), user, unit), placed.from);
    return my.transact([&]() -> Result<StatementId> { return my.author(Stream{}, placed); });
}

Result<StatementId> Provisioning::change_role(const UserId& user, const UnitId& unit, Role role) {
    Device::Impl& my = *device_.impl_;
    const auto* const known = membership_in(my.federation(), user, unit);
    if (known == nullptr) return fail(Errc::not_found, "user");
    const UserCertified changed{.user = user,
                                .organisation = known->organisation,
                                .unit = unit,
                                .role = role,
                                .from = known->from,
                                .until = known->until};
    return my.transact([&]() -> Result<StatementId> { return my.author(Stream{}, changed); });
}

/// Never back in time: what was said and written while somebody worked here stands.
Result<StatementId> Provisioning::remove_user(const UserId& user,
                                              const OrganisationId& organisation,
                                              Instant from) {
    Device::Impl& my = *device_.impl_;
    const Federation::User* const known = my.federation().user(user);
    const auto is_of = [&](const Federation::Membership& membership) {
        return membership.organisation == organisation;
    };
    if (known == nullptr || std::ranges::none_of(known->memberships, is_of))
        return fail(Errc::not_found, "user");
    const UserRemoved removed{user, organisation, std::max(from, my.corrected(my.now()))};
    return my.transact([&]() -> Result<StatementId> { return my.author(Stream{}, removed); });
}

Result<DeviceCertified> Provisioning::certificate(const DeviceId& device) {
    const Federation::Device* const known = device_.impl_->federation().device(device);
    if (known == nullptr) return fail(Errc::not_found, "device");
    return known->certificate;
}

Result<OrganisationAdmitted> Provisioning::admission(const OrganisationId& organisation) {
    const auto& members = device_.impl_->federation().organisations();
    const auto found = members.find(organisation);
    if (found == members.end()) return fail(Errc::not_found, "organisation");
    return found->second;
}

// --- Devices -------------------------------------------------------------------------------------

Result<StatementId> Provisioning::report_lost(const DeviceId& device) {
    Device::Impl& my = *device_.impl_;
    const Federation::Device* const known = my.federation().device(device);
    if (known == nullptr) return fail(Errc::not_found, "device");
    if (device == my.self) return fail(Errc::invalid_argument, "device: this one is here");
    if (known->revoked || my.federation().is_suspended(device))
        return fail(Errc::already_exists, "device");
    return my.transact([&]() -> Result<StatementId> {
        const StatementId lost = SAMSYN_TRY(my.author(Stream{}, DeviceSuspended{device}));
        SAMSYN_TRY(my.author(Stream{}, DeviceLocked{device}));
        return lost;
    });
}

Result<StatementId> Provisioning::report_found(const DeviceId& device) {
    Device::Impl& my = *device_.impl_;
    if (my.federation().device(device) == nullptr) return fail(Errc::not_found, "device");
    std::vector<StatementId> names = my.federation().suspensions(device);
    if (names.empty()) return fail(Errc::not_found, "nothing says that the device is lost");
    if (names.size() > resumed_names_max) names.resize(resumed_names_max);
    return my.transact(
        [&]() -> Result<StatementId> { return my.author(Stream{}, DeviceResumed{device, names}); });
}

Result<StatementId> Provisioning::renew_device(const DeviceId& device, Instant until) {
    Device::Impl& my = *device_.impl_;
    const Federation::Device* const known = my.federation().device(device);
    if (known == nullptr) return fail(Errc::not_found, "device");
    if (known->revoked) return fail(Errc::revoked_device, "device");
    if (until <= my.corrected(my.now())) return fail(Errc::invalid_argument, "until");
    DeviceCertified renewed = known->certificate;
    renewed.until = until;
    return my.transact([&]() -> Result<StatementId> { return my.author(Stream{}, renewed); });
}

Result<StatementId> Provisioning::set_unit_lease(const UnitId& unit, std::chrono::hours reading) {
    Device::Impl& my = *device_.impl_;
    if (my.federation().unit(unit) == nullptr) return fail(Errc::not_found, "unit");
    if (reading < unit_lease_min || reading > unit_lease_max)
        return fail(Errc::invalid_argument, "hours");
    const UnitLease lease{unit, static_cast<std::uint16_t>(reading.count())};
    return my.transact([&]() -> Result<StatementId> { return my.author(Stream{}, lease); });
}

}  // namespace samsyn
