#include "core/model/personal_number.hpp"

#include "core/model/schema.hpp"
#include "tests/support/catch.hpp"

using namespace samsyn;

// 19121212-1212 and 19640823-3234 are the Tax Agency's examples; the others are computed from the
// published rule, none is anybody's.
TEST_CASE("personal number: both forms are stored as one", "[model]") {
    CHECK(personal_number_from_text("19121212-1212") == "19121212-1212");
    CHECK(personal_number_from_text("191212121212") == "19121212-1212");
    CHECK(personal_number_from_text("19640823-3234") == "19640823-3234");
    CHECK(is_personal_number("19121212-1212"));
    CHECK_FALSE(is_personal_number("191212121212"));
}

TEST_CASE("personal number: a coordination number has 60 added to its day", "[model]") {
    CHECK(personal_number_from_text("197010632391") == "19701063-2391");
    CHECK(personal_number_from_text("19701063-2390").error().context ==
          "personal number: the check digit is wrong");
    CHECK_FALSE(personal_number_from_text("19700092-2391").has_value());  // day 32
}

TEST_CASE("personal number: every other last digit, day and form is refused", "[model]") {
    for (char digit = '0'; digit <= '9'; ++digit) {
        CAPTURE(digit);
        CHECK(is_personal_number(std::string{"19121212-121"} + digit) == (digit == '2'));
    }
    for (const std::string_view text : {"",
                                        "1212121212",
                                        "121212-1212",
                                        "19121212+1212",
                                        "19121212 1212",
                                        "19121212-12123",
                                        "1912121212122",
                                        "19121312-1212",
                                        "19120230-1212",
                                        "00001212-1212",
                                        "19121212-121a",
                                        "1912121-21212",
                                        "\xe2\x82\xac"
                                        "19121212-1"}) {
        CAPTURE(text);
        const auto number = personal_number_from_text(text);
        REQUIRE_FALSE(number.has_value());
        CHECK(number.error().code == Errc::invalid_argument);
    }
}

TEST_CASE("schema: a personal number that is none is refused by name of its field", "[model]") {
    Change change;
    change.header.type = ItemType::person;
    change.header.writes = {{make_field(6, MergeKind::single), {}}};
    change.values = {std::string{"19121212-1212"}};
    CHECK(validate_edit(change).has_value());
    change.values = {std::string{"191212121212"}};
    CHECK(validate_edit(change).error().context == "personal_number");
    change.values = {Value{}};
    CHECK(validate_edit(change).has_value());
}
