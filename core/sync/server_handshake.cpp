#include "core/sync/server_handshake.hpp"

namespace samsyn {

ServerHandshake::ServerHandshake(Identity identity, const Hash& exporter)
    : identity_(identity),
      exporter_(exporter) {}

ServerHandshake::Step ServerHandshake::on_message(ByteView message,
                                                  const Federation& federation,
                                                  Instant now) {
    if (over_) {
        Step late;
        late.failed = Error{Errc::unexpected_message, "after the handshake"};
        return late;
    }

    Step step;
    const auto decoded = decode_message(message, message_bytes_before_proof_max);
    if (!decoded) {
        step = refuse(decoded.error());
    } else if (const auto* hello = std::get_if<Hello>(&*decoded); hello && !hello_) {
        step = on_hello(*hello, now);
    } else if (const auto* proof = std::get_if<Proof>(&*decoded);
               proof && (is_for(SessionPurpose::session) || is_for(SessionPurpose::hand_in))) {
        step = on_proof(*proof, federation, now);
    } else if (const auto* token = std::get_if<RestrictedProof>(&*decoded);
               token && is_for(SessionPurpose::restricted)) {
        step = on_restricted_proof(*token);
    } else {
        step = refuse(Error{Errc::unexpected_message, "handshake"});
    }
    over_ = step.failed || step.authenticated || step.restricted;
    return step;
}

/// Everything but the version is judged at the proof, so that a stranger who names a device, or a
/// federation, gets the same challenge whether there is one or not.
ServerHandshake::Step ServerHandshake::on_hello(const Hello& hello, Instant now) {
    if (hello.version_min > session_version || hello.version_max < session_version)
        return refuse(Error{Errc::unsupported_version, "hello"});

    hello_ = hello;
    nonce_ = random_id<Nonce>(identity_.random);
    Challenge challenge;
    challenge.version = session_version;
    challenge.nonce = nonce_;
    challenge.time = now;
    challenge.incarnation = identity_.incarnation;
    challenge.statute_version = identity_.statute_version;
    challenge.server_key = identity_.signer.public_key();
    challenge.signature = identity_.signer.sign(
        Domain::session_server, challenge_signed_part(hello.nonce, challenge, exporter_));
    Step step;
    step.reply = encode_message(challenge);
    return step;
}

ServerHandshake::Step ServerHandshake::on_proof(const Proof& proof,
                                                const Federation& federation,
                                                Instant now) {
    const SigningPublicKey* key = federation.signing_key(hello_->device);
    // For an unknown device some signature is checked too: the answer takes as long.
    const bool signed_well = identity_.verifier.verify(
        key != nullptr ? *key : identity_.signer.public_key(),
        Domain::session_device,
        proof_signed_part(nonce_, hello_->nonce, exporter_, proof.federation_heads),
        proof.signature);

    if (hello_->federation != identity_.federation)
        return refuse(Error{Errc::wrong_federation, "hello"});
    if (key == nullptr) return refuse(Error{Errc::unknown_device, "hello"});
    if (!signed_well) return refuse(Error{Errc::bad_signature, "proof"});
    const Federation::Device* device = federation.device(hello_->device);
    if (is_for(SessionPurpose::hand_in)) {
        // Whoever was ever certified hands in what it has, and gets nothing for it.
        if (device == nullptr) return refuse(Error{Errc::unknown_device, "hand-in"});
        Step step;
        step.authenticated = Authenticated{hello_->device, *hello_, proof.federation_heads};
        return step;
    }
    if (device != nullptr && device->revoked) return refuse(Error{Errc::revoked_device, "proof"});
    if (!federation.in_good_standing(hello_->device, now))
        return refuse(Error{Errc::not_permitted, "not in good standing"});
    Step step;
    step.authenticated = Authenticated{hello_->device, *hello_, proof.federation_heads};
    return step;
}

ServerHandshake::Step ServerHandshake::on_restricted_proof(const RestrictedProof& proof) {
    if (hello_->federation != identity_.federation)
        return refuse(Error{Errc::wrong_federation, "hello"});
    Step step;
    step.restricted = Restricted{proof, nonce_, hello_->nonce};
    return step;
}

bool ServerHandshake::is_for(SessionPurpose purpose) const {
    return hello_ && hello_->purpose == purpose;
}

ServerHandshake::Step ServerHandshake::refuse(Error why) {
    const Errc said =
        why.code == Errc::unsupported_version ? Errc::unsupported_version : Errc::not_permitted;
    Step step;
    step.reply = encode_message(Goodbye{said, ""});
    step.failed = std::move(why);
    return step;
}

}  // namespace samsyn
