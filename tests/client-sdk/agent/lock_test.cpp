// Locking and unlocking with real processes around a fake vault.

#include "client-sdk/agent/lock_keeper.hpp"
#include "tests/client-sdk/agent/agent_world.hpp"
#include "tests/client-sdk/agent/process_memory.hpp"

using namespace samsyn;
using namespace std::chrono_literals;
using nlohmann::json;
using samsyn::test::AgentWorld;
using samsyn::test::code_of;
using samsyn::test::count_in_memory;
using samsyn::test::eventually;
using samsyn::test::fake_phrase;
using samsyn::test::fake_pin;
using samsyn::test::is_gone;
using samsyn::test::RawCaller;
using SteadyClock = std::chrono::steady_clock;

namespace {

json status_of(AgentWorld& world) {
    return (*world.locked_client().call("agent.status"))["result"];
}

void put(AgentWorld& world, const char* name, std::string_view text = "x") {
    std::ofstream{world.folder() / name} << text;
}

std::string text_in(AgentWorld& world, const char* name) {
    std::ifstream in{world.folder() / name};
    return {std::istreambuf_iterator<char>{in}, {}};
}

}  // namespace

TEST_CASE("Agent: starts locked, and answers so at once", "[agent][lock]") {
    AgentWorld world;
    AgentClient client = world.locked_client();
    const json answer = *client.call("note.list");
    CHECK(code_of(answer) == "locked");
    CHECK(answer["error"]["hint_sv"].get<std::string>().find("samsyn unlock") != std::string::npos);
    const json status = status_of(world);
    CHECK(status["state"] == "locked");
    CHECK(status["why"] == "started");
    CHECK(status["vault"]["slots"] == "fake");
    CHECK_FALSE(status.contains("child_pid"));
}

TEST_CASE("Agent: unlocks by phrase, then by PIN with the share that it kept", "[agent][lock]") {
    AgentWorld world;
    AgentClient client = world.locked_client();
    CHECK(code_of(*client.call("unlock", {{"pin", fake_pin}})) == "unreachable");  // no share yet
    CHECK((*client.call("unlock", {{"phrase", fake_phrase}}))["ok"] == true);
    CHECK((*client.next_event(1s))["event"] == "unlocking");
    CHECK(status_of(world)["has_share"] == true);
    CHECK((*client.call("note.add", {{"text", "å"}}))["ok"] == true);

    CHECK((*client.call("lock"))["ok"] == true);
    AgentClient again = world.locked_client();
    CHECK(code_of(*again.call("unlock", {{"pin", "735024916854"}})) == "not_authentic");
    CHECK((*again.call("unlock", {{"pin", fake_pin}}))["ok"] == true);
    CHECK((*again.call("note.list"))["result"] == json::array({"å"}));
}

TEST_CASE("Agent: an unlocked one tells nobody whether a PIN is right", "[agent][lock]") {
    AgentWorld world;
    (void)world.client();
    const json answer = *world.locked_client().call("unlock", {{"pin", "000000"}});
    CHECK(answer["ok"] == true);
    CHECK(answer["result"]["already"] == true);
}

TEST_CASE("Agent: nonsense for a secret starts nothing", "[agent][lock]") {
    AgentWorld world;
    AgentClient client = world.locked_client();
    for (const json& args : {json::object(),
                             json{{"pin", 123456}},
                             json{{"pin", ""}},
                             json{{"pin", "123456"}, {"phrase", "a"}},
                             json{{"phrase", std::string(513, 'x')}},
                             json{{"phrase", json::array({"a"})}}}) {
        CAPTURE(args);
        CHECK(code_of(*client.call("unlock", args)) == "invalid_argument");
    }
    CHECK_FALSE(status_of(world).contains("child_pid"));
}

TEST_CASE("Agent: a second unlocking while one is under way is told to wait", "[agent][lock]") {
    AgentWorld world;
    put(world, "slow");
    (void)world.locked_client();
    RawCaller first{world.folder()};
    REQUIRE(first.send(to_line({{"op", "unlock"}, {"args", {{"phrase", fake_phrase}}}})));
    CHECK(first.next()["event"] == "unlocking");
    const json answer = *world.locked_client().call("unlock", {{"phrase", fake_phrase}});
    CHECK(code_of(answer) == "conflict");
    CHECK(code_of(*world.locked_client().call("note.list")) == "locked");

    CHECK((*world.locked_client().call("lock"))["ok"] == true);  // ends the first, and says so
    CHECK(code_of(first.next()) == "locked");
    CHECK_FALSE(status_of(world).contains("child_pid"));
}

TEST_CASE("Agent: a killed child leaves the agent locked, and nothing acknowledged is lost",
          "[agent][lock]") {
    AgentWorld world;
    AgentClient client = world.client();
    CHECK((*client.call("note.add", {{"text", "före"}}))["ok"] == true);
    REQUIRE(::kill(world.child(), SIGKILL) == 0);
    CHECK(client.call("note.list").error().code == Errc::link_lost);
    CHECK(eventually([&] { return status_of(world)["state"] == "locked"; }));
    CHECK(status_of(world)["why"] == "ended");
    CHECK(code_of(*world.locked_client().call("note.list")) == "locked");
    CHECK((*world.client().call("note.list"))["result"] == json::array({"före"}));
}

TEST_CASE("Agent: a child that cannot open the folder says why, until it can", "[agent][lock]") {
    AgentWorld world;
    put(world, "damaged");
    for (int i = 0; i < 3; ++i) {
        const json answer = *world.locked_client().call("unlock", {{"phrase", fake_phrase}});
        CHECK(code_of(answer) == "newer_format");
        CHECK(answer["error"]["context"] == "database");
    }
    std::filesystem::remove(world.folder() / "damaged");
    CHECK((*world.client().call("ping"))["ok"] == true);
}

