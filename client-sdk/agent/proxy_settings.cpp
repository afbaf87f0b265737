#include "client-sdk/agent/proxy_settings.hpp"

#include "client-sdk/agent/folder.hpp"
#include "client-sdk/agent/json_lines.hpp"
#include "client-sdk/agent/operations.hpp"
#include "client-sdk/agent/private_file.hpp"
#include "client-sdk/agent/secret_text.hpp"
#include "client-sdk/agent/way.hpp"
#include "core/base/codec.hpp"

#include <algorithm>
#include <iterator>

namespace samsyn {

namespace {

using nlohmann::json;
using ProxyMode = ProxySettings::Mode;

constexpr std::string_view proxy_file_name = "proxy.json";
constexpr std::size_t proxy_file_bytes_max = 8 * 1024;
constexpr int proxy_file_version = 1;

std::string_view proxy_mode_key(ProxyMode mode) {
    switch (mode) {
        case ProxyMode::automatic:
            return "auto";
        case ProxyMode::off:
            return "off";
        case ProxyMode::fixed:
            return "set";
    }
    return "";
}

std::unexpected<Error> bad_proxy_file(std::string_view key) {
    return fail(Errc::malformed, std::string{proxy_file_name}.append(": ").append(key));
}

/// Empty where there is none. Errors: `malformed`.
Result<std::string> text_of_proxy(const json& object, const char* key) {
    const auto found = object.find(key);
    if (found == object.end()) return std::string{};
    if (!found->is_string()) return bad_proxy_file(key);
    return found->get<std::string>();
}

Result<Proxy> proxy_in_file(const json& object) {
    const std::string address = SAMSYN_TRY(text_of_proxy(object, "address"));
    auto proxy = parse_proxy(address);
    if (!proxy || !proxy->user.empty()) return bad_proxy_file("address");
    proxy->user = SAMSYN_TRY(text_of_proxy(object, "user"));
    proxy->password = SAMSYN_TRY(text_of_proxy(object, "password"));
    if (!check_proxy_credentials(proxy->user, proxy->password)) return bad_proxy_file("user");
    return *std::move(proxy);
}

Result<ProxySettings> settings_from_text(std::string_view text) {
    const auto parsed = parse_json(text);
    if (!parsed || !parsed->is_object()) return bad_proxy_file("not an object");
    const json& object = *parsed;
    const auto version = object.find("version");
    if (version == object.end() || !version->is_number_unsigned()) return bad_proxy_file("version");
    if (*version > proxy_file_version) return fail(Errc::newer_format, proxy_file_name);
    const std::string mode = SAMSYN_TRY(text_of_proxy(object, "mode"));
    if (mode == proxy_mode_key(ProxyMode::off)) return ProxySettings{ProxyMode::off};
    if (mode == proxy_mode_key(ProxyMode::automatic)) return ProxySettings{};
    if (mode != proxy_mode_key(ProxyMode::fixed)) return bad_proxy_file("mode");
    Proxy proxy = SAMSYN_TRY(proxy_in_file(object));
    return ProxySettings{ProxyMode::fixed, std::move(proxy)};
}

/// Errors: `invalid_argument` naming the argument.
Result<ProxySettings> settings_from_args(const json& args) {
    std::string texts[3];
    constexpr const char* keys[] = {"address", "user", "password"};
    for (const auto& [key, value] : args.items()) {
        const auto* const found = std::ranges::find(keys, key);
        if (found == std::end(keys)) return fail(Errc::invalid_argument, "args");
        if (!value.is_string() || !is_utf8(as_bytes(value.get_ref<const std::string&>())))
            return fail(Errc::invalid_argument, *found);
        texts[found - keys] = value.get<std::string>();
    }
    Proxy proxy = SAMSYN_TRY(parse_proxy(texts[0]));
    if (!proxy.password.empty())
        return fail(Errc::invalid_argument, "address: give the password apart");
    if (!texts[1].empty()) proxy.user = texts[1];
    proxy.password = texts[2];
    wipe_text(texts[2]);
    SAMSYN_TRY(check_proxy_credentials(proxy.user, proxy.password));
    return ProxySettings{ProxyMode::fixed, std::move(proxy)};
}

json environment_to_json() {
    const ProxyEnvironment environment = ProxyEnvironment::of_process();
    json shown = json::object();
    if (!environment.https_proxy.empty()) {
        const auto proxy = parse_proxy(environment.https_proxy);
        shown["https_proxy"] = proxy ? to_string(proxy->address) : std::string{"unusable"};
    }
    if (!environment.no_proxy.empty())
        shown["no_proxy"] = environment.no_proxy.size() <= no_proxy_bytes_max
                                ? environment.no_proxy
                                : std::string{"unusable"};
    return shown;
}

Result<json> shown_proxy(const std::filesystem::path& folder) {
    const ProxySettings settings = SAMSYN_TRY(read_proxy_settings(folder));
    json shown;
    shown["mode"] = proxy_mode_key(settings.mode);
    if (settings.proxy) {
        shown["address"] = "http://" + to_string(settings.proxy->address);
        shown["user"] = settings.proxy->user;
        shown["has_password"] = !settings.proxy->password.empty();
    }
    shown["environment"] = environment_to_json();
    const auto config = read_config(folder);
    if (!config || config->device.server.empty()) return shown;  // no server yet: no way to it
    shown["server"] = config->device.server;
    const auto route = route_of(folder, config->device.server);
    shown["way"] = route ? way_to_json(*route) : json{};
    if (!route) shown["error"] = error_to_json(route.error());
    return shown;
}

Result<json> run_proxy_operation(const std::filesystem::path& folder,
                                 std::string_view operation,
                                 const json& args) {
    if (operation == "proxy.set") {
        const ProxySettings settings = SAMSYN_TRY(settings_from_args(args));
        SAMSYN_TRY(save_proxy_settings(folder, settings));
        return shown_proxy(folder);
    }
    if (!args.empty()) return fail(Errc::invalid_argument, "args");
    if (operation == "proxy.off") SAMSYN_TRY(save_proxy_settings(folder, {ProxyMode::off}));
    if (operation == "proxy.auto") SAMSYN_TRY(save_proxy_settings(folder, {}));
    return shown_proxy(folder);
}

}  // namespace

Result<ProxySettings> read_proxy_settings(const std::filesystem::path& folder) {
    auto text =
        read_whole_file(folder / proxy_file_name, proxy_file_bytes_max, FileSecrecy::secret);
    if (!text && text.error().code == Errc::not_found) return ProxySettings{};
    if (!text) return std::unexpected{text.error()};
    auto settings = settings_from_text(*text);
    wipe_text(*text);
    return settings;
}

Result<void> save_proxy_settings(const std::filesystem::path& folder,
                                 const ProxySettings& settings) {
    json object = {{"version", proxy_file_version}, {"mode", proxy_mode_key(settings.mode)}};
    if (settings.proxy) {
        object["address"] = to_string(settings.proxy->address);
        object["user"] = settings.proxy->user;
        object["password"] = settings.proxy->password;
    }
    std::string text = object.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
    const auto saved = write_private_file(folder / proxy_file_name, text);
    wipe_text(text);
    wipe_strings(object);
    return saved;
}

Result<Route> route_of(const std::filesystem::path& folder, const std::string& server) {
    const auto settings = read_proxy_settings(folder);
    if (!settings) return fail(Errc::proxy_failed, to_string(settings.error()));
    const auto address = parse_address(server);
    if (!address) return Route{};  // what is no address is told where it is dialled
    return choose_route(*settings, ProxyEnvironment::of_process(), *address);
}

json serve_proxy_operation(const std::filesystem::path& folder,
                           std::string_view operation,
                           const json& args) {
    auto done = run_proxy_operation(folder, operation, args);
    if (done) return ok_answer(*std::move(done));
    return json::object({{"ok", false}, {"error", error_to_json(done.error())}});
}

}  // namespace samsyn
