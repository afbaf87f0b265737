#pragma once

#include "core/base/ports.hpp"
#include "core/wire/messages.hpp"

#include <functional>

namespace samsyn {

/// What a device says first, whatever it connects for. `device` is left open: a locked device says
/// nothing of itself before it knows the server.
Hello hello_for(SessionPurpose purpose, const FederationId& federation, const Nonce& nonce);

/// The server's own keys as one device knows them: pinned, certified, or a named successor's.
using TrustsServer = std::function<bool(const SigningPublicKey& key)>;

/// Whether the other end of this very connection is a server that the device trusts: its signature
/// covers the nonce of our hello, so it is not an old one, and the connection's keying material
/// `exporter`, so nobody relays it. Before this holds a device says nothing but its hello.
///
/// Errors: `unsupported_version`, `wrong_server`, `bad_signature`.
Result<void> check_challenge(const Challenge& challenge,
                             const Nonce& nonce,
                             const Hash& exporter,
                             const TrustsServer& trusts,
                             const Verifier& verifier);

}  // namespace samsyn
