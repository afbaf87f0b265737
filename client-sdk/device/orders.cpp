// Device: orders to lock, wipe and revoke devices; given on an administrator's machine, found in
// the federation log by the device that they are about.

#include "client-sdk/device/engine.hpp"

namespace samsyn {

namespace {

std::string done_key(const StatementId& order) {
    return key_for("order_done", order);
}

}  // namespace

Result<StatementId> Device::revoke_device(const DeviceId& device) {
    Impl& my = *impl_;
    const Federation::Device* found = my.federation().device(device);
    if (!found) return fail(Errc::not_found, "device");
    if (found->revoked) return fail(Errc::already_exists, "revocation");
    return my.transact(
        [&]() -> Result<StatementId> { return my.author(Stream{}, DeviceRevoked{device}); });
}

Result<StatementId> Device::lock_device(const DeviceId& device) {
    Impl& my = *impl_;
    if (!my.federation().device(device)) return fail(Errc::not_found, "device");
    return my.transact(
        [&]() -> Result<StatementId> { return my.author(Stream{}, DeviceLocked{device}); });
}

Result<StatementId> Device::wipe_device(const DeviceId& device, UnsentWork unsent) {
    Impl& my = *impl_;
    if (!my.federation().device(device)) return fail(Errc::not_found, "device");
    return my.transact(
        [&]() -> Result<StatementId> { return my.author(Stream{}, DeviceWiped{device, unsent}); });
}

Result<std::vector<DeviceOrder>> Device::pending_orders() {
    Impl& my = *impl_;
    std::vector<DeviceOrder> pending;
    for (const DeviceOrder& order : my.federation().orders_for(my.self)) {
        const auto done = SAMSYN_TRY(my.store.value(done_key(order.id)));
        if (!done) pending.push_back(order);
    }
    return pending;
}

Result<void> Device::mark_order_done(const StatementId& order) {
    Impl& my = *impl_;
    constexpr std::byte done{1};
    return my.transact(
        [&]() -> Result<void> { return my.store.put_value(done_key(order), ByteView{&done, 1}); });
}

}  // namespace samsyn
