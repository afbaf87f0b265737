#include "client-sdk/net/address.hpp"

#include "tests/support/catch.hpp"

using namespace samsyn;

TEST_CASE("parse_address: takes a name, an IPv4 address and a bracketed IPv6 address", "[net]") {
    CHECK(parse_address("sync.nora.example:443") == ServerAddress{"sync.nora.example", 443});
    CHECK(parse_address("127.0.0.1:1") == ServerAddress{"127.0.0.1", 1});
    CHECK(parse_address("[::1]:65535") == ServerAddress{"::1", 65535});
    CHECK(to_string(*parse_address("[::1]:65535")) == "[::1]:65535");
}

TEST_CASE("parse_address: refuses what is not host and port", "[net]") {
    std::string long_host(254, 'a');
    long_host += ":1";
    for (const std::string_view text : std::initializer_list<std::string_view>{"",
                                                                               ":",
                                                                               "host",
                                                                               "host:",
                                                                               ":443",
                                                                               "host:0",
                                                                               "host:65536",
                                                                               "host:-1",
                                                                               "host: 1",
                                                                               "host:1x",
                                                                               "::1:443",
                                                                               "[]:443",
                                                                               "ho st:1",
                                                                               "host\n:1",
                                                                               "hörn:1",
                                                                               "host/x:1",
                                                                               long_host}) {
        CAPTURE(text);
        const auto parsed = parse_address(text);
        REQUIRE_FALSE(parsed);
        CHECK(parsed.error().code == Errc::invalid_argument);
    }
}
