// A running server: a renewed TLS pair, what the service manager is told, and how it stops.

#include "tests/sync-server/app/server_program.hpp"
#include "tests/sync-server/app/tls_pairs.hpp"
#include "tests/sync-server/net/raw_client.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <sstream>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>

using namespace samsyn;
using namespace samsyn::test;
using namespace std::chrono_literals;

namespace {

/// As a renewal does it: each file complete at once.
void put(const std::string& file, const std::string& text) {
    const std::string fresh = file + ".fresh";
    std::ofstream{fresh, std::ios::binary} << text;
    fs::permissions(fresh, fs::perms{0600});
    fs::rename(fresh, file);
}

/// A server on a free port, with its pair outside its folder.
struct Served : World {
    explicit Served(const std::string& more = {}, std::vector<std::string> variables = {}) {
        REQUIRE(init().exit == 0);
        renew(first);
        std::ofstream{config} << "[server]\ndata = \"" << data << "\"\nlisten = [\"127.0.0.1:0\"]\n"
                              << "port_file = \"" << port_file << "\"\n[tls]\ncertificate = \""
                              << certificate << "\"\nkey = \"" << key << "\"\n"
                              << more;
        program.emplace(std::vector<std::string>{"serve", "--config", config},
                        std::move(variables));
        REQUIRE(program->line_with("\"started\"").contains("started"));
    }

    void renew(const TlsIdentity& pair) const {
        put(certificate, pair.certificate);
        put(key, pair.key);
    }

    std::uint16_t port() const { return static_cast<std::uint16_t>(std::stoul(read(port_file))); }

    /// What a newcomer is shown.
    Bytes shown() const {
        RawClient client{port()};
        REQUIRE(client.start_tls());
        return client.certificate();
    }

    TlsIdentity first = tls_pair(-1h, 24h * 90);
    std::string certificate = (folder / "fullchain.pem").string();
    std::string key = (folder / "privkey.pem").string();
    std::string config = (folder / "server.toml").string();
    std::optional<Program> program;
};

/// Gives a folder with all in it to a user who owns nothing else.
bool give_away(const fs::path& folder) {
    constexpr uid_t somebody = 65'534;
    if (::chown(folder.c_str(), somebody, somebody) != 0) return false;
    for (const auto& file : fs::recursive_directory_iterator{folder})
        REQUIRE(::chown(file.path().c_str(), somebody, somebody) == 0);
    return true;
}

bool answers_ping(RawClient& client) {
    if (!client.send_frame(RawClient::ping, as_bytes("there?"))) return false;
    const auto frame = client.receive_frame();
    return frame && frame->opcode == RawClient::pong;
}

}  // namespace

TEST_CASE("serve: a renewed pair is taken at SIGHUP; who is connected notices nothing",
          "[app][tls]") {
    Served world;
    RawClient early{world.port()};
    REQUIRE(early.start_tls());
    REQUIRE(early.upgrade() == 101);
    const Bytes before = early.certificate();
    REQUIRE_FALSE(before.empty());

    world.renew(tls_pair(-1h, 24h * 180));
    CHECK(world.shown() == before);  // not looked at yet
    world.program->signal(SIGHUP);
    CHECK(world.program->line_with("tls_").contains("\"tls_renewed\""));
    const Bytes after = world.shown();
    CHECK(after != before);
    CHECK(answers_ping(early));
    world.program->signal(SIGTERM);
    CHECK(world.program->finish().exit == 0);
}

TEST_CASE("serve: a pair that is no good is refused, and the old one stays", "[app][tls]") {
    Served world;
    const Bytes before = world.shown();
    const auto refused = [&](const std::string& words) {
        world.program->signal(SIGHUP);
        const std::string line = world.program->line_with("tls_");
        CAPTURE(line, words);
        CHECK(line.contains("\"tls_refused\""));
        CHECK(line.contains(words));
        CHECK(world.shown() == before);
    };
    put(world.certificate, tls_pair(-1h, 1h).certificate);  // half of a renewal
    refused("do not belong together");
    world.renew({"-----BEGIN CERTIFICATE-----\nAAAA\n", world.first.key});
    refused("the certificate cannot be read");
    world.renew(tls_pair(-2h, -1h));
    refused("has expired");
    const TlsIdentity good = tls_pair(-1h, 24h * 180);
    world.renew(good);
    fs::permissions(world.key, fs::perms{0644});
    refused("can be read by others");
    fs::remove(world.certificate);
    refused("can be read by others");
    fs::permissions(world.key, fs::perms{0600});
    refused("is missing");

    world.renew(good);
    world.program->signal(SIGHUP);
    CHECK(world.program->line_with("tls_").contains("\"tls_renewed\""));
    CHECK(world.shown() != before);
}

