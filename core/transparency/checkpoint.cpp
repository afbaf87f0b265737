#include "core/transparency/checkpoint.hpp"

namespace samsyn {

Bytes encode_signed_part(const Checkpoint& checkpoint) {
    Writer out;
    out.id(checkpoint.federation);
    out.id(checkpoint.incarnation);
    out.number(checkpoint.tree.size);
    out.id(checkpoint.tree.root);
    out.instant(checkpoint.time);
    return std::move(out).take();
}

SignedCheckpoint sign_checkpoint(const Checkpoint& checkpoint, Signer& signer) {
    return {checkpoint,
            signer.public_key(),
            signer.sign(Domain::log_checkpoint, encode_signed_part(checkpoint))};
}

bool verify_checkpoint(const SignedCheckpoint& checkpoint, const Verifier& verifier) {
    return verifier.verify(checkpoint.server_key,
                           Domain::log_checkpoint,
                           encode_signed_part(checkpoint.checkpoint),
                           checkpoint.signature);
}

void write(Writer& out, const SignedCheckpoint& checkpoint) {
    out.raw(encode_signed_part(checkpoint.checkpoint));
    out.id(checkpoint.server_key);
    out.id(checkpoint.signature);
}

Result<SignedCheckpoint> read_checkpoint(Reader& in) {
    SignedCheckpoint read;
    Checkpoint& checkpoint = read.checkpoint;
    checkpoint.federation = SAMSYN_TRY(in.id<FederationId>("checkpoint"));
    checkpoint.incarnation = SAMSYN_TRY(in.id<Incarnation>("checkpoint"));
    checkpoint.tree.size = SAMSYN_TRY(in.number<std::uint64_t>("log size"));
    checkpoint.tree.root = SAMSYN_TRY(in.id<Hash>("log root"));
    checkpoint.time = SAMSYN_TRY(in.instant("checkpoint"));
    read.server_key = SAMSYN_TRY(in.id<SigningPublicKey>("checkpoint"));
    read.signature = SAMSYN_TRY(in.id<Signature>("checkpoint"));
    // More rows than any database numbers; proofs of less are short.
    if (checkpoint.tree.size >> 62U != 0) return fail(Errc::malformed, "log size");
    return read;
}

Result<SignedCheckpoint> decode_checkpoint(ByteView bytes) {
    Reader in{bytes};
    SignedCheckpoint read = SAMSYN_TRY(read_checkpoint(in));
    SAMSYN_TRY(in.finish("checkpoint"));
    return read;
}

Bytes encode_checkpoint(const SignedCheckpoint& checkpoint) {
    Writer out;
    write(out, checkpoint);
    return std::move(out).take();
}

}  // namespace samsyn
