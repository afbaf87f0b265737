#pragma once

#include "tests/support/fake_signer.hpp"
#include "tests/support/value_generators.hpp"

namespace samsyn::gen {

// RapidCheck generators of well-formed values: what `decode_*` accepts and `encode_*` writes. They
// are compiled once: each takes the compiler longer than the test that uses it.

rc::Gen<Consent> consent();
rc::Gen<Closing> closing();
rc::Gen<StatementBody> case_body();
rc::Gen<StatementBody> federation_body();
rc::Gen<StatementBody> custody_body();
rc::Gen<std::vector<ItemId>> items();
rc::Gen<Override> override_said();
rc::Gen<InvestigationAnswer> investigation_answer();
rc::Gen<StatementBody> secrecy_body();
rc::Gen<StatementBody> notice_body();
rc::Gen<StatementHeader> statement_header();

/// Signed by `FakeSigner{1}`, as all below; a `Founding` excepted, whose key is in its body.
rc::Gen<Statement> statement();
rc::Gen<KeyPacket> packet();
rc::Gen<Supplement> supplement();
rc::Gen<Version> version();
rc::Gen<ChangeHeader> change_header(bool restatement);
rc::Gen<Batch> batch();

}  // namespace samsyn::gen
