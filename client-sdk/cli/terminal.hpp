#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace samsyn {

/// Text from data as a terminal may see it: control characters, escapes (ESC, C1), direction
/// overrides and broken UTF-8 become visible marks like `\x1b`, so that nobody's note can move a
/// cursor or hide a line. `lines` keeps line ends; otherwise they become spaces.
enum class LineEnds : bool { to_spaces, keep };
std::string escaped(std::string_view text, LineEnds lines = LineEnds::to_spaces);

/// JSON as a terminal may see it: what JSON itself leaves unescaped (DEL, C1) is escaped too.
std::string escaped_json(std::string_view json);

/// How many columns a terminal needs for the text (UAX #11, by utf8proc).
std::size_t display_width(std::string_view text);

/// The first `columns` columns of a text, with an ellipsis where more follows; one line.
std::string shortened(std::string_view text, std::size_t columns);

/// Rows under a heading, columns aligned by display width. Cells are escaped here.
class Table {
public:
    explicit Table(std::vector<std::string> heading);

    void add(std::vector<std::string> row);

    bool empty() const { return rows_.size() == 1; }

    std::string to_string() const;

private:
    std::vector<std::vector<std::string>> rows_;
};

}  // namespace samsyn
