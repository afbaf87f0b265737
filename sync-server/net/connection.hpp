#pragma once

#include "sync-server/net/admission.hpp"
#include "sync-server/net/frame_recorder.hpp"
#include "sync-server/net/hub_thread.hpp"
#include "sync-server/net/stranger_log.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

namespace samsyn {

/// What all connections of a server share; outlives them.
struct ConnectionPorts {
    const NetLimits& limits;
    HubThread& hub;
    FrameRecorder* recorder;  ///< may be null
    const Log& log;
    StrangerLog& stranger_log;
    Metrics& metrics;
    const Readiness& readiness;
};

/// One accepted socket until it is closed: TLS, HTTP upgrade, messages. Keeps itself alive.
class Connection {
public:
    using Socket =
        boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::any_io_executor>;

    virtual ~Connection() = default;

    /// Close at once. Any thread.
    virtual void abandon(EndReason why) = 0;

    /// Close at once where there is no session to say goodbye to. Any thread.
    virtual void abandon_unless_open() = 0;

    /// Close at once where the device has not proved itself meanwhile. Any thread.
    virtual void make_room() = 0;

    /// Serves `socket`, whose executor is a strand of its own, and calls `on_end` at the end.
    /// `tls` need not live longer than this call.
    static std::shared_ptr<Connection> start(const ConnectionPorts& ports,
                                             boost::asio::ssl::context& tls,
                                             Socket socket,
                                             Admission::Place place,
                                             LinkId id,
                                             std::function<void()> on_end);
};

}  // namespace samsyn
