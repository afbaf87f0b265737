#include "client-sdk/device/escrow_rows.hpp"

namespace samsyn {

namespace {

constexpr std::size_t context_bytes_max = 1024;

/// Reads rows by `row(in)` until the value ends; none where there is no such value.
template <class Row, class ReadRow>
Result<std::vector<Row>> rows_under(DeviceStore& store, std::string_view key, ReadRow read) {
    std::vector<Row> rows;
    const auto bytes = SAMSYN_TRY(store.value(key));
    Reader in{bytes ? ByteView{*bytes} : ByteView{}};
    while (!in.at_end()) rows.push_back(SAMSYN_TRY(read(in)));
    return rows;
}

Result<SentEscrow> read_sent(Reader& in) {
    SentEscrow row;
    row.id = SAMSYN_TRY(in.id<Hash>("sent escrow"));
    row.counter = SAMSYN_TRY(in.number<std::uint64_t>("sent escrow"));
    row.case_id = SAMSYN_TRY(in.id<CaseId>("sent escrow"));
    row.unit = SAMSYN_TRY(in.id<UnitId>("sent escrow"));
    row.item = SAMSYN_TRY(in.id<ItemId>("sent escrow"));
    row.type = static_cast<ItemType>(SAMSYN_TRY(in.number<std::uint16_t>("sent escrow")));
    row.written = SAMSYN_TRY(in.instant("sent escrow"));
    row.made = SAMSYN_TRY(in.instant("sent escrow"));
    row.why.code = errc_from_wire(SAMSYN_TRY(in.number<std::uint16_t>("sent escrow")));
    row.why.context = SAMSYN_TRY(in.text(context_bytes_max, "sent escrow"));
    row.at_server = SAMSYN_TRY(in.boolean("sent escrow"));
    return row;
}

Result<HeldEscrow> read_held(Reader& in) {
    HeldEscrow row;
    row.id = SAMSYN_TRY(in.id<Hash>("held escrow"));
    row.compartment = SAMSYN_TRY(in.id<CompartmentId>("held escrow"));
    return row;
}

Result<OwedReceipt> read_owed(Reader& in) {
    OwedReceipt row;
    row.case_id = SAMSYN_TRY(in.id<CaseId>("owed receipt"));
    row.unit = SAMSYN_TRY(in.id<UnitId>("owed receipt"));
    row.compartment = SAMSYN_TRY(in.id<CompartmentId>("owed receipt"));
    const auto count = SAMSYN_TRY(in.count(statement_names_max, "owed receipt"));
    for (std::size_t i = 0; i < count; ++i)
        row.because.push_back(SAMSYN_TRY(in.id<StatementId>("owed receipt")));
    row.noticed_at = SAMSYN_TRY(in.instant("owed receipt"));
    return row;
}

}  // namespace

Result<std::vector<SentEscrow>> sent_escrow(DeviceStore& store) {
    return rows_under<SentEscrow>(store, key_escrow_sent, &read_sent);
}

Result<void> put_sent_escrow(DeviceStore& store, const std::vector<SentEscrow>& rows) {
    Writer out;
    for (const SentEscrow& row : rows) {
        out.id(row.id);
        out.number(row.counter);
        out.id(row.case_id);
        out.id(row.unit);
        out.id(row.item);
        out.enumerator(row.type);
        out.instant(row.written);
        out.instant(row.made);
        out.enumerator(row.why.code);
        out.text(row.why.context.substr(0, context_bytes_max));
        out.boolean(row.at_server);
    }
    return store.put_value(key_escrow_sent, out.view());
}

Result<std::vector<HeldEscrow>> held_escrow(DeviceStore& store) {
    return rows_under<HeldEscrow>(store, key_escrow_held, &read_held);
}

Result<void> put_held_escrow(DeviceStore& store, const std::vector<HeldEscrow>& rows) {
    Writer out;
    for (const HeldEscrow& row : rows) {
        out.id(row.id);
        out.id(row.compartment);
    }
    return store.put_value(key_escrow_held, out.view());
}

Result<std::vector<OwedReceipt>> owed_receipts(DeviceStore& store) {
    return rows_under<OwedReceipt>(store, key_receipts, &read_owed);
}

Result<void> put_owed_receipts(DeviceStore& store, const std::vector<OwedReceipt>& rows) {
    Writer out;
    for (const OwedReceipt& row : rows) {
        out.id(row.case_id);
        out.id(row.unit);
        out.id(row.compartment);
        out.list(row.because, [&](const StatementId& id) { out.id(id); });
        out.instant(row.noticed_at);
    }
    return store.put_value(key_receipts, out.view());
}

}  // namespace samsyn
