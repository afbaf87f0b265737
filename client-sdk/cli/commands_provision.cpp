// Renaming, moving, leaving; devices that are lost and found.

#include "client-sdk/cli/command.hpp"

namespace samsyn {

namespace {

using nlohmann::json;

void print_sync_hint(const Session& session) {
    print(session.say("Run `samsyn sync` so that others learn of it.\n",
                      "Kör `samsyn sync` så att andra får veta.\n"));
}

void print_renamed(const Session& session, const json& result) {
    const std::string name = result.contains("unit")   ? name_in(result, "unit")
                             : result.contains("user") ? name_in(result, "user")
                                                       : text_in(result, "name");
    print(session.say("Is called ", "Heter nu ") + escaped(name) + ".\n");
    print_sync_hint(session);
}

void print_user_moved(const Session& session, const json& result) {
    print(escaped(name_in(result, "user")) + session.say(" works in ", " arbetar i ") +
          escaped(name_in(result, "unit")) + session.say(" from ", " från ") +
          local_time_in(result, "from") + "\n");
    if (result.value("waits_for_second", false))
        print(session.say("What waits is the end of the old place, in ",
                          "Det som väntar är slutet på den gamla platsen, i ") +
              escaped(name_in(result, "from_unit")) + ".\n");
    print_second_hint(session, result);
    print_sync_hint(session);
}

void print_role(const Session& session, const json& result) {
    print(escaped(name_in(result, "user")) + ", " + escaped(name_in(result, "unit")) + ": " +
          text_in(result, "role") + "\n");
    print_second_hint(session, result);
    print_sync_hint(session);
}

void print_left(const Session& session, const json& result) {
    print(escaped(name_in(result, "user")) + session.say(" leaves ", " slutar i ") +
          escaped(name_in(result, "organisation")) + session.say(" at ", " den ") +
          local_time_in(result, "from") +
          session.say(".\nDrafts that were not sent go to escrow of the units that they are about. "
                      "Take the devices in.\n",
                      ".\nUtkast som inte har skickats går till deposition hos enheterna som de "
                      "gäller. Samla in enheterna.\n"));
    print_sync_hint(session);
}

void print_device_lost(const Session& session, const json& result) {
    const std::string id = short_id(text_in(result, "device"));
    print(session.say("Lost: device ", "Förlorad: enheten ") + id +
          session.say(". It gets nothing any more, and locks when it connects.\nFound: samsyn "
                      "admin device found ",
                      ". Den får inget mer, och låser sig när den ansluter.\nHittad: samsyn admin "
                      "device found ") +
          id +
          session.say("\nNot found: samsyn admin device wipe ",
                      "\nInte hittad: samsyn admin device wipe ") +
          id +
          session.say(", and samsyn admin device revoke ", ", och samsyn admin device revoke ") +
          id + "\n");
    print_sync_hint(session);
}

void print_device_found(const Session& session, const json& result) {
    print(session.say("Found: device ", "Hittad: enheten ") + short_id(text_in(result, "device")) +
          session.say(" works again.\n", " fungerar igen.\n"));
    print_sync_hint(session);
}

void print_renewed(const Session& session, const json& result) {
    print(session.say("Renewed: device ", "Förnyad: enheten ") +
          short_id(text_in(result, "device")) + session.say(" until ", " till ") +
          local_time_in(result, "until") + "\n");
    print_sync_hint(session);
}

void print_lease(const Session& session, const json& result) {
    print(escaped(name_in(result, "unit")) +
          session.say(": devices show content without contact for ",
                      ": enheter visar innehåll utan kontakt i ") +
          text_in(result, "hours") + session.say(" hours.\n", " timmar.\n"));
    print_sync_hint(session);
}

}  // namespace

void print_second_hint(const Session& session, const json& result) {
    if (!result.value("waits_for_second", false)) return;
    print(session.say("It has no effect until a second person confirms it within 72 hours:\n",
                      "Det gäller inte förrän en andra person har bekräftat inom 72 timmar:\n"));
    json statements = result.value("statements", json::array());
    if (statements.empty()) statements.push_back(text_in(result, "statement"));
    for (const json& statement : statements)
        if (statement.is_string())
            print("  samsyn confirm " + short_id(statement.get<std::string>()) + "\n");
}

void add_unit_life_commands(CLI::App& units, Session& session) {
    Command{units,
            session,
            "rename",
            "Gives a unit another name.",
            "samsyn admin unit rename Elevhälsan \"Elevhälsa F-6\""}
        .needs("unit", "unit", "Name, or the beginning of the id")
        .needs("name", "name", "What it is called from now on")
        .asks("admin.unit.rename", &print_renamed);
    Command{units,
            session,
            "lease",
            "Says how long a unit's devices show content without contact.",
            "samsyn admin unit lease Elevhälsan --hours 72"}
        .needs("unit", "unit", "Name, or the beginning of the id")
        .number("--hours", "hours", "24 to 720; without a lease of its own, a unit has 168")
        .required()
        .asks("admin.unit.lease", &print_lease);
}

void add_user_life_commands(CLI::App& users, Session& session) {
    Command{users,
            session,
            "rename",
            "Gives a user another name.",
            "samsyn admin user rename \"Anna Ek\" \"Anna Ekberg\""}
        .needs("user", "user", "Name, or the beginning of the id")
        .needs("name", "name", "What the user is called from now on")
        .asks("admin.user.rename", &print_renamed);
    Command{users,
            session,
            "move",
            "Moves a user to another unit of the organisation; a head is placed there first.",
            "samsyn admin user move \"Anna Ek\" --unit Socialtjänsten --from 2026-08-01"}
        .needs("user", "user", "Name, or the beginning of the id")
        .needs("--unit", "unit", "Where to")
        .text("--from-unit", "from_unit", "Where from, where the user works in several")
        .text("--role", "role", "In another role")
        .text("--from", "from", "From the beginning of this day (default: now)")
        .asks("admin.user.move", &print_user_moved);
    Command{users,
            session,
            "place",
            "Places a user in one more unit.",
            "samsyn admin user place \"Anna Ek\" --unit BUP --role psychologist"}
        .needs("user", "user", "Name, or the beginning of the id")
        .needs("--unit", "unit", "Where")
        .needs("--role", "role", "psychologist, social_worker, ...")
        .text("--from", "from", "From the beginning of this day (default: now)")
        .asks("admin.user.place", &print_role);
    Command{users,
            session,
            "role",
            "Changes a user's role, at once.",
            "samsyn admin user role \"Anna Ek\" head_of_unit"}
        .needs("user", "user", "Name, or the beginning of the id")
        .needs("role", "role", "psychologist, head_of_unit, log_reviewer, ...")
        .text("--unit", "unit", "Where, where the user works in several")
        .asks("admin.user.role", &print_role);
    Command{users,
            session,
            "leave",
            "Says that a user leaves the organisation.",
            "samsyn admin user leave \"Anna Ek\" --from 2026-09-01"}
        .needs("user", "user", "Name, or the beginning of the id")
        .text("--from", "from", "From the beginning of this day (default: now)")
        .text("--organisation", "organisation", "Which, where the user works for several")
        .asks("admin.user.leave", &print_left);
}

void add_device_life_commands(CLI::App& devices, Session& session) {
    Command{devices,
            session,
            "rename",
            "Gives a device a name.",
            "samsyn admin device rename 1a2b3c4d \"Surfplatta 7\""}
        .needs("device", "device", "Name, or the beginning of its id")
        .needs("name", "name", "What it is called")
        .asks("admin.device.rename", &print_renamed);
    Command{devices,
            session,
            "lost",
            "Says that a device is lost: it gets nothing, and locks.",
            "samsyn admin device lost 1a2b3c4d"}
        .needs("device", "device", "Name, or the beginning of its id")
        .asks("admin.device.lost", &print_device_lost);
    Command{devices,
            session,
            "found",
            "Says that a lost device is found again.",
            "samsyn admin device found 1a2b3c4d"}
        .needs("device", "device", "Name, or the beginning of its id")
        .asks("admin.device.found", &print_device_found);
    Command{devices,
            session,
            "renew",
            "Renews a device's certificate.",
            "samsyn admin device renew 1a2b3c4d --days 365"}
        .needs("device", "device", "Name, or the beginning of its id")
        .number("--days", "days", "From today (default 365)")
        .asks("admin.device.renew", &print_renewed);
}

}  // namespace samsyn
