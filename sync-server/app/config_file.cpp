#include "sync-server/app/config_file.hpp"

#include "core/base/codec.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <span>
#include <system_error>

// The parser states its own assumptions about what it has read, and a damaged file breaks one.
#define TOML_ASSERT(expr) static_cast<void>(0)
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

namespace samsyn {

namespace {

constexpr std::size_t config_file_bytes_max = 256 << 10;
constexpr std::size_t bad_lines_max = 50;  // then it is no configuration file at all

/// A line that is taken out is found by reading what is before it, again and again: so many bytes
/// in all, then no more is looked for.
constexpr std::size_t parsed_bytes_max = 8 << 20;

std::vector<std::string> split_lines(const std::string& text) {
    std::vector<std::string> lines;
    for (std::size_t start = 0; start <= text.size();) {
        const std::size_t end = std::min(text.find('\n', start), text.size());
        lines.push_back(text.substr(start, end - start));
        start = end + 1;
    }
    return lines;
}

std::string join_lines(std::span<const std::string> lines) {
    std::string text;
    for (const std::string& line : lines) text.append(line).append("\n");
    return text;
}

/// The parser takes UTF-8 for granted.
bool is_text(const std::string& line) {
    const auto is_odd = [](unsigned char c) {
        return (c < 0x20 && c != '\t' && c != '\r') || c == 0x7f;
    };
    return is_utf8(as_bytes(line)) && std::ranges::none_of(line, is_odd);
}

/// The parser calls itself for each dot of a key.
bool is_too_deep(const std::string& line) {
    constexpr std::ptrdiff_t dots_max = 32;
    const std::size_t sign = line.find('=');
    const std::size_t first = line.find_first_not_of(" \t");
    const bool is_header = first != std::string::npos && line[first] == '[';
    if (sign == std::string::npos && !is_header) return false;  // part of a list
    return std::ranges::count(line.substr(0, sign), '.') > dots_max;
}

/// The parser, and what it has cost.
class Parser {
public:
    toml::parse_result parse(const std::string& text) {
        spent_ += text.size();
        return toml::parse(text);
    }

    bool is_good(const std::string& text) { return parse(text).succeeded(); }

    bool is_spent() const { return spent_ >= parsed_bytes_max; }

private:
    std::size_t spent_ = 0;
};

/// Takes out what the parser stumbled over in line `at`, and returns the line to name. A list that
/// is not closed is noticed on a later line, which is fine by itself: then the list's first line is
/// named, and the list goes.
std::size_t take_out(std::vector<std::string>& lines, std::size_t at, Parser& parser) {
    std::size_t first = at;
    while (first > 0 && !parser.is_spent() &&
           !parser.is_good(join_lines(std::span{lines}.first(first))))
        --first;
    if (parser.is_spent()) return at;
    const std::size_t named = parser.is_good(lines[at]) ? first : at;
    lines[first].clear();
    for (std::size_t i = first + 1; i < at; ++i)
        if (!parser.is_good(lines[i])) lines[i].clear();
    return named;
}

RawValue raw_value(const toml::node& node) {
    if (const auto* text = node.as_string()) return text->get();
    if (const auto* number = node.as_integer()) return number->get();
    if (const auto* flag = node.as_boolean()) return flag->get();
    const auto* list = node.as_array();
    if (list == nullptr) return std::monostate{};
    std::vector<std::string> items;
    for (const toml::node& item : *list) {
        const auto* text = item.as_string();
        if (text == nullptr) return std::monostate{};
        items.push_back(text->get());
    }
    return items;
}

void take_section(const std::string& section,
                  const toml::table& table,
                  const std::string& name,
                  ConfigFile& out) {
    for (const auto& [key, node] : table) {
        const int line = static_cast<int>(key.source().begin.line);
        out.settings.push_back({section,
                                std::string{key.str()},
                                raw_value(node),
                                name + ":" + std::to_string(line),
                                line,
                                false});
    }
}

void take_tables(const toml::table& tables, const std::string& name, ConfigFile& out) {
    for (const auto& [key, node] : tables) {
        if (out.errors.size() > config_errors_max) break;
        const int line = static_cast<int>(key.source().begin.line);
        if (const auto* table = node.as_table())
            take_section(std::string{key.str()}, *table, name, out);
        else
            out.errors.push_back({line,
                                  name + ":" + std::to_string(line) + ": " +
                                      std::string{key.str()} +
                                      " stands before the first [section]; put it below its own.",
                                  ServerExit::config});
    }
    std::ranges::stable_sort(out.settings, {}, &Setting::line);
}

}  // namespace

ConfigFile parse_config_text(const std::string& text, const std::string& name) {
    ConfigFile out;
    std::vector<std::string> lines = split_lines(text);
    for (std::size_t at = 0; at < lines.size(); ++at) {
        const bool is_deep = is_too_deep(lines[at]);
        if (is_text(lines[at]) && !is_deep) continue;
        const std::string line = std::to_string(at + 1);
        const std::string why = is_deep ? "it has too many dots" : "it is no text";
        out.errors.push_back({static_cast<int>(at + 1),
                              name + ":" + line + ": cannot be read: " + why + ".",
                              ServerExit::config});
        lines[at].clear();
        if (out.errors.size() >= bad_lines_max) return out;
    }
    Parser parser;
    for (std::size_t bad = 0; bad < bad_lines_max && !parser.is_spent(); ++bad) {
        const toml::parse_result parsed = parser.parse(join_lines(lines));
        if (parsed.succeeded()) {
            out.is_read = true;
            take_tables(parsed.table(), name, out);
            return out;
        }
        const auto met = static_cast<std::size_t>(parsed.error().source().begin.line);
        const std::size_t at = std::clamp<std::size_t>(met, 1, lines.size()) - 1;
        std::string why{parsed.error().description()};
        std::ranges::replace_if(why, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
        const int line = static_cast<int>(take_out(lines, at, parser)) + 1;
        out.errors.push_back({line,
                              name + ":" + std::to_string(line) + ": cannot be read: " + why + ".",
                              ServerExit::config});
    }
    const std::string_view why =
        parser.is_spent() ? " was not read to its end. Correct these first." : " is no TOML file.";
    out.errors.push_back({0, name + std::string{why}, ServerExit::config});
    return out;
}

ConfigFile read_config_file(const std::filesystem::path& file) {
    const auto unreadable = [&](const std::string& why, ServerExit exit) {
        ConfigFile out;
        out.errors.push_back({0, file.string() + " cannot be read: " + why + ".", exit});
        return out;
    };
    std::error_code ec;
    if (std::filesystem::is_directory(file, ec))
        return unreadable("it is a folder", ServerExit::config);
    const auto size = std::filesystem::file_size(file, ec);
    if (ec) return unreadable(ec.message(), ServerExit::config);
    if (size > config_file_bytes_max)
        return unreadable("it is longer than 256 KiB", ServerExit::config);
    std::ifstream in{file, std::ios::binary};
    if (!in)
        return unreadable(std::error_code{errno, std::generic_category()}.message(),
                          ServerExit::read_only);
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    return parse_config_text(text, file.string());
}

}  // namespace samsyn
