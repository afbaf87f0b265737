#include "sync-server/app/config_table.hpp"

#include <array>

namespace samsyn {

namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""min;
using std::chrono_literals::operator""h;

constexpr std::int64_t KiB = 1024;
constexpr std::int64_t MiB = 1024 * KiB;

using C = ServerConfig;

const std::array server_keys{
    ConfigKey{"server",
              "data",
              PathKey{[](C& c) -> auto& { return c.data; }, true},
              "The folder that init makes: the server's own key, the database, a TLS pair."},
    ConfigKey{"server",
              "listen",
              ListKey{[](C& c) -> auto& { return c.listen; }, TextForm::listen_address, 1, 8},
              "Addresses to listen on, HOST:PORT or [V6]:PORT; [::] is IPv6 alone."},
    ConfigKey{"server",
              "threads",
              CountKey{[](C& c) -> auto& { return c.threads; }, 1, 64},
              "Threads for sockets and TLS; the hub has one of its own."},
    ConfigKey{"server",
              "port_file",
              PathKey{[](C& c) -> auto& { return c.port_file; }},
              "A file that gets the first port when the server is ready, for scripts."},
    ConfigKey{"server",
              "drain",
              TimeKey{[](C& c) -> auto& { return c.drain; }, 0s, 10min},
              "From SIGTERM to the goodbye: /ready says no, so that a balancer sends nobody more."},
    ConfigKey{"server",
              "record_frames",
              PathKey{[](C& c) -> auto& { return c.record_frames; }},
              "Appends every message inside TLS to this file, for a security review."},
};

const std::array file_keys{
    ConfigKey{"tls",
              "certificate",
              PathKey{[](C& c) -> auto& { return c.tls.certificate; }},
              "The certificate chain, PEM. Empty: tls-certificate.pem in server.data."},
    ConfigKey{"tls",
              "key",
              PathKey{[](C& c) -> auto& { return c.tls.key; }},
              "Its key, PEM without a password, readable by the server alone."},
    ConfigKey{"tls",
              "look_every",
              TimeKey{[](C& c) -> auto& { return c.tls.look_every; }, 1s, 24h},
              "How often the two files are looked at for a renewal; SIGHUP looks at once."},
    ConfigKey{"database",
              "key",
              PathKey{[](C& c) -> auto& { return c.database_key; }},
              "The key of the database, kept on another disk. Empty: database.key in server.data."},
    ConfigKey{"log",
              "level",
              LevelKey{[](C& c) -> auto& { return c.log_level; }},
              "The least that is logged."},
    ConfigKey{"metrics",
              "listen",
              TextKey{[](C& c) -> auto& { return c.metrics_listen; }, TextForm::listen_address},
              "Where Prometheus reads, without TLS: keep it on 127.0.0.1. Empty: nowhere."},
    ConfigKey{"backup",
              "folder",
              PathKey{[](C& c) -> auto& { return c.backup.folder; }},
              "Where backups go, on another disk. Empty: the server makes none by itself."},
    ConfigKey{
        "backup",
        "keys",
        PathKey{[](C& c) -> auto& { return c.backup.keys; }},
        "The folder of the months' keys, not in that one. Empty: backup-keys in server.data."},
    ConfigKey{"backup",
              "every",
              TimeKey{[](C& c) -> auto& { return c.backup.every; }, 1h, 24h * 31},
              "How often the server makes a backup of itself, while it serves."},
    ConfigKey{
        "backup",
        "period",
        TimeKey{
            [](C& c) -> auto& { return c.backup.period; }, backup_period_least, backup_period_most},
        "How long a month's key is kept after the month; then its backups are noise for good."},
};

const std::array stranger_keys{
    ConfigKey{"limits",
              "to_authenticated",
              TimeKey{[](C& c) -> auto& { return c.net.to_authenticated; }, 1s, 5min},
              "From accept to the device's proof, in all; then closed."},
    ConfigKey{"limits",
              "silence_before",
              TimeKey{[](C& c) -> auto& { return c.net.silence_before; }, 100ms, 5min},
              "Without a byte when it is the peer's turn, before the proof; then closed."},
    ConfigKey{"limits",
              "unauthenticated_max",
              CountKey{[](C& c) -> auto& { return c.net.unauthenticated_max; }, 1, 100'000},
              "Connections at the handshake; then the longest silent one goes."},
    ConfigKey{
        "limits",
        "unauthenticated_per_block_max",
        CountKey{[](C& c) -> auto& { return c.net.unauthenticated_per_block_max; }, 1, 100'000},
        "The same of one address block (IPv4 /24, IPv6 /48)."},
    ConfigKey{"limits",
              "on_time",
              TimeKey{[](C& c) -> auto& { return c.net.on_time; }, 100ms, 1min},
              "Whoever is later than this with its next message may be sent away for another."},
    ConfigKey{"limits",
              "proxies",
              ListKey{[](C& c) -> auto& { return c.net.proxies; }, TextForm::address_block, 0, 256},
              "Known proxies (\"10.1.2.0/24\"), behind which many tablets have one address."},
    ConfigKey{
        "limits",
        "unauthenticated_per_proxy_max",
        CountKey{[](C& c) -> auto& { return c.net.unauthenticated_per_proxy_max; }, 1, 100'000},
        "Connections at the handshake of one block that limits.proxies names."},
    ConfigKey{"limits",
              "blocks_max",
              CountKey{[](C& c) -> auto& { return c.net.blocks_max; }, 256, 10'000'000},
              "Address blocks that are remembered; then the unknown ones share one."},
    ConfigKey{"limits",
              "bytes_before_max",
              SizeKey{[](C& c) -> auto& { return c.net.bytes_before_max; }, 16 * KiB, MiB},
              "Of TLS and all inside it until the proof; then closed."},
    ConfigKey{
        "limits",
        "bytes_per_message_max",
        SizeKey{[](C& c) -> auto& { return c.net.bytes_per_message_max; }, 128 * KiB, 4 * MiB},
        "Of all layers from one whole message to the next; then closed."},
    ConfigKey{"limits",
              "header_bytes_max",
              SizeKey{[](C& c) -> auto& { return c.net.header_bytes_max; }, KiB, 64 * KiB},
              "Of the HTTP request; then closed."},
    ConfigKey{"limits",
              "message_bytes_before_max",
              SizeKey{[](C& c) -> auto& { return c.net.message_bytes_before_max; },
                      256,
                      message_bytes_before_proof_max},
              "Of a message before the proof; then closed."},
    ConfigKey{
        "limits",
        "message_bytes_max",
        SizeKey{[](C& c) -> auto& { return c.net.message_bytes_max; }, 64 * KiB, message_bytes_max},
        "Of a message after the proof; then closed."},
};

const std::array session_keys{
    ConfigKey{"limits",
              "ping_every",
              TimeKey{[](C& c) -> auto& { return c.net.ping_every; }, 100ms, 10min},
              "How often a silent tablet is asked whether it is there."},
    ConfigKey{"limits",
              "silence_max",
              TimeKey{[](C& c) -> auto& { return c.net.silence_max; }, 200ms, 1h},
              "Without a byte after the proof, pongs count; then closed."},
    ConfigKey{"limits",
              "write_max",
              TimeKey{[](C& c) -> auto& { return c.net.write_max; }, 1s, 1h},
              "For one frame to leave; then closed."},
    ConfigKey{"limits",
              "waiting_bytes_max",
              SizeKey{[](C& c) -> auto& { return c.net.waiting_bytes_max; }, 64 * KiB, 64 * MiB},
              "Of one tablet that the hub has yet to read; then nothing more is read of it."},
    ConfigKey{"limits",
              "hub_queue_bytes_max",
              SizeKey{[](C& c) -> auto& { return c.net.hub_queue_bytes_max; }, MiB, 4096 * MiB},
              "Of all tablets that the hub has yet to read; then the sender is closed."},
    ConfigKey{"limits",
              "connections_max",
              CountKey{[](C& c) -> auto& { return c.net.connections_max; }, 1, 1'000'000},
              "Connections in all; then new ones wait to be accepted."},
    ConfigKey{"limits",
              "send_buffer_bytes",
              SizeKey{[](C& c) -> auto& { return c.net.send_buffer_bytes; }, 4 * KiB, 4 * MiB},
              "The kernel's send buffer of a connection: what a withdrawal cannot recall."},
    ConfigKey{"limits",
              "closing_max",
              TimeKey{[](C& c) -> auto& { return c.net.closing_max; }, 100ms, 1min},
              "For the peer to answer a close."},
    ConfigKey{"limits",
              "stop_max",
              TimeKey{[](C& c) -> auto& { return c.net.stop_max; }, 100ms, 5min},
              "For all tablets at a graceful stop."},
    ConfigKey{"limits",
              "links_in_round_max",
              CountKey{[](C& c) -> auto& { return c.net.links_in_round_max; }, 1, 4096},
              "Frames that wait for one commit of the access log."},
    ConfigKey{"limits",
              "hub_poll_every",
              TimeKey{[](C& c) -> auto& { return c.net.hub_poll_every; }, 10ms, 10s},
              "How late a change by mere time (an expiry) may be."},
    ConfigKey{"limits",
              "probe_every",
              TimeKey{[](C& c) -> auto& { return c.net.probe_every; }, 1s, 1h},
              "A write of the server's own where nobody writes, to know that the disk works."},
    ConfigKey{"limits",
              "hub_answers_in",
              TimeKey{[](C& c) -> auto& { return c.net.hub_answers_in; }, 1s, 10min},
              "Longer without an answer of the hub, and /ready says no."},
    ConfigKey{"limits",
              "metrics_connections_max",
              CountKey{[](C& c) -> auto& { return c.net.metrics_connections_max; }, 1, 1024},
              "Readers of metrics at once; then closed."},
    ConfigKey{"limits",
              "metrics_within",
              TimeKey{[](C& c) -> auto& { return c.net.metrics_within; }, 100ms, 1min},
              "From accept to the last byte of metrics; then closed."},
    ConfigKey{"limits",
              "allowed_origins",
              ListKey{[](C& c) -> auto& { return c.net.allowed_origins; }, TextForm::origin, 0, 32},
              "Browsers' pages that may connect; none as a rule."},
};

const std::array hub_keys{
    ConfigKey{"limits",
              "deliver_bytes_max",
              SizeKey{[](C& c) -> auto& { return c.hub.deliver_bytes_max; }, 4 * KiB, 60 * KiB},
              "Entries in one message to a tablet."},
    ConfigKey{"limits",
              "queued_bytes_max",
              SizeKey{[](C& c) -> auto& { return c.hub.queued_bytes_max; }, 64 * KiB, 64 * MiB},
              "Answers that a tablet has not taken; then it is not read until it has."},
    ConfigKey{"limits",
              "links_per_device_max",
              CountKey{[](C& c) -> auto& { return c.hub.links_per_device_max; }, 1, 16},
              "Sessions of one device; then its oldest is closed."},
    ConfigKey{"limits",
              "answers_waiting_max",
              CountKey{[](C& c) -> auto& { return c.hub.answers_waiting_max; }, 16, 65'536},
              "Answers that a tablet has not fetched; then closed."},
    ConfigKey{"limits",
              "cursors_max",
              CountKey{[](C& c) -> auto& { return c.hub.cursors_max; }, 1024, 1'000'000},
              "Channels that one tablet follows; then closed."},
    ConfigKey{"limits",
              "log_queries_waiting_max",
              CountKey{[](C& c) -> auto& { return c.hub.log_queries_waiting_max; }, 1, 64},
              "Queries of the access log of one tablet at once; then closed."},
    ConfigKey{"limits",
              "contact_interval",
              TimeKey{[](C& c) -> auto& { return c.hub.contact_interval; }, 1min, 24h},
              "How often a session that goes on counts as contact; its end does, too."},
    ConfigKey{"limits",
              "room_sessions_max",
              CountKey{[](C& c) -> auto& { return c.hub.room_sessions_max; }, 1, 65'536},
              "Meetings that are shown on screens; then a further one is refused."},
    ConfigKey{"limits",
              "room_sessions_per_device_max",
              CountKey{[](C& c) -> auto& { return c.hub.room_sessions_per_device_max; }, 1, 256},
              "The same of one tablet."},
    ConfigKey{"limits",
              "attachment_bytes_max",
              SizeKey{[](C& c) -> auto& { return c.hub.attachment_bytes_max; }, 1 * MiB, 512 * MiB},
              "An attached file; a larger one is refused."},
    ConfigKey{"limits",
              "attachments_unfinished_max",
              CountKey{[](C& c) -> auto& { return c.hub.attachments_unfinished_max; }, 1, 1024},
              "Files that one tablet has begun to send; then a further one is refused."},
};

// Token buckets: `_burst` at once, then one each `_every`; past that it is closed or refused.
#define SAMSYN_EVERY(name, member, what)                                         \
    ConfigKey{"limits",                                                          \
              name "_every",                                                     \
              TimeKey{[](C& c) -> auto& { return c.member.interval; }, 1ms, 1h}, \
              "Then one each: " what "."}
#define SAMSYN_BURST(name, member, what)                                            \
    ConfigKey{"limits",                                                             \
              name "_burst",                                                        \
              CountKey{[](C& c) -> auto& { return c.member.burst; }, 1, 1'000'000}, \
              "At once: " what "."}
#define SAMSYN_RATE(name, member, what) \
    SAMSYN_BURST(name, member, what), SAMSYN_EVERY(name, member, what)

const std::array rate_keys{
    SAMSYN_RATE("connects_per_block", net.connects_per_block, "connects of one address block"),
    SAMSYN_RATE(
        "connects_per_proxy", net.connects_per_proxy, "connects of one known proxy's block"),
    SAMSYN_RATE("control_frames", net.control_frames, "pings and pongs of one connection"),
    SAMSYN_RATE("stranger_lines", net.stranger_lines, "lines of log about strangers"),
    SAMSYN_RATE("session_rate", hub.session_rate, "sessions of one device"),
    SAMSYN_RATE("message_rate", hub.message_rate, "messages of one device"),
    SAMSYN_RATE("statement_rate", hub.statement_rate, "statements and keys of one device"),
    SAMSYN_RATE("batch_rate", hub.batch_rate, "batches of changes of one device"),
    SAMSYN_RATE("reads_rate", hub.reads_rate, "pieces of one device's log of reads"),
    SAMSYN_RATE("log_query_rate", hub.log_query_rate, "one device's queries of the access log"),
    SAMSYN_RATE("report_rate", hub.report_rate, "reports of one device about itself"),
    SAMSYN_RATE("fleet_query_rate", hub.fleet_query_rate, "one administrator's queries of devices"),
    SAMSYN_RATE(
        "restricted_rate", hub.restricted_rate, "sessions of one device while it is locked"),
    SAMSYN_RATE("room_rate", hub.room_rate, "one device's messages to meetings' screens"),
    SAMSYN_RATE("presence_rate", hub.presence_rate, "one device's words that its person is there"),
    SAMSYN_RATE("attachment_rate", hub.attachment_rate, "MiB of files of one device"),
};
#undef SAMSYN_RATE
#undef SAMSYN_BURST
#undef SAMSYN_EVERY

std::vector<ConfigKey> joined() {
    std::vector<ConfigKey> all;
    const auto add = [&](std::span<const ConfigKey> keys) {
        all.insert(all.end(), keys.begin(), keys.end());
    };
    add(server_keys);
    add(file_keys);
    add(stranger_keys);
    add(session_keys);
    add(hub_keys);
    add(rate_keys);
    return all;
}

}  // namespace

std::span<const ConfigKey> config_table() {
    static const std::vector<ConfigKey> table = joined();
    return table;
}

std::string full_name(const ConfigKey& key) {
    return std::string{key.section}.append(".").append(key.name);
}

}  // namespace samsyn
