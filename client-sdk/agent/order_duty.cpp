#include "client-sdk/agent/order_duty.hpp"

#include "client-sdk/agent/child_process.hpp"

#include <samsyn/leaving.hpp>

#include <algorithm>

namespace samsyn {

bool OrderDuty::is_all_sent() {
    const auto status = device_.status();
    const auto escrowed = device_.escrowed();
    const bool waits = !escrowed || std::ranges::any_of(*escrowed, [](const auto& notice) {
        return notice.state == EscrowState::sending;
    });
    return !waits && status && status->unsent_changes == 0 && status->unsent_statements == 0 &&
           status->parked.empty();
}

bool OrderDuty::look() {
    const auto orders = device_.pending_orders();
    if (!orders) {
        log_line("child", "orders: " + to_string(orders.error()));
        return false;
    }
    bool ends = false;
    for (const DeviceOrder& order : *orders) {
        const auto done = carry_out(order);
        if (!done) log_line("child", "order: " + to_string(done.error()));
        ends = ends || (done && *done);
    }
    return ends;
}

Result<bool> OrderDuty::carry_out(const DeviceOrder& order) {
    if (vault_.is_order_done(order.id)) {  // while it was locked
        SAMSYN_TRY(device_.mark_order_done(order.id));
        return false;
    }
    if (order.kind == OrderKind::wipe) return wipe(order);
    why_ = order.kind == OrderKind::lock ? "order: lock" : "order: revoke";
    if (order.kind == OrderKind::revoke) SAMSYN_TRY(vault_.erase_unlocking_slots());
    SAMSYN_TRY(finish(order));
    return true;
}

Result<bool> OrderDuty::wipe(const DeviceOrder& order) {
    const bool nothing_to_save = order.unsent == UnsentWork::discard || is_all_sent();
    if (!deadline_) deadline_ = now_() + send_max;
    if (!nothing_to_save && now_() < *deadline_) return false;
    why_ = "order: wipe";
    SAMSYN_TRY(vault_.erase_unlocking_slots());
    erases_data_ = erases_data_ || nothing_to_save;
    SAMSYN_TRY(finish(order));
    return true;
}

/// The vault's list is what counts; the device's only spares asking it.
Result<void> OrderDuty::finish(const DeviceOrder& order) {
    SAMSYN_TRY(vault_.mark_order_done(order.id));
    (void)device_.mark_order_done(order.id);  // a read-only database cannot: then it is asked
    return {};
}

}  // namespace samsyn
