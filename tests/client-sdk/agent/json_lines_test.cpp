#include "client-sdk/agent/json_lines.hpp"

#include "tests/support/catch.hpp"

using namespace samsyn;

TEST_CASE("LineBuffer: gives the same lines however the bytes are cut", "[agent]") {
    const std::string bytes = "ett\n\ntvå\r\ntre";
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
        CAPTURE(cut);
        LineBuffer lines{100};
        std::vector<std::string> got;
        for (const auto& part : {bytes.substr(0, cut), bytes.substr(cut)}) {
            lines.append(part);
            while (auto line = *lines.next()) got.push_back(*line);
        }
        CHECK(got == std::vector<std::string>{"ett", "två"});
    }
}

TEST_CASE("LineBuffer: refuses a long line, whether its end has come or not", "[agent]") {
    LineBuffer ended{4};
    ended.append("1234\n12345\n");
    CHECK(*ended.next() == "1234");
    CHECK(ended.next().error().code == Errc::limit_exceeded);

    LineBuffer open{4};
    open.append("1234");
    CHECK_FALSE(*open.next());
    open.append("5");
    CHECK(open.next().error().code == Errc::limit_exceeded);
}

TEST_CASE("parse_json: takes 32 levels and refuses more before it recurses", "[agent]") {
    const auto nested = [](std::size_t depth) {
        return std::string(depth, '[') + std::string(depth, ']');
    };
    CHECK(parse_json(nested(json_depth_max)));
    CHECK(parse_json(nested(json_depth_max + 1)).error().code == Errc::limit_exceeded);
    CHECK(parse_json(std::string(1 << 20, '[')).error().code == Errc::limit_exceeded);
    CHECK(parse_json(R"(["[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"[[["])"));  // in a text
}

TEST_CASE("parse_json: refuses what is not JSON or not UTF-8", "[agent]") {
    for (const std::string_view text :
         {"", "{", "nul", "{\"a\":}", "\"\xff\"", "\"\xed\xa0\x80\"", "1 2", "{}{}"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_json(text));
    }
}

TEST_CASE("parse_request: echoes the id of what it refuses", "[agent]") {
    const AgentRequest request = parse_request(R"({"id": 7})");
    CHECK(request.fault);
    CHECK(request.id == 7);
}

TEST_CASE("parse_request: refuses wrong shapes", "[agent]") {
    for (const std::string_view line : {"[]",
                                        "1",
                                        "null",
                                        R"({"op": 1})",
                                        R"({"op": "x", "args": []})",
                                        R"({"op": "x", "id": {}})",
                                        R"({"op": "x", "id": 1.5})"}) {
        CAPTURE(line);
        CHECK(parse_request(line).fault);
    }
    CHECK_FALSE(parse_request(R"({"op": "x"})").fault);
    CHECK(parse_request(R"({"op": "x", "id": "å", "args": {"b": 1}})").args["b"] == 1);
}

TEST_CASE("to_line: replaces what is not UTF-8 and stays one line", "[agent]") {
    const std::string line = to_line({{"text", "rad 1\nrad 2 \xff"}});
    CHECK(line.find('\n') == line.size() - 1);
    CHECK(parse_json(line));
}
