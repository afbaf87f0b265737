#include "examples/support/family.hpp"
#include "examples/support/process.hpp"
#include "examples/support/relay.hpp"
#include "examples/support/search.hpp"
#include "examples/support/tablet.hpp"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>

// One day with Samsyn, told step by step: a server and six tablets, each a real process with a
// folder of its own. Usage: story_home_visit --bin BUILD_FOLDER [--seed N]

namespace story {
namespace {

using namespace std::chrono_literals;

void tell(const std::string& text) {
    std::printf("  %s\n", text.c_str());
    std::fflush(stdout);
}

void chapter(int number, const std::string& title) {
    std::printf("\n\033[1m%d. %s\033[0m\n", number, title.c_str());
    std::fflush(stdout);
}

/// The story's own promises: a broken one ends it with what was expected.
void expect(bool held, const std::string& what) {
    if (!held) throw std::runtime_error("the story expected: " + what);
}

class Day {
public:
    Day(Programs programs, std::uint64_t seed)
        : programs_(std::move(programs)),
          family_(invent_family(seed)) {}

    void tell_all() {
        found();
        open_case();
        home_visit();
        settle();
        withdraw();
        kill_server();
        search_server();
    }

private:
    // --- the steps ---------------------------------------------------------------------------
    void found();
    void open_case();
    void write_for_the_units();
    void home_visit();
    void settle();
    void withdraw();
    void kill_server();
    void search_server();

    // --- what they need ----------------------------------------------------------------------
    std::filesystem::path folder(const std::string& name) const { return temporary_.path() / name; }

    void start_server(const std::string& listen);
    Tablet& enrol(const std::string& person,
                  const std::string& role,
                  const std::string& role_key,
                  const std::string& unit,
                  const std::string& address_note);
    void sync_all() const;
    void table() const;
    void consent_of(const std::string& guardian);
    void confirm_pending(const Tablet& tablet) const;
    std::size_t items_of(const Tablet& tablet, const std::string& unit) const;

