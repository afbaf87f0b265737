// samsyn-server as a program, backed up while it serves, killed and restored; and real devices over
// real sockets that give it back what the backup lacks.

#include "client-sdk/net/link.hpp"
#include "core/base/checked_text.hpp"
#include "core/base/codec.hpp"
#include "core/base/system_clock.hpp"
#include "core/wire/restore_request.hpp"
#include "core/wire/statement_codec.hpp"
#include "examples/support/process.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/founded.hpp"

#include <boost/asio/io_context.hpp>
#include <nlohmann/json.hpp>

#include <csignal>
#include <fstream>
#include <iterator>
#include <sys/stat.h>

using namespace samsyn;
using namespace std::chrono_literals;

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

std::string contents(const fs::path& file) {
    std::ifstream in{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

void put(const fs::path& file, const std::string& text) {
    std::ofstream{file, std::ios::binary} << text;
}

struct Ears final : Link::Listener {
    void on_live() override {}

    void on_synced() override { synced = true; }

    void on_changed() override {}

    void on_answered(const ClientSession::Answered&) override {}

    void on_closed(const Error& why) override { closed = why; }

    bool synced = false;
    std::optional<Error> closed;
};

struct ProgramWorld {
    ProgramWorld()
        : memory((static_cast<void>(must(start_sodium())), must(open_memory_storage()))),
          world(clock, *memory, "127.0.0.1:1") {
        Writer founding;
        must(memory->for_each(EntryKind::statement, [&](const LogEntry& entry) -> Result<void> {
            founding.blob(entry.bytes);
            return {};
        }));
        put(at("founding"), std::string{as_text(founding.view())});
        REQUIRE(run({"init", "--data", data(), "--founding", at("founding").string()}).exit_code ==
                0);
        put(data() + "/identity.key", to_hex(world.server_key().seed()) + "\n");  // stays 0600
        psychologist = world.enrol("Ylva Ek", world.team, Role::psychologist);
        worker = world.enrol("Åke Ström", world.team, Role::social_worker);
    }

    fs::path at(const std::string& name) const { return folder.path() / name; }

    std::string data() const { return at(data_name).string(); }

    static story::Finished run(const std::vector<std::string>& arguments) {
        return story::run(SAMSYN_SERVER_PROGRAM, arguments);
    }

    static json answer(std::vector<std::string> arguments) {
        arguments.emplace_back("--json");
        const auto finished = run(arguments);
        INFO(finished.err);
        REQUIRE(finished.exit_code == 0);
        return json::parse(finished.out);
    }

    void serve() {
        fs::remove(at("port"));
        server = std::make_unique<story::Background>(SAMSYN_SERVER_PROGRAM,
                                                     std::vector<std::string>{"serve",
                                                                              "--data",
                                                                              data(),
                                                                              "--listen",
                                                                              "127.0.0.1:0",
                                                                              "--port-file",
                                                                              at("port").string()},
                                                     at("server.log"));
        address = "127.0.0.1:" + std::to_string(std::stoul(story::await_file(at("port"), 20s)));
    }

    std::optional<Error> try_sync(Person& person) {
        boost::asio::io_context io{1};
        Ears ears;
        {
            const Link link{
                io, address, {*person.device, world.random(), world.verifier(), clock}, ears};
            for (int i = 0; i < 3000 && !ears.synced && !ears.closed; ++i) io.run_one_for(20ms);
        }
        io.run_for(2s);  // it closes in good form
        if (!ears.synced && !ears.closed) FAIL("neither synced nor closed");
        return ears.synced ? std::nullopt : ears.closed;
    }

    void sync(Person& person) {
        const auto why = try_sync(person);
        if (why) FAIL(person.name + ": " + to_string(*why));
    }

    ItemId note(const std::string& text) {
        NewItem item;
        item.case_id = family.case_id;
        item.type = ItemType::visit_note;
        item.about = {family.child};
        item.category = Category::social;
        item.fields = {{"text", Value{text}}};
        return must(psychologist->device->add_item(item));
    }

    std::string text_at(Person& reader, const ItemId& item) {
        const auto view = reader.device->item(item);
        return view ? view->text("text") : "-";
    }

    void start() {
        serve();
        sync(world.administrator());
        sync(*psychologist);
        family = open_family(*psychologist->device,
                             world.team,
                             std::vector<Participant>{{worker->user, world.team}},
                             clock.now());
        sync(*psychologist);
        sync(*worker);
    }

    std::vector<std::string> backup_command(const std::string& name) const {
        return {
            "backup", "--data", data(), "--to", at(name).string(), "--keys", at("keys").string()};
    }

    std::vector<std::string> restore_command(const std::string& name, const std::string& to) const {
        return {"restore",
                "--backup",
                at(name).string(),
                "--data",
                at(to).string(),
                "--keys",
                at("keys").string()};
    }

    /// What the root says of a restore, as the text that travels.
    std::string signed_by_root(const LogRestored& restored) {
        SigningKey& root = world.root_key();
        StatementHeader header;
        header.federation = world.federation();
        header.author =
            hash_to<DeviceId>(world.hasher(), Domain::device_id, {root.public_key().view()});
        header.counter = 200;
        header.previous = world.administrator().device->federation_heads();
        header.time = HybridTime::at(clock.now());
        return exported(sign_statement(header, restored, root, world.hasher()));
    }

    static std::string exported(const Statement& statement);

    story::TemporaryFolder folder;
    std::string data_name = "data";
    SystemClock clock;
    std::unique_ptr<Storage> memory;
    Founded4 world;
    std::unique_ptr<story::Background> server;
    std::string address;
    std::unique_ptr<Person> psychologist, worker;
    Family family;
};

std::string ProgramWorld::exported(const Statement& statement) {
    return to_checked_text("samsyn1-statement-", encode_statement(statement));
}

}  // namespace

TEST_CASE(
    "samsyn-server: backed up while it serves, killed, restored; nothing acknowledged is lost",
    "[app][backup][scenario]") {
    ProgramWorld scene;
    scene.start();
    const ItemId first = scene.note("före");
    scene.sync(*scene.psychologist);

    // While the backup is made, work goes on.
    {
        story::Background backup{
            SAMSYN_SERVER_PROGRAM, scene.backup_command("one.backup"), scene.at("backup.log")};
        (void)scene.note("under tiden");
        scene.sync(*scene.psychologist);
        REQUIRE(backup.wait(60s) == 0);
    }
    struct stat facts{};

    REQUIRE(::stat(scene.at("one.backup").c_str(), &facts) == 0);
    CHECK((facts.st_mode & 0777U) == 0600U);
    const json running = ProgramWorld::answer({"status", "--data", scene.data()});
    CHECK(running["running"] == true);
    CHECK(running["backed_up_rows"].get<std::uint64_t>() > 0);
    CHECK(ProgramWorld::answer({"verify", "--data", scene.data()})["batches"] ==
          running["batches"]);
    CHECK_FALSE(ProgramWorld::answer({"log", "--data", scene.data()})["rows"].empty());
    CHECK(ProgramWorld::run(scene.backup_command("one.backup")).exit_code == 4);

    const ItemId last = scene.note("sist, och bekräftat");
    scene.sync(*scene.psychologist);  // the worker never hears of it
    const json before = ProgramWorld::answer({"status", "--data", scene.data()});

    scene.server->signal(SIGKILL);
    (void)scene.server->wait(10s);
    fs::remove_all(scene.data());

    const json restored = ProgramWorld::answer(scene.restore_command("one.backup", "restored"));
    scene.data_name = "restored";
    const std::vector<std::string> serve{
        "serve", "--data", scene.data(), "--listen", "127.0.0.1:0"};
    const auto refused = ProgramWorld::run(serve);
    CHECK(refused.exit_code == 30);
    CHECK(refused.err.find("restore-confirm") != std::string::npos);
    const RestoreRequest request =
        must(restore_request_from_text(restored["request"].get<std::string>()));
    const std::vector<std::string> confirm{
        "restore-confirm", "--data", scene.data(), "--statement", scene.at("signed").string()};
    LogRestored yesterday = request.restored;
    yesterday.new_incarnation = random_id<Incarnation>(scene.world.random());
    put(scene.at("signed"), scene.signed_by_root(yesterday) + "\n");
    CHECK(ProgramWorld::run(confirm).exit_code == 30);
    CHECK(ProgramWorld::run(serve).exit_code == 30);
    put(scene.at("signed"), scene.signed_by_root(request.restored) + "\n");
    CHECK(ProgramWorld::run(confirm).exit_code == 0);
    CHECK(ProgramWorld::run(confirm).exit_code == 2);

    scene.serve();
    const json lacking = ProgramWorld::answer({"status", "--data", scene.data()});
    CHECK(lacking["batches"].get<int>() < before["batches"].get<int>());
    scene.sync(scene.world.administrator());
    scene.sync(*scene.psychologist);
    scene.sync(*scene.worker);
    CHECK(scene.text_at(*scene.worker, first) == "före");
    CHECK(scene.text_at(*scene.worker, last) == "sist, och bekräftat");
    const json whole = ProgramWorld::answer({"verify", "--data", scene.data()});
    CHECK(whole["batches"].get<int>() >= before["batches"].get<int>());
    CHECK(whole["statements"].get<int>() > before["statements"].get<int>());  // and the restore

    // In good order: the socket is gone, and the commands open the file themselves.
    scene.server->signal(SIGTERM);
    CHECK(scene.server->wait(20s) == 0);
    CHECK_FALSE(fs::exists(scene.data() + "/control.sock"));
    CHECK(ProgramWorld::answer({"status", "--data", scene.data()})["running"] == false);
    CHECK(ProgramWorld::answer({"verify", "--data", scene.data()}) == whole);
}

// Attack: a backup that somebody worked on.
TEST_CASE("samsyn-server: a doctored backup is not restored", "[app][backup][attack]") {
    ProgramWorld scene;
    scene.start();
    REQUIRE(ProgramWorld::run(scene.backup_command("one.backup")).exit_code == 0);
    (void)scene.note("i den andra");
    scene.sync(*scene.psychologist);
    REQUIRE(ProgramWorld::run(scene.backup_command("two.backup")).exit_code == 0);
    const std::string one = contents(scene.at("one.backup"));
    const std::string two = contents(scene.at("two.backup"));
    const auto refuses = [&](const std::string& bytes) {
        put(scene.at("bad.backup"), bytes);
        const auto finished = ProgramWorld::run(scene.restore_command("bad.backup", "never"));
        INFO(finished.err);
        CHECK((finished.exit_code == 31 || finished.exit_code == 32));
        CHECK_FALSE(fs::exists(scene.at("never")));
    };
    // The head: magic 16, length 4, then so many bytes; behind it the database with its length.
    const auto byte = [&](const std::string& in, std::size_t i) {
        return static_cast<std::size_t>(static_cast<unsigned char>(in[i]));
    };
    const auto head_size = [&](const std::string& in) {
        return 20 + (byte(in, 16) << 24U) + (byte(in, 17) << 16U) + (byte(in, 18) << 8U) +
               byte(in, 19);
    };
    const std::size_t head = head_size(one);
    for (const std::size_t place : {std::size_t{3},
                                    std::size_t{18},
                                    std::size_t{30},
                                    std::size_t{60},
                                    std::size_t{120},
                                    head - 40,
                                    head + 3,
                                    head + 8 + 100,
                                    head + 8 + 5 * 4096 + 17,
                                    one.size() - 4096 - 60,
                                    one.size() - 60}) {
        CAPTURE(place);
        std::string flipped = one;
        flipped[place] = static_cast<char>(flipped[place] ^ 0x10);
        refuses(flipped);
    }
    refuses(one.substr(0, one.size() - 1));
    refuses(one.substr(0, head + 4096));
    refuses(one.substr(0, 10));
    refuses(one + "x");
    refuses("");
    refuses(two.substr(0, head_size(two)) + one.substr(head));  // another's manifest
    refuses(one.substr(0, head) + two.substr(head_size(two)));

    // Without the month's key it is nothing but noise.
    fs::rename(scene.at("keys"), scene.at("keys.gone"));
    CHECK(ProgramWorld::run(scene.restore_command("one.backup", "never")).exit_code == 32);
    fs::rename(scene.at("keys.gone"), scene.at("keys"));
    for (const auto& key : fs::directory_iterator{scene.at("keys")}) {
        fs::permissions(key.path(), fs::perms{0644});
        CHECK(ProgramWorld::run(scene.restore_command("one.backup", "never")).exit_code == 5);
        put(key.path(), std::string(64, '1') + "\n");
        fs::permissions(key.path(), fs::perms{0600});
        CHECK(ProgramWorld::run(scene.restore_command("one.backup", "never")).exit_code == 32);
    }
}

namespace {

/// "2026-01" gives "2025-12".
std::string month_before(const std::string& month) {
    const int number = std::stoi(month.substr(0, 4)) * 12 + std::stoi(month.substr(5)) - 2;
    const std::string of_year = std::to_string(number % 12 + 1);
    return std::to_string(number / 12) + (of_year.size() == 1 ? "-0" : "-") + of_year;
}

}  // namespace

TEST_CASE("samsyn-server: keys of months that are over are destroyed, and it says so",
          "[app][backup]") {
    ProgramWorld scene;
    fs::create_directory(scene.at("keys"));
    for (const char* const month : {"2020-01", "2020-02"}) {
        put(scene.at("keys") / (std::string{month} + ".key"), std::string(64, 'a') + "\n");
        fs::permissions(scene.at("keys") / (std::string{month} + ".key"), fs::perms{0600});
    }
    put(scene.at("keys") / "notes.txt", "not a key");
    // No backup in the month before: the clock may have jumped, and nothing is destroyed.
    const json first = ProgramWorld::answer(scene.backup_command("first.backup"));
    CHECK(first["destroyed_keys"].empty());
    const auto before = month_before(first["key"].get<std::string>()) + ".key";
    put(scene.at("keys") / before, std::string(64, 'a') + "\n");
    fs::permissions(scene.at("keys") / before, fs::perms{0600});
    const json made = ProgramWorld::answer(scene.backup_command("one.backup"));
    CHECK(made["destroyed_keys"] == json::array({"2020-01", "2020-02"}));
    CHECK_FALSE(fs::exists(scene.at("keys") / "2020-01.key"));
    CHECK(fs::exists(scene.at("keys") / "notes.txt"));
    CHECK(fs::exists(scene.at("keys") / (made["key"].get<std::string>() + ".key")));
    const json again = ProgramWorld::answer(scene.backup_command("two.backup"));
    CHECK(again["destroyed_keys"].empty());
    CHECK(again["key"] == made["key"]);
    const json looked = ProgramWorld::answer({"verify",
                                              "--data",
                                              scene.data(),
                                              "--backup",
                                              scene.at("two.backup").string(),
                                              "--keys",
                                              scene.at("keys").string()});
    CHECK(looked["statements"] == again["statements"]);
}
