#include "core/store/late_words.hpp"

#include "core/store/item_rows.hpp"
#include "core/store/rows.hpp"

namespace samsyn {

Result<bool> LateRows::put(const CompartmentId& compartment,
                           const DeviceId& author,
                           const Change& change) {
    {
        Query count = SAMSYN_TRY(db_.query("SELECT count(*) FROM late_words WHERE author = ?"));
        if (!SAMSYN_TRY(count.bind(author).step())) return fail(Errc::malformed, "count");
        if (count.number(0) >= late_words_of_device_max) return false;
    }
    const Bytes bytes = encode_change(change);
    Query put = SAMSYN_TRY(
        db_.query("INSERT INTO late_words(compartment, item, author, change) VALUES(?, ?, ?, ?)"));
    put.bind(compartment).bind(change.header.item).bind(author);
    SAMSYN_TRY(put.bind(ByteView{bytes}).run());
    return true;
}

Result<std::vector<LateWords>> LateRows::of(const CompartmentId& compartment, const ItemId& item) {
    Query query = SAMSYN_TRY(db_.query(
        "SELECT number, author, change FROM late_words WHERE compartment = ? AND item = ? "
        "ORDER BY number"));
    query.bind(compartment).bind(item);
    std::vector<LateWords> all;
    while (SAMSYN_TRY(query.step())) {
        LateWords words;
        words.number = static_cast<std::uint64_t>(query.number(0));
        words.author = SAMSYN_TRY(query.id<DeviceId>(1));
        words.change = SAMSYN_TRY(intact(decode_change(query.blob(2))));
        all.push_back(std::move(words));
    }
    return all;
}

Result<std::optional<CompartmentId>> LateRows::place_of(std::uint64_t number) {
    Query query = SAMSYN_TRY(db_.query("SELECT compartment FROM late_words WHERE number = ?"));
    if (!SAMSYN_TRY(query.bind_number(number).step())) return std::optional<CompartmentId>{};
    return std::optional{SAMSYN_TRY(query.id<CompartmentId>(0))};
}

Result<void> LateRows::erase(std::uint64_t number) {
    Query query = SAMSYN_TRY(db_.query("DELETE FROM late_words WHERE number = ?"));
    return query.bind_number(number).run();
}

Result<void> LateRows::erase_of(const CompartmentId& compartment) {
    Query query = SAMSYN_TRY(db_.query("DELETE FROM late_words WHERE compartment = ?"));
    return query.bind(compartment).run();
}

}  // namespace samsyn
