// DeviceStore: finding items by their words.

#include "core/model/schema.hpp"
#include "core/store/device_store.hpp"
#include "core/store/item_rows.hpp"
#include "core/store/rows.hpp"
#include "core/store/search_index.hpp"

namespace samsyn {

namespace {

// CROSS JOIN: the words first, whatever the planner thinks of the sizes.
#define SAMSYN_HITS                                                                \
    "SELECT items.row, items.id, compartment, "                                    \
    "(SELECT max(time) FROM writes WHERE item = items.row AND value IS NOT NULL) " \
    "FROM search CROSS JOIN items ON items.row = search.rowid "

Result<std::vector<StoredHit>> hits_of(Query query) {
    std::vector<StoredHit> hits;
    while (SAMSYN_TRY(query.step())) {
        StoredHit hit;
        hit.row = query.number(0);
        hit.id = SAMSYN_TRY(query.id<ItemId>(1));
        hit.compartment = SAMSYN_TRY(query.id<CompartmentId>(2));
        hit.newest = HybridTime{static_cast<std::uint64_t>(query.number(3))};
        hits.push_back(hit);
    }
    return hits;
}

constexpr auto person_type = static_cast<std::int64_t>(ItemType::person);

/// Persons of whom a column matches. An empty expression would be an error of FTS5.
Result<std::vector<StoredHit>> persons_with(Database& db,
                                            std::string_view column,
                                            std::string_view expression) {
    if (expression.empty()) return std::vector<StoredHit>{};
    const std::string match = "{" + std::string{column} + "} : (" + std::string{expression} + ")";
    Query query = SAMSYN_TRY(db.query(SAMSYN_HITS "WHERE search MATCH ? AND type = ?"));
    query.bind_text(match).bind(person_type);
    return hits_of(std::move(query));
}

}  // namespace

Result<std::vector<StoredHit>> DeviceStore::search(const CaseId& case_id, std::string_view words) {
    const std::string match = SAMSYN_TRY(match_expression(words));
    if (match.empty()) return std::vector<StoredHit>{};
    Query query =
        SAMSYN_TRY(database_.query(SAMSYN_HITS
                                   "CROSS JOIN compartments ON compartments.id = items.compartment "
                                   "WHERE search MATCH ? AND case_id = ?"));
    query.bind_text(match).bind(case_id);
    return hits_of(std::move(query));
}

Result<std::vector<StoredHit>> DeviceStore::find_names(std::string_view words) {
    return persons_with(database_, "names", SAMSYN_TRY(match_expression(words)));
}

Result<std::vector<StoredHit>> DeviceStore::find_number(std::string_view number) {
    return persons_with(database_, "number", SAMSYN_TRY(match_expression(number)));
}

Result<StoredItem> DeviceStore::item_of(const StoredHit& hit) {
    StoredItem item;
    {
        Query query = SAMSYN_TRY(database_.query("SELECT type FROM items WHERE row = ?"));
        if (!SAMSYN_TRY(query.bind(hit.row).step())) return fail(Errc::not_found, "item");
        const auto type = SAMSYN_TRY(number_within(query.number(0), 0xffff, "stored type"));
        item.type = static_cast<ItemType>(type);
    }
    item.id = hit.id;
    item.compartment = hit.compartment;
    SAMSYN_TRY(load_state(database_, hit.row, item));
    return item;
}

Result<std::string> DeviceStore::snippet(const StoredHit& hit, std::string_view words) {
    const std::string match = SAMSYN_TRY(match_expression(words));
    if (match.empty()) return std::string{};
    Query query =
        SAMSYN_TRY(database_.query("SELECT snippet(search, -1, char(1), char(2), '…', 16) "
                                   "FROM search WHERE search MATCH ? AND rowid = ?"));
    query.bind_text(match).bind(hit.row);
    if (!SAMSYN_TRY(query.step())) return std::string{};
    return std::string{query.text(0)};
}

}  // namespace samsyn
