#include "client-sdk/cli/csv.hpp"

#include "core/base/codec.hpp"

#include <algorithm>
#include <optional>

namespace samsyn {

namespace {

constexpr char separator = ';';
constexpr std::string_view formula_marks = "=+-@\t\r";  // at the beginning of a cell
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

std::string trimmed(std::string_view text) {
    constexpr std::string_view blank = " \t";
    const std::size_t begin = text.find_first_not_of(blank);
    if (begin == std::string_view::npos) return {};
    return std::string{text.substr(begin, text.find_last_not_of(blank) - begin + 1)};
}

std::string lower_ascii(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

bool is_control(char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
}

/// The field that begins at `at`, which moves behind its separator; past the end after the last.
/// None where its quotes do not fit.
std::optional<std::string> take_field(std::string_view line, std::size_t& at) {
    const std::size_t start = line.find_first_not_of(" \t", at);
    if (start == std::string_view::npos || line[start] != '"') {
        const std::size_t end = std::min(line.find(separator, at), line.size());
        const std::string_view field = line.substr(at, end - at);
        at = end + 1;
        if (field.contains('"')) return std::nullopt;
        return trimmed(field);
    }
    std::string field;
    std::size_t i = start + 1;
    for (; i < line.size(); ++i) {
        if (line[i] != '"') {
            field.push_back(line[i]);
            continue;
        }
        if (i + 1 >= line.size() || line[i + 1] != '"') break;
        field.push_back('"');
        ++i;
    }
    if (i >= line.size()) return std::nullopt;  // nobody closed it
    const std::size_t next = line.find_first_not_of(" \t", i + 1);
    if (next != std::string_view::npos && line[next] != separator) return std::nullopt;
    at = next == std::string_view::npos ? line.size() + 1 : next + 1;
    return trimmed(field);
}

std::optional<std::vector<std::string>> fields_of_line(std::string_view line) {
    std::vector<std::string> fields;
    for (std::size_t at = 0; at <= line.size();) {
        auto field = take_field(line, at);
        if (!field) return std::nullopt;
        fields.push_back(*std::move(field));
    }
    return fields;
}

class CsvReader {
public:
    CsvReader(std::span<const std::string_view> required,
              std::span<const std::string_view> optional,
              const CsvLimits& limits)
        : required_(required),
          optional_(optional),
          limits_(limits) {}

    CsvTable read(std::string_view text) {
        if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
        if (text.size() > limits_.bytes_max)
            fault(1, "the file is too large", "filen är för stor");
        else
            read_lines(text);
        if (!header_seen_ && table_.faults.empty()) fault(1, "the file is empty", "filen är tom");
        return std::move(table_);
    }

private:
    void fault(std::size_t line, std::string en, std::string sv) {
        if (table_.faults.size() == limits_.faults_max)
            table_.faults.push_back(
                {line, "and more; mend these first", "med mera; rätta dessa först"});
        if (table_.faults.size() < limits_.faults_max)
            table_.faults.push_back({line, std::move(en), std::move(sv)});
    }

    bool gave_up() const { return table_.faults.size() > limits_.faults_max; }

    void read_lines(std::string_view text) {
        for (std::size_t line = 1; !text.empty() && !gave_up(); ++line) {
            const std::size_t end = std::min(text.find('\n'), text.size());
            std::string_view content = text.substr(0, end);
            text.remove_prefix(std::min(end + 1, text.size()));
            if (content.ends_with('\r')) content.remove_suffix(1);
            if (trimmed(content).empty()) continue;
            if (!read_line(line, content)) return;
        }
    }

    /// False where going on makes no sense.
    bool read_line(std::size_t line, std::string_view content) {
        if (!is_utf8(as_bytes(content))) {
            fault(line,
                  "is not UTF-8: save the file as CSV UTF-8",
                  "är inte UTF-8: spara filen som CSV UTF-8");
            return header_seen_;
        }
        if (std::ranges::any_of(content, is_control)) {
            fault(line, "holds control characters", "innehåller styrtecken");
            return header_seen_;
        }
        const auto fields = fields_of_line(content);
        if (!fields) {
            fault(line, "quotes do not fit", "citattecken stämmer inte");
            return header_seen_;
        }
        if (!header_seen_) return read_header(line, *fields);
        if (table_.rows.size() == limits_.rows_max) {
            fault(line,
                  "too many rows: at most " + std::to_string(limits_.rows_max),
                  "för många rader: högst " + std::to_string(limits_.rows_max));
            return false;
        }
        read_row(line, *fields);
        return true;
    }

    bool read_header(std::size_t line, const std::vector<std::string>& fields) {
        header_seen_ = true;
        for (const std::string& field : fields) {
            const std::string column = lower_ascii(field);
            const bool known = std::ranges::count(required_, column) != 0 ||
                               std::ranges::count(optional_, column) != 0;
            if (!known) fault(line, "unknown column: " + column, "okänd kolumn: " + column);
            if (std::ranges::count(columns_, column) != 0)
                fault(line, "column twice: " + column, "kolumn två gånger: " + column);
            columns_.push_back(column);
        }
        for (const std::string_view column : required_)
            if (std::ranges::count(columns_, column) == 0)
                fault(line,
                      "missing column: " + std::string{column},
                      "kolumn saknas: " + std::string{column});
        return table_.faults.empty();
    }

    void read_row(std::size_t line, const std::vector<std::string>& fields) {
        if (fields.size() > columns_.size()) {
            fault(line, "more fields than columns", "fler fält än kolumner");
            return;
        }
        CsvRow row{line, {}};
        for (std::size_t i = 0; i < fields.size(); ++i) {
            if (fields[i].size() > limits_.field_bytes_max) {
                fault(line, "too long: " + columns_[i], "för långt: " + columns_[i]);
                return;
            }
            row.fields[columns_[i]] = fields[i];
        }
        table_.rows.push_back(std::move(row));
    }

    std::span<const std::string_view> required_;
    std::span<const std::string_view> optional_;
    CsvLimits limits_;
    std::vector<std::string> columns_;
    bool header_seen_ = false;
    CsvTable table_;
};

}  // namespace

CsvTable read_csv(std::string_view text,
                  std::span<const std::string_view> required,
                  std::span<const std::string_view> optional,
                  const CsvLimits& limits) {
    return CsvReader{required, optional, limits}.read(text);
}

std::string csv_field(std::string_view text) {
    std::string field{!text.empty() && formula_marks.contains(text.front()) ? "'" : ""};
    field.append(text);
    if (field.find_first_of(";\"\r\n") == std::string::npos) return field;
    std::string quoted = "\"";
    for (const char c : field) {
        if (c == '"') quoted.push_back('"');
        quoted.push_back(c == '\n' || c == '\r' ? ' ' : c);
    }
    return quoted + "\"";
}

}  // namespace samsyn
