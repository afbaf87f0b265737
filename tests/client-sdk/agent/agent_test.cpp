// Real processes in folders of their own: what a caller of the agent can rely on.

#include "tests/client-sdk/agent/agent_world.hpp"

#include <sys/stat.h>

using namespace samsyn;
using nlohmann::json;
using samsyn::test::AgentWorld;
using samsyn::test::code_of;
using samsyn::test::eventually;
using samsyn::test::is_gone;
using samsyn::test::RawCaller;

namespace {}  // namespace

TEST_CASE("Agent: starts on demand and serves two thin clients at once", "[agent]") {
    AgentWorld world;
    AgentClient anna = world.client();
    AgentClient per = world.client();
    CHECK((*anna.call("note.add", {{"text", "Hembesök på Östra vägen"}}))["ok"] == true);
    CHECK((*per.call("note.add", {{"text", "Möte i Ånnaboda"}}))["ok"] == true);
    CHECK((*anna.call("note.list"))["result"] ==
          json::array({"Hembesök på Östra vägen", "Möte i Ånnaboda"}));
    CHECK((*anna.call("ping"))["result"]["pid"] == (*per.call("ping"))["result"]["pid"]);
}

TEST_CASE("Agent: clients that start it at the same moment share one", "[agent]") {
    AgentWorld world;
    std::vector<std::thread> threads;
    std::array<pid_t, 4> pids{};
    for (pid_t& pid : pids)
        threads.emplace_back([&] {
            auto client = AgentClient::connect(world.folder(), {.executable = SAMSYN_AGENT_HOST});
            if (client) pid = (*client->call("agent.status"))["result"]["pid"].get<pid_t>();
        });
    for (std::thread& thread : threads) thread.join();
    (void)world.client();
    for (const pid_t pid : pids) CHECK(pid == world.supervisor());
}

TEST_CASE("Agent: is not started where none is wanted or there is no device", "[agent]") {
    AgentWorld world;
    CHECK(AgentClient::connect(world.folder(), {.start_if_needed = false}).error().code ==
          Errc::not_found);
    const TemporaryFolder empty;
    CHECK(AgentClient::connect(empty.path()).error().code == Errc::not_found);
    CHECK(AgentClient::connect(empty / "none").error().code == Errc::not_found);
}

TEST_CASE("Agent: its socket, lock and log belong to their owner alone", "[agent]") {
    AgentWorld world;
    (void)world.client();
    for (const auto name : {agent_socket_name, agent_lock_name, agent_log_name}) {
        struct stat info{};
        REQUIRE(::stat((world.folder() / name).c_str(), &info) == 0);
        CHECK((info.st_mode & 0777U) == 0600U);
    }
}

TEST_CASE("Agent: serves a folder whose path is longer than a socket address", "[agent]") {
    const TemporaryFolder root;
    const auto folder = root.path() / std::string(100, 'a') / std::string(100, 'b');
    std::filesystem::create_directories(folder);
    std::ofstream{folder / "config.json"} << "127.0.0.1:1";
    auto client = AgentClient::connect(folder, {.executable = SAMSYN_AGENT_HOST});
    REQUIRE(client);
    REQUIRE((*client->call("unlock", {{"phrase", samsyn::test::fake_phrase}}))["ok"] == true);
    CHECK((*client->call("ping"))["ok"] == true);
    CHECK((*client->call("agent.stop"))["ok"] == true);
}

TEST_CASE("Agent: a second supervisor on one folder is refused", "[agent]") {
    AgentWorld world;
    (void)world.client();
    const pid_t second = ::fork();
    if (second == 0) {
        ::execl(SAMSYN_AGENT_HOST, "samsyn", "agent", "--data", world.folder().c_str(), nullptr);
        ::_exit(127);
    }
    int status = 0;
    REQUIRE(::waitpid(second, &status, 0) == second);
    CHECK(WEXITSTATUS(status) == 3);
    CHECK((*world.client().call("ping"))["ok"] == true);
}

TEST_CASE("Agent: the end of the supervisor is the end of the child", "[agent]") {
    AgentWorld world;
    CHECK((*world.client().call("ping"))["ok"] == true);
    const pid_t child = world.child();
    const pid_t supervisor = world.supervisor();
    SECTION("killed") {
        REQUIRE(::kill(supervisor, SIGKILL) == 0);
    }
    SECTION("asked by signal") {
        REQUIRE(::kill(supervisor, SIGTERM) == 0);
    }
    SECTION("asked by request") {
        CHECK((*world.client().call("agent.stop"))["ok"] == true);
        CHECK_FALSE(std::filesystem::exists(world.folder() / agent_socket_name));
    }
    CHECK(eventually([&] { return is_gone(child) && is_gone(supervisor); }));
    CHECK((*world.client().call("ping"))["ok"] == true);  // a new one takes the folder over
}

