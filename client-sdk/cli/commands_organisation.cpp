// What only the root key can say of organisations: who joins, who leaves, who administers.

#include "client-sdk/agent/agent_client.hpp"
#include "client-sdk/agent/operations.hpp"
#include "client-sdk/cli/command.hpp"
#include "client-sdk/cli/root_key.hpp"
#include "core/base/system_clock.hpp"
#include "core/model/local_date.hpp"
#include "crypto/keys/sodium.hpp"

#include <samsyn/provisioning.hpp>

#include <array>

namespace samsyn {

namespace {

using nlohmann::json;

Result<Instant> day_in(const json& args, const char* key, Instant otherwise) {
    if (!args.contains(key)) return otherwise;
    const auto date = date_from_text(args[key].get<std::string>());
    if (!date) return fail(Errc::invalid_argument, key);
    return start_of_day(*date);
}

int hand_to_agent(const Session& session, AgentClient& agent, const std::vector<Bytes>& said) {
    json ignored;
    for (const Bytes& statement : said)
        if (const int code = ask(session,
                                 agent,
                                 "admin.import",
                                 {{"statement", to_hex(ByteView{statement})}},
                                 ignored))
            return code;
    return exit_ok;
}

void print_root_hint(const Session& session) {
    print(session.say("Run `samsyn sync`, and put the root key away.\n",
                      "Kör `samsyn sync` och lägg undan rotnyckeln.\n"));
}

/// The whole id of what is listed under `list`, by name or the beginning of the id.
Result<json> find_listed(AgentClient& agent, const char* list, const std::string& wanted) {
    auto answer = agent.call(list, json::object());
    if (!answer) return std::unexpected{answer.error()};
    std::vector<json> fitting;
    for (const json& row : (*answer)["result"].value(list, json::array()))
        if (text_in(row, "name") == wanted ||
            (wanted.size() >= 4 && text_in(row, "id").starts_with(wanted)))
            fitting.push_back(row);
    if (fitting.empty()) return fail(Errc::not_found, wanted);
    if (fitting.size() > 1) return fail(Errc::ambiguous, wanted);
    return fitting.front();
}

// --- Joining -------------------------------------------------------------------------------------

/// This machine administers the new organisation until it has administrators of its own.
int join_organisation(const Session& session, const json& args) {
    auto agent = AgentClient::connect(session.data);
    if (!agent) return show_error(session, agent.error());
    json me;  // locked: said before the root's counter moves
    if (const int code = ask(session, *agent, "admin.machine", json::object(), me)) return code;
    const auto from = day_in(args, "from", SystemClock{}.now());
    if (!from) return show_error(session, error_to_json(from.error()));

    SodiumRandom random;
    const auto id = random_id<OrganisationId>(random);
    const auto user = id_in<UserId>(me, "user");
    const auto device = id_in<DeviceId>(me, "device");
    const auto signing = id_in<SigningPublicKey>(me, "signing_key");
    const auto sealing = id_in<SealingPublicKey>(me, "sealing_key");
    if (!user || !device || !signing || !sealing)
        return show_error(session, error_to_json({Errc::malformed, "this machine"}));
    const std::array<StatementBody, 2> bodies{
        OrganisationAdmitted{.organisation = id, .from = *from},
        AdministratorCertified{id, *user, *device, *signing, *sealing}};
    const auto said = say_as_root(session, args, bodies);
    if (!said) return show_error(session, error_to_json(said.error()));
    if (const int code = hand_to_agent(session, *agent, *said)) return code;
    json named;
    if (const int code = ask(session,
                             *agent,
                             "admin.organisation.name",
                             {{"organisation", to_hex(id)}, {"name", args["name"]}},
                             named))
        return code;
    if (session.json) {
        show_json({{"organisation", named["organisation"]}, {"from", to_iso(*from)}});
        return exit_ok;
    }
    print(escaped(args["name"].get<std::string>()) + "  " + short_id(to_hex(id)) +
          session.say(" is a member from ", " är medlem från ") +
          local_time_in({{"from", to_iso(*from)}}, "from") + "\n");
    print_root_hint(session);
    return exit_ok;
}

/// The same organisation is admitted again, with an end: the newest word of the root counts.
int leave_organisation(const Session& session, const json& args) {
    auto agent = AgentClient::connect(session.data);
    if (!agent) return show_error(session, agent.error());
    const auto row = find_listed(*agent, "organisations", args["organisation"].get<std::string>());
    if (!row) return show_error(session, error_to_json(row.error()));
    const auto id = id_in<OrganisationId>(*row, "id");
    if (!id) return show_error(session, error_to_json(id.error()));
    const auto until = day_in(args, "until", SystemClock{}.now());
    if (!until) return show_error(session, error_to_json(until.error()));
    json admitted;
    if (const int code = ask(session,
                             *agent,
                             "admin.organisation.dates",
                             {{"organisation", text_in(*row, "id")}},
                             admitted))
        return code;
    const Instant from{std::chrono::milliseconds{admitted.value("from_ms", std::int64_t{0})}};
    if (*until <= from)
        return show_error(session, error_to_json({Errc::invalid_argument, "--until"}));
    const std::array<StatementBody, 1> bodies{
        OrganisationAdmitted{.organisation = *id, .from = from, .until = *until}};
    const auto said = say_as_root(session, args, bodies);
    if (!said) return show_error(session, error_to_json(said.error()));
    if (const int code = hand_to_agent(session, *agent, *said)) return code;
    if (session.json) {
        show_json({{"organisation", *row}, {"until", to_iso(*until)}});
        return exit_ok;
    }
    print(escaped(name_of(*row)) + session.say(" is a member until ", " är medlem till ") +
          local_time_in({{"until", to_iso(*until)}}, "until") + "\n");
    print_root_hint(session);
    return exit_ok;
}

/// A machine that is enrolled already becomes an administrator's, once a second person has said so.
int add_administrator(const Session& session, const json& args) {
    auto agent = AgentClient::connect(session.data);
    if (!agent) return show_error(session, agent.error());
    const auto row = find_listed(*agent, "organisations", args["organisation"].get<std::string>());
    if (!row) return show_error(session, error_to_json(row.error()));
    json machine;
    if (const int code =
            ask(session, *agent, "admin.machine", {{"device", args["device"]}}, machine))
        return code;
    const auto organisation = id_in<OrganisationId>(*row, "id");
    const auto user = id_in<UserId>(machine, "user");
    const auto device = id_in<DeviceId>(machine, "device");
    const auto signing = id_in<SigningPublicKey>(machine, "signing_key");
    const auto sealing = id_in<SealingPublicKey>(machine, "sealing_key");
    if (!organisation || !user || !device || !signing || !sealing)
        return show_error(session, error_to_json({Errc::malformed, "device"}));
    const std::array<StatementBody, 1> bodies{
        AdministratorCertified{*organisation, *user, *device, *signing, *sealing}};
    const auto said = say_as_root(session, args, bodies);
    if (!said) return show_error(session, error_to_json(said.error()));
    if (const int code = hand_to_agent(session, *agent, *said)) return code;
    if (session.json) {
        show_json({{"organisation", *row}, {"device", to_hex(*device)}});
        return exit_ok;
    }
    print(
        session.say("It counts once another administrator has confirmed it: samsyn admin "
                    "waiting\n",
                    "Det gäller när en annan administratör har bekräftat det: samsyn admin "
                    "waiting\n"));
    print_root_hint(session);
    return exit_ok;
}

}  // namespace

void add_organisation_life_commands(CLI::App& organisations, Session& session) {
    Command{organisations,
            session,
            "join",
            "Admits an organisation with the root key; this machine administers it at first.",
            "samsyn admin organisation join Hällefors --from 2027-01-01"}
        .needs("name", "name", "What it is called")
        .text("--from", "from", "A member from the beginning of this day (default: now)")
        .text("--root-key", "root_key", "Where the root key is (default: in the data folder)")
        .runs([&session](const json& args) { return join_organisation(session, args); });
    Command{organisations,
            session,
            "leave",
            "Ends an organisation's membership with the root key.",
            "samsyn admin organisation leave Hällefors --until 2028-01-01"}
        .needs("organisation", "organisation", "Name, or the beginning of its id")
        .text("--until", "until", "A member until the beginning of this day (default: now)")
        .text("--root-key", "root_key", "Where the root key is (default: in the data folder)")
        .runs([&session](const json& args) { return leave_organisation(session, args); });
    Command{organisations,
            session,
            "administrator",
            "Makes an enrolled device an administrator's, with the root key.",
            "samsyn admin organisation administrator Nora --device 1a2b3c4d"}
        .needs("organisation", "organisation", "Name, or the beginning of its id")
        .needs("--device", "device", "The beginning of its id")
        .text("--root-key", "root_key", "Where the root key is (default: in the data folder)")
        .runs([&session](const json& args) { return add_administrator(session, args); });
}

}  // namespace samsyn
