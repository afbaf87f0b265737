#pragma once

#include "core/wire/log_messages.hpp"

namespace samsyn::log_messages {

// The bodies of the messages about the access log. Private to core/wire.

void write(Writer& out, const LogProofRequest& request);
void write(Writer& out, const LogProof& proof);
void write(Writer& out, const LogQuery& query);
void write(Writer& out, const LogRows& rows);
void write(Writer& out, const LogReceipt& receipt);
void write(Writer& out, const ReceiptRequest& request);
void write(Writer& out, const Receipts& receipts);

/// Errors: `truncated`, `malformed`, `limit_exceeded`. Bytes may be left.
Result<LogProofRequest> read_log_proof_request(Reader& in);
Result<LogProof> read_log_proof(Reader& in);
Result<LogQuery> read_log_query(Reader& in);
Result<LogRows> read_log_rows(Reader& in);
Result<LogReceipt> read_receipt(Reader& in);
Result<ReceiptRequest> read_receipt_request(Reader& in);
Result<Receipts> read_receipts(Reader& in);

}  // namespace samsyn::log_messages
