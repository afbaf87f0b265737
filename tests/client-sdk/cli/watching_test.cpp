#include "client-sdk/cli/watching.hpp"

#include "tests/support/catch.hpp"

#include <string>

using namespace samsyn;

namespace {

/// What is left of the words after "samsyn", and before it whether "watch" was among them.
std::pair<bool, std::vector<std::string>> taken(std::vector<std::string> words) {
    std::string program = "samsyn";
    std::vector<char*> pointers{program.data()};
    for (std::string& word : words) pointers.push_back(word.data());
    const bool watches = take_watch(pointers);
    return {watches, {pointers.begin() + 1, pointers.end()}};
}

using Typed = std::vector<std::string>;

}  // namespace

TEST_CASE("watch: is taken out before a command, wherever options stand", "[cli][watch]") {
    CHECK(taken({"watch", "list", "Alm"}) == std::pair{true, Typed{"list", "Alm"}});
    CHECK(taken({"--data", "x", "watch", "today"}) ==
          std::pair{true, Typed{"--data", "x", "today"}});
    CHECK(taken({"--data=x", "--json", "--lang", "sv", "watch", "today"}) ==
          std::pair{true, Typed{"--data=x", "--json", "--lang", "sv", "today"}});
}

TEST_CASE("watch: is no other word, and watches nothing by itself", "[cli][watch]") {
    for (const Typed& words : {Typed{},
                               Typed{"watch"},
                               Typed{"watch", "--help"},
                               Typed{"list", "watch"},
                               Typed{"--data", "watch", "list"},
                               Typed{"find", "watch", "list"}}) {
        CAPTURE(words);
        CHECK(taken(words) == std::pair{false, words});
    }
    CHECK(taken({"watch", "watch", "list"}) == std::pair{true, Typed{"watch", "list"}});
}
