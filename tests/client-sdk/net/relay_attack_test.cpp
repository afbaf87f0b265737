// The network opens TLS, with a certificate of its own, between a real device and a real server
// (security.md, section 5, "Edge": relay). Whatever it carries and whatever it says itself, the
// device names it, sends no secret, and is nobody at the server.

#include "tests/client-sdk/net/scripted_proxy.hpp"
#include "tests/client-sdk/net/served_pin.hpp"
#include "tests/client-sdk/net/through.hpp"

using namespace samsyn;
using test::CarryAct;
using test::ProxyScript;
using test::ScriptedProxy;

namespace {

std::string bytes_of(ByteView view) {
    return {reinterpret_cast<const char*>(view.data()), view.size()};
}

/// WebSocket masks what a client sends (RFC 6455, section 5.3): the payloads of the frames in it,
/// behind the upgrade.
std::string unmasked(std::string stream) {
    std::string text;
    stream.erase(0, stream.find("\r\n\r\n") + 4);
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(stream.at(at)); };
    for (std::size_t at = 0; at + 6 <= stream.size();) {
        std::size_t size = byte(at + 1) & 0x7fU;
        std::size_t mask = at + 2;
        if (size == 126) {
            size = static_cast<std::size_t>(byte(at + 2)) << 8U | byte(at + 3);
            mask += 2;
        }
        REQUIRE(size != 127);
        for (std::size_t i = 0; i < size && mask + 4 + i < stream.size(); ++i)
            text.push_back(static_cast<char>(byte(mask + 4 + i) ^ byte(mask + i % 4)));
        at = mask + 4 + size;
    }
    return text;
}

/// The network itself ends TLS: nobody has configured a proxy.
ScriptedProxy opener(const ServedPin& served, CarryAct carry) {
    return ScriptedProxy{{.carry = carry, .straight_to = served.address()}};
}

}  // namespace

TEST_CASE("Relay: an opened TLS is named, with the certificate's issuer; no token leaves",
          "[net][attack]") {
    ServedPin served;
    served.start();
    const ScriptedProxy relay = opener(served, CarryAct::intercept);
    const bool configured = GENERATE(false, true);
    const ScriptedProxy proxy{{.carry = CarryAct::intercept}};
    const auto heard =
        configured
            ? served.run(served.request(served.pin), 0, Proxy{*parse_address(proxy.address())})
            : served.run(served.request(served.pin), 0, {}, relay.address());
    CHECK_FALSE(heard.answered());
    REQUIRE(heard.closed);
    CHECK(heard.closed->code == Errc::tls_opened);
    CHECK(heard.closed->context.find("Gästnätets CA") != std::string::npos);

    const std::string seen = unmasked(configured ? proxy.carried_up() : relay.carried_up());
    // It did read inside TLS: the hello is there, with the federation that it is for.
    CHECK(seen.find(bytes_of(served.world.federation_id.view())) != std::string::npos);
    CHECK(seen.find(bytes_of(served.token.view())) == std::string::npos);
    CHECK(seen.find(bytes_of(served.pin.view())) == std::string::npos);
    CHECK(seen.find(bytes_of(served.pinned.device.view())) == std::string::npos);
}

TEST_CASE("Relay: an unlocked device proves nothing and sends nothing through it",
          "[net][attack]") {
    ServedPin served;
    served.start();
    const ScriptedProxy relay = opener(served, CarryAct::intercept);
    test::CounsellorLedger ledger{served.world};
    const test::Ended ended = test::link_of(ledger, relay.address(), {});
    REQUIRE(ended.why);
    CHECK_FALSE(ended.live);
    CHECK(ended.why->code == Errc::tls_opened);
    CHECK(ledger.proofs == 0);
}

TEST_CASE("Relay: a downgrade to TLS 1.2 is refused before anything is said", "[net][attack]") {
    ServedPin served;
    served.start();
    const ScriptedProxy relay = opener(served, CarryAct::intercept_old);
    test::CounsellorLedger ledger{served.world};
    const test::Ended ended = test::link_of(ledger, relay.address(), {});
    REQUIRE(ended.why);
    CHECK(ended.why->code == Errc::tls_too_old);
    CHECK(relay.carried_up().empty());
}

TEST_CASE("Relay: one that opens TLS and lets no WebSocket through is told by its certificate",
          "[net][attack]") {
    ServedPin served;
    served.start();
    const auto why = [&](CarryAct carry) {
        const ScriptedProxy relay = opener(served, carry);
        test::CounsellorLedger ledger{served.world};
        const test::Ended ended = test::link_of(ledger, relay.address(), {});
        REQUIRE(ended.why);
        CHECK(ended.why->context.find("certificate of Gästnätets CA") != std::string::npos);
        return ended.why->code;
    };
    CHECK(why(CarryAct::intercept_refuse) == Errc::upgrade_refused);
    CHECK(why(CarryAct::intercept_page) == Errc::login_page);
}

TEST_CASE("Relay: who has no key cannot tell a device that it is revoked", "[net][attack]") {
    ServedPin served;
    served.start();
    const ScriptedProxy liar = opener(served, CarryAct::intercept_goodbye);
    test::CounsellorLedger ledger{served.world};
    const test::Ended ended = test::link_of(ledger, liar.address(), {});
    REQUIRE(ended.why);
    CHECK(ended.why->code == Errc::link_lost);
    CHECK(ledger.proofs == 0);
    const auto locked = served.run(served.request(served.pin), 0, {}, liar.address());
    REQUIRE(locked.closed);
    CHECK(locked.closed->code == Errc::link_lost);
}
