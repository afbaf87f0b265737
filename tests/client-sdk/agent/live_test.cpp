// Real processes: a caller that watches the answer of an operation.

#include "client-sdk/agent/live_queries.hpp"
#include "tests/client-sdk/agent/agent_world.hpp"

using namespace samsyn;
using nlohmann::json;
using samsyn::test::AgentWorld;
using samsyn::test::RawCaller;

namespace {

constexpr std::chrono::seconds patience{10};
constexpr std::chrono::milliseconds silence{300};

json next_answer(AgentClient& watcher) {
    const auto event = watcher.next_event(patience);
    REQUIRE(event);
    REQUIRE((*event)["event"] == "live");
    return (*event)["answer"]["result"];
}

}  // namespace

TEST_CASE("Agent: who watches an operation hears its answer, and again when it is another",
          "[agent][live]") {
    AgentWorld world;
    AgentClient writer = world.client();
    AgentClient watcher = world.client();
    REQUIRE((*watcher.call("live", {{"op", "note.list"}}))["ok"] == true);
    CHECK(next_answer(watcher) == json::array());
    REQUIRE((*writer.call("note.add", {{"text", "Möte"}}))["ok"] == true);
    CHECK(next_answer(watcher) == json::array({"Möte"}));
    REQUIRE((*writer.call("note.add", {{"text", "Besök"}}))["ok"] == true);
    CHECK(next_answer(watcher) == json::array({"Möte", "Besök"}));
}

TEST_CASE("Agent: an answer that stays the same is not told again", "[agent][live]") {
    AgentWorld world;
    AgentClient writer = world.client();
    AgentClient watcher = world.client();
    REQUIRE((*watcher.call("live", {{"op", "status"}}))["ok"] == true);
    CHECK(next_answer(watcher) == json::object());
    REQUIRE((*writer.call("note.add", {{"text", "Möte"}}))["ok"] == true);
    CHECK(watcher.next_event(silence).error().code == Errc::timed_out);
}

TEST_CASE("Agent: only what reads is watched, and not without end", "[agent][live]") {
    AgentWorld world;
    AgentClient watcher = world.client();
    const auto code = [&](const json& args) {
        const auto answer = watcher.call("live", args);
        REQUIRE(answer);
        return (*answer)["ok"] == true ? "ok" : (*answer)["error"]["code"].get<std::string>();
    };
    CHECK(code({{"op", "note.add"}}) == "invalid_argument");
    CHECK(code({{"op", 7}}) == "invalid_argument");
    CHECK(code(json::object()) == "invalid_argument");
    CHECK(code({{"op", "status"}, {"arg", 1}}) == "invalid_argument");
    for (std::size_t i = 0; i < LiveQueries::queries_max; ++i)
        CHECK(code({{"op", "status"}}) == "ok");
    CHECK(code({{"op", "status"}}) == "limit_exceeded");
}

TEST_CASE("Agent: places of watchers who are gone are free again", "[agent][live]") {
    AgentWorld world;
    for (int round = 0; round < 2; ++round) {
        AgentClient watcher = world.client();
        for (std::size_t i = 0; i < LiveQueries::queries_max; ++i)
            REQUIRE(samsyn::test::eventually(
                [&] { return (*watcher.call("live", {{"op", "status"}}))["ok"] == true; }));
    }
}

TEST_CASE("Agent: a watcher who does not read holds up nobody, and then hears the newest",
          "[agent][live]") {
    AgentWorld world;
    AgentClient writer = world.client();
    RawCaller deaf{world.folder()};
    REQUIRE(deaf.send("{\"op\":\"live\",\"id\":1,\"args\":{\"op\":\"note.list\"}}\n"));
    const std::string page(100'000, 'a');
    for (int i = 0; i < 60; ++i)
        REQUIRE((*writer.call("note.add", {{"text", page + std::to_string(i)}}))["ok"] == true);
    CHECK(deaf.next()["ok"] == true);
    std::size_t seen = 0;
    std::size_t answers = 0;
    REQUIRE(samsyn::test::eventually([&] {
        const json event = deaf.next();
        if (event.is_null()) return false;
        ++answers;
        seen = event["answer"]["result"].size();
        return seen == 60;
    }));
    CHECK(answers < 60);
}
