// What `samsyn-server check` finds, and how `serve` ends for the same reasons.

#include "core/store/database.hpp"
#include "crypto/at_rest/page_cipher.hpp"
#include "sync-server/app/data_folder.hpp"
#include "sync-server/hub/access_log.hpp"
#include "tests/sync-server/app/server_program.hpp"
#include "tests/sync-server/app/tls_pairs.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

using namespace samsyn;
using namespace samsyn::test;
using namespace std::chrono_literals;

namespace {

void write_text(const std::string& file, const std::string& text) {
    std::ofstream out{file, std::ios::binary | std::ios::trunc};
    out << text;
}

/// A folder that `init` made, with a configuration file.
struct Installed : World {
    Installed() {
        REQUIRE(init().exit == 0);
        configure({});
    }

    void configure(const std::string& more) const {
        write_text(config,
                   "[server]\ndata = \"" + data + "\"\nlisten = [\"127.0.0.1:0\"]\n" + more);
    }

    Finished check() const { return run({"check", "--config", config}); }

    Finished start() const { return run({"serve", "--config", config}); }

    void put_tls(const TlsIdentity& pair) const {
        write_text(data + "/tls-certificate.pem", pair.certificate);
        write_text(data + "/tls-key.pem", pair.key);
    }

    /// Both say the same, with this exit code and these words.
    void expect(int exit, const std::string& words) const {
        const Finished checked = check();
        CAPTURE(checked.output);
        CHECK(checked.exit == exit);
        CHECK(checked.output.contains(words));
        const Finished started = start();
        CAPTURE(started.output);
        CHECK(started.exit == exit);
        CHECK(started.output.contains(words));
    }

    std::string config = (folder / "server.toml").string();
};

/// A row of the access log, as if the server had written it then.
void write_row(const std::string& data, Instant at) {
    auto pages = read_database_key(data, {});
    REQUIRE(pages);
    const auto storage = open_database(data, *pages, DatabaseMode::existing);
    REQUIRE(storage);
    const SodiumHasher hasher;
    auto log = AccessLog::load((*storage)->log(), hasher);
    REQUIRE(log);
    REQUIRE((*storage)->begin());
    LogRow row{};
    row.at = at;
    row.act = RowRefused{RefusedWhat::push, EntryKind::batch, Errc::not_permitted};
    REQUIRE(log->append(row));
    REQUIRE(log->seal());
    REQUIRE((*storage)->commit());
}

/// A listening socket that is not ours to disturb.
class TakenPort {
public:
    TakenPort() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* generic = reinterpret_cast<sockaddr*>(&address);
        REQUIRE(::bind(socket_, generic, size) == 0);
        REQUIRE(::listen(socket_, 1) == 0);
        REQUIRE(::getsockname(socket_, generic, &size) == 0);
        port = ntohs(address.sin_port);
    }

    TakenPort(const TakenPort&) = delete;
    TakenPort& operator=(const TakenPort&) = delete;

    ~TakenPort() { ::close(socket_); }

    int port = 0;

private:
    int socket_;
};

/// Runs a shell script in a namespace where it may mount; none where the machine permits none.
std::optional<Finished> run_mounted(const std::string& script) {
    if (Program{{"-rm", "/bin/true"}, {}, "/usr/bin/unshare"}.finish().exit != 0)
        return std::nullopt;
    return Program{{"-rm", "/bin/sh", "-c", script}, {}, "/usr/bin/unshare"}.finish();
}

}  // namespace

TEST_CASE("check: a good folder is good, and nothing is changed", "[app][check]") {
    const Installed world;
    const std::string before = read(world.data + "/samsyn-server.db");
    const Finished checked = world.check();
    CAPTURE(checked.output);
    CHECK(checked.exit == 0);
    CHECK(checked.output.contains("0 errors"));
    CHECK_FALSE(checked.output.contains("\nerror"));
    CHECK(read(world.data + "/samsyn-server.db") == before);
}

TEST_CASE("check: everything wrong is said at once, and the first decides the exit code",
          "[app][check]") {
    const Installed world;
    const TakenPort taken;
    world.put_tls(tls_pair(-2h, -1h));
    world.configure("treads = 4\n[limits]\nping_every = \"0s\"\n");
    fs::permissions(world.data + "/database.key", fs::perms{0640});
    const Finished checked =
        run({"check", "--config", world.config, "--json"},
            {"SAMSYN_SERVER_SERVER_LISTEN=127.0.0.1:" + std::to_string(taken.port)});
    CAPTURE(checked.output);
    CHECK(checked.exit == 14);
    for (const char* words :
         {"server.toml:4: server.treads is not known; the nearest is server.threads",
          "server.toml:6: limits.ping_every is \\\"0s\\\"",
          "has expired on",
          "database.key can be read by others",
          "the port is in use"})
        CHECK(checked.output.contains(words));
}

TEST_CASE("check: a configuration that cannot be read says nothing of a folder", "[app][check]") {
    const Installed world;
    const auto stops = [&](const std::string& file, int exit) {
        const Finished checked = run({"check", "--config", file});
        CAPTURE(checked.output);
        CHECK(checked.exit == exit);
        CHECK(checked.output.contains(file));
        CHECK(checked.output.contains("\n1 errors, 0 warnings."));
        CHECK_FALSE(checked.output.contains("/var/lib/samsyn"));
    };
    stops((world.folder / "none.toml").string(), 14);
    stops(world.folder.path().string(), 14);
    write_text(world.config, std::string(300 << 10, '#'));
    stops(world.config, 14);
}

