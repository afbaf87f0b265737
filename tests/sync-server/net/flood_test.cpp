// Floods, and frames that RFC 6455 does not know: each limit is hit, and the others go on.

#include "tests/sync-server/net/served_world.hpp"

using namespace samsyn;
using namespace std::chrono_literals;

namespace {

struct OddFrame {
    const char* what;
    bool (*act)(RawClient&);
};

const std::array odd_frames{
    OddFrame{"reserved bit 1, as of a compressed message",
             [](RawClient& c) { return c.send_odd_frame(0xc2, true, as_bytes("x")); }},
    OddFrame{"reserved bit 2",
             [](RawClient& c) { return c.send_odd_frame(0xa2, true, as_bytes("x")); }},
    OddFrame{"reserved bit 3",
             [](RawClient& c) { return c.send_odd_frame(0x92, true, as_bytes("x")); }},
    OddFrame{"no mask", [](RawClient& c) { return c.send_odd_frame(0x82, false, as_bytes("x")); }},
    OddFrame{"a control frame in parts",
             [](RawClient& c) { return c.send_odd_frame(0x09, true, as_bytes("x")); }},
    OddFrame{"a control frame of 126 bytes",
             [](RawClient& c) { return c.send_frame(RawClient::ping, Bytes(126)); }},
    OddFrame{"a reserved control opcode",
             [](RawClient& c) { return c.send_odd_frame(0x8b, true, as_bytes("x")); }},
    OddFrame{"a continuation of nothing",
             [](RawClient& c) { return c.send_odd_frame(0x80, true, as_bytes("x")); }},
    OddFrame{"a message within a message",
             [](RawClient& c) {
                 return c.send_odd_frame(0x02, true, as_bytes("x")) &&
                        c.send_odd_frame(0x82, true, as_bytes("y"));
             }},
    OddFrame{"a close frame of one byte",
             [](RawClient& c) { return c.send_odd_frame(0x88, true, as_bytes("x")); }},
    OddFrame{"a text frame",
             [](RawClient& c) { return c.send_frame(RawClient::text, as_bytes("text")); }},
};

bool has_ended(ServedWorld& served, std::string_view reason) {
    return served.metric("samsyn_connections_ended_total{reason=\"" + std::string{reason} +
                         "\"}") >= 1;
}

/// Sends until the server has had enough of it.
template <class Act>
bool is_stopped(RawClient& client, Act act, std::size_t at_most) {
    for (std::size_t i = 0; i < at_most; ++i)
        if (!act(client)) return true;
    return client.is_closed_by_server();
}

}  // namespace

TEST_CASE("Server: frames that are not as they should be end a proved session too",
          "[net][hostile]") {
    NetLimits limits;
    limits.closing_max = 100ms;
    ServedWorld served{limits};
    const auto good = served.log_in(served.world.counsellor);
    for (const OddFrame& odd : odd_frames) {
        CAPTURE(odd.what);
        const auto client = served.log_in(served.world.lead);
        odd.act(*client);
        CHECK(client->is_closed_by_server());
    }
    CHECK(ServedWorld::next<CaughtUp>(*good));
}

