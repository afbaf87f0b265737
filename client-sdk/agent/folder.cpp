#include "client-sdk/agent/folder.hpp"

#include "client-sdk/agent/hex_id.hpp"
#include "client-sdk/agent/operations_views.hpp"
#include "client-sdk/agent/private_file.hpp"
#include "crypto/envelope/sodium_sealer.hpp"
#include "crypto/identity/signing_key.hpp"
#include "crypto/keys/sodium.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <sys/stat.h>
#include <system_error>

namespace samsyn {

namespace fs = std::filesystem;

namespace {

using nlohmann::json;

constexpr std::string_view config_name = "config.json";
constexpr std::size_t config_bytes_max = 16 * 1024;
constexpr std::size_t server_bytes_max = 260;
constexpr int config_version = 1;

constexpr std::string_view wiped_name = "wiped";
constexpr std::string_view database_prefix = "samsyn.";
constexpr std::string_view database_suffix = ".db";

std::unexpected<Error> malformed(std::string_view key) {
    return fail(Errc::malformed, std::string{config_name}.append(": ").append(key));
}

template <class IdType>
Result<IdType> id_in(const json& config, const char* key) {
    const auto found = config.find(key);
    if (found == config.end() || !found->is_string()) return malformed(key);
    const auto id = id_from_hex<IdType>(found->get_ref<const std::string&>());
    if (!id) return malformed(key);
    return *id;
}

std::string to_config_text(const FolderConfig& folder) {
    const DeviceConfig& config = folder.device;
    json object = {{"version", config_version},
                   {"server", config.server},
                   {"federation", to_hex(config.federation)},
                   {"root_key", to_hex(config.root_key)},
                   {"server_key", to_hex(config.server_key)},
                   {"user", to_hex(config.user)},
                   {"device", to_hex(folder.id)},
                   {"kind", key_of(config.kind)}};
    if (folder.organisation) object["organisation"] = to_hex(*folder.organisation);
    return object.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

Result<FolderConfig> config_from_text(std::string_view text) {
    const json object = json::parse(text, nullptr, false);
    if (!object.is_object()) return malformed("not an object");
    for (const auto& [key, value] : object.items()) {
        constexpr std::string_view known[] = {"version",
                                              "server",
                                              "federation",
                                              "root_key",
                                              "server_key",
                                              "user",
                                              "device",
                                              "organisation",
                                              "kind"};
        if (std::ranges::find(known, key) == std::end(known)) return malformed("unknown key");
    }
    const auto version = object.find("version");
    if (version == object.end() || !version->is_number_integer()) return malformed("version");
    if (*version > config_version) return fail(Errc::newer_format, config_name);
    if (*version != config_version) return malformed("version");

    DeviceConfig config;
    const auto server = object.find("server");
    if (server == object.end() || !server->is_string()) return malformed("server");
    config.server = server->get<std::string>();
    if (config.server.size() > server_bytes_max) return malformed("server");
    config.federation = SAMSYN_TRY(id_in<FederationId>(object, "federation"));
    config.root_key = SAMSYN_TRY(id_in<SigningPublicKey>(object, "root_key"));
    config.server_key = SAMSYN_TRY(id_in<SigningPublicKey>(object, "server_key"));
    config.user = SAMSYN_TRY(id_in<UserId>(object, "user"));
    const auto id = SAMSYN_TRY(id_in<DeviceId>(object, "device"));
    const auto kind = object.find("kind");
    if (kind == object.end() || !kind->is_string()) return malformed("kind");
    const auto found = find_device_kind(kind->get_ref<const std::string&>());
    if (!found) return malformed("kind");
    config.kind = *found;
    FolderConfig folder{std::move(config), id};
    if (object.contains("organisation"))
        folder.organisation = SAMSYN_TRY(id_in<OrganisationId>(object, "organisation"));
    return folder;
}

/// Makes the folder and gives it to its owner alone.
Result<void> make_private_folder(const fs::path& path) {
    std::error_code error;
    fs::create_directories(path, error);
    if (error) return fail(Errc::system_failed, "folder: " + error.message());
    if (::chmod(path.c_str(), 0700) != 0) return fail(Errc::not_permitted, "folder");
    return {};
}

/// `samsyn.<number>.db`, and nothing that stands beside it.
bool is_database(std::string_view name) {
    if (!name.starts_with(database_prefix) || !name.ends_with(database_suffix)) return false;
    name.remove_prefix(database_prefix.size());
    if (name.size() <= database_suffix.size()) return false;
    name.remove_suffix(database_suffix.size());
    return name.find_first_not_of("0123456789") == std::string_view::npos;
}

Result<void> remove_file(const fs::path& path) {
    std::error_code error;
    fs::remove(path, error);
    if (error) return fail(Errc::system_failed, path.filename().string());
    return {};
}

/// With all that stands beside it; itself last, so that what is left is found again.
Result<void> remove_database(const fs::path& database) {
    for (const std::string_view beside : {"-wal", "-pages0", "-pages1", ""})
        SAMSYN_TRY(remove_file(fs::path{database}.concat(beside)));
    return {};
}

/// Removes what an interrupted creation has left; refuses what is more than that.
Result<void> make_room(const fs::path& folder, const Vault::Ports& vault) {
    const FolderInventory there = look_into(folder);
    if (there.wiped) {
        SAMSYN_TRY(remove_databases(folder));
        SAMSYN_TRY(Vault::destroy(vault));
        return remove_file(folder / wiped_name);
    }
    if (!there.vault && there.databases.empty() && !there.plain) return {};
    if (!there.vault) return check_folder(folder);
    const auto found = Vault::open(vault);
    if (!found) return std::unexpected{Error{found.error().code, "vault"}};
    if (found->status().state == VaultState::ready) return fail(Errc::already_exists, "device");
    SAMSYN_TRY(remove_databases(folder));
    return Vault::destroy(vault);
}

}  // namespace

NewKeys NewKeys::make() {
    NewKeys keys{{.database = VaultDatabase::make(1),
                  .next_database = std::nullopt,
                  .signing_seed = Secret<32>::random(),
                  .sealing_secrets = {}}};
    keys.contents.sealing_secrets.push_back(Secret<32>::random());
    return keys;
}

SigningPublicKey NewKeys::signing_key() const {
    return SigningKey::from_seed(contents.signing_seed.expose()).public_key();
}

SealingPublicKey NewKeys::sealing_key() const {
    return SealingKey::from_secret(contents.sealing_secrets.front().expose()).public_key();
}

FolderInventory look_into(const fs::path& folder) {
    FolderInventory found;
    std::error_code error;  // a folder that cannot be read holds nothing that we could use
    for (auto entry = fs::directory_iterator{folder, error};
         !error && entry != fs::directory_iterator{};
         entry.increment(error)) {
        const std::string name = entry->path().filename().string();
        found.config = found.config || name == config_name;
        found.vault = found.vault || name == "vault.a" || name == "vault.b";
        found.plain = found.plain || name == "device.keys" || name == "samsyn.db";
        found.wiped = found.wiped || name == wiped_name;
        if (is_database(name)) found.databases.push_back(entry->path());
    }
    std::ranges::sort(found.databases);
    return found;
}

Result<void> check_folder(const fs::path& folder) {
    const FolderInventory there = look_into(folder);
    if (there.wiped) return fail(Errc::not_found, wiped_name);
    if (there.plain && !there.vault)
        return fail(Errc::unsupported_version, "device.keys: made before there was a vault");
    if (!there.vault && !there.databases.empty()) return fail(Errc::not_found, "vault");
    if (there.vault && !there.config) return fail(Errc::not_found, config_name);
    if (!there.vault) return fail(Errc::not_found, "device");
    return {};
}

fs::path database_path(const fs::path& folder, std::uint64_t number) {
    return folder /
           (std::string{database_prefix} + std::to_string(number) + std::string{database_suffix});
}

Result<void> remove_databases(const fs::path& folder) {
    for (const fs::path& database : look_into(folder).databases)
        SAMSYN_TRY(remove_database(database));
    return {};
}

Result<void> remove_databases_but(const fs::path& folder, std::uint64_t number) {
    Result<void> all;
    for (const fs::path& database : look_into(folder).databases) {
        if (database == database_path(folder, number)) continue;
        if (auto removed = remove_database(database); !removed) all = removed;
    }
    return all;
}

Result<void> erase_data(const fs::path& folder) {
    SAMSYN_TRY(write_private_file(folder / wiped_name, "by a signed order\n"));
    SAMSYN_TRY(remove_file(folder / "proxy.json"));  // the network's password
    return remove_databases(folder);
}

Result<FolderConfig> read_config(const fs::path& folder) {
    return config_from_text(
        SAMSYN_TRY(read_whole_file(folder / config_name, config_bytes_max, FileSecrecy::open)));
}

Result<void> save_config(const fs::path& folder, const FolderConfig& config) {
    return write_private_file(folder / config_name, to_config_text(config));
}

Result<void> create_device(const fs::path& folder,
                           const NewDevice& device,
                           const VaultSettings& settings,
                           const std::function<Result<void>(OpenedDevice&)>& fill) {
    SAMSYN_TRY(check_new_pin(device.pin));
    SAMSYN_TRY(make_private_folder(folder));
    PosixVaultFiles files{folder};
    const Vault::Ports ports{files, settings.hash, settings.keystore, settings.cost};
    SAMSYN_TRY(make_room(folder, ports));

    const NewKeys keys = device.keys ? NewKeys{device.keys->contents.duplicate()} : NewKeys::make();
    const DeviceId id = device_id_of(keys.signing_key(), SodiumHasher{});
    SAMSYN_TRY(save_config(folder, {device.config, id}));
    auto vault = SAMSYN_TRY(Vault::create(ports, keys.contents, device.phrase));
    SAMSYN_TRY(vault.change_pin(device.pin));
    {
        auto opened = SAMSYN_TRY(
            OpenedDevice::open(folder, device.config, vault.contents(), DatabaseMode::create));
        SAMSYN_TRY(fill(*opened));
    }
    return vault.mark_ready();
}

}  // namespace samsyn
