// A locked device over real sockets, against a real server in this process.

#include "client-sdk/net/restricted_link.hpp"

#include "core/base/system_clock.hpp"
#include "sync-server/net/server.hpp"
#include "tests/client-sdk/net/loopback_server.hpp"
#include "tests/sync-server/hub/scripted_client.hpp"

#include <boost/asio/io_context.hpp>

using namespace samsyn;
using namespace std::chrono_literals;

namespace {

struct Heard final : RestrictedLink::Listener {
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

    RestrictedSession::Request request(const PinVerifier& verifier) {
        return {token,
                [this, verifier](const Nonce& of_server, const Nonce& own, const Hash& bound) {
                    return pin_proof(world.hasher, verifier, of_server, own, bound);
                }};
    }

    /// One link until it has an answer and `orders` orders, or is closed.
    Heard run(RestrictedSession::Request wanted, std::size_t orders = 0) {
        boost::asio::io_context io{1};
        Heard heard;
        {
            RestrictedLink link{io,
                                "127.0.0.1:" + std::to_string(server->port()),
                                {{world.verifier, world.hasher, random}, clock},
                                pinned,
                                std::move(wanted),
                                heard};
            while (!heard.closed && (!heard.answered() || heard.orders.size() < orders))
                if (io.run_one_for(10s) == 0) break;
            for (const VerifiedOrder& order : heard.orders)
                link.answer_order(order.order.id, OrderOutcome::done);
            if (orders > 0) (void)io.run_for(200ms);
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

}  // namespace

TEST_CASE("RestrictedLink: a right PIN brings the secret over a real connection", "[net][unlock]") {
    ServedPin served;
    served.start();
    CHECK(served.run(served.request(served.pin)).secret == served.secret);
    PinVerifier wrong;
    CHECK(served.run(served.request(wrong)).tries_left == 9);
    CHECK(served.run({served.token, {}}).accepted == 1);
}

TEST_CASE("RestrictedLink: orders come with it, and their answers arrive", "[net][unlock]") {
    ServedPin served;
    ScriptedClient admin{served.world, served.world.lindesberg_admin, 1'000'001};
    admin.start();
    admin.push_all(EntryKind::statement,
                   {served.world.say(served.world.lindesberg_admin,
                                     Stream{},
                                     DeviceLocked{served.world.counsellor.device})});
    admin.drop();
    served.start();
    const Heard heard = served.run(served.request(served.pin), 1);
    REQUIRE(heard.orders.size() == 1);
    CHECK(heard.orders[0].order.kind == OrderKind::lock);
    CHECK(heard.secret == served.secret);
    served.server->stop();
    const auto answers =
        *served.world.storage->unlocks().order_answers(served.world.counsellor.device);
    CHECK(answers == std::vector{OrderAnswer{heard.orders[0].order.id, OrderOutcome::done}});
}

TEST_CASE("RestrictedLink: a stranger's token is told nothing", "[net][unlock]") {
    ServedPin served;
    served.start();
    served.token.bytes.fill(std::byte{0x71});
    const Heard heard = served.run(served.request(served.pin));
    CHECK_FALSE(heard.answered());
    REQUIRE(heard.closed);
    CHECK(heard.closed->code == Errc::not_permitted);
    CHECK(heard.closed->context.empty());
}

TEST_CASE("RestrictedLink: a server with another identity is told nothing", "[net][unlock]") {
    ServedPin served;
    served.start();
    served.pinned.server_keys = {served.world.root.signer.public_key()};
    const Heard heard = served.run(served.request(served.pin));
    CHECK_FALSE(heard.answered());
    REQUIRE(heard.closed);
    CHECK(heard.closed->code == Errc::wrong_server);
}

TEST_CASE("RestrictedLink: a refused connection is unreachable", "[net][unlock]") {
    boost::asio::io_context io{1};
    ServedPin served;
    Heard heard;
    const RestrictedLink link{
        io,
        test::unused_address(),
        {{served.world.verifier, served.world.hasher, served.random}, served.clock},
        served.pinned,
        {served.token, {}},
        heard};
    io.run();
    REQUIRE(heard.closed);
    CHECK(heard.closed->code == Errc::unreachable);
}
