#include "client-sdk/net/proxy.hpp"

#include "client-sdk/net/obstacles.hpp"
#include "tests/support/catch.hpp"

using namespace samsyn;
using From = Route::From;
using Mode = ProxySettings::Mode;

namespace {

const ServerAddress by_name{"samsyn.nora.example", 443};

bool direct(const ServerAddress& server, std::string_view no_proxy) {
    return is_reached_directly(server, no_proxy);
}

Proxy proxy_of(std::string_view url) {
    auto proxy = parse_proxy(url);
    REQUIRE(proxy);
    return *std::move(proxy);
}

}  // namespace

TEST_CASE("Proxy: an address as people write it", "[net][proxy]") {
    CHECK(proxy_of("http://proxy.nora.example:3128").address ==
          ServerAddress{"proxy.nora.example", 3128});
    CHECK(proxy_of("HTTP://10.0.0.1:8080/").address == ServerAddress{"10.0.0.1", 8080});
    CHECK(proxy_of("[fd00::1]:3128").address == ServerAddress{"fd00::1", 3128});
    const Proxy shown = proxy_of("http://kalle%40nora:l%C3%B6sen%3a%20@proxy:3128");
    CHECK(shown.user == "kalle@nora");
    CHECK(shown.password == "lösen: ");
    CHECK(proxy_of("http://kalle:a@b@proxy:3128").password == "a@b");
    CHECK(proxy_of("http://kalle@proxy:3128").password.empty());
}