    Programs programs_;
    InventedFamily family_;
    TemporaryFolder temporary_;
    std::uint16_t server_port_ = 0;
    std::string server_key_;
    std::optional<Background> server_;
    std::unique_ptr<Relay> relay_;
    std::vector<std::unique_ptr<Tablet>> everybody_;
    std::unique_ptr<Tablet> admin_;
    Tablet* psychologist_ = nullptr;
    Tablet* social_worker_ = nullptr;
    Tablet* counsellor_ = nullptr;
    Tablet* officer_ = nullptr;
    Tablet* psychiatrist_ = nullptr;
    std::string case_;
    std::string goal_;
};

constexpr const char* team = "Familjesamverkansteamet";
constexpr const char* school = "Elevhälsan Lindeskolan";
constexpr const char* social = "Socialtjänsten Lindesberg";
constexpr const char* clinic = "BUP Lindesberg";

void Day::start_server(const std::string& listen) {
    const auto port_file = folder("port");
    std::filesystem::remove(port_file);
    server_.emplace(programs_.server,
                    std::vector<std::string>{"serve",
                                             "--data",
                                             folder("server").string(),
                                             "--listen",
                                             listen,
                                             "--port-file",
                                             port_file.string(),
                                             "--record-frames",
                                             folder("frames").string()},
                    folder("server.log"));
    server_port_ = static_cast<std::uint16_t>(std::stoul(await_file(port_file, 20s)));
}

void Day::sync_all() const {
    for (const auto& tablet : everybody_) tablet->sync();
}

void Day::table() const {
    std::vector<const Tablet*> tablets;
    for (const auto& tablet : everybody_) tablets.push_back(tablet.get());
    print_who_reads(tablets, case_);
}

Tablet& Day::enrol(const std::string& person,
                   const std::string& role,
                   const std::string& role_key,
                   const std::string& unit,
                   const std::string& address_note) {
    (void)admin_->run({"admin", "user", "add", person, "--unit", unit, "--role", role_key});
    const json invited = admin_->run({"admin", "invite", person});
    auto tablet = std::make_unique<Tablet>(programs_, folder(role), person, role);
    const json answer = tablet->run({"enrol", invited.at("invitation")});
    (void)admin_->run({"admin", "accept", answer.at("answer")});
    tell(person + " (" + role + ", " + unit + ") has a tablet" + address_note + ".");
    everybody_.push_back(std::move(tablet));
    return *everybody_.back();
}

void Day::found() {
    chapter(1, "A federation is founded and five tablets are enrolled");
    admin_ = std::make_unique<Tablet>(
        programs_, folder("administrator"), "administratören", "administrator");
    (void)admin_->run({"admin",
                       "found",
                       "--name",
                       "Norra Örebro län",
                       "--organisation",
                       "Nora",
                       "--organisation",
                       "Lindesberg",
                       "--organisation",
                       "Hällefors",
                       "--organisation",
                       "Ljusnarsberg",
                       "--organisation",
                       "Region Örebro län",
                       "--out",
                       folder("founding.samsyn").string()});
    const Finished init = run(programs_.server,
                              {"init",
                               "--data",
                               folder("server").string(),
                               "--founding",
                               folder("founding.samsyn").string(),
                               "--json"});
    expect(init.exit_code == 0, "samsyn-server init works: " + init.err);
    server_key_ = json::parse(init.out).at("server_key");
    start_server("127.0.0.1:0");
    relay_ = std::make_unique<Relay>(server_port_);
    tell("Norra Örebro län: Nora, Lindesberg, Hällefors, Ljusnarsberg and Region Örebro län.");
    tell("samsyn-server listens on 127.0.0.1:" + std::to_string(server_port_) +
         " (TLS); the tablets reach it through a network that can be cut.");

    (void)admin_->run({"admin",
                       "certify-server",
                       "--address",
                       "127.0.0.1:" + std::to_string(relay_->port()),
                       "--key",
                       server_key_});
    (void)admin_->run({"admin", "unit", "add", team, "--organisation", "Nora", "--regime", "team"});
    (void)admin_->run({"admin",
                       "unit",
                       "add",
                       school,
                       "--organisation",
                       "Lindesberg",
                       "--regime",
                       "school_pupil_health"});
    (void)admin_->run(
        {"admin", "unit", "add", social, "--organisation", "Lindesberg", "--regime", "social"});
    (void)admin_->run({"admin",
                       "unit",
                       "add",
                       clinic,
                       "--organisation",
                       "Region Örebro län",
                       "--regime",
                       "health"});
    psychologist_ = &enrol("Astrid Psykolog", "psychologist", "psychologist", team, "");
    social_worker_ = &enrol("Bo Socionom", "social worker", "social_worker", team, "");
    counsellor_ = &enrol("Cecilia Kurator", "counsellor", "school_counsellor", school, "");
    officer_ = &enrol("David Handläggare", "officer", "case_officer", social, "");
    psychiatrist_ = &enrol("Elin Barnpsykiater", "psychiatrist", "child_psychiatrist", clinic, "");
    admin_->sync();
    sync_all();
    table();
}

void Day::consent_of(const std::string& guardian) {
    (void)psychologist_->run({"consent",
                              "record",
                              case_,
                              "--grantor",
                              guardian,
                              "--about",
                              family_.child,
                              "--from",
                              team,
                              "--from",
                              school,
                              "--from",
                              social,
                              "--from",
                              clinic,
                              "--to",
                              team,
                              "--to",
                              school,
                              "--to",
                              social,
                              "--to",
                              clinic,
                              "--category",
                              "plan",
                              "--category",
                              "parenting",
                              "--category",
                              "contact",
                              "--category",
                              "attendance",
                              "--category",
                              "social",
                              "--category",
                              "health",
                              "--action",
                              "read",
                              "--action",
                              "contribute",
                              "--action",
                              "show_in_meeting",
                              "--action",
                              "keep_offline",
                              "--until",
                              "2027-06-30",
                              "--form",
                              "written",
                              "--evidence",
                              guardian + " skrev under vid mötet hemma."});
}

void Day::confirm_pending(const Tablet& tablet) const {
    const json pending = tablet.run({"consent", "pending", case_}).at("consents");
    for (const json& one : pending) (void)tablet.run({"consent", "confirm", case_, one.at("id")});
}

void Day::write_for_the_units() {
    (void)psychologist_->run({"plan",
                              "add",
                              case_,
                              "--about",
                              family_.child,
                              "--goal",
                              family_.goal,
                              "--need",
                              "Lugna morgnar"});
    (void)psychologist_->run({"note",
                              "add",
                              case_,
                              "--about",
                              family_.mother,
                              "--text",
                              family_.mother + " vill ha stöd av farmor."});
    (void)counsellor_->run({"observation",
                            "add",
                            case_,
                            "--about",
                            family_.child,
                            "--category",
                            "attendance",
                            "--text",
                            family_.attendance});
    (void)officer_->run({"observation",
                         "add",
                         case_,
                         "--about",
                         family_.child,
                         "--category",
                         "social",
                         "--text",
                         family_.social});
    (void)psychiatrist_->run({"observation",
                              "add",
                              case_,
                              "--about",
                              family_.child,
                              "--category",
                              "health",
                              "--text",
                              family_.health});
}

void Day::open_case() {
    chapter(2, "The team opens a case; first one guardian consents, then both");
    case_ = psychologist_->run({"case", "open", "Familjen " + family_.surname}).at("case").at("id");
    for (const std::string& person :
         {family_.child, family_.sibling, family_.mother, family_.father})
        (void)psychologist_->run({"person", "add", case_, person});
    for (const std::string& child : {family_.child, family_.sibling})
        (void)psychologist_->run({"custody",
                                  case_,
                                  "--child",
                                  child,
                                  "--guardian",
                                  family_.mother,
                                  "--guardian",
                                  family_.father,
                                  "--born",
                                  family_.birth_date});
    for (const auto& tablet : everybody_)
        if (tablet.get() != psychologist_)
            (void)psychologist_->run({"participant", "add", case_, tablet->person()});
    tell("Familjen " + family_.surname + ": " + family_.child + " and " + family_.sibling +
         ", in the custody of " + family_.mother + " and " + family_.father + ".");
    psychologist_->sync();
    sync_all();

    const json persons = psychologist_->run({"case", "show", case_}).at("persons");
    for (const json& person :
         persons)  // the units know the child already; here by its id in the case
        if (person.at("name") == family_.child)
            tell("The units write what is theirs about " + family_.child + ".");
    std::string child_id;
    for (const json& person : persons)
        if (person.at("name") == family_.child) child_id = person.at("id");
    const std::string child_name = std::exchange(family_.child, child_id);
    write_for_the_units();
    family_.child = child_name;
    sync_all();

    consent_of(family_.mother);
    tell(family_.mother + " consents; " + family_.father + " has not been asked yet.");
    psychologist_->sync();
    sync_all();
    for (const auto& tablet : everybody_) confirm_pending(*tablet);
    sync_all();
    sync_all();
    table();
    for (const Tablet* outside : {counsellor_, psychiatrist_}) {
        expect(items_of(*outside, team) == 0, outside->person() + " reads nothing of the team");
        const json readers = outside->run({"readers", case_});
        bool told = false;
        for (const json& row : readers.at("compartments"))
            told = told || row.dump().find("consent_missing") != std::string::npos;
        tell(outside->person() + " reads nothing of the others" +
             (told ? ", and is told that a consent is missing." : "."));
    }

    consent_of(family_.father);
    tell(family_.father + " consents too; each disclosing unit confirms with one tap.");
    psychologist_->sync();
    sync_all();
    for (const auto& tablet : everybody_) confirm_pending(*tablet);
    for (int round = 0; round < 3; ++round) sync_all();
    table();
    expect(items_of(*counsellor_, team) > 0 && items_of(*psychiatrist_, team) > 0,
           "school and region read the team's plan");
    expect(items_of(*psychologist_, school) > 0 && items_of(*psychologist_, clinic) > 0,
           "the team reads school and region");
}

std::size_t Day::items_of(const Tablet& tablet, const std::string& unit) const {
    std::size_t count = 0;
    for (const auto& [compartment, items] : opened(tablet, case_))
        if (compartment.starts_with(unit)) count += items;
    return count;
}

void Day::home_visit() {
    chapter(3, "The psychologist's tablet loses the network; she visits the family");
    relay_->cut();
    const json error = psychologist_->refused({"sync"});
    tell("samsyn sync: " + error.value("message", std::string{}) + ". " +
         error.value("hint", std::string{}));
    for (const json& item : psychologist_->run({"list", case_}).at("items"))
        if (item.at("type") == "plan_goal") goal_ = item.at("id");
    expect(!goal_.empty(), "the plan can be read offline");
    tell(
        "She reads the plan offline, writes a visit note, promises something, and changes two "
        "fields of the goal.");
    (void)psychologist_->run(
        {"note", "add", case_, "--about", family_.child, "--text", family_.visit_note});
    (void)psychologist_->run({"commitment",
                              "add",
                              case_,
                              "--about",
                              family_.child,
                              "--what",
                              family_.commitment,
                              "--owner",
                              psychologist_->person(),
                              "--due",
                              "2026-12-15"});
    (void)psychologist_->run(
        {"set", goal_, "goal=" + family_.goal_home, "action=Gemensam morgonrutin"});
    const json status = psychologist_->run({"status"});
    tell("samsyn status: " + std::to_string(status.at("unsent_changes").get<int>()) +
         " changes wait to be sent, since " + status.at("unsent_since").get<std::string>() + ".");

    tell("Meanwhile in the office the social worker changes one of the same fields.");
    (void)social_worker_->run({"set", goal_, "goal=" + family_.goal_office});
}

void Day::settle() {
    chapter(4, "The network is back: both sides converge, one conflict is shown and settled");
    relay_->mend();
    social_worker_->sync();
    psychologist_->sync();
    social_worker_->sync();
    const json conflicts = social_worker_->run({"conflicts"}).at("items");
    expect(conflicts.size() == 1, "exactly one conflict");
    for (const json& field : conflicts.at(0).at("fields")) {
        if (!field.at("conflict")) continue;
        tell("samsyn conflicts: \"" + field.at("title").get<std::string>() + "\" has " +
             std::to_string(field.at("values").size()) + " values:");
        for (const json& value : field.at("values"))
            tell("    " + value.at("shown").get<std::string>() + "  (" +
                 value.at("writer").value("name", std::string{}) + ", " +
                 value.at("written_at").get<std::string>() + ")");
        expect(field.at("values").size() == 2, "both values are kept");
    }
    (void)social_worker_->run({"settle", goal_, "goal", "--keep", "1"});
    tell(social_worker_->person() + " keeps the first; it is settled once, for everybody.");
    for (int round = 0; round < 2; ++round) sync_all();
    expect(psychologist_->run({"conflicts"}).at("items").empty(),
           "the conflict is settled everywhere");
    table();
}

void Day::withdraw() {
    chapter(5, "The guardians withdraw the consent for the region");
    const std::size_t before = items_of(*psychiatrist_, clinic);
    for (const std::string& guardian : {family_.mother, family_.father})
        (void)psychologist_->run({"consent",
                                  "withdraw",
                                  case_,
                                  "--decider",
                                  guardian,
                                  "--about",
                                  family_.child,
                                  "--from",
                                  team,
                                  "--from",
                                  school,
                                  "--from",
                                  social,
                                  "--to",
                                  clinic});
    psychologist_->sync();
    (void)psychologist_->run({"set", goal_, "action=Skolskjuts från januari"});
    for (int round = 0; round < 2; ++round) sync_all();
    table();
    expect(items_of(*psychiatrist_, team) == 0 && items_of(*psychiatrist_, school) == 0,
           "the psychiatrist's tablet has lost what the consent covered");
    expect(items_of(*psychiatrist_, clinic) == before, "and nothing else");
    expect(items_of(*counsellor_, team) > 0, "the school goes on");
    tell(
        "The psychiatrist's tablet has lost exactly that. A new key began with the withdrawal; "
        "nobody waited for an administrator.");
}

void Day::kill_server() {
    chapter(6, "The server is killed in the middle of a push, and started again");
    constexpr int notes = 300;
    for (int i = 0; i < notes; ++i) {
        std::string text = "Dagbok " + std::to_string(i) + ":";
        for (int word = 0; word < 120; ++word)
            text += " " + std::to_string((i * 7919 + word * 104729) % 99991);
        (void)psychologist_->run({"note", "add", case_, "--about", family_.child, "--text", text});
    }
    const auto stored_size = [&] {
        std::uintmax_t size = 0;
        for (const auto& file : files_below({folder("server")}))
            size += std::filesystem::file_size(file);
        return size;
    };
    const auto size_before = stored_size();
    Background syncing{
        programs_.samsyn, {"--data", psychologist_->folder().string(), "sync"}, folder("sync.log")};
    const auto give_up = std::chrono::steady_clock::now() + 20s;
    while (stored_size() < size_before + 40'000 && std::chrono::steady_clock::now() < give_up) {
    }
    server_->signal(SIGKILL);
    (void)server_->wait(10s);
    (void)syncing.wait(30s);
    const int unsent = psychologist_->run({"status"}).at("unsent_changes");
    tell("Killed with -9: " + std::to_string(notes - unsent) + " of " + std::to_string(notes) +
         " notes were acknowledged, " + std::to_string(unsent) + " wait on the tablet.");
    start_server("127.0.0.1:" + std::to_string(server_port_));
    for (int round = 0; round < 2; ++round) {
        psychologist_->sync();
        social_worker_->sync();
    }
    std::multiset<std::string> seen;
    for (const json& item : social_worker_->run({"list", case_}).at("items"))
        for (const json& field : item.at("fields"))
            if (field.at("key") == "text")
                for (const json& value : field.at("values")) {
                    const std::string text = value.at("shown");
                    if (text.starts_with("Dagbok ")) seen.insert(text.substr(0, text.find(':')));
                }
    expect(seen.size() == notes,
           "the colleague has all " + std::to_string(notes) + " notes, not " +
               std::to_string(seen.size()));
    expect(std::set<std::string>(seen.begin(), seen.end()).size() == notes, "no note is doubled");
    tell("The colleague has all " + std::to_string(notes) + ", each once.");
}

void Day::search_server() {
    chapter(7, "What somebody finds who steals the server");
    for (const auto& tablet : everybody_) tablet->stop();
    admin_->stop();
    server_->signal(SIGTERM);
    expect(server_->wait(20s) == 0, "the server stops in good order");

    const auto planted = folder("server") / "planted";
    std::ofstream{planted} << "en rad med " << family_.visit_note << " i klartext\n";
    expect(!search({planted}, {family_.visit_note}).empty(), "the search finds a planted text");
    std::filesystem::remove(planted);
    tell("The search finds a text planted in the server's folder.");

    std::vector<std::filesystem::path> files = files_below({folder("server")});
    files.push_back(folder("frames"));
    files.push_back(folder("server.log"));
    std::uintmax_t bytes = 0;
    for (const auto& file : files) bytes += std::filesystem::file_size(file);
    const auto hits = search(files, family_.secrets());
    for (const Hit& hit : hits)
        tell("FOUND " + hit.text + " as " + hit.form + " in " + hit.file.filename().string());
    expect(hits.empty(), "nothing of the family is on the server");
    tell("Nothing of the family in its database, log and " +
         std::to_string(std::filesystem::file_size(folder("frames")) / 1024) +
         " KiB of frames inside TLS (" + std::to_string(bytes / 1024) +
         " KiB searched as UTF-8, UTF-16, base64, hex, and inside zstd).");
}

}  // namespace
}  // namespace story

int main(int argc, char** argv) {
    std::filesystem::path bin;
    std::uint64_t seed = 1;
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string option = argv[i];
        if (option == "--bin") bin = argv[i + 1];
        if (option == "--seed") seed = std::strtoull(argv[i + 1], nullptr, 10);
    }
    if (bin.empty()) {
        std::fprintf(stderr, "usage: story_home_visit --bin BUILD_FOLDER [--seed N]\n");
        return 2;
    }
    std::printf("An invented family, seed %llu. Every step runs the real programs.\n",
                static_cast<unsigned long long>(seed));
    try {
        story::Day{{bin / "client-sdk" / "samsyn", bin / "sync-server" / "samsyn-server"}, seed}
            .tell_all();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "\nThe day went wrong: %s\n", error.what());
        return 1;
    }
    std::printf("\nThe day is over: seven steps, all as promised (seed %llu).\n",
                static_cast<unsigned long long>(seed));
    return 0;
}
