#pragma once

#include <atomic>
#include <cstdint>
#include <thread>

namespace story {

/// A tablet's network: a TCP relay on loopback that can be cut and mended. It sees TLS only.
class Relay {
public:
    /// Listens on a free port and forwards to 127.0.0.1:`target_port`.
    explicit Relay(std::uint16_t target_port);
    ~Relay();
    Relay(const Relay&) = delete;
    Relay& operator=(const Relay&) = delete;

    std::uint16_t port() const { return port_; }

    /// Closes every connection; new ones are refused at once until `mend`.
    void cut();
    void mend();

    /// Where the server is now (it may have been restarted on another port).
    void point_to(std::uint16_t target_port) { target_port_ = target_port; }

private:
    void serve();

    std::uint16_t port_ = 0;
    std::atomic<std::uint16_t> target_port_;
    std::atomic<bool> cut_ = false;
    std::atomic<bool> stop_ = false;
    int listener_ = -1;
    int wake_[2] = {-1, -1};
    std::thread thread_;
};

}  // namespace story
