// What the configuration says of backups, obeyed by the commands and by a server that runs.

#include "sync-server/app/backup_schedule.hpp"
#include "sync-server/app/month_keys.hpp"
#include "tests/sync-server/app/server_program.hpp"
#include "tests/sync-server/net/raw_client.hpp"

#include <arpa/inet.h>
#include <future>
#include <netinet/in.h>
#include <sys/socket.h>

using namespace samsyn;
using namespace samsyn::test;
using namespace std::chrono_literals;

namespace {

/// A server's folder, and a configuration with a place for backups and one for their keys.
struct BackedUp : World {
    explicit BackedUp(const std::string& more = {}) {
        REQUIRE(init().exit == 0);
        fs::create_directory(backups);
        configure(config, data, more);
    }

    void configure(const std::string& file, const std::string& of, const std::string& more) const {
        std::ofstream{file} << "[server]\ndata = \"" << of << "\"\nlisten = [\"127.0.0.1:0\"]\n"
                            << "[backup]\nfolder = \"" << backups << "\"\nkeys = \"" << keys
                            << "\"\n"
                            << more;
    }

    Finished with_config(const std::string& command, std::vector<std::string> more = {}) const {
        std::vector<std::string> arguments{command, "--config", config};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return run(std::move(arguments));
    }

    std::vector<std::string> files(const std::string& in) const {
        std::vector<std::string> found;
        for (const auto& file : fs::directory_iterator{in}) found.push_back(file.path());
        return found;
    }

    std::string backups = (folder / "backups").string();
    std::string keys = (folder / "keys").string();
    std::string config = (folder / "server.toml").string();
};

/// A port that nobody had a moment ago.
std::uint16_t free_port() {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    REQUIRE(::bind(socket, generic, size) == 0);
    REQUIRE(::getsockname(socket, generic, &size) == 0);
    ::close(socket);
    return ntohs(address.sin_port);
}

std::string metrics_of(std::uint16_t port) {
    return RawClient{port}.ask_plain("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
}

std::string last_month() {
    const std::chrono::year_month_day today{
        std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now())};
    const auto month = today.year() / today.month() - std::chrono::months{1};
    const auto number = static_cast<unsigned>(month.month());
    return std::to_string(static_cast<int>(month.year())) + (number < 10 ? "-0" : "-") +
           std::to_string(number);
}

void write_key(const std::string& folder, const std::string& month) {
    const std::string file = folder + "/" + month + ".key";
    std::ofstream{file} << std::string(64, 'a') << "\n";
    fs::permissions(file, fs::perms{0600});
}

Instant date(int year, unsigned month, unsigned day) {
    return std::chrono::sys_days{std::chrono::year{year} / std::chrono::month{month} /
                                 std::chrono::day{day}};
}

/// Files that a schedule has asked for.
class Asked {
public:
    BackupSchedule::Make make(bool works = true) {
        return [this, works](const fs::path& file) -> Fallible<std::string> {
            files_.push_back(file.filename());
            if (!told_) asked_.set_value();
            told_ = true;
            if (!works) return give_up(ServerExit::disk, "The disk is full.");
            return "done";
        };
    }

    void wait() { asked_.get_future().get(); }

    const std::vector<std::string>& files() const { return files_; }

private:
    std::promise<void> asked_;
    bool told_ = false;
    std::vector<std::string> files_;
};

}  // namespace

