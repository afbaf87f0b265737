// samsyn-server as a program: what an operator does, and does wrong.

#include "sync-server/app/json_log.hpp"
#include "tests/support/catch.hpp"
#include "tests/sync-server/app/server_program.hpp"
#include "tests/sync-server/net/raw_client.hpp"

using namespace samsyn;
using namespace samsyn::test;

TEST_CASE("samsyn-server: init, serve, health, stop, status", "[app]") {
    const World world;
    const auto made = world.init();
    CAPTURE(made.output);
    REQUIRE(made.exit == 0);
    CHECK(made.output.find("Server key:") != std::string::npos);
    CHECK(mode(world.data) == 0700);
    CHECK(mode(world.data + "/identity.key") == 0600);
    CHECK(mode(world.data + "/tls-key.pem") == 0600);
    CHECK(mode(world.data + "/database.key") == 0600);
    CHECK(mode(world.data + "/samsyn-server.db") == 0600);
    CHECK_FALSE(read(world.data + "/samsyn-server.db").starts_with("SQLite"));

    Program server{world.serve()};
    const std::string ready = server.line();
    CHECK(ready.starts_with("samsyn-server listens on 127.0.0.1:"));
    const std::string port = read(world.port_file);
    CHECK(ready.ends_with(":" + port.substr(0, port.size() - 1)));
    {
        RawClient client{static_cast<std::uint16_t>(std::stoi(port))};
        REQUIRE(client.start_tls());
        CHECK(client.ask("GET /health HTTP/1.1\r\nHost: x\r\n\r\n").ends_with("ok"));
    }

    CHECK(run(world.serve()).exit == 7);
    const auto asked = run({"status", "--data", world.data, "--json"});  // the one that runs
    CHECK(asked.exit == 0);
    CHECK(asked.output.find("\"running\":true") != std::string::npos);
    const World other;
    REQUIRE(other.init().exit == 0);
    CHECK(run(other.serve("127.0.0.1:" + port.substr(0, port.size() - 1))).exit == 8);

    server.signal(SIGTERM);
    const auto ended = server.finish();
    CHECK(ended.exit == 0);
    CHECK(ended.output.find("\"event\":\"stopped\"") != std::string::npos);
    const auto status = run({"status", "--data", world.data, "--json"});
    CHECK(status.exit == 0);
    CHECK(status.output.find("\"running\":false") != std::string::npos);
    CHECK(status.output.find("\"statements\":3") != std::string::npos);
}

TEST_CASE("samsyn-server: leaves no core dump behind", "[app]") {
    const World world;
    REQUIRE(world.init().exit == 0);
    Program server{world.serve()};
    REQUIRE(server.line().starts_with("samsyn-server listens on "));
    const std::string limits = server.told_by_kernel("limits");
    const std::size_t at = limits.find("Max core file size");
    REQUIRE(at != std::string::npos);
    const std::string line = limits.substr(at, limits.find('\n', at) - at);
    CAPTURE(line);
    CHECK(line.find("unlimited") == std::string::npos);
    CHECK(line.find(" 0 ") != std::string::npos);
}

TEST_CASE("samsyn-server: a founding file that does not verify makes no folder", "[app]") {
    const World world;
    const Bytes good = founding_bytes();

    Bytes changed = good;
    changed.at(changed.size() - 2) ^= std::byte{1};  // in the last signature
    const Bytes no_administrator = founding_bytes(false);
    const Bytes cut{good.begin(), good.end() - 1};
    for (const Bytes& bad :
         {changed, no_administrator, cut, Bytes{}, Bytes(100, std::byte{0xff})}) {
        world.write(bad);
        const auto made = world.init();
        CAPTURE(made.output);
        CHECK(made.exit == 9);
        CHECK_FALSE(fs::exists(world.data));
    }
    CHECK(std::distance(fs::directory_iterator{world.folder.path()}, {}) == 1);
}

TEST_CASE("samsyn-server: each mistake has its own message and exit code", "[app]") {
    const World world;
    CHECK(run(world.serve()).exit == 3);
    CHECK(run({"serve"}).exit == 2);
    CHECK(run({"--version"}).output.starts_with("samsyn-server "));
    REQUIRE(world.init().exit == 0);
    CHECK(world.init().exit == 4);
    CHECK(run(world.serve("nonsense")).exit == 11);
    CHECK(run(world.serve("127.0.0.1:99999")).exit == 11);

    fs::permissions(world.data + "/identity.key", fs::perms{0640});
    const auto loose = run(world.serve());
    CHECK(loose.exit == 5);
    CHECK(loose.output.find("chmod") != std::string::npos);
    fs::permissions(world.data + "/identity.key", fs::perms{0600});

    std::ofstream{world.data + "/federation"} << std::string(64, 'a') << "\n";
    CHECK(run(world.serve()).exit == 6);
    std::ofstream{world.data + "/federation"} << "none";
    CHECK(run(world.serve()).exit == 10);
}

TEST_CASE("samsyn-server: the database needs its key, and says what is wrong with one", "[app]") {
    const World world;
    const World other;
    REQUIRE(world.init().exit == 0);
    REQUIRE(other.init().exit == 0);
    const std::string key = world.data + "/database.key";
    const std::vector<std::string> status{"status", "--data", world.data};

    fs::permissions(key, fs::perms{0640});
    const auto loose = run(world.serve());
    CHECK(loose.exit == 5);
    CHECK(loose.output.find("database.key can be read by others") != std::string::npos);
    fs::permissions(key, fs::perms{0600});

    const auto wrong =
        run({"status", "--data", world.data, "--database-key", other.data + "/database.key"});
    CHECK(wrong.exit == 13);
    CHECK(wrong.output.find("key does not open") != std::string::npos);

    const std::string good = read(key);
    std::ofstream{key} << "abcd\n";
    CHECK(run(status).exit == 10);
    fs::remove(key);
    const auto missing = run(world.serve());
    CHECK(missing.exit == 10);
    CHECK(missing.output.find("database.key is missing") != std::string::npos);
    CHECK_FALSE(fs::exists(key));
    std::ofstream{key} << good;
    fs::permissions(key, fs::perms{0600});
    CHECK(run(status).exit == 0);

    fs::remove(world.data + "/samsyn-server.db");
    const auto gone = run(world.serve());
    CHECK(gone.exit == 10);
    CHECK(gone.output.find("is missing") != std::string::npos);
    CHECK_FALSE(fs::exists(world.data + "/samsyn-server.db"));
}

TEST_CASE("samsyn-server: the key of the database can lie on another disk", "[app]") {
    const World world;
    const std::string key = (world.folder / "elsewhere.key").string();
    world.write(as_bytes("nothing"));
    const std::vector<std::string> init{
        "init", "--data", world.data, "--founding", world.founding, "--database-key", key};
    CHECK(run(init).exit == 9);
    CHECK_FALSE(fs::exists(key));
    world.write(founding_bytes());
    REQUIRE(run(init).exit == 0);
    CHECK(mode(key) == 0600);
    CHECK_FALSE(fs::exists(world.data + "/database.key"));
    CHECK(run({"status", "--data", world.data, "--database-key", key}).exit == 0);
    CHECK(run({"status", "--data", world.data}).exit == 10);
}

TEST_CASE("json log: a line stays one line of ASCII whatever is in it", "[app]") {
    const std::string line =
        to_json_line({"link_closed", 7, "evil\n\x1b[31m \xff å", 0}, Instant{});
    CHECK(line.find('\n') == std::string::npos);
    CHECK(std::ranges::all_of(line, [](char c) { return c >= 0x20 && c < 0x7f; }));
}
