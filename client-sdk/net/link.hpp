#pragma once

#include "client-sdk/net/proxy.hpp"
#include "core/sync/client_session.hpp"

#include <chrono>
#include <memory>

namespace boost::asio {
class io_context;  // NOLINT(readability-identifier-naming): Boost's name
}

namespace samsyn {

class Transport;

struct LinkLimits {
    std::chrono::seconds connect_max{10};    ///< for name and TCP together, then `unreachable`
    std::chrono::seconds proxy_max{15};      ///< for a proxy's whole answer, then `proxy_failed`
    std::chrono::seconds handshake_max{10};  ///< for TLS, and again for WebSocket: `timed_out`
    std::chrono::seconds silence_max{60};    ///< then `link_lost`; a ping goes out at half of it
    std::chrono::seconds goodbye_max{2};     ///< for closing in good form, then the socket goes
    SessionLimits session;
};

/// One connection of a device to its server: TCP, perhaps through a proxy's tunnel, TLS 1.3,
/// WebSocket `/samsyn/1`, and the `ClientSession` that speaks over it (docs/PROTOCOL.md). It
/// carries bytes, instants and outputs; what they mean is the session's business.
///
/// A link lives once: to connect again, make a new one (`Backoff` says when). Callbacks come on the
/// thread that runs the `io_context`, never from inside a member of this class. Destroying it, also
/// from inside a callback, ends the callbacks and the calls of the ledger at once; the socket is
/// closed in good form in the background.
///
/// Not thread-safe: all members on the thread of the `io_context`.
class Link {
public:
    /// Hears what happens.
    class Listener {
    public:
        virtual ~Listener() = default;
        virtual void on_live() = 0;  ///< both sides have proven who they are
        virtual void on_synced() = 0;
        virtual void on_changed() = 0;
        virtual void on_answered(const ClientSession::Answered& answered) = 0;

        virtual void on_progressed() {}  ///< with a file that takes its time

        /// The last call. `unreachable`: no name, no route, refused, or nothing answers, with the
        /// address; `proxy_failed`, `proxy_refused`, `proxy_login`: of the proxy; `login_page`: a
        /// page instead of the server; `no_tls` and `tls_too_old`: no TLS or no TLS 1.3 there;
        /// `upgrade_refused`: no WebSocket; `tls_opened`: the server's signature is of another TLS
        /// connection than this one; `wrong_server`: no Samsyn there, or another identity;
        /// `wrong_federation`; `timed_out`: connected, but a handshake did not end in time;
        /// `link_lost`: it broke or went quiet; `invalid_argument`: the address is none; else what
        /// the session says.
        virtual void on_closed(const Error& why) = 0;
    };

    struct Ports {
        ClientLedger& ledger;
        Random& random;
        const Verifier& verifier;
        const Clock& clock;
        UnlockKeeper* keeper = nullptr;  ///< see `ClientSession::Ports`; outlives the link
        SessionPurpose purpose = SessionPurpose::session;  ///< or `hand_in`
        std::optional<Proxy> proxy = std::nullopt;         ///< none: directly
    };

    /// Starts to connect to `address` ("host:port"). `io`, the ports and the listener must outlive
    /// it.
    Link(boost::asio::io_context& io,
         std::string_view address,
         Ports ports,
         Listener& listener,
         LinkLimits limits = {});
    ~Link();
    Link(const Link&) = delete;
    Link& operator=(const Link&) = delete;

    /// The application wrote something: the session looks for outgoing things again. True where it
    /// found some: then a new `on_synced` follows, and none that was due before this call.
    bool poke();

    /// The server has proven who it is: what ends the link is its own word.
    bool knows_server() const;

private:
    class Session;
    std::shared_ptr<Session> session_;
    std::unique_ptr<Transport> transport_;
};

}  // namespace samsyn
