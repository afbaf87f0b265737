#pragma once

#include "core/wire/messages.hpp"
#include "sync-server/hub/token_bucket.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace samsyn {

/// What a connection may cost (security.md, section 4). Every wait and every queue has a bound here
/// and a rule at the bound. Tests make them small. docs/PROTOCOL.md has the table.
struct NetLimits {
    // Until the device has proved who it is; then the connection is closed without a word.
    std::chrono::milliseconds to_authenticated{20'000};  ///< from accept to the proof, in all
    std::chrono::milliseconds silence_before{5'000};     ///< without a byte when it is its turn
    std::size_t unauthenticated_max = 1000;          ///< then the longest silent goes, see below
    std::size_t unauthenticated_per_block_max = 20;  ///< the same among those of the block

    /// For the peer's next message. While all places are taken, whoever is later than this makes
    /// room, the longest silent first; while nobody is, new ones wait to be accepted, and one whose
    /// block is full is closed at once. Two round trips by satellite.
    std::chrono::milliseconds on_time{2'000};

    /// Known proxies, as an IPv4 or IPv6 address or a network of one block ("192.0.2.0/24"): behind
    /// each of them are many tablets, so that its block has its own numbers.
    std::vector<std::string> proxies;
    std::size_t unauthenticated_per_proxy_max = 400;
    Rate connects_per_block{std::chrono::milliseconds{100}, 400};  ///< then closed at once
    Rate connects_per_proxy{std::chrono::milliseconds{5}, 4000};   ///< the same for a proxy's block
    std::size_t blocks_max = 65'536;  ///< remembered for that; then the unknown ones share one

    std::size_t header_bytes_max = 4 * 1024;  ///< of the HTTP request; then closed
    std::size_t message_bytes_before_max = message_bytes_before_proof_max;  ///< then closed
    std::size_t message_bytes_max = samsyn::message_bytes_max;              ///< then closed
    std::size_t bytes_before_max = 32 * 1024;  ///< of all layers until the proof; then closed

    /// Of all layers from one whole message or control frame to the next; then closed. However
    /// small its fragments, a message costs no more than that.
    std::size_t bytes_per_message_max = 2 * samsyn::message_bytes_max;

    /// Pings, pongs and close frames of one connection; then closed.
    Rate control_frames{std::chrono::milliseconds{1'000}, 60};

    Rate stranger_lines{std::chrono::milliseconds{200}, 200};  ///< of log about them; then counted

    // After the proof.
    std::chrono::milliseconds ping_every{20'000};
    std::chrono::milliseconds silence_max{60'000};     ///< without a byte, pongs count; then closed
    std::chrono::milliseconds write_max{120'000};      ///< for one frame to leave; then closed
    std::size_t waiting_bytes_max = 256 * 1024;        ///< of a link, for the hub; then not read
    std::size_t hub_queue_bytes_max = 32 << 20;        ///< of all links; then the sender is closed
    std::size_t connections_max = 20'000;              ///< then new ones wait to be accepted
    int send_buffer_bytes = 64 * 1024;                 ///< SO_SNDBUF: what a fence cannot recall
    std::chrono::milliseconds closing_max{5'000};      ///< for the peer to answer our close
    std::chrono::milliseconds stop_max{5'000};         ///< for all links at a graceful stop
    std::size_t links_in_round_max = 64;               ///< frames that wait for one commit
    std::chrono::milliseconds hub_poll_every{1'000};   ///< how late a change by mere time may be
    std::chrono::milliseconds probe_every{30'000};     ///< a write of our own where nobody writes
    std::chrono::milliseconds hub_answers_in{15'000};  ///< then the server is not ready
    std::vector<std::string> allowed_origins;          ///< browsers' pages; none as a rule

    // Of the listener for metrics.
    std::size_t metrics_connections_max = 16;         ///< then further ones are closed at once
    std::chrono::milliseconds metrics_within{5'000};  ///< from accept to the answer's last byte
};

}  // namespace samsyn
