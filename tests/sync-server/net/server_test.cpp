#include "core/base/codec.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/sync-server/net/served_world.hpp"

#include <fstream>
#include <iterator>
#include <thread>

using namespace samsyn;
using namespace std::chrono_literals;

namespace {

Answer push(RawClient& client, Bytes statement) {
    client.send(Push{77, EntryKind::statement, std::move(statement)});
    const auto answer = ServedWorld::next<Answer>(client);
    REQUIRE(answer);
    CHECK(answer->ticket == 77);
    return *answer;
}

}  // namespace

TEST_CASE("Server: a certified device is welcomed, and what it pushes is stored", "[net]") {
    ServedWorld served;
    const auto client = served.log_in(served.world.lead);

    CHECK(push(*client, served.world.open_case().at(0)).outcome == AnswerOutcome::stored);
}

TEST_CASE("Server: what one device pushes reaches another at once", "[net]") {
    ServedWorld served;
    const auto lead = served.log_in(served.world.lead);
    const auto counsellor = served.log_in(served.world.counsellor);
    REQUIRE(ServedWorld::next<CaughtUp>(*counsellor));

    const auto statements = served.world.open_case();
    for (const Bytes& statement : statements) push(*lead, statement);

    bool has_custody = false;
    while (!has_custody) {
        const auto deliver = ServedWorld::next<Deliver>(*counsellor);
        REQUIRE(deliver);
        for (const auto& entry : deliver->entries)
            if (entry.bytes == statements.back()) has_custody = true;
    }
}

TEST_CASE("Server: a proof bound to another connection is refused", "[net]") {
    NetLimits limits;
    limits.closing_max = 100ms;
    ServedWorld served{limits};
    const auto relay = served.connect();
    const auto victim = served.connect();
    const Hello hello = served.hello_of(served.world.lead);
    relay->send(hello);
    const auto challenge = ServedWorld::next<Challenge>(*relay);
    REQUIRE(challenge);

    Proof proof;  // right in all but the exporter, which is that of the other connection
    proof.signature = served.world.lead.signer.sign(
        Domain::session_device,
        proof_signed_part(challenge->nonce, hello.nonce, victim->exporter(), {}));
    relay->send(proof);

    CHECK(ServedWorld::next<Goodbye>(*relay));
    CHECK(relay->is_closed_by_server());
}

TEST_CASE("Server: /health answers without a session", "[net]") {
    ServedWorld served;
    RawClient client{served.port()};
    REQUIRE(client.start_tls());
    const auto answer = client.ask("GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(answer.starts_with("HTTP/1.1 200"));
    CHECK(answer.ends_with("\r\n\r\nok"));
}

TEST_CASE("Server: a taken port is told from other errors", "[net]") {
    ServedWorld served;
    HubWorld other;
    ServerOptions options;
    options.tls = *make_self_signed_tls();
    options.port = served.port();
    const auto second = Server::start(*other.hub, served.clock, std::move(options));
    REQUIRE_FALSE(second);
    CHECK(second.error().code == Errc::conflict);
}

TEST_CASE("Server: stop says goodbye to open sessions and ends those that are not", "[net]") {
    NetLimits limits;
    limits.closing_max = 200ms;
    ServedWorld served{limits};
    const auto polite = served.log_in(served.world.lead);
    const auto deaf = served.log_in(served.world.counsellor);
    const auto unproved = served.connect();
    RawClient silent{served.port()};

    std::jthread stopping{[&] { served.server->stop(); }};
    const auto goodbye = ServedWorld::next<Goodbye>(*polite);
    REQUIRE(goodbye);
    CHECK(is_retryable(goodbye->why));
    polite->send_frame(RawClient::close, {});
    CHECK(polite->is_closed_by_server());
    CHECK(silent.is_closed_by_server());
    stopping.join();

    CHECK(deaf->is_closed_by_server());
    CHECK(unproved->is_closed_by_server());
    CHECK(served.world.hub->counts().links == 0);
}

TEST_CASE("Server: records frames as they came and went", "[net]") {
    TemporaryFolder folder;
    Bytes pushed;
    {
        ServedWorld served{{}, folder / "frames"};
        const auto client = served.log_in(served.world.lead);
        pushed = served.world.open_case().at(0);
        push(*client, pushed);
    }
    std::ifstream in{folder / "frames", std::ios::binary};
    const std::string text{std::istreambuf_iterator<char>{in}, {}};

    bool found = false;
    std::size_t went = 0;
    Reader reader{as_bytes(text)};
    while (!reader.at_end()) {
        const auto record = reader.blob(1 << 20, "record");
        REQUIRE(record);
        REQUIRE(record->size() > 9);
        const char direction = std::to_integer<char>(record->front());
        const auto message = decode_message(record->subspan(9), message_bytes_max);
        REQUIRE(message);
        if (direction == '>') ++went;
        const auto* push_seen = std::get_if<Push>(&*message);
        if (push_seen && direction == '<') found = push_seen->bytes == pushed;
    }
    CHECK(found);
    CHECK(went >= 3);  // challenge, welcome, answer
}

TEST_CASE("Server: a locked device is a stranger until its token is known, then waits for orders",
          "[net][unlock]") {
    NetLimits limits;
    limits.silence_before = 300ms;
    ServedWorld served{limits};
    UnlockToken token;
    token.bytes.fill(std::byte{0x70});
    const auto unlocked = served.log_in(served.world.counsellor);
    unlocked->send(UnlockRegister{token, {}});
    REQUIRE(ServedWorld::next<UnlockRegistered>(*unlocked));

    Hello hello = served.hello_of(served.world.counsellor);
    hello.device = {};
    hello.purpose = SessionPurpose::restricted;
    const auto waiting = served.connect();
    waiting->send(hello);
    REQUIRE(ServedWorld::next<Challenge>(*waiting));
    waiting->send(RestrictedProof{token, {}});
    REQUIRE(ServedWorld::next<RestrictedAnswer>(*waiting));

    const auto stranger = served.connect();
    stranger->send(hello);
    REQUIRE(ServedWorld::next<Challenge>(*stranger));
    CHECK(stranger->is_closed_by_server());

    const auto admin = served.log_in(served.world.lindesberg_admin);
    push(
        *admin,
        served.world.say(
            served.world.lindesberg_admin, Stream{}, DeviceLocked{served.world.counsellor.device}));
    CHECK(ServedWorld::next<Order>(*waiting));
}
