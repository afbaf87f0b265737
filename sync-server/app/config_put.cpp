// How one key of the table takes a value, and shows the one that it has.

#include "sync-server/app/config_table.hpp"
#include "sync-server/app/config_value.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>

namespace samsyn {

namespace {

constexpr std::array<std::string_view, 3> level_names{"info", "warning", "error"};

using Put = std::expected<void, std::string>;

template <class... Cases>
struct Overloaded : Cases... {
    using Cases::operator()...;
};

/// An address, or one of the blocks that strangers are counted by.
bool is_address_block(const std::string& text) {
    const std::size_t slash = std::min(text.find('/'), text.size());
    const std::string address = text.substr(0, slash);
    std::array<unsigned char, 16> bytes{};
    const bool v4 = ::inet_pton(AF_INET, address.c_str(), bytes.data()) == 1;
    if (!v4 && ::inet_pton(AF_INET6, address.c_str(), bytes.data()) != 1) return false;
    return slash == text.size() || text.substr(slash) == (v4 ? "/24" : "/48");
}

bool is_of_form(const std::string& text, TextForm form) {
    switch (form) {
        case TextForm::listen_address:
            return parse_listen_address(text).has_value();
        case TextForm::address_block:
            return is_address_block(text);
        case TextForm::origin:
            return text.starts_with("https://") && !text.ends_with('/');
    }
    return false;
}

std::string_view name_of_form(TextForm form) {
    switch (form) {
        case TextForm::listen_address:
            return "HOST:PORT, as in 0.0.0.0:443 or [::]:443";
        case TextForm::address_block:
            return "an address or a block, as in 10.1.2.0/24 or 2001:db8::/48";
        case TextForm::origin:
            return "an origin, as in https://example.org";
    }
    return {};
}

std::vector<std::string> split(const std::string& text) {
    std::vector<std::string> parts;
    for (std::size_t start = 0; start < text.size();) {
        const std::size_t comma = std::min(text.find(',', start), text.size());
        parts.push_back(text.substr(start, comma - start));
        start = comma + 1;
    }
    return parts;
}

/// TOML has escapes for these alone of what can be in a path.
std::string in_quotes(std::string_view text) {
    static constexpr std::string_view hex = "0123456789ABCDEF";
    std::string out = "\"";
    for (const char c : text) {
        const auto code = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\')
            out.append({'\\', c});
        else if (code < 0x20 || code == 0x7f)
            out.append("\\u00").append({hex[code >> 4U], hex[code & 15U]});
        else
            out += c;
    }
    return out + "\"";
}

/// Sets the values of one key; `operator()` for each kind of keys.
class Putting {
public:
    Putting(ServerConfig& config, const RawValue& value, bool is_text, std::string expected)
        : config_(config),
          value_(value),
          is_text_(is_text),
          expected_(std::move(expected)) {}

    Put operator()(const PathKey& key) const {
        const auto* text = std::get_if<std::string>(&value_);
        if (text == nullptr || (key.required && text->empty()) || text->contains('\0')) return no();
        key.at(config_) = *text;
        return {};
    }

    Put operator()(const CountKey& key) const { return put_number(number(), key); }

    Put operator()(const SizeKey& key) const {
        if (const auto* text = std::get_if<std::string>(&value_)) {
            const auto bytes = parse_size(*text);
            if (!bytes) return no();
            return put_number(static_cast<std::int64_t>(*bytes), key);
        }
        return put_number(number(), key);
    }

    Put operator()(const TimeKey& key) const {
        const auto* text = std::get_if<std::string>(&value_);
        const auto time = text == nullptr ? std::nullopt : parse_duration(*text);
        if (!time || *time < key.least || *time > key.most) return no();
        key.at(config_) = *time;
        return {};
    }

    Put operator()(const FlagKey& key) const {
        const auto* text = std::get_if<std::string>(&value_);
        if (const auto* flag = std::get_if<bool>(&value_))
            key.at(config_) = *flag;
        else if (is_text_ && text != nullptr && (*text == "true" || *text == "false"))
            key.at(config_) = *text == "true";
        else
            return no();
        return {};
    }

    Put operator()(const LevelKey& key) const {
        const auto* text = std::get_if<std::string>(&value_);
        if (text == nullptr) return no();
        const auto found = std::ranges::find(level_names, *text);
        if (found == level_names.end()) return no();
        key.at(config_) = static_cast<LogLevel>(found - level_names.begin());
        return {};
    }

