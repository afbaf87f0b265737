#include "client-sdk/net/link.hpp"

#include "core/base/system_clock.hpp"
#include "tests/client-sdk/net/loopback_server.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/fake_ledger.hpp"
#include "tests/support/fake_signer.hpp"
#include "tests/support/seeded_random.hpp"

#include <boost/asio/io_context.hpp>

using namespace samsyn;
using namespace std::chrono_literals;

namespace {

struct Heard final : Link::Listener {
    void on_live() override { live = true; }

    void on_synced() override { ++synced; }

    void on_changed() override { ++changed; }

    void on_answered(const ClientSession::Answered&) override {}

    void on_closed(const Error& why) override {
        CHECK_FALSE(closed);
        closed = why;
    }

    bool live = false;
    int synced = 0;
    int changed = 0;
    std::optional<Error> closed;
};

struct Wrong : FakeLedger {
    bool trusts_server(const SigningPublicKey&) const override { return false; }
};

/// Runs one link to its end; what it said last.
Error end_of_link(const std::string& address, FakeLedger& ledger, LinkLimits limits = {}) {
    boost::asio::io_context io{1};
    SeededRandom random{7};
    const FakeVerifier verifier;
    const SystemClock clock;
    Heard heard;
    {
        const Link link{io, address, {ledger, random, verifier, clock}, heard, limits};
        io.run();
    }
    REQUIRE(heard.closed);
    CHECK_FALSE(heard.live);
    return *heard.closed;
}

Error end_of_link(const std::string& address) {
    FakeLedger ledger;
    return end_of_link(address, ledger);
}

}  // namespace

TEST_CASE("Link: a refused connection is unreachable, with the address", "[net]") {
    const std::string address = test::unused_address();
    const Error why = end_of_link(address);
    CHECK(why.code == Errc::unreachable);
    CHECK(why.context.find(address) != std::string::npos);
}

TEST_CASE("Link: a name that does not exist is unreachable", "[net]") {
    CHECK(end_of_link("samsyn.invalid:443").code == Errc::unreachable);
}

TEST_CASE("Link: what is no address is told so", "[net]") {
    CHECK(end_of_link("ingen adress").code == Errc::invalid_argument);
}

TEST_CASE("Link: a peer that accepts and stays silent times out", "[net]") {
    test::LoopbackServer server{test::Behaviour::silent};
    FakeLedger ledger;
    LinkLimits limits;
    limits.handshake_max = 1s;
    CHECK(end_of_link(server.address(), ledger, limits).code == Errc::timed_out);
}

TEST_CASE("Link: a server that never answers hello times out", "[net]") {
    test::LoopbackServer server{test::Behaviour::mute_session};
    FakeLedger ledger;
    LinkLimits limits;
    limits.session.handshake_max = 1s;
    CHECK(end_of_link(server.address(), ledger, limits).code == Errc::timed_out);
}

TEST_CASE("Link: a server that goes away in the handshake is a lost link", "[net]") {
    test::LoopbackServer server{test::Behaviour::drop_after_hello};
    CHECK(end_of_link(server.address()).code == Errc::link_lost);
}

TEST_CASE("Link: a server with another identity is the wrong one", "[net]") {
    test::LoopbackServer server{test::Behaviour::challenge};
    Wrong ledger;
    CHECK(end_of_link(server.address(), ledger).code == Errc::wrong_server);
}

TEST_CASE("Link: a goodbye says why, also when the server closes at once", "[net]") {
    test::LoopbackServer server{test::Behaviour::goodbye};
    CHECK(end_of_link(server.address()).code == Errc::wrong_federation);
}

TEST_CASE("Link: both sides export the same keying material", "[net]") {
    // The challenge is signed over the server's exporter; only the same one lets the device answer.
    test::LoopbackServer server{test::Behaviour::challenge};
    (void)end_of_link(server.address());
    CHECK(server.got_proof());
}

TEST_CASE("Link: garbage, text and oversized messages end it and crash nothing", "[net]") {
    for (const auto behaviour : {test::Behaviour::garbage, test::Behaviour::oversized}) {
        test::LoopbackServer server{behaviour};
        const Error why = end_of_link(server.address());
        CHECK(why.code == Errc::wrong_server);  // whatever it is, it is no Samsyn
    }
}

TEST_CASE("Link: destroyed while connecting, it says nothing more", "[net]") {
    test::LoopbackServer server{test::Behaviour::mute_session};
    boost::asio::io_context io{1};
    FakeLedger ledger;
    SeededRandom random{7};
    const FakeVerifier verifier;
    const SystemClock clock;
    Heard heard;
    auto link = std::make_unique<Link>(
        io, server.address(), Link::Ports{ledger, random, verifier, clock}, heard);
    SECTION("at once") {}
    SECTION("after a step") {
        (void)io.run_one();
    }
    SECTION("in the session") {
        (void)io.run_for(100ms);
    }
    link.reset();
    io.run();
    CHECK_FALSE(heard.closed);
}
