#include "core/wire/lists.hpp"
#include "core/wire/log_messages_codec.hpp"

namespace samsyn::log_messages {

namespace {

Result<Bytes> read_receipt_row(Reader& in) {
    return to_bytes(SAMSYN_TRY(in.blob(receipt_row_bytes_max, "row of a receipt")));
}

Result<Receipts::Row> read_row_of_entry(Reader& in) {
    Receipts::Row row;
    row.entry = SAMSYN_TRY(in.id<Hash>("entry of a receipt"));
    row.number = SAMSYN_TRY(in.number<std::uint64_t>("row number"));
    row.row = SAMSYN_TRY(read_receipt_row(in));
    row.path = SAMSYN_TRY(read_ids<Hash>(in, receipt_path_max, "path of a receipt"));
    return row;
}

}  // namespace

void write(Writer& out, const LogReceipt& receipt) {
    out.number(receipt.number);
    out.blob(receipt.row);
    write_ids(out, receipt.path);
    samsyn::write(out, receipt.checkpoint);
}

Result<LogReceipt> read_receipt(Reader& in) {
    LogReceipt receipt;
    receipt.number = SAMSYN_TRY(in.number<std::uint64_t>("row number"));
    receipt.row = SAMSYN_TRY(read_receipt_row(in));
    receipt.path = SAMSYN_TRY(read_ids<Hash>(in, receipt_path_max, "path of a receipt"));
    receipt.checkpoint = SAMSYN_TRY(read_checkpoint(in));
    return receipt;
}

void write(Writer& out, const ReceiptRequest& request) {
    write_ids(out, request.entries);
}

Result<ReceiptRequest> read_receipt_request(Reader& in) {
    ReceiptRequest request;
    request.entries = SAMSYN_TRY(read_ids<Hash>(in, receipts_max, "entries"));
    return request;
}

void write(Writer& out, const Receipts& receipts) {
    samsyn::write(out, receipts.checkpoint);
    out.number(receipts.backed_up);
    out.list(receipts.rows, [&](const Receipts::Row& row) {
        out.id(row.entry);
        out.number(row.number);
        out.blob(row.row);
        write_ids(out, row.path);
    });
}

Result<Receipts> read_receipts(Reader& in) {
    Receipts receipts;
    receipts.checkpoint = SAMSYN_TRY(read_checkpoint(in));
    receipts.backed_up = SAMSYN_TRY(in.number<std::uint64_t>("backed up"));
    const auto count = SAMSYN_TRY(in.count(receipts_max, "receipts"));
    for (std::size_t i = 0; i < count; ++i)
        receipts.rows.push_back(SAMSYN_TRY(read_row_of_entry(in)));
    return receipts;
}

}  // namespace samsyn::log_messages

namespace samsyn {

Bytes encode_receipt(const LogReceipt& receipt) {
    Writer out;
    log_messages::write(out, receipt);
    return std::move(out).take();
}

Result<LogReceipt> decode_receipt(ByteView bytes) {
    Reader in{bytes};
    LogReceipt receipt = SAMSYN_TRY(log_messages::read_receipt(in));
    SAMSYN_TRY(in.finish("receipt"));
    return receipt;
}

}  // namespace samsyn