TEST_CASE("serve: a renewed pair is found without a signal", "[app][tls]") {
    Served world{"look_every = \"1s\"\n"};
    const Bytes before = world.shown();
    world.renew(tls_pair(-1h, 24h * 180));
    CHECK(world.program->line_with("tls_renewed").contains("valid until"));
    CHECK(world.shown() != before);
}

TEST_CASE("serve: a pair that ends soon is warned of", "[app][tls]") {
    Served world;
    world.renew(tls_pair(-1h, 24h * 3));
    world.program->signal(SIGHUP);
    CHECK(world.program->line_with("certificate_expires").contains("certificate_expires"));
}

TEST_CASE("serve: the service manager is told when it is ready and when it stops", "[app]") {
    const TemporaryFolder folder;
    const std::string name = (folder / "notify").string();
    const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::ranges::copy(name, address.sun_path);
    REQUIRE(::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    const auto heard = [&] {
        std::array<char, 64> text{};
        const ssize_t size = ::recv(socket, text.data(), text.size(), MSG_DONTWAIT);
        return std::string{text.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
    };
    Served world{{}, {"NOTIFY_SOCKET=" + name}};
    world.program->signal(SIGTERM);
    CHECK(world.program->finish().exit == 0);
    CHECK(heard() == "READY=1");
    CHECK(heard() == "STOPPING=1");
    CHECK(heard().empty());
    ::close(socket);
}

TEST_CASE("serve: its memory reaches no disk, and nobody of its own user may look into it",
          "[app]") {
    rlimit cores{};
    REQUIRE(::getrlimit(RLIMIT_CORE, &cores) == 0);
    if (cores.rlim_max == 0) WARN("this machine permits no core dumps anyway");
    const rlimit before = cores;
    cores.rlim_cur = cores.rlim_max;
    REQUIRE(::setrlimit(RLIMIT_CORE, &cores) == 0);
    const World world;
    REQUIRE(world.init().exit == 0);
    std::vector<std::string> arguments = world.serve();
    std::string program = SAMSYN_SERVER_PROGRAM;
    // Root's processes look alike, whether they may be dumped or not: somebody else's is looked at.
    const bool is_root = ::geteuid() == 0;
    const bool as_somebody = is_root && give_away(world.folder.path());
    if (as_somebody) {
        arguments.insert(arguments.begin(),
                         {"--reuid=65534", "--regid=65534", "--clear-groups", program});
        program = "/usr/bin/setpriv";
    }
    Program server{std::move(arguments), {}, program};
    ::setrlimit(RLIMIT_CORE, &before);
    REQUIRE(server.line_with("\"started\"").contains("started"));
    std::istringstream limits{server.told_by_kernel("limits")};
    std::string line;
    while (std::getline(limits, line) && !line.starts_with("Max core file size")) {
    }
    std::istringstream numbers{line.substr(std::min<std::size_t>(line.size(), 18))};
    std::string soft;
    std::string hard;
    numbers >> soft >> hard;
    CHECK(soft == "0");
    CHECK(hard == "0");
    if (is_root && !as_somebody)
        WARN("nobody else can run it: whether it may be traced was not tried");
    else
        CHECK(server.owner_by_kernel() == 0);  // the kernel's word for: not to be dumped or traced
    server.signal(SIGTERM);
    CHECK(server.finish().exit == 0);
}

TEST_CASE("serve: while it drains it serves as before; a second signal ends that", "[app]") {
    Served world{"[log]\nlevel = \"info\"\n", {"SAMSYN_SERVER_SERVER_DRAIN=10min"}};
    world.program->signal(SIGTERM);
    REQUIRE(world.program->line_with("\"stopping\"").contains("stopping"));
    {
        RawClient client{world.port()};
        REQUIRE(client.start_tls());
        CHECK(client.ask("GET /health HTTP/1.1\r\nHost: x\r\n\r\n").ends_with("ok"));
        RawClient balancer{world.port()};
        REQUIRE(balancer.start_tls());
        CHECK(balancer.ask("GET /ready HTTP/1.1\r\nHost: x\r\n\r\n").contains(" 503 "));
    }
    world.program->signal(SIGTERM);
    const Finished ended = world.program->finish();
    CHECK(ended.exit == 0);
    CHECK(ended.output.contains("\"stopped\""));
}

TEST_CASE("serve: several addresses, each served", "[app]") {
    const World world;
    REQUIRE(world.init().exit == 0);
    Program program{world.serve("127.0.0.1:0,127.0.0.1:0")};
    std::set<int> ports;
    for (int i = 0; i < 2; ++i) {
        const std::string line = program.line_with("listens on");
        const int port = std::stoi(line.substr(line.rfind(':') + 1));
        ports.insert(port);
        RawClient client{static_cast<std::uint16_t>(port)};
        REQUIRE(client.start_tls());
        CHECK(client.ask("GET /health HTTP/1.1\r\nHost: x\r\n\r\n").ends_with("ok"));
    }
    CHECK(ports.size() == 2);
}