TEST_CASE("Server: a flood of pings or pongs is ended, before the proof and after",
          "[net][hostile]") {
    NetLimits limits;
    limits.control_frames = {1h, 20};
    limits.bytes_before_max = 1 << 20;
    ServedWorld served{limits};
    for (const int opcode : {RawClient::ping, RawClient::pong}) {
        const auto act = [&](RawClient& c) { return c.send_frame(opcode, as_bytes("noise")); };
        const auto stranger = served.connect();
        CHECK(is_stopped(*stranger, act, 100'000));
        const auto known = served.log_in(served.world.lead);
        CHECK(is_stopped(*known, act, 100'000));
    }
    CHECK(served.log_after_stop().find("too many control frames") != std::string::npos);
}

TEST_CASE("Server: a client that answers pings for hours is no flood", "[net]") {
    NetLimits limits;
    limits.bytes_per_message_max = 1000;
    ServedWorld served{limits};
    const auto client = served.log_in(served.world.lead);
    for (int i = 0; i < 50; ++i) {  // below the burst of control frames, above the bytes in sum
        REQUIRE(client->send_frame(RawClient::ping, as_bytes("are you there?")));
        auto frame = client->receive_frame();
        while (frame && frame->opcode != RawClient::pong) frame = client->receive_frame();
        REQUIRE(frame);
    }
}

TEST_CASE("Server: a message in endless small parts is ended", "[net][hostile]") {
    NetLimits limits;
    limits.closing_max = 100ms;
    ServedWorld served{limits};
    const auto good = served.log_in(served.world.counsellor);

    struct Flood {
        const char* what;
        std::string_view payload;
    };

    for (const auto& [what, payload] : {Flood{"empty parts", ""}, Flood{"single bytes", "x"}}) {
        CAPTURE(what);
        const auto more = [&](RawClient& c) {
            return c.send_odd_frame(0x00, true, as_bytes(payload));
        };
        const auto stranger = served.connect();
        REQUIRE(stranger->send_odd_frame(0x02, true, as_bytes("x")));
        CHECK(is_stopped(*stranger, more, 1'000'000));
        const auto known = served.log_in(served.world.lead);
        REQUIRE(known->send_odd_frame(0x02, true, as_bytes("x")));
        CHECK(is_stopped(*known, more, 1'000'000));
    }
    CHECK(ServedWorld::next<CaughtUp>(*good));
    CHECK(served.log_after_stop().find("too many bytes for one message") != std::string::npos);
}

TEST_CASE("Server: an honest message in a few parts is one message", "[net]") {
    ServedWorld served;
    const auto client = served.log_in(served.world.lead);
    const Bytes message =
        encode_message(Push{5, EntryKind::statement, served.world.open_case().at(0)});
    const ByteView whole{message};
    REQUIRE(client->send_odd_frame(0x02, true, whole.first(10)));
    REQUIRE(client->send_frame(RawClient::ping, {}));
    std::size_t at = 10;
    for (; at + 100 < whole.size(); at += 100)
        REQUIRE(client->send_odd_frame(0x00, true, whole.subspan(at, 100)));
    REQUIRE(client->send_odd_frame(0x80, true, whole.subspan(at)));
    const auto answer = ServedWorld::next<Answer>(*client);
    REQUIRE(answer);
    CHECK(answer->outcome == AnswerOutcome::stored);
}

TEST_CASE("Server: one address block cannot reconnect for ever, another one can",
          "[net][hostile]") {
    NetLimits limits;
    limits.connects_per_block = {1h, 5};
    ServedWorld served{limits};
    for (int i = 0; i < 5; ++i) (void)served.connect();
    RawClient sixth{served.port()};
    CHECK(sixth.is_closed_by_server());
    CHECK(served.connect(0x0201));
    CHECK(served.metric("samsyn_connections_not_taken_total{reason=\"too_often\"}") == 1);
}

TEST_CASE("Server: a known proxy may have more at the handshake than others", "[net]") {
    NetLimits limits;
    limits.unauthenticated_per_block_max = 1;
    limits.unauthenticated_per_proxy_max = 3;
    limits.on_time = 1h;
    limits.proxies = {"127.0.2.0/24"};
    ServedWorld served{limits};
    const auto one = served.connect(0x0201);
    const auto two = served.connect(0x0202);
    const auto three = served.connect(0x0203);
    RawClient four{served.port(), 0x0204};
    CHECK(four.is_closed_by_server());

    const auto elsewhere = served.connect();
    RawClient too_many{served.port()};
    CHECK(too_many.is_closed_by_server());
}

TEST_CASE("Server: a proxy that is no address is refused at the start", "[net]") {
    for (const char* bad : {"proxy.example", "192.0.2.0/16", "192.0.2.0/", "", "2001:db8::/24"}) {
        CAPTURE(bad);
        HubWorld world;
        const ManualClock clock{world.now};
        ServerOptions options;
        options.tls = *make_self_signed_tls();
        options.limits.proxies = {bad};
        const auto server = Server::start(*world.hub, clock, std::move(options));
        REQUIRE_FALSE(server);
        CHECK(server.error().code == Errc::invalid_argument);
    }
}

TEST_CASE("Server: full of silence, it lets in who speaks; full of speech, one waits",
          "[net][hostile]") {
    NetLimits limits;
    limits.unauthenticated_max = 2;
    limits.silence_before = 1h;  // nobody goes but to make room
    limits.to_authenticated = 1h;
    limits.on_time = 100ms;
    ServedWorld served{limits};
    RawClient silent{served.port()};
    const auto half_way = served.connect(0x0201);

    const auto speaker = served.log_in(served.world.lead, 0x0301);
    CHECK(ServedWorld::next<CaughtUp>(*speaker));
    CHECK(silent.is_closed_by_server());
    CHECK(served.metric("samsyn_evictions_total") >= 1);
    CHECK(has_ended(served, "made_room"));
}

TEST_CASE("Server: who is on time stays, however many want in", "[net][hostile]") {
    NetLimits limits;
    limits.unauthenticated_max = 1;
    limits.on_time = 1h;
    ServedWorld served{limits};
    const auto first = served.connect();
    RawClient second{served.port(), 0x0201};
    RawClient third{served.port(), 0x0301};
    const Hello hello = served.hello_of(served.world.lead);
    REQUIRE(first->send(hello));
    const auto challenge = ServedWorld::next<Challenge>(*first);
    REQUIRE(challenge);
    ServedWorld::prove(*first, served.world.lead, hello, challenge->nonce);
    CHECK(ServedWorld::next<Welcome>(*first));
    CHECK(second.start_tls());  // its turn has come
    CHECK(served.metric("samsyn_evictions_total") == 0);
}

TEST_CASE("Server: the older of three sessions of a device ends, and is told why", "[net]") {
    ServedWorld served;
    const auto first = served.log_in(served.world.lead);
    const auto second = served.log_in(served.world.lead);
    const auto third = served.log_in(served.world.lead);
    const auto goodbye = ServedWorld::next<Goodbye>(*first);
    REQUIRE(goodbye);
    CHECK(goodbye->why == Errc::rate_limited);
    CHECK(goodbye->context == "sessions of one device");
    CHECK(ServedWorld::next<CaughtUp>(*second));
    CHECK(ServedWorld::next<CaughtUp>(*third));
}

TEST_CASE("Server: a device that does not take its answers is paused, and goes on", "[net]") {
    HubLimits limits;
    limits.queued_bytes_max = 41;  // one answer with its context
    ServedWorld served{{}, {}, limits};
    const auto client = served.log_in(served.world.lead);
    REQUIRE(ServedWorld::next<CaughtUp>(*client));
    const double before = served.metric("samsyn_links_paused_total");
    for (std::uint32_t ticket = 1; ticket <= 10; ++ticket) {
        client->send(Push{ticket, EntryKind::statement, to_bytes(as_bytes("no statement"))});
        const auto answer = ServedWorld::next<Answer>(*client);
        REQUIRE(answer);
        CHECK(answer->ticket == ticket);
    }
    CHECK(served.metric("samsyn_links_paused_total") == before + 10);
}

TEST_CASE("Server: a device that does not read is closed", "[net][hostile]") {
    NetLimits limits;
    limits.write_max = 300ms;
    limits.send_buffer_bytes = 4096;
    limits.waiting_bytes_max = 1;
    ServedWorld served{limits};
    const auto good = served.log_in(served.world.counsellor);
    const auto deaf = served.log_in(served.world.lead, 1, 2048);
    const Push push{1, EntryKind::statement, to_bytes(as_bytes("no statement"))};
    // Until it is closed: who begins to read before that is not deaf.
    const auto give_up = std::chrono::steady_clock::now() + 10s;
    while (deaf->send(push) && std::chrono::steady_clock::now() < give_up) {
    }
    CHECK(deaf->is_closed_by_server());
    CHECK(ServedWorld::next<CaughtUp>(*good));
    const std::string told = served.log_after_stop();
    CAPTURE(told);
    CHECK(told.find("reads too slowly") != std::string::npos);
}
