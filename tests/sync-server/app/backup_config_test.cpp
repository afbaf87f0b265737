// What the configuration says of backups, obeyed by the commands and by a server that runs.

#include "sync-server/app/backup_schedule.hpp"
#include "tests/sync-server/app/backed_up.hpp"
#include "tests/sync-server/net/raw_client.hpp"

#include <arpa/inet.h>
#include <future>
#include <netinet/in.h>
#include <sys/socket.h>

using namespace samsyn;
using namespace samsyn::test;
using namespace std::chrono_literals;

namespace {

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

Instant date(int year, unsigned month, unsigned day) {
    return std::chrono::sys_days{std::chrono::year{year} / std::chrono::month{month} /
                                 std::chrono::day{day}};
}

/// Files that a schedule has asked for.
class Asked {
public:
    BackupSchedule::Make make(bool works = true) {
        return [this, works](const fs::path& file) -> Fallible<BackupSaid> {
            files_.push_back(file.filename());
            if (!told_) asked_.set_value();
            told_ = true;
            if (!works) return give_up(ServerExit::disk, "The disk is full.");
            return BackupSaid{"done", "but late"};
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

TEST_CASE("BackupSchedule: what did not go as it should is told beside the backup",
          "[app][backup]") {
    const TemporaryFolder folder;
    const SystemClock clock;
    std::promise<std::string> told;
    auto words = told.get_future();
    Asked asked;
    BackupSchedule schedule{{folder.path(), 24h}, asked.make(), clock, [&](const LogEvent& event) {
                                if (event.event == "backup_warning") told.set_value(event.why);
                            }};
    REQUIRE(words.wait_for(20s) == std::future_status::ready);
    CHECK(words.get() == "but late");
    schedule.stop();
}

TEST_CASE("backup: a backup is named by its time", "[app][backup]") {
    CHECK(backup_name(date(2026, 3, 4) + 5h + 6min + 7s) == "samsyn-2026-03-04T050607Z.backup");
}
