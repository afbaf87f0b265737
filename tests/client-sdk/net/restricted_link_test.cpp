// A locked device over real sockets, against a real server in this process.

#include "tests/client-sdk/net/loopback_server.hpp"
#include "tests/client-sdk/net/served_pin.hpp"

using namespace samsyn;

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
    const LockedHeard heard = served.run(served.request(served.pin), 1);
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
    const LockedHeard heard = served.run(served.request(served.pin));
    CHECK_FALSE(heard.answered());
    REQUIRE(heard.closed);
    CHECK(heard.closed->code == Errc::not_permitted);
    CHECK(heard.closed->context.empty());
}

TEST_CASE("RestrictedLink: a server with another identity is told nothing", "[net][unlock]") {
    ServedPin served;
    served.start();
    served.pinned.server_keys = {served.world.root.signer.public_key()};
    const LockedHeard heard = served.run(served.request(served.pin));
    CHECK_FALSE(heard.answered());
    REQUIRE(heard.closed);
    CHECK(heard.closed->code == Errc::wrong_server);
}

TEST_CASE("RestrictedLink: a refused connection is unreachable", "[net][unlock]") {
    boost::asio::io_context io{1};
    ServedPin served;
    LockedHeard heard;
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
