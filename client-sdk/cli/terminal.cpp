#include "client-sdk/cli/terminal.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <cstdio>

namespace samsyn {

namespace {

struct Point {
    utf8proc_int32_t value;  // negative for a byte that is not UTF-8
    std::size_t size;
};

Point point_at(std::string_view text, std::size_t at) {
    utf8proc_int32_t value = -1;
    const utf8proc_ssize_t size =
        utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()) + at,
                         static_cast<utf8proc_ssize_t>(text.size() - at),
                         &value);
    if (size <= 0) return {-1, 1};
    return {value, static_cast<std::size_t>(size)};
}

/// Control characters, and those that change the direction of what follows.
bool is_unsafe(utf8proc_int32_t point) {
    return point < 0x20 || (point >= 0x7f && point <= 0x9f) ||
           (point >= 0x202a && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069) ||
           point == 0x061c || point == 0x200e || point == 0x200f || point == 0x2028 ||
           point == 0x2029;
}

std::string mark(const char* format, unsigned value) {
    char text[16];
    std::snprintf(text, sizeof text, format, value);
    return text;
}

}  // namespace

std::string escaped(std::string_view text, LineEnds lines) {
    std::string result;
    for (std::size_t at = 0; at < text.size();) {
        const Point point = point_at(text, at);
        if (point.value < 0)
            result.append(mark("\\x%02x", static_cast<unsigned char>(text[at])));
        else if (point.value == '\n' || point.value == '\t')
            result.push_back(lines == LineEnds::keep ? text[at] : ' ');
        else if (is_unsafe(point.value))
            result.append(mark(point.value < 0x100 ? "\\x%02x" : "\\u%04x",
                               static_cast<unsigned>(point.value)));
        else
            result.append(text.substr(at, point.size));
        at += point.size;
    }
    return result;
}

std::string escaped_json(std::string_view json) {
    std::string result;
    for (std::size_t at = 0; at < json.size();) {
        const Point point = point_at(json, at);
        if (point.value >= 0x7f && is_unsafe(point.value))
            result.append(mark("\\u%04x", static_cast<unsigned>(point.value)));
        else
            result.append(json.substr(at, point.size));
        at += point.size;
    }
    return result;
}

std::size_t display_width(std::string_view text) {
    std::size_t width = 0;
    for (std::size_t at = 0; at < text.size();) {
        const Point point = point_at(text, at);
        if (point.value >= 0) width += static_cast<std::size_t>(utf8proc_charwidth(point.value));
        at += point.size;
    }
    return width;
}

std::string shortened(std::string_view text, std::size_t columns) {
    std::size_t width = 0;
    for (std::size_t at = 0; at < text.size();) {
        const Point point = point_at(text, at);
        width += point.value < 0 ? 1 : static_cast<std::size_t>(utf8proc_charwidth(point.value));
        if (width > columns) return std::string{text.substr(0, at)} + "…";
        at += point.size;
    }
    return std::string{text};
}

Table::Table(std::vector<std::string> heading) {
    add(std::move(heading));
}

void Table::add(std::vector<std::string> row) {
    for (std::string& cell : row) cell = escaped(cell);
    rows_.push_back(std::move(row));
}

std::string Table::to_string() const {
    std::vector<std::size_t> widths;
    for (const auto& row : rows_) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], display_width(row[i]));
    }
    std::string text;
    for (const auto& row : rows_) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) {
            line.append(row[i]);
            if (i + 1 < row.size()) line.append(widths[i] - display_width(row[i]) + 2, ' ');
        }
        while (line.ends_with(' ')) line.pop_back();
        text.append(line).push_back('\n');
    }
    return text;
}

}  // namespace samsyn
