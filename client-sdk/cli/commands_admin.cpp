#include "client-sdk/agent/agent_client.hpp"
#include "client-sdk/cli/command.hpp"

namespace samsyn {

namespace {

using nlohmann::json;

void print_unit(const Session& session, const json& result) {
    print(session.say("Added unit ", "La till enheten ") + escaped(name_in(result, "unit")) + "  " +
          short_id(text_in(result["unit"], "id")) + "\n");
}

void print_user(const Session& session, const json& result) {
    print(session.say("Added user ", "La till användaren ") + escaped(name_in(result, "user")) +
          "  " + short_id(text_in(result["user"], "id")) + "\n");
    print_second_hint(session, result);
}

void print_organisation(const Session& session, const json& result) {
    print(escaped(name_in(result, "organisation")) +
          session.say(" has its name.\n", " har fått sitt namn.\n"));
}

void print_revoked(const Session& session, const json& result) {
    print(session.say("Revoked device ", "Spärrade enheten ") +
          short_id(text_in(result, "device")) + "\n");
}

void print_order_on_its_way(const Session& session) {
    print(
        session.say("Run `samsyn sync` so that it reaches the server, and from there the device.\n",
                    "Kör `samsyn sync` så att det når servern, och därifrån enheten.\n"));
}

void print_locked(const Session& session, const json& result) {
    print(session.say("Ordered to lock: device ", "Beordrad att låsa: enheten ") +
          short_id(text_in(result, "device")) + "\n");
    print_order_on_its_way(session);
}

void print_wiped(const Session& session, const json& result) {
    print(session.say("Ordered to wipe itself: device ", "Beordrad att radera sig: enheten ") +
          short_id(text_in(result, "device")) + "\n");
    if (result.value("discard_unsent", false))
        print(session.say("What it has not sent is given up.\n",
                          "Det som den inte har skickat ges upp.\n"));
    else
        print(
            session.say("Unsent work is kept: unlocked, the device sends it first; locked, it "
                        "keeps it sealed.\n",
                        "Osänt arbete bevaras: olåst skickar enheten det först; låst behåller "
                        "den det förseglat.\n"));
    print(session.say("It is not revoked by this: samsyn admin device revoke ",
                      "Den spärras inte av detta: samsyn admin device revoke ") +
          short_id(text_in(result, "device")) + "\n");
    print_order_on_its_way(session);
}

void print_restored(const Session& session, const json& result) {
    print(session.say("You say that the server was restored from the backup of ",
                      "Du intygar att servern återställdes från säkerhetskopian av ") +
          local_time_in(result, "backed_up") +
          session.say(". What was sent to it after that, the devices send again.\n",
                      ". Det som skickades dit efter det skickar enheterna igen.\n"));
    print(text_in(result, "text") + "\n");
    print(
        session.say("Keep this text for the server. It counts once an administrator of another "
                    "organisation has confirmed it: samsyn admin confirm.\n",
                    "Behåll texten till servern. Den gäller när en administratör i en annan "
                    "organisation har bekräftat den: samsyn admin confirm.\n"));
}

void add_device_order_commands(CLI::App& admin, Session& session) {
    CLI::App& devices =
        group(admin, "device", "Devices: names, lost and found, orders, certificates.");
    Command{devices,
            session,
            "lock",
            "Orders a device to lock at once.",
            "samsyn admin device lock 1a2b3c4d"}
        .needs("device", "device", "The beginning of its id")
        .asks("admin.device.lock", &print_locked);
    Command{devices,
            session,
            "wipe",
            "Orders a device to destroy its keys, then its data.",
            "samsyn admin device wipe 1a2b3c4d"}
        .needs("device", "device", "The beginning of its id")
        .flag("--discard-unsent", "discard_unsent", "Give up what it has not sent, for ever")
        .asks("admin.device.wipe", &print_wiped);
    Command{devices,
            session,
            "revoke",
            "Revokes a device: it reads nothing any more.",
            "samsyn admin device revoke 1a2b3c4d"}
        .needs("device", "device", "The beginning of its id")
        .asks("admin.device.revoke", &print_revoked);
    add_device_life_commands(devices, session);
}

std::string devices_text(const Session& session, const json& devices) {
    Table table{{session.say("device", "enhet"),
                 session.say("user", "användare"),
                 session.say("kind", "sort"),
                 ""}};
    for (const json& row : devices)
        table.add(
            {short_id(text_in(row, "id")),
             text_in(row["user"], "name").empty() && !text_in(row, "name").empty()
                 ? text_in(row, "name")
                 : name_in(row, "user"),
             text_in(row, "kind"),
             row.value("revoked", false) ? session.say("revoked", "spärrad") : std::string{}});
    return table.to_string();
}

std::string everything_text(const Session& session, const json& all) {
    Table organisations{{"id", session.say("organisation", "organisation")}};
    for (const json& row : all["organisations"])
        organisations.add({short_id(text_in(row, "id")), text_in(row, "name")});
    Table units{{"id",
                 session.say("organisation", "organisation"),
                 session.say("unit", "enhet"),
                 session.say("secrecy", "sekretess")}};
    for (const json& row : all["units"])
        units.add({short_id(text_in(row, "id")),
                   text_in(row, "organisation"),
                   text_in(row, "name"),
                   text_in(row, "regime")});
    Table users{{"id",
                 session.say("user", "användare"),
                 session.say("role", "roll"),
                 session.say("units", "enheter")}};
    for (const json& row : all["users"])
        users.add({short_id(text_in(row, "id")),
                   text_in(row, "name"),
                   text_in(row, "role"),
                   names_in(row, "units")});
    return organisations.to_string() + "\n" + units.to_string() + "\n" + users.to_string() + "\n" +
           devices_text(session, all["devices"]);
}

int list_everything(const Session& session) {
    auto agent = AgentClient::connect(session.data);
    if (!agent) return show_error(session, agent.error());
    json all = json::object();
    for (const char* const what : {"organisations", "units", "users", "devices"}) {
        json result;
        if (const int code = ask(session, *agent, what, json::object(), result)) return code;
        all[what] = result[what];
    }
    if (session.json)
        show_json(all);
    else
        print(everything_text(session, all));
    return exit_ok;
}

/// Names: of units, users and organisations.
void add_naming_commands(CLI::App& admin, Session& session) {
    CLI::App& units = group(admin, "unit", "Units: adds, renames, leases.");
    Command{units,
            session,
            "add",
            "Adds a unit to an organisation.",
            "samsyn admin unit add \"Familjesamverkan\" --organisation Nora --regime team"}
        .needs("name", "name", "What the unit is called")
        .needs("--organisation", "organisation", "Name, or the beginning of the id")
        .needs("--regime", "regime", "Its secrecy rules: team, social, health, school_other, ...")
        .asks("admin.unit.add", &print_unit);
    add_unit_life_commands(units, session);
    CLI::App& users = group(admin, "user", "Users: adds, moves, roles, leaving.");
    Command{
        users,
        session,
        "add",
        "Adds a user to a unit.",
        "samsyn admin user add \"Anna Ek\" --unit \"Nora/Familjesamverkan\" --role psychologist"}
        .needs("name", "name", "The user's name")
        .needs("--unit", "unit", "Name, or the beginning of the id")
        .needs("--role", "role", "psychologist, social_worker, school_counsellor, ...")
        .asks("admin.user.add", &print_user);
    add_user_life_commands(users, session);
    CLI::App& organisations =
        group(admin, "organisation", "Organisations: names; joins and leaves by the root key.");
    Command{organisations,
            session,
            "name",
            "Names an organisation, for the units added after it.",
            "samsyn admin organisation name 1a2b3c4d Nora"}
        .needs("organisation", "organisation", "The beginning of its id")
        .needs("name", "name", "What it is called")
        .asks("admin.organisation.name", &print_organisation);
    add_organisation_life_commands(organisations, session);
}

}  // namespace

void add_admin_commands(CLI::App& app, Session& session) {
    CLI::App& admin =
        group(app, "admin", "What an administrator does, on an administrator's machine.");
    add_founding_commands(admin, session);
    add_naming_commands(admin, session);
    add_inviting_commands(admin, session);
    add_device_order_commands(admin, session);
    add_fleet_commands(admin, session);
    add_admin_recovery_commands(admin, session);
    Command{admin,
            session,
            "restored",
            "Says that the server was restored from a backup: a second person confirms it.",
            "samsyn admin restored samsyn1-restore-..."}
        .needs("request", "request", "What samsyn-server restore printed; - reads standard input")
        .asks("admin.restored", &print_restored);
    Command{admin,
            session,
            "revoke",
            "Revokes a device: it reads nothing any more.",
            "samsyn admin revoke 1a2b3c4d"}
        .needs("device", "device", "The beginning of its id")
        .asks("admin.revoke", &print_revoked);
    Command{admin,
            session,
            "list",
            "Lists organisations, units, users and devices.",
            "samsyn admin list"}
        .runs([&session](const json&) { return list_everything(session); });
}

}  // namespace samsyn
