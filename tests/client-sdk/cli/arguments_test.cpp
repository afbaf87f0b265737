#include "client-sdk/agent/operations_arguments.hpp"
#include "tests/support/catch.hpp"

using namespace samsyn;
using nlohmann::json;

TEST_CASE("Arguments: says all that is missing, and what it does not know", "[operations]") {
    const auto missing = Arguments::from(json::object({{"b", 1}}), "a b c", "d");
    CHECK(missing.error() == Error{Errc::invalid_argument, "missing: a, c"});
    const auto unknown = Arguments::from(json::object({{"x", 1}}), "", "d");
    CHECK(unknown.error() == Error{Errc::invalid_argument, "unknown argument: x"});
    CHECK(Arguments::from(json::object({{"\x1b[2J", 1}}), "", "").error().context ==
          "args: unknown argument");
    CHECK_FALSE(Arguments::from(json::array(), "", "").has_value());
    CHECK_FALSE(Arguments::from(json("text"), "", "").has_value());
    CHECK(Arguments::from(json{}, "", "").has_value());
}

TEST_CASE("Arguments: wrong types are named, never thrown", "[operations]") {
    const json args = {{"text", 5},
                       {"number", "5"},
                       {"huge", 18446744073709551615ULL},
                       {"real", 1.5},
                       {"yes", 1},
                       {"list", json::array({"a", 2})},
                       {"date", "2026-02-30"}};
    const auto read = Arguments::from(args, "", "text number huge real yes list date").value();
    CHECK(read.text("text").error() == Error{Errc::invalid_argument, "text"});
    CHECK(read.integer_or("number", 0, 9, 0).error() == Error{Errc::invalid_argument, "number"});
    CHECK(read.integer_or("huge", INT64_MIN, INT64_MAX, 0).error().context == "huge");
    CHECK(read.integer_or("real", 0, 9, 0).error().context == "real");
    CHECK(read.boolean_or("yes", false).error().context == "yes");
    CHECK(read.texts("list").error() == Error{Errc::invalid_argument, "list"});
    CHECK(read.date("date").error().context.starts_with("date"));
    CHECK(read.text("absent").error() == Error{Errc::invalid_argument, "absent"});
}

TEST_CASE("clean_text: composes to NFC and refuses what is not UTF-8", "[operations]") {
    CHECK(clean_text("A\xcc\x8asa", "name") == std::string{"Åsa"});
    CHECK(clean_text("Åsa", "name") == std::string{"Åsa"});
    CHECK(clean_text("", "name") == std::string{});
    CHECK(clean_text(std::string_view{"a\0b", 3}, "name") == std::string("a\0b", 3));
    CHECK(clean_text("\xff", "name").error() == Error{Errc::invalid_argument, "name"});
    CHECK(clean_text(std::string(40'000, 'a'), "name").error().code == Errc::limit_exceeded);
}

TEST_CASE("folded: ASCII and Å Ä Ö in any case are equal, other letters are not", "[operations]") {
    CHECK(folded("ÅSA ÖBERG-ÄRLIG") == folded("Åsa öberg-ärlig"));
    CHECK(folded("André") != folded("ANDRÉ"));
    CHECK(folded("Ã") == "Ã");
    CHECK(folded("\xc3") == "\xc3");
}
