#include "core/sync/client_handshake.hpp"

#include "core/model/schema.hpp"
#include "core/policy/statute_table.hpp"

namespace samsyn {

Hello hello_for(SessionPurpose purpose, const FederationId& federation, const Nonce& nonce) {
    Hello hello;
    hello.purpose = purpose;
    hello.version_min = session_version;
    hello.version_max = session_version;
    hello.federation = federation;
    hello.nonce = nonce;
    hello.statute_version = current_statute_table().version;
    hello.schema_version = schema_version;
    return hello;
}

Result<void> check_challenge(const Challenge& challenge,
                             const Nonce& nonce,
                             const Hash& exporter,
                             const TrustsServer& trusts,
                             const Verifier& verifier) {
    if (challenge.version != session_version) return fail(Errc::unsupported_version, "challenge");
    if (!trusts(challenge.server_key)) return fail(Errc::wrong_server, "challenge");
    if (!verifier.verify(challenge.server_key,
                         Domain::session_server,
                         challenge_signed_part(nonce, challenge, exporter),
                         challenge.signature))
        return fail(Errc::bad_signature, "challenge");
    return {};
}

}  // namespace samsyn
