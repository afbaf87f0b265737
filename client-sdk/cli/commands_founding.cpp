#include "client-sdk/agent/agent_client.hpp"
#include "client-sdk/agent/folder.hpp"
#include "client-sdk/agent/operations.hpp"
#include "client-sdk/agent/operations_arguments.hpp"
#include "client-sdk/agent/private_file.hpp"
#include "client-sdk/cli/command.hpp"
#include "client-sdk/cli/root_key.hpp"
#include "core/base/codec.hpp"
#include "core/base/system_clock.hpp"
#include "core/wire/statement_codec.hpp"
#include "crypto/keys/sodium.hpp"

namespace samsyn {

namespace {

using nlohmann::json;

constexpr std::string_view root_key_name = "root.key";

/// What `samsyn-server init` takes: each statement after its length, 32 bits, big-endian.
std::string founding_file(const std::vector<Bytes>& statements) {
    Writer out;
    for (const Bytes& statement : statements) out.blob(statement);
    return std::string{as_text(out.view())};
}

/// The administrator's machine learns its own federation.
Result<void> fill_folder(const std::filesystem::path& data, const Founded& founded) {
    OpenedFolder opened = SAMSYN_TRY(open_folder(data));
    const SystemClock clock;
    SodiumRandom random;
    const SodiumHasher hasher;
    const SodiumVerifier verifier;
    SodiumSealer sealer{std::move(opened.sealing)};
    const auto device = SAMSYN_TRY(Device::open(database_file_in(data),
                                                DatabaseMode::existing,
                                                opened.config,
                                                {.clock = clock,
                                                 .random = random,
                                                 .hasher = hasher,
                                                 .verifier = verifier,
                                                 .signer = opened.signing,
                                                 .sealer = sealer,
                                                 .pages = opened.pages}));
    for (const Bytes& statement : founded.statements)
        SAMSYN_TRY(device->import_statement(statement));
    for (const FoundedOrganisation& organisation : founded.organisations)
        SAMSYN_TRY(device->name_organisation(organisation.id, organisation.name));
    return {};
}

Result<Founded> found(const std::filesystem::path& data,
                      const std::string& name,
                      const std::vector<std::string>& organisations,
                      const std::filesystem::path& founding_path) {
    const SigningKey signing = SigningKey::generate();
    const SealingKey sealing = SealingKey::generate();
    RootKey root{SigningKey::generate(), {}, 0, {}};
    SodiumRandom random;
    const SodiumHasher hasher;
    Founded founded = found_federation(name,
                                       organisations,
                                       root.key,
                                       signing.public_key(),
                                       sealing.public_key(),
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
    SAMSYN_TRY(create_folder(data, config, signing, sealing));
    SAMSYN_TRY(create_root_key(data / root_key_name, root));
    SAMSYN_TRY(fill_folder(data, founded));
    SAMSYN_TRY(write_private_file(founding_path, founding_file(founded.statements)));
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
    const auto founded = found(session.data, *name, organisations, out);
    if (!founded) return show_error(session, error_to_json(founded.error()));

    const std::string root_path = (session.data / root_key_name).string();
    if (session.json) {
        json list = json::array();
        for (const FoundedOrganisation& each : founded->organisations)
            list.push_back({{"id", to_hex(each.id)}, {"name", each.name}});
        show_json({{"federation", to_hex(founded->federation)},
                   {"administrator", to_hex(founded->administrator)},
                   {"organisations", list},
                   {"founding", out.string()},
                   {"root_key", root_path}});
        return exit_ok;
    }
    print(session.say("Founded ", "Grundade ") + escaped(*name) + "  " +
          to_hex(founded->federation) + "\n" +
          session.say("Give this file to the server: samsyn-server init --founding ",
                      "Ge filen till servern: samsyn-server init --founding ") +
          escaped(out.string()) + "\n" +
          session.say("The root key is in ", "Rotnyckeln ligger i ") + escaped(root_path) +
          session.say("\nMove it to a medium that you keep offline, with a copy elsewhere; it is "
                      "needed again for `samsyn admin certify-server --root-key FILE`.\n",
                      "\nFlytta den till ett medium som förvaras frånkopplat, med en kopia på "
                      "annat håll; den behövs igen för `samsyn admin certify-server --root-key "
                      "FIL`.\n"));
    return exit_ok;
}

/// The statement, with the root's place in its log moved on before the statement leaves here.
Result<Bytes> certify(const std::filesystem::path& root_path,
                      const FederationId& federation,
                      const SigningPublicKey& server_key) {
    RootKey root = SAMSYN_TRY(read_root_key(root_path));
    if (root.federation != federation) return fail(Errc::wrong_federation, "root key");
    const SodiumHasher hasher;
    const std::array previous{root.head};
    Bytes statement = certify_server(
        root.federation, server_key, root.counter, previous, root.key, hasher, SystemClock{}.now());
    root.counter += 1;
    root.head = SAMSYN_TRY(decode_statement(statement, hasher)).id;
    SAMSYN_TRY(save_root_key(root_path, root));
    return statement;
}

/// An agent that runs knows the old server: it starts anew with the next command.
Result<void> stop_agent(const std::filesystem::path& data) {
    auto agent = AgentClient::connect(data, {.start_if_needed = false});
    if (!agent && agent.error().code == Errc::not_found) return {};
    if (!agent) return std::unexpected{agent.error()};
    SAMSYN_TRY(agent->call("agent.stop"));
    return {};
}

Result<Bytes> certify_and_save(const Session& session, const json& args) {
    const auto key = from_hex(args["key"].get<std::string>());
    if (!key || key->size() != SigningPublicKey::size) return fail(Errc::invalid_argument, "--key");
    const std::string address = args["address"].get<std::string>();
    const std::size_t colon = address.rfind(':');
    if (colon == std::string::npos || colon == 0 || colon + 1 == address.size())
        return fail(Errc::invalid_argument, "--address: host:port");

    DeviceConfig config = SAMSYN_TRY(open_folder(session.data)).config;
    const std::filesystem::path root_path =
        args.value("root_key", (session.data / root_key_name).string());
    const Bytes statement =
        SAMSYN_TRY(certify(root_path, config.federation, SigningPublicKey::from(*key)));
    SAMSYN_TRY(stop_agent(session.data));
    config.server = address;
    config.server_key = SigningPublicKey::from(*key);
    SAMSYN_TRY(save_config(session.data, config));
    return statement;
}

void print_certified(const Session& session, const json&) {
    print(session.say("Certified the server. Run `samsyn sync`, and put the root key away.\n",
                      "Intygade servern. Kör `samsyn sync` och lägg undan rotnyckeln.\n"));
}

int run_certify(const Session& session, const json& args) {
    const auto statement = certify_and_save(session, args);
    if (!statement) return show_error(session, error_to_json(statement.error()));
    return perform(session, "admin.import", {{"statement", to_hex(*statement)}}, &print_certified);
}

}  // namespace

void add_founding_commands(CLI::App& admin, Session& session) {
    Command{admin,
            session,
            "found",
            "Founds a federation; this folder becomes its administrator's.",
            "samsyn admin found --name \"Norra Örebro län\" --organisation Nora --organisation "
            "Lindesberg"}
        .text("--name", "name", "What the federation is called")
        .required()
        .texts("--organisation", "organisations", "A municipality or region; give all")
        .required()
        .text("--out", "out", "Where the founding file goes (default: founding.samsyn)")
        .runs([&session](const json& args) { return run_found(session, args); });
    Command{admin,
            session,
            "certify-server",
            "Certifies the server's identity with the root key.",
            "samsyn admin certify-server --address samsyn.nora.example:443 --key 5f3c..."}
        .text("--address", "address", "host:port, as devices reach it")
        .required()
        .text("--key", "key", "What `samsyn-server init` printed")
        .required()
        .text("--root-key", "root_key", "Where the root key is (default: in the data folder)")
        .runs([&session](const json& args) { return run_certify(session, args); });
}

}  // namespace samsyn
