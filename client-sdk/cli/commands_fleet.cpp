// The devices of an organisation, least trusted first, and what waits for a second person.

#include "client-sdk/agent/agent_client.hpp"
#include "client-sdk/agent/operations.hpp"
#include "client-sdk/cli/command.hpp"

namespace samsyn {

namespace {

using nlohmann::json;

/// What a warning means for whoever reads the list, and what to do about it.
struct WarningWords {
    std::string_view key;
    std::string_view en;  ///< in the column
    std::string_view sv;
    std::string_view do_en;  ///< at the top, after the number of devices; empty: only in the column
    std::string_view do_sv;
};

constexpr WarningWords warning_words[] = {
    {"revoked_not_emptied",
     "REVOKED, NOT EMPTY",
     "SPÄRRAD, INTE TÖMD",
     "revoked and have not answered that their keys are gone. Look for them.",
     "är spärrade och har inte svarat att nycklarna är borta. Leta efter dem."},
    {"lost",
     "LOST",
     "FÖRLORAD",
     "lost. Found: samsyn admin device found ID. Not found: samsyn admin device wipe ID, then "
     "revoke ID.",
     "är förlorade. Hittad: samsyn admin device found ID. Inte hittad: samsyn admin device wipe "
     "ID, sedan revoke ID."},
    {"wipe_unanswered",
     "WIPE NOT ANSWERED",
     "RADERING EJ BESVARAD",
     "ordered to wipe themselves and have not answered.",
     "har fått order att radera sig och har inte svarat."},
    {"user_left",
     "its user has left",
     "användaren har slutat",
     "of somebody who has left. Take them in, then wipe and revoke them.",
     "hör till någon som har slutat. Samla in dem, radera och spärra dem."},
    {"purges_unconfirmed",
     "purges not confirmed",
     "radering ej bekräftad",
     "not confirmed that they have removed what they may no longer read.",
     "har inte bekräftat att de har tagit bort det som de inte längre får läsa."},
    {"lease_over",
     "shows nothing: no contact",
     "visar inget: ingen kontakt",
     "had no contact for so long that they show nothing. Let them connect.",
     "har inte haft kontakt på så länge att de inte visar något. Låt dem ansluta."},
    {"certificate_ended",
     "certificate ended",
     "certifikatet slut",
     "cannot connect: their certificate has ended. samsyn admin device renew ID",
     "kan inte ansluta: certifikatet har gått ut. samsyn admin device renew ID"},
    {"certificate_ending",
     "certificate ends soon",
     "certifikatet går snart ut",
     "have a certificate that ends soon. Those in use are renewed when this machine synchronises.",
     "har ett certifikat som snart går ut. De som används förnyas när den här datorn synkar."},
    {"long_silent", "silent", "tyst", "", ""},
    {"old_version",
     "old version",
     "gammal version",
     "run an older program than this machine.",
     "kör ett äldre program än den här datorn."},
    {"unsent_work",
     "unsent work",
     "osänt arbete",
     "hold work that is older than a day and has not been sent.",
     "har arbete äldre än ett dygn som inte har skickats."},
    {"waits_for_keys", "waits for keys", "väntar på nycklar", "", ""},
    {"doubtful_report", "doubtful report", "tvivelaktig rapport", "", ""},
    {"never_seen", "never connected", "aldrig ansluten", "", ""},
};

const WarningWords* find_warning(std::string_view key) {
    for (const WarningWords& words : warning_words)
        if (words.key == key) return &words;
    return nullptr;
}

std::string warning_text(const Session& session, const json& key) {
    const std::string word = key.is_string() ? key.get<std::string>() : std::string{};
    const WarningWords* const words = find_warning(word);
    return words == nullptr ? word : session.say(words->en, words->sv);
}

std::string warnings_cell(const Session& session, const json& row) {
    std::string text;
    for (const json& key : row.value("warnings", json::array()))
        text.append(text.empty() ? "" : ", ").append(warning_text(session, key));
    if (row.value("retired", false)) return session.say("revoked, empty", "spärrad, tömd");
    return text;
}

/// What matters, before the table that nobody reads to its end.
void print_fleet_warnings(const Session& session, const json& fleet) {
    for (const json& row : fleet.value("warnings", json::array())) {
        const WarningWords* const words = find_warning(text_in(row, "warning"));
        if (words == nullptr || words->do_en.empty()) continue;
        const std::size_t count = row.value("devices", std::size_t{0});
        print("! " + std::to_string(count) +
              (count == 1 ? session.say(" device: ", " enhet: ")
                          : session.say(" devices: ", " enheter: ")) +
              session.say(words->do_en, words->do_sv) + "\n");
    }
}

std::string unsent_cell(const json& row) {
    const json report = row.value("report", json{});
    return report.is_object() ? text_in(report, "unsent") : "?";
}

void print_fleet_table(const Session& session, const json& fleet, bool all) {
    Table table{{session.say("device", "enhet"),
                 session.say("name", "namn"),
                 session.say("user", "användare"),
                 session.say("last contact", "senaste kontakt"),
                 session.say("version", "version"),
                 session.say("unsent", "osänt"),
                 session.say("purges", "raderingar"),
                 session.say("shows until", "visar till"),
                 session.say("certificate", "certifikat"),
                 ""}};
    std::size_t hidden = 0;
    for (const json& row : fleet.value("devices", json::array())) {
        if (row.value("retired", false) && !all) {
            ++hidden;
            continue;
        }
        const json report = row.value("report", json{});
        table.add({short_id(text_in(row, "id")),
                   text_in(row, "name"),
                   name_in(row, "user"),
                   local_time_in(row, "last_contact"),
                   text_in(report, "version"),
                   unsent_cell(row),
                   text_in(row, "unconfirmed"),
                   local_time_in(row, "lease_ends"),
                   local_time_in(row, "certificate_ends"),
                   warnings_cell(session, row)});
    }
    print(table.to_string());
    if (hidden > 0)
        print(std::to_string(hidden) + session.say(" revoked and empty; --all shows them.\n",
                                                   " spärrade och tömda; --all visar dem.\n"));
}

void print_fleet(const Session& session, const json& fleet, bool all) {
    const std::string asked = local_time_in(fleet, "asked_at");
    print(escaped(name_in(fleet, "organisation")) + "  " +
          (asked.empty() ? session.say("(the server was never asked)", "(servern är aldrig frågad)")
                         : session.say("as of ", "läget ") + asked) +
          "\n");
    if (fleet.value("refused", false))
        print(session.say("The server says that this machine is no administrator's there.\n",
                          "Servern säger att den här datorn inte är administratörs där.\n"));
    print_fleet_warnings(session, fleet);
    print_fleet_table(session, fleet, all);
    print("\n");
}

/// Asks the server where there is one; else shows what it last said, and from when that is.
int show_fleet(const Session& session, const json& args) {
    auto agent = AgentClient::connect(session.data);
    if (!agent) return show_error(session, agent.error());
    json wanted = json::object();
    if (args.contains("organisation")) wanted["organisation"] = args["organisation"];
    json offline;
    if (!args.value("offline", false)) {
        json asked;
        if (const int code = ask(session, *agent, "fleet.ask", wanted, asked)) return code;
        const auto synced = agent->call("sync");
        if (!synced) return show_error(session, error_to_json(synced.error()));
        if (!synced->value("ok", false)) offline = synced->value("error", json::object());
    }
    json result;
    if (const int code = ask(session, *agent, "fleet.list", wanted, result)) return code;
    if (session.json) {
        result["offline"] = offline;
        show_json(result);
        return exit_ok;
    }
    if (offline.is_object())
        print(session.say("The server was not reached: ", "Servern nåddes inte: ") +
              escaped(local_in(session, offline, "hint")) + "\n");
    if (const auto acts = result.value("waiting_acts", std::size_t{0}); acts > 0)
        print("! " + std::to_string(acts) +
              session.say(" waiting for a second person: samsyn admin waiting\n",
                          " väntar på en andra person: samsyn admin waiting\n"));
    for (const json& fleet : result.value("fleets", json::array()))
        print_fleet(session, fleet, args.value("all", false));
    return exit_ok;
}

// --- Two persons ---------------------------------------------------------------------------------

struct KindWords {
    std::string_view key;
    std::string_view en;
    std::string_view sv;
};

constexpr KindWords kind_words[] = {
    {"administrator_certified", "a new administrator", "en ny administratör"},
    {"user_certified", "a role", "en roll"},
    {"device_certified", "one more device", "en enhet till"},
    {"recovery_key_certified", "a recovery key", "en återställningsnyckel"},
    {"recovery_used", "use of the recovery key", "användning av återställningsnyckeln"},
    {"log_restored", "a restored server", "en återställd server"},
};

/// Who confirms a recovery key compares this with the printed pages: another key could be in the
/// hands of one person alone.
std::string recovery_text(const Session& session, const json& row) {
    std::string text;
    if (row.contains("generation"))
        text += ", " + session.say("number ", "nummer ") +
                std::to_string(row.value("generation", std::uint32_t{0}));
    if (row.contains("key"))
        text += ", " + std::to_string(row.value("needed", 0U)) + session.say(" of ", " av ") +
                std::to_string(row.value("shares", 0U)) + session.say(", key ", ", nyckel ") +
                text_in(row, "key");
    if (row.contains("until"))
        text += session.say(", until ", ", till ") + local_time_in(row, "until");
    return text;
}

std::string act_text(const Session& session, const json& row) {
    const std::string kind = text_in(row, "kind");
    std::string text = kind;
    for (const KindWords& words : kind_words)
        if (words.key == kind) text = session.say(words.en, words.sv);
    for (const char* const key : {"role", "device_kind"})
        if (const std::string word = text_in(row, key); !word.empty()) text += ", " + word;
    for (const char* const key : {"user", "unit", "organisation"})
        if (const std::string name = name_in(row, key); !name.empty()) text += ", " + name;
    if (const std::string device = text_in(row, "device"); !device.empty())
        text += ", " + short_id(device);
    return text + recovery_text(session, row);
}

std::string act_state(const Session& session, const json& row) {
    if (row.value("over", false))
        return session.say("too late: say it again", "för sent: gör om det");
    if (row.value("confirmable", false)) return session.say("you may confirm", "du får bekräfta");
    return session.say("somebody else confirms", "någon annan bekräftar");
}

void print_waiting(const Session& session, const json& result) {
    const json list = result.value("waiting", json::array());
    if (list.empty()) {
        print(session.say("Nothing waits for a second person.\n",
                          "Inget väntar på en andra person.\n"));
        return;
    }
    Table table{{"",
                 "id",
                 session.say("what", "vad"),
                 session.say("by", "av"),
                 session.say("until", "till"),
                 ""}};
    std::size_t number = 0;
    for (const json& row : list)
        table.add({std::to_string(++number),
                   short_id(text_in(row, "id")),
                   act_text(session, row),
                   name_in(row, "author"),
                   local_time_in(row, "deadline"),
                   act_state(session, row)});
    print(table.to_string());
}

void print_second_confirmed(const Session& session, const json& result) {
    print(session.say("Confirmed: ", "Bekräftade: ") +
          escaped(act_text(session, result.value("confirmed", json::object()))) + "\n" +
          session.say("Run `samsyn sync`. Without a network: samsyn admin export ",
                      "Kör `samsyn sync`. Utan nät: samsyn admin export ") +
          text_in(result, "statement") + "\n");
}

void print_exported(const Session&, const json& result) {
    print(text_in(result, "text") + "\n");
}

void print_imported(const Session& session, const json& result) {
    print(session.say("Taken over.\n", "Övertaget.\n"));
    const json act = result.value("waiting", json{});
    if (!act.is_object()) return;
    print(session.say("It waits for a second person: ", "Det väntar på en andra person: ") +
          escaped(act_text(session, act)) + "\n" +
          session.say("Ask by telephone, then: samsyn confirm ",
                      "Fråga per telefon, sedan: samsyn confirm ") +
          short_id(text_in(act, "id")) + "\n");
}

void add_confirm(CLI::App& parent, Session& session, const std::string& example) {
    Command confirm{parent,
                    session,
                    "confirm",
                    "Confirms, as the second person, what somebody else has done.",
                    example};
    confirm.text("statement", "statement", "Its number in the list, or the beginning of its id")
        .runs([&session](const json& args) {
            return args.contains("statement")
                       ? perform(session, "admin.confirm", args, &print_second_confirmed)
                       : perform(session, "admin.waiting", json::object(), &print_waiting);
        });
}

}  // namespace

void add_fleet_commands(CLI::App& admin, Session& session) {
    Command{admin,
            session,
            "devices",
            "Lists the devices, least trusted first, with what to look at on top.",
            "samsyn admin devices --organisation Nora"}
        .text("--organisation", "organisation", "Name, or the beginning of the id (default: all)")
        .flag("--all", "all", "Also those that are revoked and empty")
        .flag("--offline", "offline", "What the server last said, without asking it")
        .runs([&session](const json& args) { return show_fleet(session, args); });
    Command{
        admin, session, "waiting", "Lists what waits for a second person.", "samsyn admin waiting"}
        .asks("admin.waiting", &print_waiting);
    add_confirm(admin, session, "samsyn admin confirm 1");
    Command{admin,
            session,
            "export",
            "Shows a statement as text, for a second person without a network.",
            "samsyn admin export 1"}
        .needs("statement", "statement", "Its number in `waiting`, or an id")
        .asks("admin.export", &print_exported);
    Command{admin,
            session,
            "import",
            "Takes over a statement that was exported elsewhere.",
            "samsyn admin import samsyn1-statement-..."}
        .needs("statement", "statement", "The text; - reads standard input")
        .asks("admin.import", &print_imported);
}

void add_confirm_command(CLI::App& app, Session& session) {
    add_confirm(app, session, "samsyn confirm 1");
}

}  // namespace samsyn
