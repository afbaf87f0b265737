#include "client-sdk/cli/terminal.hpp"

#include "tests/support/catch.hpp"

using namespace samsyn;

TEST_CASE("escaped: an escape sequence in a name does not reach the terminal", "[cli][terminal]") {
    CHECK(escaped("Eva\x1b[2J Alm") == "Eva\\x1b[2J Alm");
    CHECK(escaped("\xc2\x9b"
                  "31m") == "\\x9b31m");  // C1 CSI, which some terminals obey
    CHECK(escaped("a\rb\x07\x7f") == "a\\x0db\\x07\\x7f");
    CHECK(escaped(std::string_view{"a\0b", 3}) == "a\\x00b");
}

TEST_CASE("escaped: marks that turn the direction of text are shown", "[cli][terminal]") {
    CHECK(escaped("a\u202e"
                  "b") == "a\\u202eb");
    CHECK(escaped("a\u2066"
                  "b") == "a\\u2066b");
}

TEST_CASE("escaped: broken UTF-8 is shown byte by byte", "[cli][terminal]") {
    CHECK(escaped("a\xff\xc3") == "a\\xff\\xc3");
    CHECK(escaped("\xed\xa0\x80") == "\\xed\\xa0\\x80");
}

TEST_CASE("escaped: line ends stay only where they are wanted", "[cli][terminal]") {
    CHECK(escaped("rad 1\nrad 2") == "rad 1 rad 2");
    CHECK(escaped("rad 1\nrad 2", LineEnds::keep) == "rad 1\nrad 2");
}

TEST_CASE("escaped: Swedish letters and emoji pass as they are", "[cli][terminal]") {
    CHECK(escaped("Åsa Öberg-Ärlig 🙂") == "Åsa Öberg-Ärlig 🙂");
}

TEST_CASE("escaped_json: what JSON leaves raw is escaped as JSON does", "[cli][terminal]") {
    CHECK(escaped_json("\"å\xc2\x9b\x7f\"") == "\"å\\u009b\\u007f\"");
}

TEST_CASE("display_width: counts columns, not bytes", "[cli][terminal]") {
    CHECK(display_width("Åsa") == 3);
    CHECK(display_width("A\xcc\x8asa") == 3);  // a combining ring
    CHECK(display_width("漢字") == 4);
}

TEST_CASE("Table: columns are aligned whatever the letters", "[cli][terminal]") {
    Table table{{"namn", "id"}};
    table.add({"Åsa", "1"});
    table.add({"漢字", "2"});
    table.add({"x\x1b", "3"});
    CHECK(table.to_string() == "namn   id\nÅsa    1\n漢字   2\nx\\x1b  3\n");
}

TEST_CASE("shortened: never cuts a letter in two", "[cli][terminal]") {
    CHECK(shortened("ÅÄÖ", 2) == "ÅÄ…");
    CHECK(shortened("ÅÄÖ", 3) == "ÅÄÖ");
}
