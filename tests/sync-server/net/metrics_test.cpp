// What a monitoring system sees, and what nobody may see there or in the log.

#include "sync-server/net/readiness.hpp"
#include "tests/sync-server/hub/failing_storage.hpp"
#include "tests/sync-server/net/served_world.hpp"

#include <atomic>
#include <set>
#include <sstream>

using namespace samsyn;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view family_name = "Familjen Alm";

/// Says no to every commit while it is told to.
class FullDisk final : public FailingStorage {
public:
    using FailingStorage::FailingStorage;

    Result<void> commit() override {
        if (!full) return FailingStorage::commit();
        rollback();
        return fail(Errc::disk_full, "commit");
    }

    std::atomic<bool> full{false};
};

std::string health_request(std::string_view target) {
    return "GET " + std::string{target} + " HTTP/1.1\r\nHost: x\r\n\r\n";
}

/// The status of the public port's answer.
std::string ask_public(const ServedWorld& served, std::string_view target) {
    RawClient client{served.port()};
    REQUIRE(client.start_tls());
    return client.ask(health_request(target)).substr(0, 12);
}

/// Everything that somebody could be recognised by, said in every place where one can say it.
void tell_names(ServedWorld& served) {
    const std::string name{family_name};
    RawClient by_target{served.port()};
    REQUIRE(by_target.start_tls());
    (void)by_target.ask("GET /Familjen%20Alm/" + name + " HTTP/1.1\r\nHost: x\r\n\r\n");
    RawClient by_path{served.port()};
    REQUIRE(by_path.start_tls());
    CHECK(by_path.upgrade({}, "/Familjen-Alm") == 404);
    RawClient by_header{served.port()};
    REQUIRE(by_header.start_tls());
    (void)by_header.upgrade("Origin: " + name + "\r\n");
    RawClient by_garbage{served.port()};
    by_garbage.send_plain(name);
    CHECK(by_garbage.is_closed_by_server());

    const auto by_message = served.log_in(served.world.counsellor);
    by_message->send(Push{1, EntryKind::statement, to_bytes(as_bytes(name))});
    CHECK(ServedWorld::next<Answer>(*by_message));
    by_message->send_frame(RawClient::ping, as_bytes(name));
    by_message->send_frame(RawClient::text, as_bytes(name));
    by_message->send_frame(RawClient::close, as_bytes("\x03\xe8" + name));
    CHECK(by_message->is_closed_by_server());

    const auto by_statement = served.log_in(served.world.lead);
    for (const Bytes& statement : served.world.open_case())
        by_statement->send(Push{2, EntryKind::statement, statement});
    CHECK(ServedWorld::next<Answer>(*by_statement));
}

void check_no_names(std::string_view text, const ServedWorld& served) {
    const auto lacks = [&](std::string_view what) {
        CAPTURE(what);
        CHECK(text.find(what) == std::string_view::npos);
    };
    lacks("Alm");
    lacks("127.0.0");
    for (const Party* party : {&served.world.lead, &served.world.counsellor}) {
        lacks(to_hex(party->device.view()));
        lacks(to_hex(party->user.view()));
        lacks(to_hex(party->device.view()).substr(0, 8));
    }
    lacks(to_hex(served.world.case_id.view()).substr(0, 8));
    lacks(to_hex(served.world.federation_id.view()).substr(0, 8));
}

}  // namespace

