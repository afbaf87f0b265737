// DeviceStore: a person's changes that no stored batch carries yet.

#include "core/store/device_store.hpp"
#include "core/store/item_rows.hpp"
#include "core/store/rows.hpp"

#include <algorithm>
#include <limits>

namespace samsyn {

static constexpr std::size_t values_bytes_max = change_writes_max * (value_text_bytes_max + 16);

Bytes encode_change(const Change& change) {
    Writer out;
    encode(out, change.header);
    out.blob(encode_values(change.values));
    return std::move(out).take();
}

Result<Change> decode_change(ByteView bytes) {
    Reader in{bytes};
    Change change;
    change.header = SAMSYN_TRY(decode_change_header(in));
    const ByteView values = SAMSYN_TRY(in.blob(values_bytes_max, "values"));
    change.values = SAMSYN_TRY(decode_values(values, change.header.writes.size()));
    SAMSYN_TRY(in.finish("change"));
    return change;
}

namespace {

#define SAMSYN_PENDING                                                                      \
    "SELECT id, compartment, change, written, sealed_in, parked_code, parked_context FROM " \
    "pending "

Result<PendingChange> pending_row(const Query& query) {
    PendingChange pending;
    pending.id = static_cast<std::uint64_t>(query.number(0));
    pending.compartment = SAMSYN_TRY(query.id<CompartmentId>(1));
    pending.change = SAMSYN_TRY(intact(decode_change(query.blob(2))));
    pending.written = Instant{std::chrono::milliseconds{query.number(3)}};
    pending.sealed_in = static_cast<std::uint64_t>(query.number(4));
    if (!query.is_null(5)) {
        const auto code = SAMSYN_TRY(number_within(query.number(5), 0xffff, "stored code"));
        pending.parked =
            Error{errc_from_wire(static_cast<std::uint16_t>(code)), std::string{query.text(6)}};
    }
    return pending;
}

Result<std::vector<PendingChange>> pending_rows(Query query) {
    std::vector<PendingChange> rows;
    while (SAMSYN_TRY(query.step())) rows.push_back(SAMSYN_TRY(pending_row(query)));
    return rows;
}

}  // namespace

Result<std::uint64_t> DeviceStore::put_pending(const CompartmentId& compartment,
                                               const Change& change,
                                               Instant written) {
    const Bytes bytes = encode_change(change);
    Query query = SAMSYN_TRY(database_.query(
        "INSERT INTO pending(compartment, item, change, written) VALUES(?, ?, ?, ?) RETURNING id"));
    query.bind(compartment).bind(change.header.item).bind(ByteView{bytes});
    query.bind(std::int64_t{written.time_since_epoch().count()});
    if (!SAMSYN_TRY(query.step())) return fail(Errc::storage_failed, "pending row");
    return static_cast<std::uint64_t>(query.number(0));
}

Result<void> DeviceStore::replace_pending(std::uint64_t id, const Change& change) {
    {
        Query query = SAMSYN_TRY(database_.query("SELECT sealed_in FROM pending WHERE id = ?"));
        if (!SAMSYN_TRY(query.bind_number(id).step()))
            return fail(Errc::not_found, "pending change");
        if (query.number(0) != 0) return fail(Errc::conflict, "pending change is sealed");
    }
    const Bytes bytes = encode_change(change);
    Query query = SAMSYN_TRY(database_.query(
        "UPDATE pending SET item = ?, change = ?, parked_code = NULL, parked_context = NULL "
        "WHERE id = ?"));
    return query.bind(change.header.item).bind(ByteView{bytes}).bind_number(id).run();
}

Result<void> DeviceStore::erase_pending(std::uint64_t id) {
    Query query = SAMSYN_TRY(database_.query("DELETE FROM pending WHERE id = ?"));
    return query.bind_number(id).run();
}

Result<std::vector<PendingChange>> DeviceStore::pending() {
    Query query =
        SAMSYN_TRY(database_.query(SAMSYN_PENDING "ORDER BY parked_code IS NOT NULL, id"));
    return pending_rows(std::move(query));
}

Result<std::vector<PendingChange>> DeviceStore::pending_unsealed(const CompartmentId& compartment,
                                                                 std::size_t count_max) {
    Query query = SAMSYN_TRY(database_.query(
        SAMSYN_PENDING
        "WHERE compartment = ? AND sealed_in = 0 AND parked_code IS NULL ORDER BY id LIMIT ?"));
    constexpr auto most = static_cast<std::size_t>(std::numeric_limits<std::int64_t>::max());
    query.bind(compartment).bind_number(std::min(count_max, most));
    return pending_rows(std::move(query));
}

Result<std::vector<PendingChange>> DeviceStore::pending_of_recalled(
    const CompartmentId& compartment) {
    Query query = SAMSYN_TRY(database_.query(
        SAMSYN_PENDING
        "WHERE compartment = ? AND sealed_in = 0 AND parked_code IS NULL AND EXISTS "
        "(SELECT 1 FROM items JOIN writes ON writes.item = items.row WHERE items.id = pending.item "
        "AND items.compartment = pending.compartment AND field = ? AND value IS NOT NULL)"));
    query.bind(compartment).bind(static_cast<std::int64_t>(recalled_field));
    return pending_rows(std::move(query));
}

/// Asked again after each batch that leaves: from one compartment to the next by the index, since
/// DISTINCT would look at every change that waits.
static Result<std::vector<CompartmentId>> each_once(Database& db, const char* next) {
    std::vector<CompartmentId> compartments;
    for (;;) {
        Query query = SAMSYN_TRY(db.query(next));
        query.bind(compartments.empty() ? ByteView{} : compartments.back().view());
        if (!SAMSYN_TRY(query.step())) return compartments;
        compartments.push_back(SAMSYN_TRY(query.id<CompartmentId>(0)));
    }
}

Result<std::vector<CompartmentId>> DeviceStore::compartments_with_unsealed() {
    return each_once(database_,
                     "SELECT compartment FROM pending WHERE sealed_in = 0 AND parked_code IS NULL "
                     "AND compartment > ? ORDER BY compartment LIMIT 1");
}

Result<std::vector<CompartmentId>> DeviceStore::compartments_with_parked() {
    return each_once(database_,
                     "SELECT compartment FROM pending WHERE parked_code IS NOT NULL "
                     "AND compartment > ? ORDER BY compartment LIMIT 1");
}

Result<void> DeviceStore::mark_sealed(std::uint64_t id, std::uint64_t counter) {
    Query query = SAMSYN_TRY(database_.query(
        "UPDATE pending SET sealed_in = ?, parked_code = NULL, parked_context = NULL "
        "WHERE id = ?"));
    SAMSYN_TRY(query.bind_number(counter).bind_number(id).run());
    if (database_.changes() == 0) return fail(Errc::not_found, "pending change");
    return {};
}

Result<void> DeviceStore::unseal(std::uint64_t counter) {
    SAMSYN_ASSERT(counter != 0);
    Query query =
        SAMSYN_TRY(database_.query("UPDATE pending SET sealed_in = 0 WHERE sealed_in = ?"));
    return query.bind_number(counter).run();
}

Result<void> DeviceStore::park(std::uint64_t id, const Error& why) {
    Query query = SAMSYN_TRY(database_.query(
        "UPDATE pending SET sealed_in = 0, parked_code = ?, parked_context = ? WHERE id = ?"));
    query.bind(static_cast<std::int64_t>(why.code)).bind_text(why.context).bind_number(id);
    SAMSYN_TRY(query.run());
    if (database_.changes() == 0) return fail(Errc::not_found, "pending change");
    return {};
}

Result<void> DeviceStore::drop_sealed(std::uint64_t counter) {
    SAMSYN_ASSERT(counter != 0);
    Query query = SAMSYN_TRY(database_.query("DELETE FROM pending WHERE sealed_in = ?"));
    return query.bind_number(counter).run();
}

}  // namespace samsyn