TEST_CASE("Agent: one second after it was asked to lock no child is left", "[agent][lock]") {
    AgentWorld world;
    SECTION("one that ends when asked") {}
    SECTION("one that does not want to end") {
        put(world, "stubborn");
    }
    AgentClient client = world.client();
    CHECK((*client.call("note.add", {{"text", "före"}}))["ok"] == true);
    const pid_t child = world.child();
    REQUIRE(child > 0);
    const auto before = SteadyClock::now();
    CHECK((*client.call("lock"))["ok"] == true);
    const auto took = SteadyClock::now() - before;
    CHECK(::kill(child, 0) != 0);  // not even a zombie
    CHECK(took < 1s);
    CHECK(code_of(*world.locked_client().call("note.list")) == "locked");
}

TEST_CASE("Agent: idle, it locks by itself; scripts and screens are no activity", "[agent][lock]") {
    AgentWorld world;
    put(world, "idle", "300");
    AgentClient client = world.client();
    CHECK((*client.call("watch"))["ok"] == true);
    CHECK(eventually([&] {  // these keep asking, and it locks all the same
        auto screen = world.locked_client();
        (void)screen.call("status");
        return status_of(world)["state"] == "locked";
    }));
    CHECK(status_of(world)["why"] == "idle");
}

TEST_CASE("Agent: two helpers open it, and a wrong answer may be given again", "[agent][lock]") {
    AgentWorld world;
    AgentClient client = world.locked_client();
    CHECK(code_of(*client.call("assist.finish", {{"answers", {"A", "B"}}})) ==
          "unexpected_message");
    CHECK((*client.call("assist.request"))["result"]["requests"] == json::array({"a", "b"}));
    CHECK(status_of(world)["child"] == "assisting");
    CHECK(code_of(*client.call("note.list")) == "locked");
    CHECK(code_of(*client.call("assist.finish", {{"answers", {"A", "x"}}})) == "not_authentic");
    CHECK((*client.call("assist.finish", {{"answers", {"A", "B"}}}))["ok"] == true);
    CHECK((*client.call("note.list"))["ok"] == true);
}

TEST_CASE("Agent: a PIN in place of the helpers' answers is as good", "[agent][lock]") {
    AgentWorld world;
    AgentClient client = world.locked_client();
    CHECK((*client.call("assist.request"))["ok"] == true);
    CHECK((*client.call("unlock", {{"phrase", fake_phrase}}))["ok"] == true);
    CHECK((*client.call("note.list"))["ok"] == true);
}

TEST_CASE("Agent: an order that reaches a locked device takes the share", "[agent][lock]") {
    AgentWorld world;
    (void)world.client();
    CHECK((*world.locked_client().call("lock"))["ok"] == true);
    CHECK(status_of(world)["has_share"] == true);
    bool keeps = false;
    SECTION("lock: not even that") {
        put(world, "order", "lock");
        keeps = true;
    }
    SECTION("wipe") {
        put(world, "order", "wipe");
    }
    SECTION("revoke") {
        put(world, "order", "revoke");
    }
    CHECK(eventually([&] { return text_in(world, "obeyed").ends_with(" ab\n"); }));
    CHECK(eventually([&] { return status_of(world)["has_share"] == keeps; }));
    CHECK(eventually(
        [&] { return text_in(world, "order.answer").find("done") != std::string::npos; }));
}

TEST_CASE("Agent: neither locked nor unlocked does the supervisor hold PIN or phrase",
          "[agent][lock][attack]") {
    AgentWorld world;
    AgentClient client = world.locked_client();
    const std::vector<std::string> secrets{std::string{fake_pin.substr(0, 11)},
                                           std::string{fake_phrase.substr(8, 24)}};
    // The fake vault's program has them as constants, once: so the search is seen to find them.
    const std::vector<std::size_t> constants{1, 1};
    REQUIRE(count_in_memory(world.supervisor(), secrets) == constants);
    REQUIRE((*client.call("unlock", {{"phrase", fake_phrase}}))["ok"] == true);
    REQUIRE((*client.call("lock"))["ok"] == true);
    REQUIRE(code_of(*client.call("unlock", {{"pin", "735024916854"}})) == "not_authentic");
    REQUIRE((*client.call("unlock", {{"pin", fake_pin}}))["ok"] == true);
    CHECK(count_in_memory(world.supervisor(), secrets) == constants);
    REQUIRE((*world.locked_client().call("lock"))["ok"] == true);
    CHECK(count_in_memory(world.supervisor(), secrets) == constants);
    const pid_t courier = status_of(world).value("courier_pid", -1);
    REQUIRE(courier > 0);
    CHECK(count_in_memory(courier, secrets) == constants);
}

TEST_CASE("Agent: none of its processes may write a core image", "[agent][lock]") {
    AgentWorld world;
    (void)world.client();
    const auto core_limit = [](pid_t pid) {
        std::ifstream in{"/proc/" + std::to_string(pid) + "/limits"};
        for (std::string line; std::getline(in, line);)
            if (line.starts_with("Max core file size")) return line.substr(18);
        return std::string{"unknown"};
    };
    const std::string none = core_limit(world.supervisor());
    CHECK(none.find_first_not_of(" 0bytes") == std::string::npos);
    CHECK(core_limit(world.child()) == none);  // children inherit it, and set it themselves
    REQUIRE((*world.locked_client().call("lock"))["ok"] == true);
    CHECK(core_limit(status_of(world).value("courier_pid", -1)) == none);
}
