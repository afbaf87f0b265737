#include "client-sdk/agent/live_operation.hpp"

#include "tests/client-sdk/cli/operations_scene.hpp"

using namespace samsyn;
using nlohmann::json;

namespace {

template <class T>
T opened(Result<T> result) {
    REQUIRE(result.has_value());
    return *std::move(result);
}

std::size_t reads_of(Story& story) {
    const auto reads = story.staff().own_reads(CaseId::from(opened(from_hex(story.case_id))), 1000);
    REQUIRE(reads);
    std::size_t items = 0;
    for (const StoredRead& read : *reads)
        for (const ReadEntry::Part& part : read.entry.parts) items += part.items.size();
    return items;
}

}  // namespace

TEST_CASE("Live operation: what can be watched is there", "[operations][live]") {
    for (const std::string_view operation : LiveOperation::watchable()) {
        CAPTURE(operation);
        CHECK(Operations::is_known(operation));
    }
}

TEST_CASE("Live operation: answers once, and again when something is another",
          "[operations][live]") {
    Story story;
    Operations operations{story.staff(), story.clock};
    LiveOperation live =
        opened(LiveOperation::open(operations, "item.list", {{"case", story.case_id}}));
    const auto first = live.run();
    REQUIRE(first);
    CHECK((*first)["ok"] == true);
    CHECK_FALSE(live.run());
    story.note();
    const auto second = live.run();
    REQUIRE(second);
    CHECK((*second)["result"]["items"].size() == (*first)["result"]["items"].size() + 1);
    CHECK_FALSE(live.run());
}

TEST_CASE("Live operation: each item is logged as read once, and none that was not shown",
          "[operations][live]") {
    Story story;
    story.note();
    Operations operations{story.staff(), story.clock};
    LiveOperation live =
        opened(LiveOperation::open(operations, "item.list", {{"case", story.case_id}}));
    const std::size_t before = reads_of(story);
    const auto first = live.run();
    REQUIRE(first);
    const std::size_t shown = (*first)["result"]["items"].size();
    CHECK(reads_of(story) == before + shown);
    (void)live.run();
    (void)live.run();
    CHECK(reads_of(story) == before + shown);
    story.note();
    REQUIRE(live.run());
    CHECK(reads_of(story) == before + shown + 1);
}

TEST_CASE("Live operation: what writes is refused", "[operations][live]") {
    Story story;
    Operations operations{story.staff(), story.clock};
    CHECK(LiveOperation::open(operations, "note.add", json::object()).error().code ==
          Errc::invalid_argument);
    for (const char* const acts : {"show.open", "show.admit", "show.page", "copy", "paper", "find"})
        CHECK(LiveOperation::open(operations, acts, json::object()).error().code ==
              Errc::invalid_argument);
    CHECK(LiveOperation::open(operations, "no.such", json::object()).error().code ==
          Errc::invalid_argument);
}