    Put operator()(const TextKey& key) const {
        const auto* text = std::get_if<std::string>(&value_);
        if (text == nullptr || (!text->empty() && !is_of_form(*text, key.form))) return no();
        key.at(config_) = *text;
        return {};
    }

    Put operator()(const ListKey& key) const {
        std::vector<std::string> items;
        if (const auto* list = std::get_if<std::vector<std::string>>(&value_))
            items = *list;
        else if (const auto* text = std::get_if<std::string>(&value_); text != nullptr && is_text_)
            items = split(*text);
        else
            return no();
        const bool fits = std::ranges::all_of(
            items, [&](const std::string& item) { return is_of_form(item, key.form); });
        if (!fits || items.size() < key.least || items.size() > key.most) return no();
        key.at(config_) = std::move(items);
        return {};
    }

private:
    Put no() const { return std::unexpected{expected_}; }

    std::optional<std::int64_t> number() const {
        if (const auto* given = std::get_if<std::int64_t>(&value_)) return *given;
        const auto* text = std::get_if<std::string>(&value_);
        return text != nullptr && is_text_ ? parse_count(*text) : std::nullopt;
    }

    template <class Key>
    Put put_number(std::optional<std::int64_t> given, const Key& key) const {
        if (!given || *given < key.least || *given > key.most) return no();
        std::visit(
            [&](auto at) {
                auto& place = at(config_);
                place = static_cast<std::remove_reference_t<decltype(place)>>(*given);
            },
            key.at);
        return {};
    }

    ServerConfig& config_;
    const RawValue& value_;
    bool is_text_;
    std::string expected_;
};

std::int64_t number_at(const auto& at, ServerConfig& config) {
    return std::visit([&](auto each) { return static_cast<std::int64_t>(each(config)); }, at);
}

std::string shown_list(const std::vector<std::string>& items) {
    std::string out = "[";
    for (const std::string& item : items)
        out.append(out.size() > 1 ? ", " : "").append(in_quotes(item));
    return out + "]";
}

}  // namespace

std::string expected_value(const ConfigKey& key) {
    const auto range = [](std::string what, const std::string& least, const std::string& most) {
        return what.append(" from ").append(least).append(" to ").append(most);
    };
    return std::visit(
        Overloaded{
            [](const PathKey& path) -> std::string {
                return path.required ? "a path that is not empty" : "a path";
            },
            [&](const CountKey& count) {
                return range(
                    "a whole number", std::to_string(count.least), std::to_string(count.most));
            },
            [&](const SizeKey& size) {
                return range("a size",
                             in_quotes(shown_size(static_cast<std::uint64_t>(size.least))),
                             in_quotes(shown_size(static_cast<std::uint64_t>(size.most))));
            },
            [&](const TimeKey& time) {
                return range("a time",
                             in_quotes(shown_duration(time.least)),
                             in_quotes(shown_duration(time.most)));
            },
            [](const FlagKey&) -> std::string { return "true or false"; },
            [](const LevelKey&) -> std::string { return R"("info", "warning" or "error")"; },
            [](const TextKey& text) { return std::string{name_of_form(text.form)}; },
            [](const ListKey& list) {
                return "a list of " + std::to_string(list.least) + " to " +
                       std::to_string(list.most) + " texts, each " +
                       std::string{name_of_form(list.form)};
            },
        },
        key.kind);
}

std::expected<void, std::string> put_value(const ConfigKey& key,
                                           ServerConfig& config,
                                           const RawValue& value,
                                           bool is_text) {
    return std::visit(Putting{config, value, is_text, expected_value(key)}, key.kind);
}

std::string shown_value(const ConfigKey& key, const ServerConfig& of) {
    ServerConfig config = of;  // what the table names is mutable
    return std::visit(
        Overloaded{
            [&](const PathKey& path) { return in_quotes(path.at(config).string()); },
            [&](const CountKey& count) { return std::to_string(number_at(count.at, config)); },
            [&](const SizeKey& size) {
                const auto bytes = static_cast<std::uint64_t>(number_at(size.at, config));
                return in_quotes(shown_size(bytes));
            },
            [&](const TimeKey& time) { return in_quotes(shown_duration(time.at(config))); },
            [&](const FlagKey& flag) -> std::string { return flag.at(config) ? "true" : "false"; },
            [&](const LevelKey& level) {
                return in_quotes(level_names.at(static_cast<std::size_t>(level.at(config))));
            },
            [&](const TextKey& text) { return in_quotes(text.at(config)); },
            [&](const ListKey& list) { return shown_list(list.at(config)); },
        },
        key.kind);
}

}  // namespace samsyn
