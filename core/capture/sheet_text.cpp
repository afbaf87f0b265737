#include "core/capture/sheet_text.hpp"

#include <algorithm>

namespace samsyn {

namespace {

bool continues(char c) {
    return (static_cast<unsigned char>(c) & 0xc0U) == 0x80;
}

/// C0, DEL and, of two bytes, C1; line and paragraph separators and direction marks (U+2028 to
/// U+202E, U+2066 to U+2069) of three.
std::size_t control_size(std::string_view text) {
    const auto byte = [&](std::size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
    };
    if (byte(0) < 0x20 || byte(0) == 0x7f) return 1;
    if (byte(0) == 0xc2 && byte(1) >= 0x80 && byte(1) < 0xa0) return 2;
    if (byte(0) != 0xe2) return 0;
    const bool separator = byte(1) == 0x80 && byte(2) >= 0xa8 && byte(2) <= 0xae;
    const bool isolate = byte(1) == 0x81 && byte(2) >= 0xa6 && byte(2) <= 0xa9;
    return separator || isolate ? 3 : 0;
}

}  // namespace

std::size_t columns_of(std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return !continues(c); }));
}

std::string sheet_name(std::string_view name, std::size_t columns_max) {
    std::string plain;
    std::size_t columns = 0;
    while (!name.empty() && columns < columns_max) {
        const std::size_t control = control_size(name);
        std::size_t size = std::max<std::size_t>(control, 1);
        while (size < name.size() && continues(name[size])) ++size;
        if (control > 0)
            plain.push_back(' ');
        else
            plain.append(name.substr(0, size));
        name.remove_prefix(size);
        ++columns;
    }
    if (!name.empty()) plain.append("…");
    return plain;
}

std::string joined(const std::vector<std::string>& parts, std::string_view last_word) {
    std::string text;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (i > 0 && i + 1 == parts.size())
            text.append(" ").append(last_word).append(" ");
        else if (i > 0)
            text.append(", ");
        text.append(parts[i]);
    }
    return text;
}

void Sheet::line(std::string_view text) {
    text_.append(text).append("\n");
    ++lines_;
}

void Sheet::heading(std::string_view text) {
    line();
    line(text);
}

void Sheet::paragraph(std::string_view text) {
    std::string row = "  ";
    std::size_t used = 2;
    bool empty = true;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        const std::string_view word = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const std::size_t columns = columns_of(word);
        if (!empty && used + 1 + columns > sheet_columns) {
            line(row);
            row = "  ";
            used = 2;
            empty = true;
        }
        if (!empty) row.append(" ");
        row.append(word);
        used += columns + (empty ? 0 : 1);
        empty = false;
    }
    if (!empty) line(row);
}

void Sheet::list(const std::vector<std::string>& parts, std::string_view last_word) {
    paragraph(joined(parts, last_word) + ".");
}

}  // namespace samsyn
