#include "client-sdk/cli/csv.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/dice.hpp"

#include <array>

using namespace samsyn;

namespace {

constexpr std::array<std::string_view, 3> required{"name", "unit", "role"};
constexpr std::array<std::string_view, 2> optional{"kind", "until"};

CsvTable read(std::string_view text, const CsvLimits& limits = {}) {
    return read_csv(text, required, optional, limits);
}

}  // namespace

TEST_CASE("CSV: reads columns in any order, quotes, a byte order mark and either line end",
          "[cli][csv]") {
    const CsvTable table = read(
        "\xef\xbb\xbfUnit;name;ROLE;until\r\n"
        "Nora/Teamet;Åsa Ek;psychologist;\r\n"
        "\r\n"
        "\"Lag; två\"; \"Bo \"\"Bosse\"\" Ek\" ;social_worker;2027-06-30\n"
        "Nora/Teamet;Sista");
    CHECK(table.faults.empty());
    REQUIRE(table.rows.size() == 3);
    CHECK(table.rows[0].line == 2);
    CHECK(table.rows[0].fields.at("name") == "Åsa Ek");
    CHECK(table.rows[0].fields.at("until").empty());
    CHECK(table.rows[1].line == 4);
    CHECK(table.rows[1].fields.at("unit") == "Lag; två");
    CHECK(table.rows[1].fields.at("name") == "Bo \"Bosse\" Ek");
    CHECK(table.rows[1].fields.at("until") == "2027-06-30");
    CHECK(table.rows[2].line == 5);
    CHECK(table.rows[2].fields.at("name") == "Sista");
    CHECK_FALSE(table.rows[2].fields.contains("role"));
}

TEST_CASE("CSV: names every faulty line at once", "[cli][csv]") {
    const CsvTable table = read(
        "name;unit;role\n"
        "\"nobody closed it;Teamet;psychologist\n"
        "A;B;C;D\n"
        "fine;Teamet;psychologist\n"
        "\xff\xfe;Teamet;psychologist\n"
        "quo\"te;Teamet;psychologist\n"
        "\x1b[2J;Teamet;psychologist\n"
        "\"two\"words;Teamet;psychologist\n");
    std::vector<std::size_t> lines;
    for (const CsvFault& fault : table.faults) {
        lines.push_back(fault.line);
        CHECK_FALSE(fault.en.empty());
        CHECK_FALSE(fault.sv.empty());
    }
    CHECK(lines == std::vector<std::size_t>{2, 3, 5, 6, 7, 8});
    REQUIRE(table.rows.size() == 1);
    CHECK(table.rows[0].fields.at("name") == "fine");
}

TEST_CASE("CSV: a heading with unknown, missing or doubled columns is refused whole",
          "[cli][csv]") {
    CHECK(read("").faults.size() == 1);
    CHECK(read("\n\n").faults.size() == 1);
    const CsvTable table = read("name;name;salary\nA;B;C\n");
    CHECK(table.rows.empty());
    CHECK(table.faults.size() == 4);  // doubled, unknown, and two missing
    CHECK(read("name,unit,role\nA,B,C\n").faults.size() == 4);
}

TEST_CASE("CSV: is bounded in bytes, rows, fields and faults", "[cli][csv]") {
    const std::string heading = "name;unit;role\n";
    std::string rows = heading;
    for (int i = 0; i < 20; ++i) rows += "A;B;C\n";
    CsvLimits few;
    few.rows_max = 10;
    const CsvTable cut = read(rows, few);
    CHECK(cut.rows.size() == 10);
    REQUIRE(cut.faults.size() == 1);
    CHECK(cut.faults[0].line == 12);

    CsvLimits small;
    small.bytes_max = 20;
    CHECK(read(rows, small).rows.empty());
    CHECK(read(rows, small).faults.size() == 1);
    CHECK(read(heading + std::string(401, 'x') + ";B;C\n").faults.size() == 1);
    CHECK(read(heading + std::string(400, 'x') + ";B;C\n").faults.empty());

    std::string bad = heading;
    for (int i = 0; i < 1000; ++i) bad += "\"\n";
    CHECK(read(bad).faults.size() == CsvLimits{}.faults_max + 1);
    CHECK(read(heading + std::string(100'000, ';')).faults.size() == 1);
}

TEST_CASE("CSV: a name that a spreadsheet would run as a formula is a text", "[cli][csv][attack]") {
    CHECK(csv_field("=HYPERLINK(\"http://x\")") == "\"'=HYPERLINK(\"\"http://x\"\")\"");
    CHECK(csv_field("=1+1") == "'=1+1");
    CHECK(csv_field("+46 70") == "'+46 70");
    CHECK(csv_field("-Anna") == "'-Anna");
    CHECK(csv_field("@SUM(A1)") == "'@SUM(A1)");
    CHECK(csv_field("\t=1") == "'\t=1");
    CHECK(csv_field("\r=1") == "\"' =1\"");
    // Inside a name they mean nothing.
    CHECK(csv_field("Anna-Lisa") == "Anna-Lisa");
    CHECK(csv_field("") == "");
}

TEST_CASE("CSV: takes any bytes without harm, and what it writes it reads", "[cli][csv]") {
    const unsigned seed = GENERATE(range(1U, 40U));
    CAPTURE(seed);
    Dice dice{seed};
    constexpr std::string_view letters = "ab;\"\n\r\t å\xff";
    std::string text = dice.below(2) == 0 ? "name;unit;role\n" : "";
    for (std::uint64_t i = dice.below(400); i > 0; --i)
        text.push_back(letters[dice.below(letters.size())]);
    const CsvTable table = read(text);
    for (const CsvRow& row : table.rows) {
        std::string line = "name;unit;role\n";
        const auto field = [&](const char* name) {
            const auto found = row.fields.find(name);
            return found == row.fields.end() ? std::string{} : found->second;
        };
        line += csv_field(field("name")) + ";" + csv_field(field("unit")) + ";" +
                csv_field(field("role")) + "\n";
        if (field("name").empty() && field("unit").empty() && field("role").empty()) continue;
        const CsvTable again = read(line);
        REQUIRE(again.faults.empty());
        REQUIRE(again.rows.size() == 1);
        CHECK(again.rows[0].fields.at("name") == field("name"));
        CHECK(again.rows[0].fields.at("unit") == field("unit"));
    }
}
