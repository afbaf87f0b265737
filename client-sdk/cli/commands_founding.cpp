#include "client-sdk/agent/agent_client.hpp"
#include "client-sdk/agent/folder.hpp"
#include "client-sdk/agent/operations.hpp"
#include "client-sdk/agent/operations_arguments.hpp"
#include "client-sdk/agent/private_file.hpp"
#include "client-sdk/agent/unlocking.hpp"
#include "client-sdk/cli/command.hpp"
#include "client-sdk/cli/new_secrets.hpp"
#include "client-sdk/cli/root_key.hpp"
#include "core/base/codec.hpp"
#include "core/base/system_clock.hpp"
#include "core/wire/statement_codec.hpp"
#include "crypto/keys/sodium.hpp"

namespace samsyn {

namespace {

using nlohmann::json;

/// What `samsyn-server init` takes: each statement after its length, 32 bits, big-endian.
std::string founding_file(const std::vector<Bytes>& statements) {
    Writer out;
    for (const Bytes& statement : statements) out.blob(statement);
    return std::string{as_text(out.view())};
}

/// The founding file holds nothing secret, and the server's own user has to read it.
Result<void> make_public(const std::filesystem::path& file) {
    using std::filesystem::perms;
    std::error_code failed;
    std::filesystem::permissions(
        file,
        perms::owner_read | perms::owner_write | perms::group_read | perms::others_read,
        failed);
    if (failed) return fail(Errc::system_failed, file.string() + ": " + failed.message());
    return {};
}

/// The administrator's machine learns its own federation.
Result<void> fill_device(Device& device, const Founded& founded) {
    for (const Bytes& statement : founded.statements)
        SAMSYN_TRY(device.import_statement(statement));
    for (const FoundedOrganisation& organisation : founded.organisations)
        SAMSYN_TRY(device.name_organisation(organisation.id, organisation.name));
    return {};
}

struct Founding {
    const std::string& name;
    const std::vector<std::string>& organisations;
    const std::filesystem::path& out;
    const std::filesystem::path& root_key;
    const NewSecrets& secrets;
};

/// The federation needs the keys of the administrator's machine, and its configuration the
/// federation: so the keys come first.
Result<Founded> found(const std::filesystem::path& data, const Founding& wanted) {
    const NewKeys keys = NewKeys::make();
    RootKey root{SigningKey::generate(), {}, 0, {}};
    SodiumRandom random;
    const SodiumHasher hasher;
    Founded founded = found_federation(wanted.name,
                                       wanted.organisations,
                                       root.key,
                                       keys.signing_key(),
                                       keys.sealing_key(),
                                       random,
                                       hasher,
                                       SystemClock{}.now());
    root.federation = founded.federation;
    root.counter = founded.statements.size();
    root.head = SAMSYN_TRY(decode_statement(founded.statements.back(), hasher)).id;

    const DeviceConfig config{.server = {},
                              .federation = founded.federation,
                              .root_key = root.key.public_key(),
                              .server_key = {},
                              .user = founded.administrator,
                              .kind = DeviceKind::administrator_machine};
    const Argon2id hash;
    const NewDevice device{.config = config,
                           .phrase = wanted.secrets.phrase,
                           .pin = wanted.secrets.pin.view(),
                           .keys = &keys};
    const auto fill = [&](OpenedDevice& opened) -> Result<void> {
        SAMSYN_TRY(save_root_key(wanted.root_key, root));  // an interrupted run's is void
        SAMSYN_TRY(fill_device(opened.device(), founded));
        SAMSYN_TRY(write_private_file(wanted.out, founding_file(founded.statements)));
        return make_public(wanted.out);
    };
    SAMSYN_TRY(create_device(data, device, {.hash = hash}, fill));
    return founded;
}

int run_found(const Session& session, const json& args) {
    const auto name = clean_text(args["name"].get<std::string>(), "name");
    if (!name) return show_error(session, error_to_json(name.error()));
    std::vector<std::string> organisations;
    for (const json& each : args["organisations"]) {
        const auto organisation = clean_text(each.get<std::string>(), "organisation");
        if (!organisation) return show_error(session, error_to_json(organisation.error()));
        organisations.push_back(*organisation);
    }
    const std::filesystem::path out = args.value("out", "founding.samsyn");
    const std::filesystem::path root_path = root_key_path(session, args);
    const auto secrets = choose_secrets(session, args);
    if (!secrets) return show_error(session, error_to_json(secrets.error()));
    const auto founded = found(session.data, {*name, organisations, out, root_path, *secrets});
    if (!founded) return show_error(session, folder_error(founded.error()));
    if (const auto unlocked = unlock_new(session, secrets->phrase); !unlocked)
        return show_error(session, error_to_json(unlocked.error()));

    if (session.json) {
        json list = json::array();
        for (const FoundedOrganisation& each : founded->organisations)
            list.push_back({{"id", to_hex(each.id)}, {"name", each.name}});
        show_json({{"phrase", secrets->phrase.text()},
                   {"federation", to_hex(founded->federation)},
                   {"administrator", to_hex(founded->administrator)},
                   {"organisations", list},
                   {"founding", out.string()},
                   {"root_key", root_path.string()}});
        return exit_ok;
    }
    if (args.value("show_phrase", false))
        print(session.say("Phrase, shown once: ", "Fras, visas en gång: ") +
              secrets->phrase.text() + "\n\n");
    print(session.say("Founded ", "Grundade ") + escaped(*name) + "  " +
          to_hex(founded->federation) + "\n" +
          session.say("Give this file to the server: samsyn-server init --founding ",
                      "Ge filen till servern: samsyn-server init --founding ") +
          escaped(out.string()) + "\n" +
          session.say("The root key is in ", "Rotnyckeln ligger i ") + escaped(root_path.string()) +
          session.say("\nMove it to a medium that you keep offline, with a copy elsewhere; it is "
                      "needed again for `samsyn admin certify-server --root-key FILE`.\n",
                      "\nFlytta den till ett medium som förvaras frånkopplat, med en kopia på "
                      "annat håll; den behövs igen för `samsyn admin certify-server --root-key "
                      "FIL`.\n"));
    return exit_ok;
}

/// What the unlocked agent is to take over.
Result<json> certified_server(const Session& session, const json& args) {
    const auto key = id_from_hex<SigningPublicKey>(args["key"].get<std::string>());
    if (!key) return fail(Errc::invalid_argument, "--key");
    const std::string address = args["address"].get<std::string>();
    const std::size_t colon = address.rfind(':');
    if (colon == std::string::npos || colon == 0 || colon + 1 == address.size())
        return fail(Errc::invalid_argument, "--address: host:port");

    const std::array<StatementBody, 1> body{ServerCertified{.key = *key, .successor = {}}};
    const auto said = SAMSYN_TRY(say_as_root(session, args, body));
    return json{{"statement", to_hex(said.front())}, {"address", address}, {"key", to_hex(*key)}};
}

void print_certified(const Session& session, const json&) {
    print(session.say("Certified the server. Run `samsyn sync`, and put the root key away.\n",
                      "Intygade servern. Kör `samsyn sync` och lägg undan rotnyckeln.\n"));
}

int run_certify(const Session& session, const json& args) {
    auto agent = AgentClient::connect(session.data);
    if (!agent) return show_error(session, agent.error());
    json ignored;  // locked: said before the root's counter moves
    if (const int code = ask(session, *agent, "ping", json::object(), ignored)) return code;
    const auto wanted = certified_server(session, args);
    if (!wanted) return show_error(session, error_to_json(wanted.error()));
    return perform(session, "admin.server", *wanted, &print_certified);
}

}  // namespace

void add_founding_commands(CLI::App& admin, Session& session) {
    Command found_command{
        admin,
        session,
        "found",
        "Founds a federation; this folder becomes its administrator's.",
        "samsyn admin found --name \"Norra Örebro län\" --organisation Nora --organisation "
        "Lindesberg"};
    found_command.needs("--name", "name", "What the federation is called")
        .texts("--organisation", "organisations", "A municipality or region; give all")
        .required()
        .text("--out", "out", "Where the founding file goes (default: founding.samsyn)");
    add_secret_options(found_command);
    found_command.runs([&session](const json& args) { return run_found(session, args); });
    Command{admin,
            session,
            "certify-server",
            "Certifies the server's identity with the root key.",
            "samsyn admin certify-server --address samsyn.nora.example:443 --key 5f3c..."}
        .needs("--address", "address", "host:port, as devices reach it")
        .needs("--key", "key", "What `samsyn-server init` printed")
        .text("--root-key", "root_key", "Where the root key is (default: in the data folder)")
        .runs([&session](const json& args) { return run_certify(session, args); });
}

}  // namespace samsyn
