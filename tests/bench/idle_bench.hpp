#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

namespace samsyn::bench {

/// Memory of a server process a connection: 10 000 devices that have proved themselves, synced and
/// fallen silent, beside as many on a plain Beast TLS WebSocket server in the same run. Must be
/// called while the process has one thread: it forks.
void bench_idle();

/// A plain Beast server as in Beast's own example (asynchronous, TLS, WebSocket), which answers one
/// message a connection and then waits for ever. Never returns; `on_port` is called once.
[[noreturn]] void serve_plain_idle(const std::function<void(std::uint16_t)>& on_port);

/// `count` connections to it, each of which has had its message answered.
class PlainIdleClients {
public:
    PlainIdleClients(std::uint16_t port, std::size_t count);
    ~PlainIdleClients();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace samsyn::bench
