#include "tests/sync-server/net/served_world.hpp"

using namespace samsyn;
using namespace std::chrono_literals;

namespace {

/// A good client goes on being served, whatever happened beside it.
void check_unharmed(ServedWorld& served) {
    const auto client = served.log_in(served.world.lead);
    CHECK(ServedWorld::next<CaughtUp>(*client));
}

/// A session that is good so far, with something behind it.
struct Case {
    const char* what;
    bool (*act)(RawClient&);
};

constexpr std::array bad_first_messages{
    Case{"garbage", [](RawClient& c) { return c.send_frame(RawClient::binary, as_bytes("åäö")); }},
    Case{"an empty message", [](RawClient& c) { return c.send_frame(RawClient::binary, {}); }},
    Case{"a text frame", [](RawClient& c) { return c.send_frame(RawClient::text, as_bytes("x")); }},
    Case{"a reserved opcode", [](RawClient& c) { return c.send_frame(5, as_bytes("x")); }},
    Case{"garbage instead of a frame",
         [](RawClient& c) { return c.send(std::string(64, '\xff')); }},
    Case{"more than 1 KiB",
         [](RawClient& c) { return c.send_frame(RawClient::binary, Bytes(1025)); }},
    Case{"a claim of 2 GiB",
         [](RawClient& c) { return c.send_frame_head(RawClient::binary, 2ULL << 30); }},
    Case{"a claim beyond 2^63",
         [](RawClient& c) { return c.send_frame_head(RawClient::binary, ~0ULL); }},
    Case{"a proof first", [](RawClient& c) { return c.send(Message{Proof{}}); }},
    Case{"an unknown version", [](RawClient& c) {
             Hello hello;
             hello.version_min = 900;
             hello.version_max = 901;
             return c.send(Message{hello});
         }}};

}  // namespace

TEST_CASE("Server: a bad first message ends its connection and no other", "[net][hostile]") {
    NetLimits limits;
    limits.closing_max = 100ms;
    ServedWorld served{limits};
    const auto good = served.log_in(served.world.counsellor);
    REQUIRE(ServedWorld::next<CaughtUp>(*good));

    for (const Case& bad : bad_first_messages) {
        CAPTURE(bad.what);
        const auto client = served.connect();
        bad.act(*client);
        CHECK(client->is_closed_by_server());
    }
    good->send_frame(RawClient::ping, as_bytes("still here"));
    auto frame = good->receive_frame();
    while (frame && frame->opcode != RawClient::pong) frame = good->receive_frame();
    CHECK(frame);
    check_unharmed(served);
}

