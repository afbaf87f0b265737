#include "core/wire/log_messages.hpp"

#include "core/wire/lists.hpp"
#include "core/wire/log_messages_codec.hpp"
#include "core/wire/unlocking_messages.hpp"

namespace samsyn::log_messages {

namespace {

Result<LogRows::Row> read_row(Reader& in) {
    LogRows::Row row;
    row.number = SAMSYN_TRY(in.number<std::uint64_t>("row number"));
    row.bytes = to_bytes(SAMSYN_TRY(in.blob(log_row_bytes_max, "log row")));
    row.path = SAMSYN_TRY(read_ids<Hash>(in, tree_path_max, "log path"));
    return row;
}

}  // namespace

void write(Writer& out, const LogProofRequest& request) {
    out.id(request.incarnation);
    out.number(request.size);
}

Result<LogProofRequest> read_log_proof_request(Reader& in) {
    LogProofRequest request;
    request.incarnation = SAMSYN_TRY(in.id<Incarnation>("incarnation"));
    request.size = SAMSYN_TRY(in.number<std::uint64_t>("log size"));
    return request;
}

void write(Writer& out, const LogProof& proof) {
    write(out, proof.checkpoint);
    out.list(proof.restores, [&](const Bytes& statement) { out.blob(statement); });
    write_ids(out, proof.path);
}

Result<LogProof> read_log_proof(Reader& in) {
    LogProof proof;
    proof.checkpoint = SAMSYN_TRY(read_checkpoint(in));
    const auto count = SAMSYN_TRY(in.count(log_restores_max, "restores"));
    for (std::size_t i = 0; i < count; ++i)
        proof.restores.push_back(to_bytes(SAMSYN_TRY(in.blob(statement_bytes_max, "restore"))));
    proof.path = SAMSYN_TRY(read_ids<Hash>(in, tree_path_max, "log path"));
    return proof;
}

void write(Writer& out, const LogQuery& query) {
    out.number(query.ticket);
    out.id(query.case_id);
    out.id(query.disclosing);
    out.instant(query.from);
    out.instant(query.until);
    out.boolean(query.after.has_value());
    if (query.after) out.number(*query.after);
    out.number(query.known_size);
}

Result<LogQuery> read_log_query(Reader& in) {
    LogQuery query;
    query.ticket = SAMSYN_TRY(in.number<std::uint32_t>("ticket"));
    query.case_id = SAMSYN_TRY(in.id<CaseId>("case"));
    query.disclosing = SAMSYN_TRY(in.id<UnitId>("unit"));
    query.from = SAMSYN_TRY(in.instant("from"));
    query.until = SAMSYN_TRY(in.instant("until"));
    if (SAMSYN_TRY(in.boolean("after")))
        query.after = SAMSYN_TRY(in.number<std::uint64_t>("after"));
    query.known_size = SAMSYN_TRY(in.number<std::uint64_t>("known size"));
    return query;
}

void write(Writer& out, const LogRows& rows) {
    out.number(rows.ticket);
    out.enumerator(rows.refused);
    out.boolean(rows.checkpoint.has_value());
    if (rows.checkpoint) write(out, *rows.checkpoint);
    write_ids(out, rows.growth);
    out.list(rows.rows, [&](const LogRows::Row& row) {
        out.number(row.number);
        out.blob(row.bytes);
        write_ids(out, row.path);
    });
    out.boolean(rows.more);
}

Result<LogRows> read_log_rows(Reader& in) {
    LogRows rows;
    rows.ticket = SAMSYN_TRY(in.number<std::uint32_t>("ticket"));
    rows.refused = SAMSYN_TRY(read_why(in));
    if (SAMSYN_TRY(in.boolean("checkpoint"))) rows.checkpoint = SAMSYN_TRY(read_checkpoint(in));
    rows.growth = SAMSYN_TRY(read_ids<Hash>(in, tree_path_max, "log path"));
    const auto count = SAMSYN_TRY(in.count(log_rows_max, "log rows"));
    for (std::size_t i = 0; i < count; ++i) rows.rows.push_back(SAMSYN_TRY(read_row(in)));
    rows.more = SAMSYN_TRY(in.boolean("more"));
    // A refusal says nothing else, and rows are nothing without what proves them.
    const bool said = rows.checkpoint || !rows.growth.empty() || !rows.rows.empty() || rows.more;
    if (rows.refused != Errc{} ? said : !rows.checkpoint.has_value())
        return fail(Errc::malformed, "log rows");
    if (!ascends(rows.rows, &LogRows::Row::number) || (rows.more && rows.rows.empty()))
        return fail(Errc::malformed, "log rows");
    return rows;
}

}  // namespace samsyn::log_messages