TEST_CASE("backup: the commands take folder, keys and period from the configuration",
          "[app][backup]") {
    const BackedUp world{"period = \"31d\"\n"};
    fs::create_directory(world.keys);
    write_key(world.keys, "2020-01");
    // A key of last month: without one the clock may have jumped, and nothing is destroyed.
    write_key(world.keys, last_month());
    const Finished made = world.with_config("backup");
    CAPTURE(made.output);
    REQUIRE(made.exit == 0);
    CHECK(made.output.contains("destruction complete: what was backed up in 2020-01"));
    const auto files = world.files(world.backups);
    REQUIRE(files.size() == 1);
    CHECK_FALSE(fs::exists(world.keys + "/2020-01.key"));
    CHECK_FALSE(fs::exists(world.data + "/backup-keys"));

    for (const char* command : {"verify", "log", "status"}) {
        const Finished finished = world.with_config(command);
        CAPTURE(command, finished.output);
        CHECK(finished.exit == 0);
    }
    CHECK(world.with_config("verify", {"--backup", files.front()}).exit == 0);
    CHECK(run({"status"}).exit == 2);
    CHECK(run({"backup", "--data", world.data}).exit == 2);  // where to?
    CHECK(world.with_config("status", {"--data", world.data + "-other"}).exit == 3);
}

TEST_CASE("backup: a server that never served is not restored, and nothing is left",
          "[app][backup]") {
    const BackedUp world;
    REQUIRE(world.with_config("backup").exit == 0);
    const std::string again = (world.folder / "again").string();
    const Finished finished = world.with_config(
        "restore", {"--data", again, "--backup", world.files(world.backups).front()});
    CHECK(finished.exit == 31);
    CHECK_FALSE(fs::exists(again));
}

TEST_CASE("backup: a restored database's key goes where the configuration wants it",
          "[app][backup]") {
    const BackedUp world;
    Program server{{"serve", "--config", world.config}};
    REQUIRE(server.line_with("\"backed_up\"").contains("backed_up"));
    server.signal(SIGTERM);
    REQUIRE(server.finish().exit == 0);

    const std::string again = (world.folder / "again").string();
    const std::string key = (world.folder / "elsewhere.key").string();
    const std::string config = (world.folder / "again.toml").string();
    world.configure(config, again, "[database]\nkey = \"" + key + "\"\n");
    const std::vector<std::string> restore{
        "restore", "--config", config, "--backup", world.files(world.backups).front()};
    std::ofstream{key} << "an old one";
    CHECK(run(restore).exit == 4);
    CHECK(read(key) == "an old one");
    CHECK_FALSE(fs::exists(again));
    fs::remove(key);
    const Finished restored = run(restore);
    CAPTURE(restored.output);
    REQUIRE(restored.exit == 0);
    CHECK(mode(key) == 0600);
    CHECK_FALSE(fs::exists(again + "/database.key"));
    CHECK(run({"status", "--config", config}).exit == 0);
    CHECK(run({"serve", "--config", config}).exit == 30);
}

TEST_CASE("backup: a running server makes its own, sound, and tells when the last was made",
          "[app][backup]") {
    const std::uint16_t port = free_port();
    const BackedUp world{"[metrics]\nlisten = \"127.0.0.1:" + std::to_string(port) + "\"\n"};
    {
        Program server{{"serve", "--config", world.config}};
        const std::string line = server.line_with("backed_up");
        CHECK(line.contains("opens with the key of 20"));
        CHECK(metrics_of(port).contains("\nsamsyn_last_backup_seconds "));
        const auto files = world.files(world.backups);
        REQUIRE(files.size() == 1);
        CHECK(fs::path{files.front()}.filename().string().starts_with("samsyn-20"));
        CHECK(world.with_config("verify", {"--backup", files.front()}).exit == 0);
        server.signal(SIGTERM);
        CHECK(server.finish().exit == 0);
    }
    // Started again within the day it needs none, and knows of the one that is there.
    Program server{{"serve", "--config", world.config}};
    REQUIRE(server.line_with("\"started\"").contains("started"));
    REQUIRE(run({"status", "--config", world.config}).exit == 0);
    CHECK(metrics_of(port).contains("\nsamsyn_last_backup_seconds "));
    server.signal(SIGTERM);
    const Finished ended = server.finish();
    CHECK(ended.exit == 0);
    CHECK_FALSE(ended.output.contains("backed_up"));
    CHECK(world.files(world.backups).size() == 1);
}

