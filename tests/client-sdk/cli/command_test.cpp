#include "client-sdk/cli/command.hpp"

#include "tests/support/catch.hpp"

#include <iostream>
#include <sstream>

using namespace samsyn;

namespace {

/// Standard input, for as long as it lives.
class TypedInput {
public:
    explicit TypedInput(const std::string& text)
        : text_(text),
          before_(std::cin.rdbuf(text_.rdbuf())) {}

    ~TypedInput() {
        std::cin.rdbuf(before_);
        std::cin.clear();
    }

    TypedInput(const TypedInput&) = delete;
    TypedInput& operator=(const TypedInput&) = delete;

private:
    std::istringstream text_;
    std::streambuf* before_;
};

/// What a command is given where its argument is typed as `typed`.
std::string given(const std::string& typed) {
    CLI::App app;
    Session session;
    std::string text;
    Command{app, session, "take", "Takes a text.", "take -"}
        .text("text", "text", "The text")
        .runs([&text](const nlohmann::json& args) {
            text = args.value("text", "");
            return exit_ok;
        });
    app.parse("take " + typed);
    REQUIRE(session.command() == exit_ok);
    return text;
}

}  // namespace

TEST_CASE("Command: a dash takes the text from standard input, without its last line end",
          "[cli]") {
    const TypedInput input{"samsyn2-invite-aaaa\n"};
    CHECK(given("-") == "samsyn2-invite-aaaa");
    CHECK(given("typed") == "typed");
}

TEST_CASE("Command: what is longer than a value may be is refused, not cut", "[cli]") {
    const std::string longest(std::size_t{64} * 1024, 'a');
    {
        const TypedInput input{longest};
        CHECK(given("-") == longest);
    }
    const TypedInput input{longest + "a"};
    CHECK_THROWS_AS(given("-"), CLI::ValidationError);
}
