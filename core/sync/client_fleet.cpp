// ClientSession: what the device tells of itself, and what an administrator asks of the others.

#include "core/sync/client_session.hpp"

#include <algorithm>
#include <utility>

namespace samsyn {

bool is_news(const DeviceReport& said, const DeviceReport& now) {
    DeviceReport same_lease = now;
    same_lease.reading_ends = said.reading_ends;
    if (same_lease != said) return true;
    const auto [earlier, later] = std::minmax(said.reading_ends, now.reading_ends);
    return earlier + std::chrono::hours{1} <= later;
}

/// True where it said something. The empty resume behind it makes the server speak up once it has
/// the report: without it, a session that ends when it is synced would cut off its own last words.
Result<bool> ClientSession::tell_report(Instant now) {
    FleetKeeper* const fleet = hands_in() ? nullptr : ports_.ledger.fleet_keeper();
    if (fleet == nullptr || phase_ != Phase::live) return false;
    if (next_report_ && now < *next_report_) return false;
    next_report_ = now + limits_.report_interval;
    DeviceReport report = SAMSYN_TRY(fleet->report(now));
    if (reported_ && !is_news(*reported_, report)) return false;
    send(report);
    send(Resume{{}, true});
    reported_ = std::move(report);
    caught_up_ = false;
    return true;
}

/// True where a query is under way now.
bool ClientSession::ask_fleet() {
    FleetKeeper* const fleet = hands_in() ? nullptr : ports_.ledger.fleet_keeper();
    if (fleet == nullptr) return false;
    fleet_query_ = fleet->wanted_fleet();
    if (!fleet_query_) return false;
    announced_ = false;
    send(*fleet_query_);
    return true;
}

Result<void> ClientSession::handle(const FleetRows& rows, Instant now) {
    SAMSYN_TRY(require_replicating());
    if (!fleet_query_) return fail(Errc::unexpected_message, "fleet rows");
    const FleetQuery query = *std::exchange(fleet_query_, std::nullopt);
    // Sorted by then, so the first one tells: a page never goes back, and so comes to an end.
    if (!rows.rows.empty() && rows.rows.front().device <= query.after)
        return fail(Errc::malformed, "devices before those that were asked for");
    if (rows.rows.empty() && !rows.last) return fail(Errc::malformed, "a page without devices");
    SAMSYN_TRY(ports_.ledger.fleet_keeper()->on_fleet_rows(rows, now));
    return after_change(now);
}

}  // namespace samsyn
