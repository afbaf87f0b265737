#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>

namespace samsyn::test {

/// How the server treats its one caller.
enum class Behaviour {
    silent,            ///< accepts, then nothing
    plain_text,        ///< refuses in HTTP where TLS is expected
    plain_redirect,    ///< sends elsewhere in HTTP where TLS is expected
    plain_page,        ///< shows a page where TLS is expected
    plain_banner,      ///< speaks another protocol
    old_tls,           ///< TLS 1.2 at most
    web_page,          ///< TLS 1.3, and a page instead of an upgrade
    upgrade_stripped,  ///< TLS 1.3, and 400 instead of an upgrade
    upgrade_ignored,   ///< TLS 1.3, and 200 without an upgrade or a page
    mute_session,      ///< WebSocket stands, then nothing
    drop_after_hello,  ///< closes TCP when hello has come
    garbage,           ///< answers hello with bytes that are no message
    oversized,         ///< answers hello with a message over the limit
    goodbye,           ///< answers hello with `wrong_federation` and closes
    challenge,         ///< answers hello with a challenge under a fake signature, waits for proof
};

/// An address on which nobody listens.
std::string unused_address();

/// A TLS WebSocket server for one connection on loopback, in a thread of its own.
class LoopbackServer {
public:
    explicit LoopbackServer(Behaviour behaviour);
    ~LoopbackServer();

    std::string address() const;

    /// Did a proof arrive? Ends the server.
    bool got_proof();

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace samsyn::test
