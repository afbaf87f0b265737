// DeviceStore: what is sealed and signed, and the chain of batches within each compartment.

#include "core/store/device_store.hpp"
#include "core/store/rows.hpp"

namespace samsyn {

namespace {

#define SAMSYN_OUTGOING "SELECT counter, kind, compartment, made, bytes FROM outgoing "

Result<StoredOutgoing> outgoing_row(const Query& query) {
    constexpr auto last = static_cast<std::int64_t>(EntryKind::last);
    StoredOutgoing row;
    row.counter = static_cast<std::uint64_t>(query.number(0));
    row.kind =
        static_cast<EntryKind>(SAMSYN_TRY(number_within(query.number(1), last, "stored kind")));
    row.compartment = SAMSYN_TRY(query.id<CompartmentId>(2));
    row.made = Instant{std::chrono::milliseconds{query.number(3)}};
    row.bytes = to_bytes(query.blob(4));
    return row;
}

}  // namespace

Result<void> DeviceStore::put_outgoing(const StoredOutgoing& outgoing) {
    Query query = SAMSYN_TRY(database_.query(
        "INSERT INTO outgoing(counter, kind, compartment, made, bytes) VALUES(?, ?, ?, ?, ?)"));
    query.bind_number(outgoing.counter).bind(static_cast<std::int64_t>(outgoing.kind));
    query.bind(outgoing.compartment);
    query.bind(std::int64_t{outgoing.made.time_since_epoch().count()});
    return query.bind(ByteView{outgoing.bytes}).run();
}

Result<std::vector<StoredOutgoing>> DeviceStore::outgoing_after(std::uint64_t counter,
                                                                std::size_t bytes_max) {
    Query query = SAMSYN_TRY(
        database_.query(SAMSYN_OUTGOING "WHERE counter > ? AND outcome IS NULL ORDER BY counter"));
    query.bind_number(counter);
    std::vector<StoredOutgoing> rows;
    std::size_t bytes = 0;
    while (SAMSYN_TRY(query.step())) {
        bytes += query.blob(4).size();
        if (!rows.empty() && bytes > bytes_max) break;
        rows.push_back(SAMSYN_TRY(outgoing_row(query)));
    }
    return rows;
}

Result<std::optional<StoredOutgoing>> DeviceStore::outgoing(std::uint64_t counter) {
    Query query = SAMSYN_TRY(database_.query(SAMSYN_OUTGOING "WHERE counter = ?"));
    query.bind_number(counter);
    if (!SAMSYN_TRY(query.step())) return std::nullopt;
    return SAMSYN_TRY(outgoing_row(query));
}

Result<std::uint64_t> DeviceStore::outgoing_count() {
    Query query =
        SAMSYN_TRY(database_.query("SELECT count(*) FROM outgoing WHERE outcome IS NULL"));
    if (!SAMSYN_TRY(query.step())) return 0;
    return static_cast<std::uint64_t>(query.number(0));
}

Result<void> DeviceStore::mark_answered(std::uint64_t counter, AnswerOutcome outcome) {
    Query query = SAMSYN_TRY(database_.query("UPDATE outgoing SET outcome = ? WHERE counter = ?"));
    return query.bind(static_cast<std::int64_t>(outcome)).bind_number(counter).run();
}

Result<void> DeviceStore::erase_outgoing(std::uint64_t counter) {
    Query query = SAMSYN_TRY(
        database_.query("DELETE FROM outgoing WHERE counter = ? AND outcome IS NOT NULL"));
    return query.bind_number(counter).run();
}

Result<DeviceStore::Position> DeviceStore::position(const CompartmentId& compartment) {
    Query query = SAMSYN_TRY(
        database_.query("SELECT sequence, previous FROM positions WHERE compartment = ?"));
    query.bind(compartment);
    if (!SAMSYN_TRY(query.step())) return Position{};
    const auto previous = SAMSYN_TRY(query.id<BatchId>(1));
    return Position{static_cast<std::uint64_t>(query.number(0)), previous};
}

Result<void> DeviceStore::put_position(const CompartmentId& compartment, const Position& position) {
    Query query = SAMSYN_TRY(database_.query(
        "INSERT INTO positions(compartment, sequence, previous) VALUES(?, ?, ?) "
        "ON CONFLICT DO UPDATE SET sequence = excluded.sequence, previous = excluded.previous"));
    return query.bind(compartment).bind_number(position.sequence).bind(position.previous).run();
}

}  // namespace samsyn
