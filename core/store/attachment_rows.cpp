#include "core/store/attachment_rows.hpp"

namespace samsyn {

namespace {

Result<StoredAttachment> read_attachment(const Query& row) {
    StoredAttachment stored;
    stored.number = row.number(0);
    stored.compartment = SAMSYN_TRY(row.id<CompartmentId>(1));
    stored.item = SAMSYN_TRY(row.id<ItemId>(2));
    stored.id = SAMSYN_TRY(row.id<AttachmentId>(3));
    stored.size = static_cast<std::uint64_t>(row.number(4));
    stored.have = static_cast<std::uint64_t>(row.number(5));
    const std::int64_t way = row.number(6);
    if (stored.size > attachment_bytes_max || stored.have > stored.size || way < 0 ||
        way > static_cast<std::int64_t>(AttachmentWay::last))
        return fail(Errc::malformed, "stored attachment");
    stored.way = static_cast<AttachmentWay>(way);
    stored.refused = static_cast<Errc>(row.number(7));
    if (!row.is_null(8)) stored.sent_to = SAMSYN_TRY(row.id<Incarnation>(8));
    return stored;
}

Query& bind_changing(Query& query, const StoredAttachment& attachment) {
    return query.bind(attachment.id)
        .bind_number(attachment.size)
        .bind_number(attachment.have)
        .bind(static_cast<std::int64_t>(attachment.way))
        .bind(static_cast<std::int64_t>(attachment.refused));
}

}  // namespace

Result<Query> AttachmentRows::select(std::string_view which) {
    constexpr std::string_view columns =
        "SELECT number, compartment, item, id, size, have, way, refused, sent_to "
        "FROM attachments ";
    return db_.query_made(std::string{columns}.append(which));
}

Result<std::optional<StoredAttachment>> AttachmentRows::read_one(Query query) {
    if (!SAMSYN_TRY(query.step())) return std::optional<StoredAttachment>{};
    return std::optional{SAMSYN_TRY(read_attachment(query))};
}

Result<std::vector<StoredAttachment>> AttachmentRows::read_all(Query query) {
    std::vector<StoredAttachment> all;
    while (SAMSYN_TRY(query.step())) all.push_back(SAMSYN_TRY(read_attachment(query)));
    return all;
}

Result<std::optional<StoredAttachment>> AttachmentRows::find(const CompartmentId& compartment,
                                                             const ItemId& item) {
    Query query = SAMSYN_TRY(select("WHERE compartment = ? AND item = ?"));
    query.bind(compartment).bind(item);
    return read_one(std::move(query));
}

Result<std::optional<StoredAttachment>> AttachmentRows::find(const AttachmentPlace& place,
                                                             AttachmentWay way) {
    Query query =
        SAMSYN_TRY(select("WHERE compartment = ? AND id = ? AND way = ? AND refused = 0 "
                          "ORDER BY size, number LIMIT 1"));
    query.bind(place.compartment).bind(place.attachment).bind(static_cast<std::int64_t>(way));
    return read_one(std::move(query));
}

Result<StoredAttachment> AttachmentRows::put(StoredAttachment attachment) {
    Query put = SAMSYN_TRY(
        db_.query("INSERT INTO attachments(id, size, have, way, refused, compartment, item) "
                  "VALUES(?, ?, ?, ?, ?, ?, ?) RETURNING number"));
    bind_changing(put, attachment).bind(attachment.compartment).bind(attachment.item);
    if (!SAMSYN_TRY(put.step())) return fail(Errc::malformed, "stored attachment");
    attachment.number = put.number(0);
    SAMSYN_TRY(put.run());
    return attachment;
}

Result<void> AttachmentRows::update(const StoredAttachment& attachment) {
    Query put = SAMSYN_TRY(
        db_.query("UPDATE attachments SET id = ?, size = ?, have = ?, way = ?, refused = ? "
                  "WHERE number = ?"));
    return bind_changing(put, attachment).bind(attachment.number).run();
}

Result<void> AttachmentRows::append(StoredAttachment& attachment,
                                    ByteView bytes,
                                    const Hasher& hasher) {
    SAMSYN_TRY(chunks_.append(attachment.number, attachment.have, attachment.size, bytes, hasher));
    attachment.have += bytes.size();
    return update(attachment);
}

Result<void> AttachmentRows::erase(std::int64_t number) {
    SAMSYN_TRY(chunks_.erase(number));
    Query gone = SAMSYN_TRY(db_.query("DELETE FROM attachments WHERE number = ?"));
    return gone.bind(number).run();
}

Result<void> AttachmentRows::copy(const StoredAttachment& from, const StoredAttachment& to) {
    const StoredAttachment there = SAMSYN_TRY(put(to));
    return chunks_.copy(from.number, there.number);
}

Result<std::vector<StoredAttachment>> AttachmentRows::to_send(const Incarnation& server) {
    Query query =
        SAMSYN_TRY(select("WHERE way = 1 AND sent_to IS NOT ? AND refused = 0 ORDER BY size"));
    query.bind(server);
    return read_all(std::move(query));
}

Result<void> AttachmentRows::mark_sent(const AttachmentPlace& place, const Incarnation& server) {
    Query put =
        SAMSYN_TRY(db_.query("UPDATE attachments SET sent_to = ?, refused = 0 "
                             "WHERE compartment = ? AND id = ? AND way = 1"));
    return put.bind(server).bind(place.compartment).bind(place.attachment).run();
}

Result<std::optional<StoredAttachment>> AttachmentRows::first_wanted(
    const std::optional<AttachmentPlace>& except) {
    const AttachmentPlace busy = except.value_or(AttachmentPlace{});
    Query query =
        SAMSYN_TRY(select("WHERE way = 2 AND refused = 0 AND NOT (compartment = ? AND id = ?) "
                          "ORDER BY size, number LIMIT 1"));
    query.bind(busy.compartment).bind(busy.attachment);
    return read_one(std::move(query));
}

Result<void> AttachmentRows::set_refused(const AttachmentPlace& place,
                                         AttachmentWay way,
                                         Errc why) {
    Query put =
        SAMSYN_TRY(db_.query("UPDATE attachments SET refused = ? WHERE compartment = ? AND id = ? "
                             "AND way = ?"));
    put.bind(static_cast<std::int64_t>(why)).bind(place.compartment).bind(place.attachment);
    return put.bind(static_cast<std::int64_t>(way)).run();
}

Result<void> AttachmentRows::allow(const AttachmentPlace& place) {
    Query put =
        SAMSYN_TRY(db_.query("UPDATE attachments SET refused = 0 WHERE compartment = ? AND id = ? "
                             "AND way = 2 AND refused = ?"));
    put.bind(place.compartment).bind(place.attachment);
    return put.bind(static_cast<std::int64_t>(Errc::not_found)).run();
}

Result<std::uint64_t> AttachmentRows::unsent(const Incarnation& server) {
    Query query = SAMSYN_TRY(
        db_.query("SELECT count(*) FROM attachments WHERE way = 1 AND sent_to IS NOT ?"));
    if (!SAMSYN_TRY(query.bind(server).step())) return fail(Errc::malformed, "count");
    return static_cast<std::uint64_t>(query.number(0));
}

Result<std::uint64_t> AttachmentRows::foreign_bytes() {
    Query query = SAMSYN_TRY(db_.query(
        "SELECT coalesce(sum(CASE WHEN way = 2 AND refused = 0 THEN size ELSE have END), 0) "
        "FROM attachments WHERE way <> 1"));
    if (!SAMSYN_TRY(query.step())) return fail(Errc::malformed, "sum");
    return static_cast<std::uint64_t>(query.number(0));
}

Result<void> AttachmentRows::forget_refusals() {
    return db_.exec("UPDATE attachments SET refused = 0 WHERE refused <> 0 AND way <> 0");
}

Result<std::vector<std::pair<CompartmentId, ItemId>>> AttachmentRows::read_items(Query query) {
    std::vector<std::pair<CompartmentId, ItemId>> items;
    while (SAMSYN_TRY(query.step())) {
        const auto compartment = SAMSYN_TRY(query.id<CompartmentId>(0));
        items.emplace_back(compartment, SAMSYN_TRY(query.id<ItemId>(1)));
    }
    return items;
}

Result<std::vector<std::pair<CompartmentId, ItemId>>> AttachmentRows::unknown_items() {
    return read_items(SAMSYN_TRY(
        db_.query("SELECT compartment, id FROM items WHERE type = 18 AND NOT EXISTS "
                  "(SELECT 1 FROM attachments WHERE attachments.compartment = items.compartment "
                  "AND attachments.item = items.id)")));
}

Result<std::vector<std::pair<CompartmentId, ItemId>>> AttachmentRows::known_items() {
    return read_items(SAMSYN_TRY(
        db_.query("SELECT compartment, item FROM attachments WHERE id <> zeroblob(32)")));
}

/// By number, whatever else the row says: a damaged one goes like any other.
Result<void> AttachmentRows::erase_all(Query query) {
    std::vector<std::int64_t> numbers;
    while (SAMSYN_TRY(query.step())) numbers.push_back(query.number(0));
    for (const std::int64_t number : numbers) SAMSYN_TRY(erase(number));
    return {};
}

Result<bool> AttachmentRows::has_unfinished() {
    return SAMSYN_TRY(db_.query("SELECT 1 FROM attachments WHERE id = zeroblob(32) LIMIT 1"))
        .step();
}

Result<void> AttachmentRows::erase_unfinished() {
    return erase_all(
        SAMSYN_TRY(db_.query("SELECT number FROM attachments WHERE id = zeroblob(32)")));
}

Result<void> AttachmentRows::erase_of(const CompartmentId& compartment) {
    Query query = SAMSYN_TRY(db_.query("SELECT number FROM attachments WHERE compartment = ?"));
    query.bind(compartment);
    return erase_all(std::move(query));
}

}  // namespace samsyn
