#pragma once

#include "core/base/codec.hpp"
#include "core/base/ports.hpp"
#include "core/policy/federation.hpp"

namespace samsyn {

/// Layout: kind 1, case 16, unit 16.
void encode(Writer& out, const Stream& stream);

/// Errors: `truncated`; `malformed` for an unknown kind, and where case or unit is missing or is
/// not wanted: a stream has one spelling.
Result<Stream> decode_stream(Reader& in);

/// What is signed: header and body, without signatures.
///
/// Layout: federation 32 · stream kind 1, case 16, unit 16 · author 16 · role 1 · counter 8 ·
/// previous (count 2, ids) · time 8 · restricting 1 · kind 2 · body (length 4, bytes).
Bytes encode_signed_part(const StatementHeader& header, const StatementBody& body);

/// The wire number of a body's kind.
std::uint16_t statement_kind(const StatementBody& body);

/// A stable word for a kind ("consent"), for logs and JSON.
std::string_view kind_name(const StatementBody& body);

/// Signs a statement, after sorting the lists that the encoding wants sorted. `header.author` must
/// be the signer's device.
Statement sign_statement(StatementHeader header,
                         StatementBody body,
                         Signer& signer,
                         const Hasher& hasher);

/// The whole statement as it travels: signed part (length 4, bytes) · signature 64 · flag 1
/// [· second device 16 · second signature 64].
Bytes encode_statement(const Statement& statement);

/// Parses the whole statement; the id is computed, the signature is *not* checked.
/// Errors: `truncated`, `malformed`, `limit_exceeded`, `trailing_bytes`. A body of an unknown kind
/// becomes `Unknown` and survives a round trip byte for byte.
Result<Statement> decode_statement(ByteView bytes, const Hasher& hasher);

/// True where the author's key verifies the signed part, and `second_key` the second signature: one
/// that is there and cannot be checked, for want of a key, makes the statement invalid.
/// For `Founding` the author's key is the one in the body.
bool verify_statement(const Statement& statement,
                      const SigningPublicKey& author_key,
                      const Verifier& verifier,
                      const SigningPublicKey* second_key = nullptr);

}  // namespace samsyn
