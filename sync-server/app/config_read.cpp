#include "sync-server/app/config_read.hpp"

#include "sync-server/app/config_value.hpp"

#include <algorithm>
#include <cctype>
#include <unistd.h>

namespace samsyn {

namespace {

constexpr std::string_view variable_prefix = "SAMSYN_SERVER_";
constexpr std::size_t name_size_max = 80;
constexpr std::size_t shown_size_max = 200;  // of a value in a sentence

std::string variable_of(const ConfigKey& key) {
    std::string name{variable_prefix};
    name.append(key.section).append("_").append(key.name);
    std::ranges::transform(
        name, name.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return name;
}

const ConfigKey* find_key(std::string_view section, std::string_view name) {
    const auto found = std::ranges::find_if(config_table(), [&](const ConfigKey& key) {
        return key.section == section && key.name == name;
    });
    return found == config_table().end() ? nullptr : &*found;
}

/// The name most like `given`, where one is: of two, the one with the same last part.
template <class NameOf>
std::string nearest(std::string_view given, std::string_view last_part, NameOf name_of) {
    std::string best;
    if (given.size() > name_size_max) return best;  // no slip of a finger
    std::size_t best_distance = std::max<std::size_t>(given.size() / 3, 2) + 1;
    for (const ConfigKey& key : config_table()) {
        const std::string name = name_of(key);
        const std::size_t distance = key.name == last_part ? 1 : edit_distance(given, name);
        if (distance >= best_distance) continue;
        best = name;
        best_distance = distance;
    }
    return best;
}

std::string unknown(const std::string& place, const std::string& name, const std::string& near) {
    std::string sentence = place + ": " + name + " is not known";
    if (near.empty()) return sentence + ". All keys: samsyn-server config";
    return sentence + "; the nearest is " + near + ".";
}

/// A foreign text in a sentence: its first letters, what could move the cursor replaced.
std::string plain(std::string text) {
    std::ranges::replace_if(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, '?');
    return text.substr(0, 80);
}

std::string shown_raw(const RawValue& value) {
    if (const auto* text = std::get_if<std::string>(&value)) return "\"" + plain(*text) + "\"";
    if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
    if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
    if (std::holds_alternative<std::monostate>(value)) return "what stands there";
    std::string shown = "[";
    for (const std::string& item : std::get<std::vector<std::string>>(value)) {
        if (shown.size() > shown_size_max) return shown + ", ...]";
        shown.append(shown.size() > 1 ? ", " : "").append("\"" + plain(item) + "\"");
    }
    return shown + "]";
}

/// A wrong address to listen on has an exit code of its own.
ServerExit exit_of(const ConfigKey& key) {
    return key.name == "listen" ? ServerExit::bad_address : ServerExit::config;
}

void apply(const Setting& setting, LoadedConfig& out) {
    const std::string name = setting.section + "." + setting.name;
    const ConfigKey* key = find_key(setting.section, setting.name);
    if (key == nullptr) {
        const std::string near = nearest(name, setting.name, full_name);
        out.errors.push_back(
            {setting.line, unknown(setting.place, plain(name), near), ServerExit::config});
        return;
    }
    const auto put = put_value(*key, out.config, setting.value, setting.is_text);
    if (put) return;
    out.errors.push_back({setting.line,
                          setting.place + ": " + name + " is " + shown_raw(setting.value) +
                              ", and must be " + put.error() + ".",
                          exit_of(*key)});
}

void apply_variable(const std::string& variable, LoadedConfig& out) {
    const std::size_t equals = std::min(variable.find('='), variable.size());
    const std::string name = variable.substr(0, equals);
    if (!name.starts_with(variable_prefix)) return;
    const auto key = std::ranges::find(config_table(), name, variable_of);
    if (key == config_table().end()) {
        const std::string near = nearest(name, {}, variable_of);
        out.errors.push_back({0, unknown("environment", plain(name), near), ServerExit::config});
        return;
    }
    const std::string value = equals < variable.size() ? variable.substr(equals + 1) : "";
    apply({std::string{key->section}, std::string{key->name}, value, name, 0, true}, out);
}

/// Whether a path is a folder or lies below it, as far as the two texts tell.
bool lies_in(const std::filesystem::path& path, const std::filesystem::path& folder) {
    const auto from = path.lexically_normal().lexically_relative(folder.lexically_normal());
    return !from.empty() && *from.begin() != "..";
}

/// Keys that contradict one another.
void check_together(LoadedConfig& out) {
    const ServerConfig& config = out.config;
    const auto wrong = [&](bool is_wrong, std::string_view sentence) {
        if (is_wrong) out.errors.push_back({0, std::string{sentence}, ServerExit::config});
    };
    wrong(config.tls.certificate.empty() != config.tls.key.empty(),
          "tls.certificate and tls.key belong together: give both or neither.");
    wrong(
        config.net.silence_max <= config.net.ping_every,
        "limits.silence_max must be longer than limits.ping_every: else quiet tablets are closed.");
    wrong(config.net.to_authenticated < config.net.silence_before,
          "limits.to_authenticated must not be shorter than limits.silence_before.");
    wrong(std::ranges::find(config.listen, config.metrics_listen) != config.listen.end(),
          "metrics.listen must be another address than those of server.listen.");
    wrong(!config.backup.folder.empty() && lies_in(backup_keys(config), config.backup.folder),
          "backup.keys must not lie in backup.folder: who takes both can read the backups.");
    wrong(!config.backup.folder.empty() && lies_in(config.backup.folder, config.data),
          "backup.folder must not lie in server.data: both would be lost with one disk.");
}

void print_key(const ConfigKey& key,
               const ServerConfig& config,
               const ServerConfig& defaults,
               std::string& out) {
    const std::string value = shown_value(key, config);
    out.append("\n# ").append(key.sentence).append("\n# Takes ").append(expected_value(key));
    out.append(".\n").append(value == shown_value(key, defaults) ? "#" : "");
    out.append(key.name).append(" = ").append(value).append("\n");
}

}  // namespace

LoadedConfig load_config(const ConfigSources& sources) {
    LoadedConfig out;
    ConfigFile file;
    if (!sources.file.empty()) {
        file = read_config_file(sources.file);
        out.is_read = file.is_read;
    }
    out.errors = std::move(file.errors);
    const auto has_room = [&] { return out.errors.size() <= config_errors_max; };
    for (const Setting& setting : file.settings)
        if (has_room()) apply(setting, out);
    std::ranges::stable_sort(out.errors, {}, &ConfigError::line);
    for (const std::string& variable : sources.environment)
        if (has_room()) apply_variable(variable, out);
    for (const Setting& setting : sources.options) apply(setting, out);
    check_together(out);
    if (has_room()) return out;
    out.errors.resize(config_errors_max);
    out.errors.push_back({out.errors.back().line,
                          "There are more errors. Correct these first.",
                          ServerExit::config});
    return out;
}

Fallible<ServerConfig> usable_config(const ConfigSources& sources) {
    LoadedConfig loaded = load_config(sources);
    if (loaded.errors.empty()) return std::move(loaded.config);
    std::string sentences;
    for (const ConfigError& error : loaded.errors)
        sentences.append(sentences.empty() ? "" : "\n").append(error.sentence);
    return give_up(loaded.errors.front().exit, std::move(sentences));
}

std::vector<std::string> process_environment() {
    std::vector<std::string> variables;
    for (char** each = environ; each != nullptr && *each != nullptr; ++each)
        variables.emplace_back(*each);
    return variables;
}

std::string documented_config(const ServerConfig& config) {
    const ServerConfig defaults;
    std::string out =
        "# The configuration of samsyn-server: every key, what it takes, and its default as a\n"
        "# comment. Check a change with: samsyn-server check --config FILE\n"
        "# An environment variable SAMSYN_SERVER_<SECTION>_<KEY> overrides a key.\n";
    std::string_view section;
    for (const ConfigKey& key : config_table()) {
        if (key.section != section) out.append("\n[").append(key.section).append("]\n");
        section = key.section;
        print_key(key, config, defaults, out);
    }
    return out;
}

}  // namespace samsyn
