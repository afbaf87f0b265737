// DeviceStore: compartments, epochs, their keys, and the batches that wait for one.

#include "core/store/device_store.hpp"
#include "core/store/rows.hpp"

namespace samsyn {

Result<void> DeviceStore::put_compartment(const StoredCompartment& compartment) {
    Writer label;
    encode(label, compartment.label);
    Query query = SAMSYN_TRY(database_.query(
        "INSERT INTO compartments(id, case_id, label) VALUES(?, ?, ?) ON CONFLICT DO NOTHING"));
    return query.bind(compartment.id).bind(compartment.case_id).bind(label.view()).run();
}

Result<std::vector<StoredCompartment>> DeviceStore::compartments() {
    Query query = SAMSYN_TRY(database_.query("SELECT id, case_id, label FROM compartments"));
    std::vector<StoredCompartment> compartments;
    while (SAMSYN_TRY(query.step())) {
        const auto id = SAMSYN_TRY(query.id<CompartmentId>(0));
        const auto case_id = SAMSYN_TRY(query.id<CaseId>(1));
        Reader reader{query.blob(2)};
        Label label = SAMSYN_TRY(intact(decode_label(reader)));
        SAMSYN_TRY(intact(reader.finish("label")));
        compartments.push_back({id, case_id, std::move(label)});
    }
    return compartments;
}

Result<bool> DeviceStore::put_epoch(const EpochId& id,
                                    const CompartmentId& compartment,
                                    ByteView packet) {
    Query query = SAMSYN_TRY(database_.query(
        "INSERT INTO epochs(id, compartment, packet) VALUES(?, ?, ?) ON CONFLICT DO NOTHING"));
    SAMSYN_TRY(query.bind(id).bind(compartment).bind(packet).run());
    return database_.changes() > 0;
}

Result<std::vector<StoredEpoch>> DeviceStore::epochs(const CompartmentId& compartment) {
    Query query =
        SAMSYN_TRY(database_.query("SELECT id, packet, key IS NOT NULL FROM epochs "
                                   "WHERE compartment = ? ORDER BY arrival"));
    query.bind(compartment);
    std::vector<StoredEpoch> epochs;
    while (SAMSYN_TRY(query.step())) {
        const auto id = SAMSYN_TRY(query.id<EpochId>(0));
        epochs.push_back({id, compartment, to_bytes(query.blob(1)), query.number(2) != 0});
    }
    return epochs;
}

Result<void> DeviceStore::put_key(const EpochId& epoch, const ContentKey& key) {
    Query query = SAMSYN_TRY(database_.query("UPDATE epochs SET key = ? WHERE id = ?"));
    SAMSYN_TRY(query.bind(ByteView{key.expose()}).bind(epoch).run());
    if (database_.changes() == 0) return fail(Errc::missing_parent, "key without its packet");
    return {};
}

Result<std::optional<ContentKey>> DeviceStore::key(const EpochId& epoch) {
    Query query = SAMSYN_TRY(database_.query("SELECT key FROM epochs WHERE id = ?"));
    query.bind(epoch);
    if (!SAMSYN_TRY(query.step()) || query.is_null(0)) return std::nullopt;
    const ByteView bytes = query.blob(0);
    if (bytes.size() != ContentKey::size) return fail(Errc::malformed, "stored key");
    return ContentKey{bytes.first<ContentKey::size>()};
}

Result<void> DeviceStore::hold_batch(const CompartmentId& compartment,
                                     const EpochId& epoch,
                                     EntryNumber number,
                                     ByteView bytes) {
    {
        // Compared by content: another incarnation of the server may use the number again.
        Query same = SAMSYN_TRY(
            database_.query("SELECT 1 FROM held WHERE epoch = ? AND number = ? AND bytes = ?"));
        if (SAMSYN_TRY(same.bind(epoch).bind_number(number).bind(bytes).step())) return {};
    }
    Query query = SAMSYN_TRY(
        database_.query("INSERT INTO held(compartment, epoch, number, bytes) VALUES(?, ?, ?, ?)"));
    return query.bind(compartment).bind(epoch).bind_number(number).bind(bytes).run();
}

Result<std::vector<Bytes>> DeviceStore::take_held(const EpochId& epoch) {
    std::vector<Bytes> batches;
    {
        Query query = SAMSYN_TRY(
            database_.query("SELECT bytes FROM held WHERE epoch = ? ORDER BY number, arrival"));
        query.bind(epoch);
        while (SAMSYN_TRY(query.step())) batches.push_back(to_bytes(query.blob(0)));
    }
    Query query = SAMSYN_TRY(database_.query("DELETE FROM held WHERE epoch = ?"));
    SAMSYN_TRY(query.bind(epoch).run());
    return batches;
}

Result<std::uint64_t> DeviceStore::held_count(const CompartmentId& compartment) {
    Query query = SAMSYN_TRY(database_.query("SELECT count(*) FROM held WHERE compartment = ?"));
    if (!SAMSYN_TRY(query.bind(compartment).step())) return 0;
    return static_cast<std::uint64_t>(query.number(0));
}

Result<std::uint64_t> DeviceStore::held_bytes(const CompartmentId& compartment) {
    Query query = SAMSYN_TRY(
        database_.query("SELECT coalesce(sum(length(bytes)), 0) FROM held WHERE compartment = ?"));
    if (!SAMSYN_TRY(query.bind(compartment).step())) return 0;
    return static_cast<std::uint64_t>(query.number(0));
}

}  // namespace samsyn