TEST_CASE("check: a loose key, and a port that is taken", "[app][check]") {
    const Installed world;
    fs::permissions(world.data + "/tls-key.pem", fs::perms{0644});
    world.expect(5, "tls-key.pem can be read by others");
    fs::permissions(world.data + "/tls-key.pem", fs::perms{0600});

    const TakenPort taken;
    write_text(world.config,
               "[server]\ndata = \"" + world.data +
                   "\"\nlisten = [\"127.0.0.1:" + std::to_string(taken.port) + "\"]\n");
    world.expect(8, "choose another port");
    write_text(world.config,
               "[server]\ndata = \"" + world.data + "\"\nlisten = [\"192.0.2.1:8443\"]\n");
    world.expect(11, "not one of this machine");
}

TEST_CASE("check: a certificate that has expired, is to come, is damaged or has another key",
          "[app][check]") {
    const Installed world;
    world.put_tls(tls_pair(-2h, -1h));
    world.expect(15, "has expired on");
    world.put_tls(tls_pair(2h, 3h));
    world.expect(16, "begins on");
    TlsIdentity mixed = tls_pair(-2h, 24h * 90);
    world.put_tls(mixed);
    CHECK(world.check().exit == 0);
    mixed.key = tls_pair(-2h, 3h).key;
    world.put_tls(mixed);
    world.expect(19, "do not belong together");
    world.put_tls({"no certificate", "no key"});
    world.expect(19, "the certificate cannot be read");

    world.put_tls(tls_pair(-2h, 24h * 7));
    const Finished soon = world.check();
    CHECK(soon.exit == 0);
    CHECK(soon.output.contains("warning  The certificate"));
}

TEST_CASE("check: a clock that is behind what the server itself has written", "[app][check]") {
    const Installed world;
    write_row(world.data, SystemClock{}.now() + 4min);
    CHECK(world.check().exit == 0);
    write_row(world.data, SystemClock{}.now() + 20min);
    world.expect(16, "Set the clock");

    Program forced{{"serve", "--config", world.config, "--accept-clock"}};
    CHECK(forced.line_with("started").contains("started"));
    forced.signal(SIGTERM);
    CHECK(forced.finish().exit == 0);
}

TEST_CASE("check: a database of a newer version is neither opened nor changed", "[app][check]") {
    const Installed world;
    const auto version_of = [&](std::optional<int> set) {
        auto pages = read_database_key(world.data, {});
        REQUIRE(pages);
        auto db = Database::open(world.data + "/samsyn-server.db", *pages);
        REQUIRE(db);
        if (set) REQUIRE(db->set_version(*set));
        return *db->version();
    };
    version_of(storage_version + 1);
    world.expect(17, "newer version of samsyn-server");
    CHECK(run({"status", "--data", world.data}).exit == 17);
    CHECK(version_of({}) == storage_version + 1);
}

TEST_CASE("check: a server that runs on the folder is no error, and is left alone",
          "[app][check]") {
    const Installed world;
    Program server{{"serve", "--config", world.config}};
    REQUIRE(server.line_with("started").contains("started"));
    const Finished checked = world.check();
    CAPTURE(checked.output);
    CHECK(checked.exit == 0);
    CHECK(checked.output.contains("A server runs on"));
    server.signal(SIGTERM);
    CHECK(server.finish().exit == 0);
}

TEST_CASE("check: root leaves another user's folder alone", "[app][check]") {
    if (::geteuid() != 0) {
        WARN("not root: not tried");
        return;
    }
    const Installed world;
    constexpr uid_t somebody = 65'534;
    for (const auto& file : fs::directory_iterator{world.data})
        REQUIRE(::chown(file.path().c_str(), somebody, somebody) == 0);
    REQUIRE(::chown(world.data.c_str(), somebody, somebody) == 0);
    world.expect(18, "Run this as that user: sudo -u ");
    CHECK(run({"status", "--data", world.data}).exit == 18);
}

TEST_CASE("check: a folder that may not be written, and one whose disk is full", "[app][check]") {
    const Installed world;
    const std::string program = SAMSYN_SERVER_PROGRAM;
    const std::string config = " --config " + world.config;
    const auto read_only = [&](const std::string& command) {
        return run_mounted("mount --bind " + world.data + " " + world.data +
                           " && mount -o remount,ro,bind " + world.data + " && exec " + program +
                           " " + command + config);
    };
    const auto checked = read_only("check");
    if (!checked) {
        WARN("this machine permits no mounts: not tried");
        return;
    }
    CAPTURE(checked->output);
    CHECK(checked->exit == 18);
    CHECK(checked->output.contains("mounted for reading alone"));
    CHECK(read_only("serve")->exit == 18);

    // 8 MiB: enough for the folder, too little to start on.
    const auto full = [&](const std::string& command) {
        return run_mounted("mkdir " + world.data + ".copy && cp -a " + world.data + "/. " +
                           world.data + ".copy && mount -t tmpfs -o size=8m,mode=0700 none " +
                           world.data + " && cp -a " + world.data + ".copy/. " + world.data +
                           " && rm -r " + world.data + ".copy && exec " + program + " " + command +
                           config);
    };
    for (const char* command : {"check", "serve"}) {
        const auto ended = full(command);
        CAPTURE(ended->output);
        CHECK(ended->exit == 12);
        CHECK(ended->output.contains("Make room"));
    }
    const auto made = run_mounted("mount -t tmpfs -o size=64k none /mnt && exec " + program +
                                  " init --data /mnt/data --founding " + world.founding);
    CAPTURE(made->output);
    CHECK(made->exit == 12);
}
