#pragma once

#include "core/base/errc.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace samsyn {

/// Why a connection ended, in one word each: the label of a metric must be of a bounded set, and
/// never a peer's text. Name as in the metrics, sentence as in the log.
// clang-format off: one row a line, so that a new one is a line of its own
#define SAMSYN_END_TABLE(row) \
    row(closed_by_peer, "closed by peer") \
    row(lost, "connection lost") \
    row(session_ended, "session ended") \
    row(stopping, "server is stopping") \
    row(health, "health") \
    row(tls_failed, "TLS handshake failed") \
    row(bad_request, "no HTTP request") \
    row(refused_request, "request refused") \
    row(protocol_error, "not WebSocket as we speak it") \
    row(text_message, "text message") \
    row(too_large, "message too large") \
    row(made_room, "made room for another") \
    row(silent, "silent") \
    row(late, "not authenticated in time") \
    row(slow_reader, "reads too slowly") \
    row(close_unanswered, "close not answered") \
    row(control_flood, "too many control frames") \
    row(byte_flood, "too many bytes for one message") \
    row(busy, "server is busy") \
    row(storage_failed, "storage failed") \
    row(internal, "internal")
// clang-format on

enum class EndReason : std::uint8_t {
#define SAMSYN_ROW(name, sentence) name,
    SAMSYN_END_TABLE(SAMSYN_ROW)
#undef SAMSYN_ROW
};

#define SAMSYN_ROW(name, sentence) +1
inline constexpr std::size_t end_reasons = 0 SAMSYN_END_TABLE(SAMSYN_ROW);
#undef SAMSYN_ROW

std::string_view name_of(EndReason reason);
std::string_view sentence_of(EndReason reason);

/// Where a connection is between accept and its end.
enum class ConnectionState : std::uint8_t { handshake, session, closing };

/// Why a connection was not taken at all.
enum class NotTaken : std::uint8_t { block_is_full, too_often };

/// What the hub can tell of itself and of what it holds; all counts are since its start.
struct HubFigures {
    std::uint64_t sessions = 0;
    std::uint64_t restricted_sessions = 0;
    std::uint64_t hand_in_sessions = 0;
    std::uint64_t stored = 0;
    std::uint64_t duplicates = 0;
    std::uint64_t escrowed = 0;
    std::map<Errc, std::uint64_t> refused;  ///< pushes, by why
    std::map<Errc, std::uint64_t> closed;   ///< links that the hub ended, by why
    std::uint64_t log_rows = 0;
    std::uint64_t unconfirmed_purges = 0;
};

/// What is measured when somebody asks, and not before.
struct ScrapeFigures {
    bool is_ready = false;
    std::optional<std::uint64_t> storage_bytes;
    std::optional<std::uint64_t> storage_free_bytes;
    std::optional<std::int64_t> certificate_ends;  ///< seconds since 1970
};

/// What the server tells a monitoring system about itself: numbers, never a name, an address, a
/// device or a label that a peer could choose.
///
/// Thread-safe. Counting costs an atomic addition; a histogram, a short lock.
class Metrics {
public:
    Metrics();
    ~Metrics();
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;

    void on_connection(ConnectionState state);
    void on_connection_state(ConnectionState from, ConnectionState to);
    void on_connection_end(ConnectionState last, EndReason why);
    void on_not_taken(NotTaken why);

    void set_queue(std::size_t messages, std::size_t bytes);
    void on_group(std::size_t messages);
    void on_group_failed();
    void on_paused();
    void observe_push_to_commit(std::chrono::steady_clock::duration time);

    /// One round of handing out: deciding, logging, committing.
    void observe_round(std::chrono::steady_clock::duration time);

    void set_hub(HubFigures figures);

    /// When the last backup that verified was made; absent until it is told.
    void set_last_backup(std::chrono::sys_seconds at);

    /// In the text format of Prometheus, version 0.0.4.
    std::string text(const ScrapeFigures& now) const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace samsyn
