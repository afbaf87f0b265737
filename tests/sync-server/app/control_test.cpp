// The running server's ear for its administrator.

#include "sync-server/app/control_answers.hpp"
#include "tests/sync-server/app/backed_up.hpp"

#include <cstring>
#include <ctime>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>

using namespace samsyn;
using namespace samsyn::test;
using namespace std::chrono_literals;

namespace {

/// Lets this process open no further file.
class NoDescriptors {
public:
    NoDescriptors() {
        REQUIRE(::getrlimit(RLIMIT_NOFILE, &before_) == 0);
        rlimit none = before_;
        none.rlim_cur = 3;  // those that are open; and `poll` takes no more than that
        REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
    }

    NoDescriptors(const NoDescriptors&) = delete;
    NoDescriptors& operator=(const NoDescriptors&) = delete;

    ~NoDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

private:
    rlimit before_{};
};

std::chrono::nanoseconds cpu_time() {
    timespec spent{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
    return std::chrono::seconds{spent.tv_sec} + std::chrono::nanoseconds{spent.tv_nsec};
}

/// One who asks, with a socket that was made in time.
class Asker {
public:
    Asker() : socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) { REQUIRE(socket_ >= 0); }

    Asker(const Asker&) = delete;
    Asker& operator=(const Asker&) = delete;

    ~Asker() { ::close(socket_); }

    bool ask(const fs::path& path, std::string_view line) const {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, path.c_str(), path.string().size());
        const auto* generic = reinterpret_cast<const sockaddr*>(&address);
        return ::connect(socket_, generic, sizeof address) == 0 &&
               ::send(socket_, line.data(), line.size(), 0) == static_cast<ssize_t>(line.size());
    }

    bool is_answered(std::chrono::milliseconds within) const {
        pollfd ready{socket_, POLLIN, 0};
        return ::poll(&ready, 1, static_cast<int>(within.count())) == 1;
    }

    std::string answer() const {
        std::string text(4096, '\0');
        const ssize_t size = ::recv(socket_, text.data(), text.size(), 0);
        text.resize(static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
        return text;
    }

private:
    int socket_;
};

}  // namespace

TEST_CASE("control: while there are no descriptors it waits, and answers when there are",
          "[app][control]") {
    const TemporaryFolder folder;
    const auto answer = [](const nlohmann::ordered_json&, const ControlProgress&) {
        return Fallible<nlohmann::ordered_json>{nlohmann::ordered_json{{"heard", true}}};
    };
    const auto control = ControlSocket::open(folder.path(), answer);
    REQUIRE(control);
    const Asker asker;
    std::chrono::nanoseconds spent{};
    bool sent = false;
    bool answered = false;
    {
        const NoDescriptors none;
        const auto before = cpu_time();
        sent = asker.ask(folder / "control.sock", "{\"command\":\"x\"}\n");
        answered = asker.is_answered(500ms);
        spent = cpu_time() - before;
    }
    CHECK(sent);
    CHECK_FALSE(answered);
    CHECK(spent < 250ms);
    REQUIRE(asker.is_answered(20s));
    CHECK(asker.answer().contains("\"heard\":true"));
}

TEST_CASE("control: the socket is the server's user's alone, and bounds hold on it",
          "[app][control]") {
    const BackedUp world;
    Program server{{"serve", "--config", world.config}};
    REQUIRE(server.line_with("\"backed_up\"").contains("backed_up"));
    CHECK(mode(world.data + "/control.sock") == 0600);
    const std::string to = (world.folder / "more.backup").string();
    const auto ask = [&](const nlohmann::ordered_json& period) {
        const auto asked = ask_running_server(
            world.data,
            {{"command", "backup"}, {"to", to}, {"keys", world.keys}, {"period_ms", period}},
            {});
        REQUIRE(asked.has_value());
        return asked->has_value() ? ServerExit::ok : asked->error().exit;
    };
    CHECK(ask(backup_period_least.count() - 1) == ServerExit::usage);
    CHECK(ask(backup_period_most.count() + 1) == ServerExit::usage);
    CHECK(ask(-1) == ServerExit::usage);
    CHECK(ask("31d") == ServerExit::usage);
    CHECK_FALSE(fs::exists(to));
    CHECK(ask(static_cast<std::uint64_t>(backup_period_least.count())) == ServerExit::ok);
    CHECK(fs::exists(to));
    server.signal(SIGTERM);
    CHECK(server.finish().exit == 0);
}

TEST_CASE("backup: that the database was not told of it is said, and the backup is made",
          "[app][backup]") {
    const BackedUp world;
    auto pages = read_database_key(world.data, {});
    REQUIRE(pages);
    const auto storage = open_database(world.data, *pages, DatabaseMode::existing);
    REQUIRE(storage);
    const auto folder = open_data_folder(world.data);
    REQUIRE(folder);
    const fs::path to = world.folder / "one.backup";
    const AtRest until_made = [&](const std::function<void()>& task) {
        if (!fs::exists(to)) task();
        return !fs::exists(to);
    };
    const auto made =
        backup_answer({**storage, until_made, world.data, folder->federation, nullptr},
                      {to, world.keys, backup_period_least, SystemClock{}.now()},
                      {});
    REQUIRE(made);
    CHECK(fs::exists(to));
    CHECK((*made)["noted"] == false);
    CHECK((*made)["warning"].get<std::string>().contains("could not be told"));
}