TEST_CASE("Metrics: the text has each family once, with help and type", "[metrics]") {
    Metrics metrics;
    metrics.on_connection(ConnectionState::handshake);
    metrics.on_connection_state(ConnectionState::handshake, ConnectionState::session);
    metrics.on_connection(ConnectionState::handshake);
    metrics.on_connection_end(ConnectionState::handshake, EndReason::silent);
    metrics.on_group(3);
    metrics.observe_push_to_commit(30ms);
    HubFigures figures;
    figures.stored = 4;
    figures.refused = {{Errc::bad_signature, 2}, {Errc::not_permitted, 1}};
    figures.unconfirmed_purges = 5;
    metrics.set_hub(figures);
    const std::string text = metrics.text({true, 100, 200, 1'900'000'000});

    for (const char* line : {"samsyn_ready 1\n",
                             "samsyn_connections{state=\"session\"} 1\n",
                             "samsyn_connections{state=\"handshake\"} 0\n",
                             "samsyn_connections_ended_total{reason=\"silent\"} 1\n",
                             "samsyn_commit_batch_messages_bucket{le=\"4\"} 1\n",
                             "samsyn_commit_batch_messages_bucket{le=\"2\"} 0\n",
                             "samsyn_push_to_commit_seconds_count 1\n",
                             "samsyn_push_to_commit_seconds_bucket{le=\"0.05\"} 1\n",
                             "samsyn_pushes_total{outcome=\"stored\"} 4\n",
                             "samsyn_pushes_total{outcome=\"refused\"} 3\n",
                             "samsyn_refusals_total{reason=\"bad_signature\"} 2\n",
                             "samsyn_unconfirmed_purges 5\n",
                             "samsyn_storage_bytes 100\n",
                             "samsyn_storage_free_bytes 200\n",
                             "samsyn_tls_certificate_end_seconds 1900000000\n"}) {
        CAPTURE(line);
        CHECK(text.find(line) != std::string::npos);
    }
    CHECK(text.find("samsyn_last_backup_seconds") == std::string::npos);

    std::set<std::string> families;
    std::istringstream lines{text};
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with("# TYPE ")) CHECK(families.insert(line).second);
    CHECK(families.size() >= 20);
}

TEST_CASE("Metrics: what is not known is absent, not zero", "[metrics]") {
    const Metrics metrics;
    const std::string text = metrics.text({});
    CHECK(text.find("samsyn_storage_bytes") == std::string::npos);
    CHECK(text.find("samsyn_tls_certificate_end_seconds") == std::string::npos);
    CHECK(text.find("samsyn_ready 0\n") != std::string::npos);
}

TEST_CASE("Server: the metrics listener shows sessions, pushes and the log's size",
          "[net][metrics]") {
    ServedWorld served;
    const auto client = served.log_in(served.world.lead);
    const auto stranger = served.connect();
    for (const Bytes& statement : served.world.open_case()) {
        client->send(Push{1, EntryKind::statement, statement});
        REQUIRE(ServedWorld::next<Answer>(*client));
    }
    client->send(Push{2, EntryKind::statement, to_bytes(as_bytes("no statement"))});
    REQUIRE(ServedWorld::next<Answer>(*client));

    CHECK(served.metric("samsyn_sessions{kind=\"full\"}") == 1);
    CHECK(served.metric("samsyn_connections{state=\"session\"}") == 1);
    CHECK(served.metric("samsyn_connections{state=\"handshake\"}") == 1);
    CHECK(served.metric("samsyn_pushes_total{outcome=\"stored\"}") == 4);
    CHECK(served.metric("samsyn_pushes_total{outcome=\"refused\"}") == 1);
    CHECK(served.metric("samsyn_commit_batch_messages_count") >= 1);
    CHECK(served.metric("samsyn_push_to_commit_seconds_count") >= 5);
    CHECK(served.metric("samsyn_round_seconds_count") >= 1);
    CHECK(served.metric("samsyn_log_rows") ==
          static_cast<double>(served.world.hub->counts().log_rows));
    const double ends = served.metric("samsyn_tls_certificate_end_seconds");
    CHECK(ends > 1'800'000'000);
}

TEST_CASE("Server: the metrics listener answers three questions and nothing else",
          "[net][metrics]") {
    ServedWorld served;
    CHECK(served.ask_metrics("/health").starts_with("HTTP/1.1 200"));
    CHECK(served.ask_metrics("/metrics").find("version=0.0.4") != std::string::npos);
    CHECK(served.ask_metrics("/").starts_with("HTTP/1.1 404"));
    CHECK(served.ask_metrics("/samsyn/1").starts_with("HTTP/1.1 404"));
    CHECK(served.ask_metrics("/metrics/../health").starts_with("HTTP/1.1 404"));

    RawClient post{served.server->metrics_port()};
    CHECK(post.ask_plain("POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx")
              .starts_with("HTTP/1.1 404"));
    RawClient large{served.server->metrics_port()};
    CHECK(large.ask_plain("GET /" + std::string(5000, 'x') + " HTTP/1.1\r\n\r\n").empty());
    // On the public port there are no metrics.
    CHECK(ask_public(served, "/metrics") == "HTTP/1.1 404");
}

TEST_CASE("Server: the metrics listener has its own places and its own patience",
          "[net][metrics][hostile]") {
    NetLimits limits;
    limits.metrics_connections_max = 1;
    limits.metrics_within = 200ms;
    ServedWorld served{limits};
    RawClient slow{served.server->metrics_port()};
    slow.send_plain("GET /metr");
    CHECK(slow.is_closed_by_server());
    // A place that is free again may be seen so a moment later.
    std::string answer;
    while (answer.empty()) answer = served.ask_metrics("/health");
    CHECK(answer.starts_with("HTTP/1.1 200"));
}

TEST_CASE("Server: is not ready while its storage takes nothing, and ready again after",
          "[net][metrics]") {
    auto engine = std::make_unique<FullDisk>(*open_memory_storage());
    FullDisk& disk = *engine;
    NetLimits limits;
    limits.hub_poll_every = 20ms;
    limits.probe_every = 20ms;
    ServedWorld served{limits, {}, {}, std::move(engine)};
    const auto becomes = [&](std::string_view wanted) {
        std::string answer;
        while (answer.find(wanted) == std::string::npos) answer = served.ask_metrics("/ready");
        return answer;
    };
    CHECK(becomes("200 OK").ends_with("ready"));
    CHECK(ask_public(served, "/ready") == "HTTP/1.1 200");
    disk.full = true;
    CHECK(becomes("503").ends_with("not ready: storage"));
    CHECK(ask_public(served, "/ready") == "HTTP/1.1 503");
    CHECK(ask_public(served, "/health") == "HTTP/1.1 200");
    CHECK(served.metric("samsyn_ready") == 0);
    disk.full = false;
    CHECK(becomes("200 OK").ends_with("ready"));
}

TEST_CASE("Server: who tries to log in while the disk is full takes nobody's place after",
          "[net][admission]") {
    auto engine = std::make_unique<FullDisk>(*open_memory_storage());
    FullDisk& disk = *engine;
    NetLimits limits;
    limits.unauthenticated_per_block_max = 1;
    ServedWorld served{limits, {}, {}, std::move(engine)};
    for (int i = 0; i < 3; ++i) {
        disk.full = false;
        const auto client = served.connect();
        const Hello hello = served.hello_of(served.world.lead);
        client->send(hello);
        const auto challenge = ServedWorld::next<Challenge>(*client);
        REQUIRE(challenge);
        disk.full = true;
        ServedWorld::prove(*client, served.world.lead, hello, challenge->nonce);
        CHECK(client->is_closed_by_server());
        while (served.metric("samsyn_connections{state=\"handshake\"}") > 0) continue;
    }
    disk.full = false;
    CHECK(served.log_in(served.world.lead));
}

TEST_CASE("Server: is not ready once it drains, and serves on", "[net][metrics]") {
    ServedWorld served;
    served.server->begin_drain();
    CHECK(served.ask_metrics("/ready").ends_with("not ready: draining"));
    CHECK(ask_public(served, "/ready") == "HTTP/1.1 503");
    CHECK(served.log_in(served.world.lead));
}

TEST_CASE("Readiness: a hub that does not answer is not ready", "[net][metrics]") {
    NetLimits limits;
    Readiness readiness{limits};
    const Readiness::Time begin{1h};
    readiness.set_writable(true);
    readiness.on_beat(begin);
    CHECK_FALSE(readiness.why_not(begin + limits.hub_answers_in));
    CHECK(readiness.why_not(begin + limits.hub_answers_in + 1ms) == "hub");
}

TEST_CASE("Server: a new certificate is shown to the next connection, a bad one changes nothing",
          "[net]") {
    ServedWorld served;
    const auto old = served.log_in(served.world.lead);
    CHECK_FALSE(served.server->use_tls({"no certificate", "no key"}));
    CHECK(served.connect());
    CHECK(served.server->use_tls(*make_self_signed_tls()));
    CHECK(served.connect());
    CHECK(ServedWorld::next<CaughtUp>(*old));
}

TEST_CASE("Server: neither log nor metrics hold a name, an address, a device or a payload",
          "[net][metrics][attack]") {
    ServedWorld served;
    tell_names(served);
    const std::string text = served.ask_metrics("/metrics");
    CHECK(text.find("samsyn_connections_ended_total") != std::string::npos);
    check_no_names(text, served);
    const std::string log = served.json_after_stop();
    CHECK(log.find("link_closed") != std::string::npos);
    check_no_names(log, served);
}

TEST_CASE("Metrics: no label can be chosen by a peer", "[net][metrics][attack]") {
    ServedWorld served;
    tell_names(served);
    const std::set<std::string> known{"state", "reason", "kind", "outcome", "le"};
    std::istringstream lines{served.ask_metrics("/metrics")};
    for (std::string line; std::getline(lines, line);) {
        const std::size_t open = line.find('{');
        if (line.starts_with('#') || open == std::string::npos) continue;
        CAPTURE(line);
        CHECK(known.contains(line.substr(open + 1, line.find('=') - open - 1)));
        CHECK(std::ranges::count(line, '=') == 1);
    }
}
