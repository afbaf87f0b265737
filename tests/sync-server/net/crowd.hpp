#pragma once

#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <thread>
#include <vector>

namespace samsyn {

/// Thousands of connections that say nothing, little or nonsense, from many address blocks of
/// loopback; whoever is thrown out comes back at once. Runs on a thread of its own until destroyed.
class Crowd {
public:
    /// How many of `wanted` the descriptors of this process allow, with a server in it; raises the
    /// soft limit.
    static std::size_t affordable(std::size_t wanted);

    Crowd(std::uint16_t port, std::size_t size);
    Crowd(const Crowd&) = delete;
    Crowd& operator=(const Crowd&) = delete;
    ~Crowd();

private:
    struct Intruder {
        int socket = -1;
        std::size_t number = 0;
        std::size_t said = 0;  ///< bytes
    };

    void come(Intruder& intruder) const;
    static void speak(Intruder& intruder);
    void run(const std::stop_token& stop);

    std::uint16_t port_;
    std::vector<Intruder> intruders_;
    std::jthread thread_;
};

}  // namespace samsyn
