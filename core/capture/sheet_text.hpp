#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace samsyn {

inline constexpr std::size_t sheet_lines_max = 60;  ///< one sheet of A4
inline constexpr std::size_t sheet_columns = 76;

/// A page of plain text that grows line by line, wrapped at words.
class Sheet {
public:
    void line(std::string_view text = {});

    /// A heading after an empty line.
    void heading(std::string_view text);

    /// Wrapped, each line indented by two.
    void paragraph(std::string_view text);

    /// A sentence of a list: "a, b och c".
    void list(const std::vector<std::string>& parts, std::string_view last_word);

    std::size_t lines() const { return lines_; }

    std::string take() && { return std::move(text_); }

private:
    std::string text_;
    std::size_t lines_ = 0;
};

/// Columns of UTF-8 text in which every code point is one wide.
std::size_t columns_of(std::string_view text);

/// A name, or a text, as it stands on a page: control characters and line ends as spaces, at most
/// so many columns.
std::string sheet_name(std::string_view name, std::size_t columns_max = 40);

/// "a, b och c".
std::string joined(const std::vector<std::string>& parts, std::string_view last_word);

}  // namespace samsyn
