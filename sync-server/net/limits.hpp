#pragma once

#include "core/wire/messages.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace samsyn {

/// What a connection may cost (security.md, section 4). Every wait and every queue has a bound here
/// and a rule at the bound. Tests make them small.
struct NetLimits {
    // Until the device has proved who it is; then the connection is closed without a word.
    std::chrono::milliseconds to_authenticated{20'000};  ///< from accept to the proof, in all
    std::chrono::milliseconds silence_before{5'000};     ///< without a byte when it is its turn
    std::size_t unauthenticated_max = 1000;              ///< then new ones wait to be accepted
    std::size_t unauthenticated_per_block_max = 20;      ///< then further ones are closed at once

    std::size_t header_bytes_max = 4 * 1024;  ///< of the HTTP request; then closed
    std::size_t message_bytes_before_max = message_bytes_before_proof_max;  ///< then closed
    std::size_t message_bytes_max = samsyn::message_bytes_max;              ///< then closed

    // After the proof.
    std::chrono::milliseconds ping_every{20'000};
    std::chrono::milliseconds silence_max{60'000};    ///< without a byte, pongs count; then closed
    std::chrono::milliseconds write_max{120'000};     ///< for one frame to leave; then closed
    std::size_t waiting_bytes_max = 256 * 1024;       ///< of a link, for the hub; then not read
    std::size_t hub_queue_bytes_max = 32 << 20;       ///< of all links; then the sender is closed
    std::size_t connections_max = 20'000;             ///< then new ones wait to be accepted
    int send_buffer_bytes = 64 * 1024;                ///< SO_SNDBUF: what a fence cannot recall
    std::chrono::milliseconds closing_max{5'000};     ///< for the peer to answer our close
    std::chrono::milliseconds stop_max{5'000};        ///< for all links at a graceful stop
    std::size_t links_in_round_max = 64;              ///< frames that wait for one commit
    std::chrono::milliseconds hub_poll_every{1'000};  ///< how late a change by mere time may be
    std::vector<std::string> allowed_origins;         ///< browsers' pages; none as a rule
};

}  // namespace samsyn