TEST_CASE("Server: what is not TLS 1.3 is closed", "[net][hostile]") {
    ServedWorld served;
    RawClient http{served.port()};
    http.send_plain("GET /samsyn/1 HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(http.is_closed_by_server());

    RawClient garbage{served.port()};
    garbage.send_plain("\x16\x03\x01\x02\x00 and then something that is no ClientHello");
    garbage.send_plain(std::string(1024, '\x7f'));
    CHECK(garbage.is_closed_by_server());

    RawClient old{served.port()};
    CHECK_FALSE(old.start_tls(TLS1_2_VERSION));
    check_unharmed(served);
}

TEST_CASE("Server: refuses other requests before the upgrade", "[net][hostile]") {
    NetLimits limits;
    limits.allowed_origins = {"https://samsyn.example"};
    limits.closing_max = 100ms;
    ServedWorld served{limits};
    const auto status = [&](std::string_view headers, std::string_view target = "/samsyn/1") {
        RawClient client{served.port()};
        REQUIRE(client.start_tls());
        const int code = client.upgrade(headers, target);
        if (code != 101) CHECK(client.is_closed_by_server());
        return code;
    };

    CHECK(status("Origin: https://evil.example\r\n") == 403);
    CHECK(status("Origin: null\r\n") == 403);
    CHECK(status("Origin: https://samsyn.example\r\nOrigin: https://evil.example\r\n") == 403);
    CHECK(status("Origin: https://samsyn.example\r\n") == 101);
    CHECK(status("", "/samsyn/2") == 404);
    CHECK(status("", "/samsyn/1/../admin") == 404);
    CHECK(status("Content-Length: 5\r\n") == 400);
    CHECK(status("Transfer-Encoding: chunked\r\n") == 400);
    CHECK(status("X: " + std::string(5000, 'x') + "\r\n") == 431);

    RawClient plain{served.port()};
    REQUIRE(plain.start_tls());
    CHECK(plain.ask("GET /samsyn/1 HTTP/1.1\r\nHost: x\r\n\r\n").starts_with("HTTP/1.1 426"));
    RawClient old{served.port()};
    REQUIRE(old.start_tls());
    CHECK(old.ask("GET /samsyn/1 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
                  "Connection: Upgrade\r\nSec-WebSocket-Version: 8\r\n"
                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
              .starts_with("HTTP/1.1 4"));
    RawClient post{served.port()};
    REQUIRE(post.start_tls());
    CHECK(post.ask("POST /samsyn/1 HTTP/1.1\r\nHost: x\r\n\r\n").starts_with("HTTP/1.1 405"));
}

TEST_CASE("Server: a request that two readers could take for two things is refused",
          "[net][hostile]") {
    NetLimits limits;
    limits.closing_max = 100ms;
    ServedWorld served{limits};
    for (const char* header : {"Host: other\r\n",
                               "Upgrade: h2c\r\n",
                               "Connection: keep-alive\r\n",
                               "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n",
                               "Sec-WebSocket-Version: 8\r\n",
                               "Expect: 100-continue\r\n",
                               "Transfer-Encoding: identity\r\n",
                               "Transfer-Encoding : chunked\r\n",
                               "Content-Length: 0\r\nContent-Length: 5\r\n",
                               "content-length: +5\r\n"}) {
        CAPTURE(header);
        RawClient client{served.port()};
        REQUIRE(client.start_tls());
        const int code = client.upgrade(header);
        CHECK((code == 400 || code == 0));
        CHECK(client.is_closed_by_server());
    }
    const std::string upgrade =
        "GET /samsyn/1 HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    RawClient second_request{served.port()};
    REQUIRE(second_request.start_tls());
    CHECK(second_request.ask(upgrade + "GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
              .starts_with("HTTP/1.1 400"));
    RawClient health_with_body{served.port()};
    REQUIRE(health_with_body.start_tls());
    CHECK(health_with_body.ask("GET /health HTTP/1.1\r\nHost: x\r\n\r\n" + upgrade)
              .starts_with("HTTP/1.1 404"));
    RawClient old_version{served.port()};
    REQUIRE(old_version.start_tls());
    CHECK(old_version.ask("GET /samsyn/1 HTTP/1.0\r\n" + upgrade.substr(upgrade.find("Host")))
              .starts_with("HTTP/1.1 400"));
    check_unharmed(served);
}

TEST_CASE("Server: a peer that falls silent before its proof is closed", "[net][hostile]") {
    NetLimits limits;
    limits.silence_before = 100ms;
    ServedWorld served{limits};

    RawClient no_byte{served.port()};
    RawClient half_hello{served.port()};
    half_hello.send_plain("\x16\x03\x01");
    RawClient half_header{served.port()};
    REQUIRE(half_header.start_tls());
    half_header.send("GET /sam");
    const auto half_frame = served.connect();
    half_frame->send_frame_head(RawClient::binary, 100);
    const auto no_frame = served.connect();

    CHECK(no_byte.is_closed_by_server());
    CHECK(half_hello.is_closed_by_server());
    CHECK(half_header.is_closed_by_server());
    CHECK(half_frame->is_closed_by_server());
    CHECK(no_frame->is_closed_by_server());
    check_unharmed(served);
    CHECK(served.log_after_stop().find("silent") != std::string::npos);
}

TEST_CASE("Server: a peer that drips bytes is closed when its time is up", "[net][hostile]") {
    NetLimits limits;
    limits.to_authenticated = 300ms;
    ServedWorld served{limits};
    RawClient client{served.port()};
    REQUIRE(client.start_tls());
    CHECK(
        client.is_closed_while_dripping("GET /samsyn/1 HTTP/1.1\r\nX: " + std::string(3000, 'x')));
    CHECK(served.log_after_stop().find("not authenticated in time") != std::string::npos);
}

TEST_CASE("Server: after the proof the limit of a message is wider, and holds", "[net][hostile]") {
    NetLimits limits;
    limits.closing_max = 100ms;
    ServedWorld served{limits};
    const auto client = served.log_in(served.world.lead);
    client->send(Push{1, EntryKind::statement, Bytes(60 * 1024)});
    const auto answer = ServedWorld::next<Answer>(*client);
    REQUIRE(answer);
    CHECK(answer->outcome == AnswerOutcome::refused);

    client->send_frame(RawClient::binary, Bytes(message_bytes_max + 1));
    CHECK(client->is_closed_by_server());
}

TEST_CASE("Server: an authenticated peer is pinged, and closed when it stays silent", "[net]") {
    NetLimits limits;
    limits.ping_every = 20ms;
    limits.silence_max = 300ms;
    ServedWorld served{limits};
    const auto client = served.log_in(served.world.lead);
    std::size_t pings = 0;
    while (const auto frame = client->receive_frame())
        if (frame->opcode == RawClient::ping) ++pings;
    CHECK(pings > 1);
    CHECK(served.log_after_stop().find("silent") != std::string::npos);
}

TEST_CASE("Server: one address block cannot hold all places for strangers", "[net][hostile]") {
    NetLimits limits;
    limits.unauthenticated_per_block_max = 2;
    limits.on_time = 1h;
    ServedWorld served{limits};
    const auto first = served.connect();
    {
        const auto second = served.connect();
        RawClient third{served.port()};
        CHECK(third.is_closed_by_server());
    }
    // A place is free again once the server has seen the second go, and after a proof.
    REQUIRE(first->send(served.hello_of(served.world.lead)));
    const auto challenge = ServedWorld::next<Challenge>(*first);
    REQUIRE(challenge);
    ServedWorld::prove(
        *first, served.world.lead, served.hello_of(served.world.lead), challenge->nonce);
    REQUIRE(ServedWorld::next<Welcome>(*first));
    const auto next = served.connect();
    CHECK(next->send(served.hello_of(served.world.counsellor)));
    CHECK(ServedWorld::next<Challenge>(*next));
}

TEST_CASE("Server: when all places for strangers are taken, a new one waits", "[net][hostile]") {
    NetLimits limits;
    limits.unauthenticated_max = 1;
    limits.silence_before = 200ms;
    ServedWorld served{limits};
    const auto first = served.connect();
    const auto second = served.connect();  // gets its turn when the first has been silent too long
    CHECK(first->is_closed_by_server());
    CHECK(second->send(served.hello_of(served.world.lead)));
    CHECK(ServedWorld::next<Challenge>(*second));
}
