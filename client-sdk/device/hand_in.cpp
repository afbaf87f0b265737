// What a revoked device may still do: hand in escrow, receipts and reads (docs/PROTOCOL.md).

#include "client-sdk/device/engine.hpp"

#include <algorithm>
#include <limits>

namespace samsyn {

Result<std::vector<Outgoing>> Device::hand_in_after(std::uint64_t counter,
                                                    std::size_t bytes_max,
                                                    Instant now) {
    Impl& my = *impl_;
    if (const auto owed = SAMSYN_TRY(my.store.value(key_receipts)); owed && !owed->empty())
        SAMSYN_TRY(my.transact([&]() -> Result<void> { return my.write_receipts(now); }));
    std::vector<Outgoing> outgoing;
    std::size_t bytes = 0;
    for (StoredOutgoing& stored :
         SAMSYN_TRY(my.store.outgoing_after(counter, std::numeric_limits<std::size_t>::max()))) {
        bool wanted = stored.kind == EntryKind::escrow || stored.kind == EntryKind::reads;
        if (stored.kind == EntryKind::statement) {
            const auto statement = SAMSYN_TRY(decode_statement(stored.bytes, my.ports.hasher));
            wanted = std::holds_alternative<PurgeReceipt>(statement.body);
        }
        if (!wanted) continue;
        bytes += stored.bytes.size();
        if (!outgoing.empty() && bytes > bytes_max) break;
        outgoing.push_back({stored.counter, stored.kind, std::move(stored.bytes)});
    }
    return outgoing;
}

/// The revocation itself, or that the user has left: nothing may be read here any more, so all of
/// it is purged, and unsent work goes to escrow. A lock or a wipe is for the host, who finds it in
/// `pending_orders`: a device that is lost hears of it nowhere else. Whether any of it has effect
/// the federation log says, not the server.
Result<std::optional<OrderAnswer>> Device::on_order(const Order& order, Instant now) {
    Impl& my = *impl_;
    const auto statement = decode_statement(order.statement, my.ports.hasher);
    if (!statement) return std::optional<OrderAnswer>{};
    const auto said = order_in(statement->id, statement->body);
    const auto* removed = std::get_if<UserRemoved>(&statement->body);
    const bool about_us =
        (said && said->device == my.self) || (removed && removed->user == my.config.user);
    if (!about_us) return std::optional<OrderAnswer>{};
    return my.transact([&]() -> Result<std::optional<OrderAnswer>> {
        std::vector<Bytes> all = order.chain;
        all.push_back(order.statement);
        for (const Bytes& bytes : all) {
            const auto take = [&]() -> Result<void> {
                const auto taken = my.take_statement(bytes);
                if (!taken) return std::unexpected{taken.error()};
                return {};
            };
            (void)SAMSYN_TRY(my.contained(take));
        }
        OrderAnswer answer{statement->id, OrderOutcome::ignored};
        if (removed) {
            // By what this device holds now: a removal without effect leaves everything as it is.
            if (my.federation().in_good_standing(my.self, my.decision_time(now)))
                return std::optional{answer};
            SAMSYN_TRY(my.purge_denied(now));
            answer.outcome = OrderOutcome::done;
            return std::optional{answer};
        }
        if (std::ranges::count(my.federation().orders_for(my.self), *said) == 0)
            return std::optional{answer};
        if (said->kind != OrderKind::revoke) return std::optional<OrderAnswer>{};
        const Federation::Device* self = my.federation().device(my.self);
        if (!self || !self->revoked) return std::optional{answer};
        SAMSYN_TRY(my.purge_denied(now));
        // Locking and erasing the vault is the host's: it answers the order when that is done.
        return std::optional<OrderAnswer>{};
    });
}

}  // namespace samsyn
