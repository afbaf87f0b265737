#pragma once

#include "sync-server/app/json_log.hpp"
#include "sync-server/net/server.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/sync-server/hub/hub_world.hpp"
#include "tests/sync-server/net/raw_client.hpp"

#include <mutex>

namespace samsyn {

/// A hub with its federation, served on a free port of loopback, in this process.
class ServedWorld {
public:
    explicit ServedWorld(NetLimits limits = {},
                         std::filesystem::path record_frames = {},
                         const HubLimits& hub_limits = {},
                         std::unique_ptr<Storage> engine = {})
        : world(hub_limits, std::move(engine)) {
        ServerOptions options;
        options.metrics_host = "127.0.0.1";
        options.tls = *make_self_signed_tls();
        options.limits = std::move(limits);
        options.record_frames = std::move(record_frames);
        options.log = [this](const LogEvent& event) {
            const std::lock_guard lock{mutex_};
            log_ += std::string{event.event} + ": " + event.why + "\n";
            json_ += to_json_line(event, Instant{}) + "\n";
        };
        auto started = Server::start(*world.hub, clock, std::move(options));
        REQUIRE(started);
        server = *std::move(started);
    }

    /// Stops the server first: it uses all the rest.
    ~ServedWorld() { server.reset(); }

    std::uint16_t port() const { return server->port(); }

    /// A line for each event; the end of a link is logged a moment after its peer sees it.
    std::string log_after_stop() {
        server->stop();
        const std::lock_guard lock{mutex_};
        return log_;
    }

    /// The same as the program writes it.
    std::string json_after_stop() {
        server->stop();
        const std::lock_guard lock{mutex_};
        return json_;
    }

    /// What a monitoring system gets.
    std::string ask_metrics(std::string_view target) const {
        RawClient client{server->metrics_port()};
        return client.ask_plain("GET " + std::string{target} + " HTTP/1.1\r\nHost: x\r\n\r\n");
    }

    /// The number behind a metric with its labels, as they stand in the text; -1 without it.
    double metric(std::string_view name) const {
        const std::string text = ask_metrics("/metrics");
        const std::size_t at = text.find("\n" + std::string{name} + " ");
        return at == std::string::npos ? -1 : std::stod(text.substr(at + name.size() + 2));
    }

    /// Through TLS and upgrade.
    std::unique_ptr<RawClient> connect(std::uint16_t from = 1, int receive_buffer = 0) const {
        auto client = std::make_unique<RawClient>(port(), from, receive_buffer);
        REQUIRE(client->start_tls());
        REQUIRE(client->upgrade() == 101);
        return client;
    }

    Hello hello_of(const Party& party) const {
        Hello hello;
        hello.federation = world.federation_id;
        hello.device = party.device;
        hello.nonce.bytes.fill(std::byte{7});
        hello.statute_version = current_statute_table().version;
        return hello;
    }

    /// Sends the proof that belongs to a challenge.
    static void prove(RawClient& client, Party& party, const Hello& hello, const Nonce& nonce) {
        Proof proof;
        proof.signature = party.signer.sign(
            Domain::session_device, proof_signed_part(nonce, hello.nonce, client.exporter(), {}));
        client.send(proof);
    }

    /// The whole handshake: a good client, welcomed, that has no cursors.
    std::unique_ptr<RawClient> log_in(Party& party,
                                      std::uint16_t from = 1,
                                      int receive_buffer = 0) {
        auto client = connect(from, receive_buffer);
        const Hello hello = hello_of(party);
        client->send(hello);
        const auto challenge = next<Challenge>(*client);
        REQUIRE(challenge);
        prove(*client, party, hello, challenge->nonce);
        REQUIRE(next<Welcome>(*client));
        client->send(Resume{});
        return client;
    }

    /// The next message of that kind; others are passed over.
    template <class Kind>
    static std::optional<Kind> next(RawClient& client) {
        while (const auto message = client.receive())
            if (const auto* wanted = std::get_if<Kind>(&*message)) return *wanted;
        return std::nullopt;
    }

    HubWorld world;
    ManualClock clock{world.now};
    std::unique_ptr<Server> server;

private:
    std::mutex mutex_;
    std::string log_;
    std::string json_;
};

}  // namespace samsyn
