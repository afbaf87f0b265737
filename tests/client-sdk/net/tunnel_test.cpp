// A locked device and an unlocked one on their way to a real server, through proxies that behave
// well and badly.

#include "tests/client-sdk/net/loopback_server.hpp"
#include "tests/client-sdk/net/scripted_proxy.hpp"
#include "tests/client-sdk/net/served_pin.hpp"
#include "tests/client-sdk/net/through.hpp"

using namespace samsyn;
using namespace std::chrono_literals;
using test::CarryAct;
using test::ProxyAct;
using test::ProxyScript;
using test::ScriptedProxy;

namespace {

bool mentions(const Error& why, std::string_view words) {
    return why.context.find(words) != std::string::npos;
}

/// Why a device without a server behind it was told no by a proxy.
Error refusal_of(const ProxyScript& script, const std::string& user = {}) {
    const ScriptedProxy proxy{script};
    const test::Ended ended =
        test::link_to("samsyn.nora.example:443", Proxy{*parse_address(proxy.address()), user, "x"});
    REQUIRE(ended.why);
    CHECK_FALSE(ended.live);
    CHECK(mentions(*ended.why, proxy.address()));
    CHECK(proxy.carried_up().empty());
    return *ended.why;
}

}  // namespace

TEST_CASE("Proxy: through a good one a locked device gets its answer", "[net][proxy]") {
    ServedPin served;
    served.start();
    const ScriptedProxy proxy{{}};
    const auto heard =
        served.run(served.request(served.pin), 0, Proxy{*parse_address(proxy.address())});
    CHECK(heard.secret == served.secret);
    REQUIRE(proxy.requests().size() == 1);
    const std::string request = proxy.requests()[0];
    CHECK(request.starts_with("CONNECT " + served.address() + " HTTP/1.1\r\n"));
    CHECK(request.find("\r\nHost: " + served.address() + "\r\n") != std::string::npos);
    CHECK(request.find("Authorization") == std::string::npos);
    CHECK(proxy.carried_up().find(to_hex(served.token.view())) == std::string::npos);
}

TEST_CASE("Proxy: through a good one an unlocked device synchronises", "[net][proxy]") {
    ServedPin served;
    served.start();
    const ScriptedProxy proxy{{}};
    test::CounsellorLedger ledger{served.world};
    const test::Ended ended =
        test::link_of(ledger, served.address(), Proxy{*parse_address(proxy.address())});
    CHECK(ended.live);
    CHECK(ended.synced);
    CHECK(proxy.requests().size() == 1);
}

TEST_CASE("Proxy: one that asks for a login is told so, then takes the right one", "[net][proxy]") {
    ServedPin served;
    served.start();
    const ScriptedProxy proxy{{.act = ProxyAct::ask_login, .login = "w6VzYTpsw7ZzZW4l"}};
    const ServerAddress address = *parse_address(proxy.address());
    const auto wanted = [&] { return served.request(served.pin); };

    const auto unknown = served.run(wanted(), 0, Proxy{address});
    REQUIRE(unknown.closed);
    CHECK(unknown.closed->code == Errc::proxy_login);
    CHECK(mentions(*unknown.closed, "HTTP 407, asks for Basic"));

    const auto wrong = served.run(wanted(), 0, Proxy{address, "åsa", "gissning"});
    REQUIRE(wrong.closed);
    CHECK(wrong.closed->code == Errc::proxy_login);
    CHECK(mentions(*wrong.closed, "does not take the name and password"));
    CHECK_FALSE(mentions(*wrong.closed, "gissning"));

    CHECK(served.run(wanted(), 0, Proxy{address, "åsa", "lösen%"}).secret == served.secret);
    CHECK(proxy.requests().size() == 3);
}

TEST_CASE("Proxy: each refusal has its own name and number", "[net][proxy]") {
    const Error negotiate = refusal_of({.act = ProxyAct::ask_negotiate});
    CHECK(negotiate.code == Errc::proxy_login);
    CHECK(mentions(negotiate, "asks for Negotiate, NTLM"));
    const Error refused = refusal_of({.act = ProxyAct::refuse});
    CHECK(refused.code == Errc::proxy_refused);
    CHECK(mentions(refused, "HTTP 403"));
    const Error gateway = refusal_of({.act = ProxyAct::bad_gateway});
    CHECK(gateway.code == Errc::proxy_refused);
    CHECK(mentions(gateway, "HTTP 502"));
    CHECK(refusal_of({.act = ProxyAct::redirect}).code == Errc::login_page);
    CHECK(refusal_of({.act = ProxyAct::page}).code == Errc::login_page);
}

