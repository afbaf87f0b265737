#include "core/wire/statement_codec.hpp"

#include "core/wire/lists.hpp"
#include "core/wire/statement_bodies.hpp"

namespace samsyn {

namespace {

/// A stream has one spelling: what its kind does not use is none, what it uses is not.
bool is_well_formed(const Stream& stream) {
    const bool has_case = stream.kind != StreamKind::federation;
    const bool has_unit = has_case && stream.kind != StreamKind::custody;
    return stream.case_id.is_none() != has_case && stream.unit.is_none() != has_unit;
}

struct SignedPart {
    StatementHeader header;
    StatementBody body;
};

Result<SignedPart> decode_signed_part(ByteView bytes) {
    Reader in{bytes};
    StatementHeader header;
    header.federation = SAMSYN_TRY(in.id<FederationId>("federation"));
    header.stream = SAMSYN_TRY(decode_stream(in));
    header.author = SAMSYN_TRY(in.id<DeviceId>("author"));
    header.role = SAMSYN_TRY(in.enumerator(Role::last, "role"));
    header.counter = SAMSYN_TRY(in.number<std::uint64_t>("counter"));
    header.previous =
        SAMSYN_TRY(read_sorted_ids<StatementId>(in, statement_previous_max, "previous"));
    header.time = SAMSYN_TRY(read_time(in, "time"));
    header.restricting = SAMSYN_TRY(in.boolean("restricting"));
    const auto kind = SAMSYN_TRY(in.number<std::uint16_t>("statement kind"));
    const ByteView body = SAMSYN_TRY(in.blob(statement_bytes_max, "statement body"));
    SAMSYN_TRY(in.finish("statement"));
    auto said = SAMSYN_TRY(decode_body(kind, body));
    return SignedPart{std::move(header), std::move(said)};
}

}  // namespace

void encode(Writer& out, const Stream& stream) {
    out.enumerator(stream.kind);
    out.id(stream.case_id);
    out.id(stream.unit);
}

Result<Stream> decode_stream(Reader& in) {
    Stream stream;
    stream.kind = SAMSYN_TRY(in.enumerator(StreamKind::last, "stream kind"));
    stream.case_id = SAMSYN_TRY(in.id<CaseId>("stream case"));
    stream.unit = SAMSYN_TRY(in.id<UnitId>("stream unit"));
    if (!is_well_formed(stream)) return fail(Errc::malformed, "stream");
    return stream;
}

Bytes encode_signed_part(const StatementHeader& header, const StatementBody& body) {
    Writer out;
    out.id(header.federation);
    encode(out, header.stream);
    out.id(header.author);
    out.enumerator(header.role);
    out.number(header.counter);
    write_ids(out, header.previous);
    write_time(out, header.time);
    out.boolean(header.restricting);
    out.number(statement_kind(body));
    out.blob(encode_body(body));
    return std::move(out).take();
}

Statement sign_statement(StatementHeader header,
                         StatementBody body,
                         Signer& signer,
                         const Hasher& hasher) {
    sort_and_drop_doubles(header.previous);
    normalise(body);
    const Bytes signed_part = encode_signed_part(header, body);
    Statement statement;
    statement.id = hash_to<StatementId>(hasher, Domain::statement_id, {signed_part});
    statement.header = std::move(header);
    statement.body = std::move(body);
    statement.signature = signer.sign(Domain::statement, signed_part);
    return statement;
}

Bytes encode_statement(const Statement& statement) {
    Writer out;
    out.blob(encode_signed_part(statement.header, statement.body));
    out.id(statement.signature);
    out.boolean(statement.second.has_value());
    if (statement.second) {
        out.id(statement.second->device);
        out.id(statement.second->signature);
    }
    return std::move(out).take();
}

Result<Statement> decode_statement(ByteView bytes, const Hasher& hasher) {
    if (bytes.size() > statement_bytes_max) return fail(Errc::limit_exceeded, "statement");
    Reader in{bytes};
    const ByteView signed_part = SAMSYN_TRY(in.blob(statement_bytes_max, "statement"));

    Statement statement;
    statement.signature = SAMSYN_TRY(in.id<Signature>("signature"));
    if (SAMSYN_TRY(in.boolean("second signature"))) {
        SecondSignature second;
        second.device = SAMSYN_TRY(in.id<DeviceId>("second device"));
        second.signature = SAMSYN_TRY(in.id<Signature>("second signature"));
        statement.second = second;
    }
    SAMSYN_TRY(in.finish("statement"));

    SignedPart part = SAMSYN_TRY(decode_signed_part(signed_part));
    statement.header = std::move(part.header);
    statement.body = std::move(part.body);
    statement.id = hash_to<StatementId>(hasher, Domain::statement_id, {signed_part});
    return statement;
}

bool verify_statement(const Statement& statement,
                      const SigningPublicKey& author_key,
                      const Verifier& verifier,
                      const SigningPublicKey* second_key) {
    const auto* founding = std::get_if<Founding>(&statement.body);
    const SigningPublicKey& key = founding ? founding->root_key : author_key;
    const Bytes signed_part = encode_signed_part(statement.header, statement.body);
    if (!verifier.verify(key, Domain::statement, signed_part, statement.signature)) return false;
    if (!statement.second) return true;
    return second_key != nullptr &&
           verifier.verify(
               *second_key, Domain::second_signature, signed_part, statement.second->signature);
}

}  // namespace samsyn