TEST_CASE("Proxy: what is none is refused, and never quoted", "[net][proxy]") {
    const std::string secret = "hemligt";
    for (const std::string& url : {std::string{},
                                   std::string{"http://"},
                                   "https://k:" + secret + "@proxy:3128",
                                   "socks5://k:" + secret + "@proxy:1080",
                                   "http://k:" + secret + "@proxy",
                                   "http://k:" + secret + "@proxy:0",
                                   "http://k:" + secret + "@proxy:65536",
                                   "http://k:" + secret + "@proxy:3128/path",
                                   "http://k:" + secret + "@proxy:3128/?q",
                                   "http://k:" + secret + "%0d%0aX-Evil: 1@proxy:3128",
                                   "http://k:" + secret + "%4@proxy:3128",
                                   "http://k:" + secret + "%zz@proxy:3128",
                                   "http://k%3ak:" + secret + "@proxy:3128",
                                   "http://:" + secret + "@proxy:3128",
                                   "http://k:" + secret + "@pro xy:3128",
                                   "http://k:" + secret + "@proxy\r\nX: 1:3128",
                                   "http://k:" + std::string(300, 'x') + secret + "@proxy:3128",
                                   std::string(2'000, 'h')}) {
        CAPTURE(url);
        const auto proxy = parse_proxy(url);
        REQUIRE_FALSE(proxy);
        CHECK(proxy.error().code == Errc::invalid_argument);
        CHECK(to_string(proxy.error()).find(secret) == std::string::npos);
    }
}

TEST_CASE("NO_PROXY: names, with all that lies below them", "[net][proxy]") {
    CHECK(direct(by_name, "samsyn.nora.example"));
    CHECK(direct(by_name, "nora.example"));
    CHECK(direct(by_name, ".nora.example"));
    CHECK(direct(by_name, "localhost, NORA.Example."));
    CHECK(direct(by_name, "localhost example"));
    CHECK(direct(by_name, "*"));
    CHECK_FALSE(direct(by_name, ""));
    CHECK_FALSE(direct(by_name, ",, ,"));
    CHECK_FALSE(direct(by_name, "ora.example"));  // a part of a label is no domain
    CHECK_FALSE(direct(by_name, "other.nora.example"));
    CHECK_FALSE(direct(by_name, "x.samsyn.nora.example"));
    CHECK_FALSE(direct(by_name, "*.nora.example"));  // no wildcards within, as elsewhere
    CHECK_FALSE(direct(by_name, "."));
    CHECK_FALSE(direct(by_name, "10.0.0.0/8"));
}

TEST_CASE("NO_PROXY: ports, addresses and blocks", "[net][proxy]") {
    CHECK(direct(by_name, "nora.example:443"));
    CHECK_FALSE(direct(by_name, "nora.example:8443"));
    CHECK_FALSE(direct(by_name, "nora.example:"));
    const ServerAddress four{"10.1.2.3", 443};
    CHECK(direct(four, "10.1.2.3"));
    CHECK(direct(four, "10.1.2.3:443"));
    CHECK(direct(four, "10.0.0.0/8"));
    CHECK(direct(four, "192.168.0.0/16,10.1.2.0/24"));
    CHECK_FALSE(direct(four, "10.1.2.3:444"));
    CHECK_FALSE(direct(four, "10.2.0.0/16"));
    CHECK_FALSE(direct(four, "10.1.2.0/33"));
    CHECK_FALSE(direct(four, "10.1.2.0/"));
    CHECK_FALSE(direct(four, "1.2.3"));
    CHECK_FALSE(direct(four, "2.3"));  // an address has nothing below it
    const ServerAddress six{"fd00::12", 443};
    CHECK(direct(six, "fd00::12"));
    CHECK(direct(six, "[fd00::12]"));
    CHECK(direct(six, "[fd00:0:0::12]:443"));
    CHECK(direct(six, "fd00::/8"));
    CHECK_FALSE(direct(six, "[fd00::12]:80"));
    CHECK_FALSE(direct(six, "fe80::/10"));
    CHECK_FALSE(direct(six, "10.0.0.0/8"));
    CHECK(direct({"::ffff:10.1.2.3", 443}, "10.0.0.0/8"));
}

TEST_CASE("Route: the folder's word goes before the environment's", "[net][proxy]") {
    const ProxyEnvironment environment{"http://env:3128", ""};
    const Proxy own = proxy_of("http://own:3128");
    CHECK(*choose_route({}, {}, by_name) == Route{});
    CHECK(*choose_route({}, environment, by_name) ==
          Route{proxy_of("http://env:3128"), From::environment});
    CHECK(*choose_route({Mode::fixed, own}, environment, by_name) == Route{own, From::folder});
    CHECK(*choose_route({Mode::off, {}}, environment, by_name) == Route{{}, From::folder});
    CHECK(*choose_route({}, {"http://env:3128", "nora.example"}, by_name) ==
          Route{{}, From::environment});
    CHECK(*choose_route({Mode::fixed, own}, {"", "*"}, by_name) == Route{own, From::folder});
}

TEST_CASE("Route: an environment that cannot be used is told, not gone around", "[net][proxy]") {
    const auto bad = choose_route({}, {"https://k:hemligt@env:3128", ""}, by_name);
    REQUIRE_FALSE(bad);
    CHECK(bad.error().code == Errc::proxy_failed);
    CHECK(bad.error().context.find("HTTPS_PROXY") != std::string::npos);
    CHECK(bad.error().context.find("hemligt") == std::string::npos);
    CHECK_FALSE(choose_route({}, {"http://env:3128", std::string(10'000, 'x')}, by_name));
    CHECK(choose_route({Mode::off, {}}, {"nonsense", ""}, by_name));
}

TEST_CASE("Obstacles: the first bytes tell a page from a port without TLS", "[net][proxy]") {
    const auto code = [](std::string_view bytes) -> std::optional<Errc> {
        const auto judged = judge_first_bytes(bytes, by_name);
        return judged ? std::optional{judged->code} : std::nullopt;
    };
    CHECK(code("HTTP/1.1 302 Found\r\n") == Errc::login_page);
    CHECK(code("HTTP/1.0 511 Network Authentication Required\r\n") == Errc::login_page);
    CHECK(code("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n") == Errc::login_page);
    CHECK(code("<!DOCTYPE html>") == Errc::login_page);
    CHECK(code("  <HTML>") == Errc::login_page);
    CHECK(code("HTTP/1.1 400 Bad Request\r\n\r\n<html>nginx</html>") == Errc::no_tls);
    CHECK(code("HTTP/1.1 200 OK\r\n\r\nok") == Errc::no_tls);
    CHECK(code("SSH-2.0-x\r\n") == Errc::no_tls);
    CHECK(code("HTTP/9999999999999999999 1") == Errc::no_tls);
    CHECK(code("HTTP/1.1 9x9") == Errc::no_tls);
    CHECK(code(std::string_view{"\0\0\0", 3}) == Errc::no_tls);
    CHECK_FALSE(code(""));
    CHECK_FALSE(code("\x16\x03\x03"));
    CHECK_FALSE(code("\x15"));
}

TEST_CASE("Obstacles: a proxy's words are never quoted, but the schemes it names", "[net][proxy]") {
    std::string schemes;
    add_scheme(schemes, "Basic realm=\"\x1b[2J\"");
    add_scheme(schemes, "N\x1b[2JTLM");
    add_scheme(schemes, std::string(100, 'x'));
    add_scheme(schemes, "");
    add_scheme(schemes, "Negotiate");
    CHECK(schemes == "Basic, Negotiate");
    for (int i = 0; i < 100; ++i) add_scheme(schemes, "Digest");
    CHECK(schemes.size() < 100);
}

TEST_CASE("Obstacles: before the server is known, what it says is anybody's word", "[net][proxy]") {
    const auto code = [](Errc said) { return judge_unproven({said, "x"}, by_name, "CA").code; };
    CHECK(code(Errc::bad_signature) == Errc::tls_opened);
    CHECK(code(Errc::wrong_server) == Errc::wrong_server);
    CHECK(code(Errc::malformed) == Errc::wrong_server);
    CHECK(code(Errc::unsupported_version) == Errc::unsupported_version);
    // What would lock a device, stop its work or make it hand in what it has.
    for (const Errc said : {Errc::revoked_device,
                            Errc::not_permitted,
                            Errc::counter_reused,
                            Errc::log_forked,
                            Errc::lease_ended,
                            Errc::clock_off,
                            Errc::update_needed})
        CHECK(code(said) == Errc::link_lost);
    CHECK(judge_unproven({Errc::bad_signature, ""}, by_name, "Nätets CA")
              .context.find("certificate of Nätets CA") != std::string::npos);
}
