#pragma once

#include "client-sdk/net/restricted_link.hpp"
#include "core/base/system_clock.hpp"
#include "sync-server/net/server.hpp"
#include "tests/sync-server/hub/scripted_client.hpp"

#include <boost/asio/io_context.hpp>

namespace samsyn {

/// Hears a restricted session.
struct LockedHeard final : RestrictedLink::Listener {
    void on_accepted() override { ++accepted; }

    void on_secret(const PinSecret& given) override { secret = given; }

    void on_wrong_pin(std::uint32_t left) override { tries_left = left; }

    void on_destroyed() override { ++destroyed; }

    void on_order(const VerifiedOrder& order) override { orders.push_back(order); }

    void on_ignored_order(const StatementId&, const Error& why) override { ignored = why; }

    void on_closed(const Error& why) override {
        CHECK_FALSE(closed);
        closed = why;
    }

    bool answered() const { return accepted || secret || tries_left || destroyed; }

    int accepted = 0;
    int destroyed = 0;
    std::optional<PinSecret> secret;
    std::optional<std::uint32_t> tries_left;
    std::vector<VerifiedOrder> orders;
    std::optional<Error> ignored;
    std::optional<Error> closed;
};

/// A server, and a tablet of the counsellor's that has registered a PIN there.
struct ServedPin {
    ServedPin() {
        pin.bytes.fill(std::byte{0x11});
        token.bytes.fill(std::byte{0x70});
        ScriptedClient session{world, world.counsellor, 1'000'000};
        session.start();
        session.send(UnlockRegister{token, pin});
        session.pull();
        secret = *session.last<UnlockRegistered>()->secret;
        session.send(UnlockConfirm{pin});
        session.drop();
        pinned.federation = world.federation_id;
        pinned.device = world.counsellor.device;
        pinned.organisation = world.counsellor.unit.organisation;
        pinned.server_keys = {world.server.public_key()};
    }

    ~ServedPin() { server.reset(); }  // it uses all the rest

    void start() {
        ServerOptions options;
        options.tls = *make_self_signed_tls();
        auto started = Server::start(*world.hub, clock, std::move(options));
        REQUIRE(started);
        server = *std::move(started);
    }

    std::string address() const { return "127.0.0.1:" + std::to_string(server->port()); }

    RestrictedSession::Request request(const PinVerifier& verifier) {
        return {token,
                [this, verifier](const Nonce& of_server, const Nonce& own, const Hash& bound) {
                    return pin_proof(world.hasher, verifier, of_server, own, bound);
                }};
    }

    /// One link until it has an answer and `orders` orders, or is closed.
    LockedHeard run(RestrictedSession::Request wanted,
                    std::size_t orders = 0,
                    std::optional<Proxy> proxy = {},
                    const std::string& straight_to = {}) {
        boost::asio::io_context io{1};
        LockedHeard heard;
        {
            RestrictedLink link{io,
                                straight_to.empty() ? address() : straight_to,
                                {{world.verifier, world.hasher, random}, clock, std::move(proxy)},
                                pinned,
                                std::move(wanted),
                                heard};
            while (!heard.closed && (!heard.answered() || heard.orders.size() < orders))
                if (io.run_one_for(std::chrono::seconds{10}) == 0) break;
            for (const VerifiedOrder& order : heard.orders)
                link.answer_order(order.order.id, OrderOutcome::done);
            if (orders > 0) (void)io.run_for(std::chrono::milliseconds{200});
        }
        io.run();
        return heard;
    }

    HubWorld world;
    SystemClock clock;
    SeededRandom random{3};
    PinVerifier pin;
    UnlockToken token;
    PinSecret secret;
    PinnedFederation pinned;
    std::unique_ptr<Server> server;
};

}  // namespace samsyn
