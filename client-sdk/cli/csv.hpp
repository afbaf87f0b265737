#pragma once

#include "core/base/result.hpp"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace samsyn {

// Tables as spreadsheets save them: one record a line, fields between semicolons, quoted where they
// hold one (RFC 4180 with the semicolon of Swedish spreadsheets). The bytes are a stranger's.

/// What is wrong, and where; a person mends all of it at once.
struct CsvFault {
    std::size_t line = 0;  ///< counted from 1, as an editor does
    std::string en;
    std::string sv;
};

struct CsvRow {
    std::size_t line = 0;
    std::map<std::string, std::string> fields;  ///< by column; what is missing is empty
};

struct CsvTable {
    std::vector<CsvRow> rows;
    std::vector<CsvFault> faults;  ///< where there are any, `rows` holds only what could be read
};

struct CsvLimits {
    std::size_t bytes_max = 1 << 20;
    std::size_t rows_max = 2000;
    std::size_t field_bytes_max = 400;
    std::size_t faults_max = 200;  ///< then it gives up; one more says so
};

/// Reads UTF-8 (a byte order mark is left out), lines ended by LF or CRLF. The first line names the
/// columns, in any order and either case: `required` must all be there, `optional` may. Empty lines
/// are skipped. A quoted field may hold semicolons and doubled quotes, not a line end: a quote that
/// nobody closes costs its own line only.
CsvTable read_csv(std::string_view text,
                  std::span<const std::string_view> required,
                  std::span<const std::string_view> optional,
                  const CsvLimits& limits = {});

/// A field as `read_csv` takes it. What a spreadsheet would run as a formula (it begins with =, +,
/// -, @ or a tab) begins with an apostrophe instead: names are strangers' texts.
std::string csv_field(std::string_view text);

}  // namespace samsyn
