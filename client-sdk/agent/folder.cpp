#include "client-sdk/agent/folder.hpp"

#include "client-sdk/agent/operations_views.hpp"
#include "client-sdk/agent/private_file.hpp"
#include "core/store/database.hpp"
#include "crypto/keys/sodium.hpp"

#include <nlohmann/json.hpp>

#include <sys/stat.h>
#include <system_error>

namespace samsyn {

namespace {

using nlohmann::json;

constexpr std::string_view config_name = "config.json";
constexpr std::string_view keys_name = "device.keys";
constexpr std::string_view keys_header = "samsyn device keys 2\n";
constexpr std::size_t config_bytes_max = 16 * 1024;
constexpr std::size_t keys_bytes_max = 1024;
constexpr std::size_t server_bytes_max = 260;
constexpr int config_version = 1;

using Key = std::span<const std::byte>;

std::unexpected<Error> malformed(std::string_view key) {
    return fail(Errc::malformed, std::string{config_name}.append(": ").append(key));
}

template <class IdType>
Result<IdType> id_in(const json& config, const char* key) {
    const auto found = config.find(key);
    if (found == config.end() || !found->is_string()) return malformed(key);
    const auto bytes = from_hex(found->get_ref<const std::string&>());
    if (!bytes || bytes->size() != IdType::size) return malformed(key);
    return IdType::from(*bytes);
}

std::string to_config_text(const DeviceConfig& config) {
    const json object = {{"version", config_version},
                         {"server", config.server},
                         {"federation", to_hex(config.federation)},
                         {"root_key", to_hex(config.root_key)},
                         {"server_key", to_hex(config.server_key)},
                         {"user", to_hex(config.user)},
                         {"kind", key_of(config.kind)}};
    return object.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

Result<DeviceConfig> config_from_text(std::string_view text) {
    const json object = json::parse(text, nullptr, false);
    if (!object.is_object()) return malformed("not an object");
    for (const auto& [key, value] : object.items()) {
        constexpr std::string_view known[] = {
            "version", "server", "federation", "root_key", "server_key", "user", "kind"};
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
    const auto kind = object.find("kind");
    if (kind == object.end() || !kind->is_string()) return malformed("kind");
    const auto found = find_device_kind(kind->get_ref<const std::string&>());
    if (!found) return malformed("kind");
    config.kind = *found;
    return config;
}

void wipe_text(std::string& text) {
    wipe(std::as_writable_bytes(std::span{text}));
}

std::string to_keys_text(Key signing, Key sealing, Key database) {
    std::string text;
    text.reserve(keys_bytes_max);  // no reallocation leaves a copy behind
    text.append(keys_header);
    for (const auto& [name, key] :
         {std::pair{"signing ", signing}, {"sealing ", sealing}, {"database ", database}}) {
        std::string hex = to_hex(key);
        text.append(name).append(hex).append("\n");
        wipe_text(hex);
    }
    return text;
}

/// One line "name HEX"; fills `key`.
Result<void> take_key(std::string_view& text, std::string_view name, std::span<std::byte> key) {
    const std::size_t size = name.size() + 2 * key.size() + 1;
    if (text.size() < size || !text.starts_with(name) || text[size - 1] != '\n')
        return fail(Errc::malformed, keys_name);
    auto bytes = from_hex(text.substr(name.size(), 2 * key.size()));
    if (!bytes) return fail(Errc::malformed, keys_name);
    std::ranges::copy(*bytes, key.begin());
    wipe(*bytes);
    text.remove_prefix(size);
    return {};
}

struct KeyBytes {
    std::array<std::byte, 32> signing{};
    std::array<std::byte, 32> sealing{};
    std::array<std::byte, database_key_size> database{};

    KeyBytes() = default;
    KeyBytes(const KeyBytes&) = delete;
    KeyBytes& operator=(const KeyBytes&) = delete;

    ~KeyBytes() {
        wipe(signing);
        wipe(sealing);
        wipe(database);
    }

    SodiumPageCipher pages() const { return page_cipher_from(database); }
};

Result<void> keys_from_text(std::string_view text, KeyBytes& keys) {
    if (!text.starts_with(keys_header)) return fail(Errc::malformed, keys_name);
    text.remove_prefix(keys_header.size());
    SAMSYN_TRY(take_key(text, "signing ", keys.signing));
    SAMSYN_TRY(take_key(text, "sealing ", keys.sealing));
    SAMSYN_TRY(take_key(text, "database ", keys.database));
    if (!text.empty()) return fail(Errc::malformed, keys_name);
    return {};
}

/// Makes the folder and gives it to its owner alone.
Result<void> make_private_folder(const std::filesystem::path& path) {
    std::error_code error;
    std::filesystem::create_directories(path, error);
    if (error) return fail(Errc::system_failed, "folder: " + error.message());
    if (::chmod(path.c_str(), 0700) != 0) return fail(Errc::not_permitted, "folder");
    return {};
}

}  // namespace

Result<void> create_folder(const std::filesystem::path& path,
                           const DeviceConfig& config,
                           const SigningKey& signing,
                           const SealingKey& sealing) {
    std::error_code ignored;  // what cannot be seen cannot be created either, and says so below
    for (const std::string_view name : {config_name, keys_name})
        if (std::filesystem::exists(path / name, ignored)) return fail(Errc::already_exists, name);
    SAMSYN_TRY(make_private_folder(path));

    KeyBytes fresh;
    SodiumRandom{}.fill(fresh.database);
    std::string keys = to_keys_text(signing.seed(), sealing.secret(), fresh.database);
    const auto created = create_private_file(path / keys_name, keys);
    wipe_text(keys);
    if (!created) return created;
    SodiumPageCipher pages = fresh.pages();
    const auto database = Database::create(database_file_in(path), pages);
    // The configuration comes last: a folder that has it is complete.
    const auto written = database ? create_private_file(path / config_name, to_config_text(config))
                                  : Result<void>{std::unexpected{database.error()}};
    if (!written) std::filesystem::remove(path / keys_name, ignored);
    return written;
}

std::filesystem::path database_file_in(const std::filesystem::path& folder) {
    return folder / "samsyn.db";
}

Result<OpenedFolder> open_folder(const std::filesystem::path& path) {
    const std::string text =
        SAMSYN_TRY(read_whole_file(path / config_name, config_bytes_max, FileSecrecy::open));
    DeviceConfig config = SAMSYN_TRY(config_from_text(text));

    std::string secret =
        SAMSYN_TRY(read_whole_file(path / keys_name, keys_bytes_max, FileSecrecy::secret));
    KeyBytes keys;
    const auto read = keys_from_text(secret, keys);
    wipe_text(secret);
    if (!read) return std::unexpected{read.error()};
    return OpenedFolder{path,
                        std::move(config),
                        SigningKey::from_seed(keys.signing),
                        SealingKey::from_secret(keys.sealing),
                        keys.pages()};
}

Result<void> save_config(const std::filesystem::path& path, const DeviceConfig& config) {
    return write_private_file(path / config_name, to_config_text(config));
}

}  // namespace samsyn