TEST_CASE("backup: where it cannot be made the server serves on and says so", "[app][backup]") {
    const BackedUp world;
    fs::remove(world.backups);
    const Finished checked = world.with_config("check");
    CHECK(checked.exit == 0);
    CHECK(checked.output.contains("which is no folder"));
    Program server{{"serve", "--config", world.config}};
    CHECK(server.line_with("backup_failed").contains("No folder can be made beside"));
    CHECK(world.with_config("status").exit == 0);
    server.signal(SIGTERM);
    CHECK(server.finish().exit == 0);
}

TEST_CASE("backup: keys beside the backups, and backups beside the server, are refused",
          "[app][backup]") {
    const BackedUp world;
    for (const auto& [folder, keys] : std::vector<std::pair<std::string, std::string>>{
             {world.backups, world.backups + "/keys"},
             {world.backups, world.backups + "/../backups"},
             {world.data + "/backups", world.keys}}) {
        CAPTURE(folder, keys);
        const Finished checked =
            run({"check", "--config", world.config},
                {"SAMSYN_SERVER_BACKUP_FOLDER=" + folder, "SAMSYN_SERVER_BACKUP_KEYS=" + keys});
        CHECK(checked.exit == 14);
        CHECK(checked.output.contains("must not lie in"));
    }
}

TEST_CASE("BackupSchedule: the next is due when the newest is old enough, whatever else lies there",
          "[app][backup]") {
    const TemporaryFolder folder;
    const SystemClock clock;
    const auto log = [](const LogEvent&) {};
    const auto asked_for = [&](std::chrono::milliseconds every) {
        Asked asked;
        BackupSchedule schedule{{folder.path(), every}, asked.make(), clock, log};
        if (every <= 1h) asked.wait();
        schedule.stop();
        return asked.files().size();
    };
    std::ofstream{folder / "notes.txt"} << "no backup";
    CHECK(asked_for(1h) == 1);
    const fs::path old = folder.path() / backup_name(clock.now() - 3h);
    std::ofstream{old} << "x";
    fs::last_write_time(old, fs::file_time_type::clock::now() - 3h);
    CHECK(asked_for(1h) == 1);
    CHECK(asked_for(24h) == 0);
    // A clock that was wrong does not keep the next one away for years.
    fs::last_write_time(old, fs::file_time_type::clock::now() + 24h * 365);
    CHECK(asked_for(1h) == 1);
}

TEST_CASE("BackupSchedule: one that fails is told and does not end the schedule", "[app][backup]") {
    const TemporaryFolder folder;
    const SystemClock clock;
    std::promise<std::string> told;
    Asked asked;
    const BackupSchedule schedule{
        {folder.path(), 24h}, asked.make(false), clock, [&](const LogEvent& event) {
            told.set_value(std::string{event.event} + ": " + event.why);
        }};
    CHECK(told.get_future().get() == "backup_failed: The disk is full.");
}

TEST_CASE("backup: a backup is named by its time", "[app][backup]") {
    CHECK(backup_name(date(2026, 3, 4) + 5h + 6min + 7s) == "samsyn-2026-03-04T050607Z.backup");
}

TEST_CASE("month keys: a key lives to the end of its period after its month, and no longer",
          "[app][backup]") {
    REQUIRE(start_sodium());
    const TemporaryFolder folder;
    for (const char* month : {"2025-12", "2026-01", "2026-02"}) write_key(folder.path(), month);
    const auto destroyed = [&](Instant now) {
        const auto months = destroy_month_keys(folder.path(), now, 24h * 31);
        REQUIRE(months);
        return *months;
    };
    const std::vector<std::string> none;
    CHECK(destroyed(date(2026, 2, 1) - 1ms) == none);
    CHECK(destroyed(date(2026, 2, 1)) == std::vector<std::string>{"2025-12"});
    CHECK_FALSE(fs::exists(folder / "2025-12.key"));
    CHECK(destroyed(date(2026, 3, 4) - 1ms) == none);
    CHECK(destroyed(date(2026, 3, 4)) == std::vector<std::string>{"2026-01"});
    CHECK(fs::exists(folder / "2026-02.key"));
}
