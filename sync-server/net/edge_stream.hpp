#pragma once

#include "core/tls/tls_stream.hpp"
#include "sync-server/net/as_result.hpp"

#include <boost/beast/websocket/stream.hpp>

namespace samsyn {

/// `false`: no deflate, so no bombs.
using WebSocket = boost::beast::websocket::stream<TlsStream, false>;

}  // namespace samsyn