TEST_CASE("Agent: garbage and deep JSON get an answer and the connection goes on", "[agent]") {
    AgentWorld world;
    (void)world.client();
    RawCaller caller{world.folder()};
    REQUIRE(caller.send("\xff\xfe garbage\n" + std::string(1'000, '[') + "\n{\"op\":\"ping\"}\n"));
    CHECK(code_of(caller.next()) == "malformed");
    CHECK(code_of(caller.next()) == "limit_exceeded");
    CHECK(caller.next()["ok"] == true);
}

TEST_CASE("Agent: a request over the supervisor's first bytes reaches the child whole", "[agent]") {
    AgentWorld world;
    AgentClient client = world.client();
    const std::string text(500'000, 'x');
    CHECK((*client.call("note.add", {{"text", text}}))["ok"] == true);
    CHECK((*client.call("note.list"))["result"][0] == text);
    CHECK(client.call("note.add", {{"text", std::string(2 << 20, 'x')}}).error().code ==
          Errc::limit_exceeded);
}

TEST_CASE("Agent: a line without end is refused and closed", "[agent]") {
    AgentWorld world;
    (void)world.client();
    RawCaller caller{world.folder()};
    (void)caller.send(std::string((1 << 20) + 100'000, 'x'));
    CHECK(code_of(caller.next()) == "limit_exceeded");
    CHECK(caller.next().is_null());
    CHECK((*world.client().call("ping"))["ok"] == true);
}

TEST_CASE("Agent: a caller that closes its writing side still gets its answers", "[agent]") {
    AgentWorld world;
    (void)world.client();
    RawCaller caller{world.folder()};
    REQUIRE(caller.send("{\"id\":1,\"op\":\"ping\"}\n{\"id\":2,\"op\":\"sync\"}\n"));
    caller.end_writing();
    CHECK(caller.next()["id"] == 1);
    const json failed = caller.next();
    REQUIRE(failed.is_object());
    CHECK(failed["id"] == 2);
    CHECK(code_of(failed) == "unreachable");
    CHECK(caller.next().is_null());
}

TEST_CASE("Agent: a caller that reads nothing holds up nobody", "[agent]") {
    AgentWorld world;
    (void)world.client();
    RawCaller deaf{world.folder()};
    for (int i = 0; i < 40; ++i)
        REQUIRE(deaf.send("{\"op\":\"large\",\"args\":{\"bytes\":1000000}}\n"));
    AgentClient client = world.client();
    CHECK((*client.call("ping"))["ok"] == true);
    for (int i = 0; i < 40; ++i) CHECK(deaf.next()["ok"] == true);  // late, but whole
}

TEST_CASE("Agent: the 65th connection is told that there are too many", "[agent]") {
    AgentWorld world;
    std::vector<AgentClient> clients;
    for (int i = 0; i < 64; ++i) {
        clients.push_back(world.client());
        REQUIRE((*clients.back().call("ping"))["ok"] == true);
    }
    CHECK(code_of(*world.client().call("ping")) == "limit_exceeded");
    clients.pop_back();
    CHECK(eventually([&] { return (*world.client().call("ping"))["ok"] == true; }));
}

TEST_CASE("Agent: an unreachable server fails sync, and status says so", "[agent]") {
    AgentWorld world{"127.0.0.1:1"};
    AgentClient client = world.client();
    const json failed = *client.call("sync");
    CHECK(code_of(failed) == "unreachable");
    CHECK(failed["error"]["context"].get<std::string>().find("127.0.0.1:1") != std::string::npos);

    const json connection = (*client.call("status"))["result"]["connection"];
    CHECK(connection["state"] == "offline");
    CHECK(connection["following"] == false);
    CHECK(connection["last_error"]["code"] == "unreachable");
}

TEST_CASE("Agent: following keeps trying until it is told to stop", "[agent]") {
    AgentWorld world{"127.0.0.1:1"};
    AgentClient client = world.client();
    CHECK((*client.call("watch"))["ok"] == true);
    CHECK((*client.call("sync.follow"))["result"]["connection"]["following"] == true);
    int attempts = 0;
    while (attempts < 2) {
        const auto event = client.next_event(std::chrono::seconds{10});
        REQUIRE(event);
        if ((*event)["event"] == "connection" && (*event)["state"] == "connecting") ++attempts;
    }
    CHECK((*client.call("sync.stop"))["result"]["connection"]["following"] == false);
}

TEST_CASE("Agent: a watcher hears of what another client wrote", "[agent]") {
    AgentWorld world;
    AgentClient watcher = world.client();
    CHECK((*watcher.call("watch"))["ok"] == true);
    CHECK(watcher.next_event(std::chrono::milliseconds{1}).error().code == Errc::timed_out);
    CHECK((*world.client().call("note.add", {{"text", "å"}}))["ok"] == true);
    CHECK((*watcher.next_event(std::chrono::seconds{10}))["event"] == "changed");
}

TEST_CASE("Agent: a watcher that reads no events is closed, others go on", "[agent]") {
    AgentWorld world;
    (void)world.client();
    RawCaller deaf{world.folder()};
    REQUIRE(deaf.send("{\"op\":\"watch\"}\n{\"op\":\"large\",\"args\":{\"bytes\":9000000}}\n"));
    AgentClient client = world.client();
    CHECK((*client.call("note.add", {{"text", "å"}}))["ok"] == true);
    CHECK((*client.call("note.add", {{"text", "ä"}}))["ok"] == true);
    CHECK(deaf.next()["ok"] == true);
    CHECK(eventually([&] { return deaf.next().is_null(); }));
}

TEST_CASE("Agent: its log holds no content", "[agent]") {
    AgentWorld world;
    CHECK((*world.client().call("note.add", {{"text", "Hemlig anteckning"}}))["ok"] == true);
    CHECK((*world.client().call("agent.stop"))["ok"] == true);
    std::ifstream in{world.folder() / agent_log_name};
    const std::string log{std::istreambuf_iterator<char>{in}, {}};
    CHECK(log.find("started") != std::string::npos);
    CHECK(log.find("Hemlig") == std::string::npos);
}
