#include "client-sdk/agent/agent_client.hpp"
#include "client-sdk/cli/answer_text.hpp"
#include "client-sdk/cli/command.hpp"

#include <algorithm>

namespace samsyn {

namespace {

using nlohmann::json;

void print_readers(const Session& session, const json& result) {
    for (const json& row : result["compartments"]) {
        print_compartment(session, row);
        print(session.say("  read by:  ", "  läses av:     ") + escaped(names_in(row, "readers")) +
              "\n");
        for (const json& other : row["not_readers"])
            print(session.say("  not:      ", "  läses inte av: ") +
                  escaped(name_in(other, "user")) + ", " + escaped(name_in(other, "unit_of_user")) +
                  ": " + escaped(denial_text(session, other)) + "\n");
        if (const std::string since = local_time_in(row, "waiting_since"); !since.empty())
            print(session.say("  waiting for a key since ", "  väntar på nyckel sedan ") + since +
                  "\n");
    }
    if (result["compartments"].empty()) print(session.say("Nothing yet.\n", "Inget än.\n"));
    print_knowledge(session, result);
}

std::string connection_text(const Session& session, const json& result) {
    const json connection = result.value("connection", json::object());
    const std::string state = text_in(connection, "state");
    const std::string word = state == "live"         ? session.say("online", "uppkopplad")
                             : state == "connecting" ? session.say("connecting", "ansluter")
                                                     : session.say("offline", "frånkopplad");
    const std::string synced = local_time_in(result, "last_synced");
    return word + ", " +
           (synced.empty() ? session.say("never synced", "aldrig synkad")
                           : session.say("synced ", "synkad ") + synced);
}

/// "directly", or through which proxy, and who chose it.
std::string way_text(const Session& session, const json& way) {
    const std::string from = text_in(way, "from");
    const std::string by = from == "folder" ? session.say(" (samsyn proxy)", " (samsyn proxy)")
                           : from == "environment" ? session.say(" (environment)", " (miljön)")
                                                   : std::string{};
    if (text_in(way, "by") != "proxy") return session.say("directly", "direkt") + by;
    return session.say("through the proxy ", "genom proxyn ") + text_in(way, "proxy") + by;
}

/// Why there is no connection, and since when; nothing where there is one.
void add_network_error(const Session& session, Table& table, const json& connection) {
    const json error = connection.value("last_error", json{});
    const std::string since = local_time_in(connection, "failing_since");
    if (!error.is_object() || since.empty()) return;
    std::string text = text_in(error, "message");
    if (const std::string where = text_in(error, "context"); !where.empty())
        text.append(" (").append(where).append(")");
    table.add({session.say("fails since ", "fel sedan ") + since, text});
    table.add({"", local_in(session, error, "hint")});
}

/// What was not taken, with what the person wrote: it may be gone from the case.
void print_parked(const Session& session, const json& row) {
    const bool in_effect = row.value("in_effect", false);
    std::string line = in_effect ? session.say("not accepted by the server, in effect here: ",
                                               "inte godtaget av servern, gäller här: ")
                                 : session.say("could not be sent: ", "kunde inte skickas: ");
    if (const std::string type = local_in(session, row, "type_title"); !type.empty())
        line.append(escaped(type)).append(" ").append(short_id(text_in(row, "item"))).append(": ");
    const json why = row.value("why", json::object());
    const std::string reason = reason_in(session, why);
    print(line + escaped(reason.empty() ? text_in(why, "message") : reason) + "\n");
    if (row.value("recalled", false))
        print(session.say("    It stays here for you alone. Drop it: samsyn drop ",
                          "    Det finns kvar bara hos dig. Släng det: samsyn drop ") +
              text_in(row, "id") + "\n");
    for (const json& text : row.value("texts", json::array()))
        print("    " + escaped(text_in(text, "field")) + ": " + escaped(text_in(text, "text")) +
              "\n");
}

/// What opens the device, from the public part of its vault.
std::string slots_text(const Session& session, const json& vault) {
    std::string text;
    for (const json& slot : vault.value("slots", json::array())) {
        const std::string name = slot.is_string() ? slot.get<std::string>() : "";
        const std::string word = name == "phrase"     ? session.say("phrase", "fras")
                                 : name == "assisted" ? session.say("two helpers", "två hjälpare")
                                                      : "PIN";
        text.append(text.empty() ? "" : ", ").append(word);
    }
    if (vault.value("pin_pending", false))
        text.append(session.say("; the new PIN takes effect at the next sync",
                                "; den nya PIN-koden gäller från nästa synkning"));
    if (vault.value("pin_erased", false))
        text.append(session.say("; the PIN was erased after wrong tries",
                                "; PIN-koden raderades efter felaktiga försök"));
    return text;
}

bool has_slot(const json& vault, std::string_view slot) {
    const json slots = vault.value("slots", json::array());
    return std::ranges::find(slots, json(slot)) != slots.end();
}

std::string why_locked(const Session& session, const std::string& why) {
    if (why == "started") return session.say("since it was switched on", "sedan start");
    if (why == "asked") return session.say("by hand", "för hand");
    if (why == "revoked") return session.say("the device is revoked", "enheten är spärrad");
    if (why == "idle") return session.say("nobody used it", "ingen använde den");
    if (why.starts_with("order"))
        return session.say("by an order of the administrator", "på order av administratören") +
               " (" + escaped(why.substr(std::min(why.size(), std::size_t{7}))) + ")";
    return session.say("its process ended", "dess process slutade");
}

void print_locked(const Session& session, const json& status) {
    const json vault = status.value("vault", json::object());
    Table table{{session.say("locked", "låst"), why_locked(session, text_in(status, "why"))}};
    if (vault.contains("slots")) {
        table.add({session.say("opens by", "öppnas med"), slots_text(session, vault)});
    }
    if (has_slot(vault, "pin")) {
        const bool warm =
            status.value("has_share", false) || !vault.value("pin_needs_server", true);
        table.add({"PIN",
                   warm ? session.say("works without a network", "fungerar utan nät")
                        : session.say("needs the server this time", "behöver servern denna gång")});
        table.add({session.say("tries left", "försök kvar"), text_in(vault, "pin_tries_left")});
    }
    if (const json connection = status.value("connection", json{}); connection.is_object()) {
        table.add({session.say("way", "väg"), way_text(session, connection.value("way", json{}))});
        add_network_error(session, table, connection);
    }
    print(table.to_string());
    const json error = vault.value("error", json::object());
    if (const std::string hint = local_in(session, error, "hint"); !hint.empty())
        print(escaped(hint) + "\n");
    else if (!has_slot(vault, "pin") && !has_slot(vault, "phrase"))
        print(
            session.say("PIN and phrase have been erased by an order. Two helpers can open it: "
                        "samsyn assist request\n",
                        "PIN och fras har raderats på order. Två hjälpare kan öppna den: samsyn "
                        "assist request\n"));
    else
        print(session.say("Unlock it: samsyn unlock\n", "Lås upp den: samsyn unlock\n"));
}

void print_status(const Session& session, const json& result);

/// A locked device says why, and by what it opens; that is all that it knows.
int run_status(const Session& session) {
    auto agent = AgentClient::connect(session.data);
    if (!agent) return show_error(session, agent.error());
    json lock;
    if (const int code = ask(session, *agent, "agent.status", json::object(), lock)) return code;
    const bool unlocked = text_in(lock, "state") == "unlocked";
    json result = json::object();
    if (unlocked)
        if (const int code = ask(session, *agent, "status", json::object(), result)) return code;
    result["lock"] = lock;
    if (session.json) {
        show_json(result);
    } else if (unlocked) {
        print_status(session, result);
        if (const int code = print_leaving(session, *agent)) return code;
        if (const int code = print_recovery_due(session, *agent)) return code;
    } else {
        print_locked(session, lock);
    }
    return unlocked ? exit_ok : exit_locked;
}

void print_status(const Session& session, const json& result) {
    Table table{{session.say("who", "vem"), name_in(result, "user")}};
    table.add({session.say("server", "server"), text_in(result, "server")});
    table.add({session.say("connection", "anslutning"), connection_text(session, result)});
    const json connection = result.value("connection", json::object());
    table.add({session.say("way", "väg"), way_text(session, connection.value("way", json{}))});
    add_network_error(session, table, connection);
    std::string unsent =
        text_in(result, "unsent_changes") + session.say(" changes, ", " ändringar, ") +
        text_in(result, "unsent_statements") + session.say(" statements", " beslut");
    if (const std::string since = local_time_in(result, "unsent_since"); !since.empty())
        unsent.append(session.say(" since ", " sedan ")).append(since);
    table.add({session.say("to be sent", "att skicka"), unsent});
    table.add({session.say("conflicts", "konflikter"), text_in(result, "conflicts")});
    table.add({session.say("opens by", "öppnas med"),
               slots_text(session, result.value("vault", json::object()))});
    print(table.to_string());
    for (const json& row : result["waiting_for_key"])
        print(session.say("waiting for a key since ", "väntar på nyckel sedan ") +
              local_time_in(row, "waiting_since") + ": " + escaped(name_in(row, "unit")) + ", " +
              escaped(local_in(session, row, "category_title")) + "\n");
    for (const json& row : result.value("mass_closings", json::array()))
        print(escaped(name_in(row, "author")) +
              session.say(" has closed consents in ", " har stängt samtycken i ") +
              text_in(row, "cases") + session.say(" cases between ", " ärenden mellan ") +
              local_time_in(row, "from") + session.say(" and ", " och ") +
              local_time_in(row, "to") +
              session.say(". It is in force. Ask why.\n", ". Det gäller. Fråga varför.\n"));
    for (const json& row : result["parked"]) print_parked(session, row);
}

void print_users(const Session& session, const json& result) {
    Table table{{"id",
                 session.say("name", "namn"),
                 session.say("role", "roll"),
                 session.say("units", "enheter")}};
    for (const json& row : result["users"])
        table.add({short_id(text_in(row, "id")),
                   text_in(row, "name"),
                   text_in(row, "role"),
                   names_in(row, "units")});
    print(table.to_string());
}

void print_units(const Session& session, const json& result) {
    Table table{{"id",
                 session.say("organisation", "organisation"),
                 session.say("unit", "enhet"),
                 session.say("secrecy", "sekretess")}};
    for (const json& row : result["units"])
        table.add({short_id(text_in(row, "id")),
                   text_in(row, "organisation"),
                   text_in(row, "name"),
                   text_in(row, "regime")});
    print(table.to_string());
}

}  // namespace

void add_insight_commands(CLI::App& app, Session& session) {
    Command{app,
            session,
            "readers",
            "Shows who reads what in a case, and why others do not.",
            "samsyn readers \"Familjen Alm\""}
        .of_case()
        .asks("readers", &print_readers);
    Command{app,
            session,
            "status",
            "Shows the connection, and what waits to be sent or for a key.",
            "samsyn status"}
        .runs([&session](const json&) { return run_status(session); });
    Command{app, session, "users", "Lists the users of the federation.", "samsyn users"}.asks(
        "users", &print_users);
    Command{app, session, "units", "Lists the units of the federation.", "samsyn units"}.asks(
        "units", &print_units);
}

}  // namespace samsyn