TEST_CASE("Proxy: one that misbehaves is given up, within bounds", "[net][proxy][attack]") {
    for (const auto act : {ProxyAct::speak_first,
                           ProxyAct::drip,
                           ProxyAct::huge_header,
                           ProxyAct::garbage,
                           ProxyAct::silent,
                           ProxyAct::hang_up,
                           ProxyAct::hang_up_midway}) {
        CAPTURE(static_cast<int>(act));
        const Error why = refusal_of({.act = act}, "kalle");
        CHECK(why.code == Errc::proxy_failed);
        if (act == ProxyAct::drip || act == ProxyAct::silent) CHECK(mentions(why, "in time"));
        if (act == ProxyAct::huge_header) CHECK(mentions(why, "too long"));
        if (act == ProxyAct::garbage) CHECK(mentions(why, "not HTTP"));
        if (act == ProxyAct::hang_up) CHECK(mentions(why, "broke off"));
    }
}

TEST_CASE("Proxy: one that is not there is not mistaken for the server", "[net][proxy]") {
    const std::string nobody = test::unused_address();
    const test::Ended ended =
        test::link_to("samsyn.nora.example:443", Proxy{*parse_address(nobody)});
    REQUIRE(ended.why);
    CHECK(ended.why->code == Errc::proxy_failed);
    CHECK(ended.why->context == "proxy " + nobody + ": nothing listens there");
}

TEST_CASE("Proxy: cut after any number of bytes, a device is told and stays whole",
          "[net][proxy][attack]") {
    ServedPin served;
    served.start();
    std::size_t cuts = 0;
    for (std::size_t bytes = 0;; bytes = bytes < 8 ? bytes + 1 : bytes + 61) {
        CAPTURE(bytes);
        const ScriptedProxy proxy{{.carry = CarryAct::cut, .bytes_down = bytes}};
        const auto heard =
            served.run(served.request(served.pin), 0, Proxy{*parse_address(proxy.address())});
        if (heard.answered()) break;
        REQUIRE(heard.closed);
        CHECK(heard.closed->code == Errc::link_lost);
        ++cuts;
        REQUIRE(bytes < 20'000);
    }
    CHECK(cuts > 15);
}

TEST_CASE("Proxy: one that falls silent in one direction costs a bounded time",
          "[net][proxy][attack]") {
    ServedPin served;
    served.start();
    std::size_t until_live = 0;
    {
        const ScriptedProxy whole{{}};
        test::CounsellorLedger ledger{served.world};
        CHECK(test::link_of(ledger, served.address(), Proxy{*parse_address(whole.address())}).live);
        until_live = whole.carried_down();
    }
    // In TLS, in the upgrade or the handshake of the session, and when the device is live.
    for (const std::size_t bytes :
         {std::size_t{0}, std::size_t{40}, until_live / 2, until_live - 200, until_live + 40}) {
        CAPTURE(bytes, until_live);
        const ScriptedProxy proxy{{.carry = CarryAct::swallow, .bytes_down = bytes}};
        test::CounsellorLedger ledger{served.world};
        const test::Ended ended = test::link_until_closed(
            ledger, served.address(), Proxy{*parse_address(proxy.address())});
        REQUIRE(ended.why);
        const bool named = ended.why->code == Errc::timed_out || ended.why->code == Errc::link_lost;
        CHECK(named);
    }
}

TEST_CASE("Network: a login page, a plain port, an old TLS and a stripped upgrade differ",
          "[net][proxy]") {
    const auto why = [](test::Behaviour behaviour) {
        test::LoopbackServer server{behaviour};
        const test::Ended ended = test::link_to(server.address(), {});
        REQUIRE(ended.why);
        CHECK_FALSE(ended.live);
        CHECK(mentions(*ended.why, server.address()));
        return ended.why->code;
    };
    CHECK(why(test::Behaviour::plain_redirect) == Errc::login_page);
    CHECK(why(test::Behaviour::plain_page) == Errc::login_page);
    CHECK(why(test::Behaviour::web_page) == Errc::login_page);
    CHECK(why(test::Behaviour::plain_text) == Errc::no_tls);
    CHECK(why(test::Behaviour::plain_banner) == Errc::no_tls);
    CHECK(why(test::Behaviour::old_tls) == Errc::tls_too_old);
    CHECK(why(test::Behaviour::upgrade_stripped) == Errc::upgrade_refused);
    CHECK(why(test::Behaviour::upgrade_ignored) == Errc::upgrade_refused);
}
