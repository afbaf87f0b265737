#include "tests/core/policy/scene.hpp"
#include "tests/support/catch.hpp"

using namespace samsyn;
using namespace samsyn::test;

TEST_CASE("StatementGraph: heads are what no statement of the stream names", "[policy]") {
    World world;
    const auto stream = World::custody_stream(world.fresh<CaseId>());
    const auto other = World::disclosing_stream(stream.case_id, world.fresh<UnitId>());
    const auto first = world.sign(world.root, stream, AdultRecorded{});
    const auto left = world.sign(world.root, stream, AdultRecorded{});
    const auto right = world.sign(world.root, stream, AdultRecorded{}, std::vector{first->id});
    world.sign(world.root, other, AdultRecorded{}, std::vector{left->id});
    auto expected = std::vector{left->id, right->id};
    std::ranges::sort(expected);
    const auto& graph = world.cases[stream.case_id];

    CHECK(graph.heads(stream) == expected);
    CHECK(graph.knows(left->id, first->id));
    CHECK(!graph.knows(first->id, left->id));
    CHECK(!graph.knows(right->id, left->id));
    CHECK(graph.in(stream).front() == first);
}

TEST_CASE("StatementGraph: at heads is what they reach, and says what is missing", "[policy]") {
    World world;
    const auto stream = World::custody_stream(world.fresh<CaseId>());
    const auto first = world.sign(world.root, stream, AdultRecorded{});
    const auto second = world.sign(world.root, stream, AdultRecorded{});
    auto& graph = world.cases[stream.case_id];

    CHECK(!graph.add(first));
    CHECK(graph.at(std::vector{first->id})->size() == 1);
    CHECK(graph.at(std::vector{second->id})->size() == 2);

    StatementGraph partial;
    partial.add(second);
    CHECK(partial.missing() == std::vector{first->id});
    const auto cut = partial.at(std::vector{second->id});
    REQUIRE(!cut);
    CHECK(cut.error().code == Errc::missing_parent);
}

TEST_CASE("Terms: every key is found again", "[policy]") {
    for (int number = 0; number <= static_cast<int>(Role::last); ++number) {
        const auto role = static_cast<Role>(number);
        CHECK(find_role(key_of(role)) == role);
    }
    CHECK(key_of(Role::school_nurse) == "school_nurse");
    CHECK(find_action("keep_offline") == Action::keep_offline);
    CHECK(find_service_model("barnahus") == ServiceModel::barnahus);
    CHECK(find_consent_form("oral") == ConsentForm::oral);
    CHECK(find_reach("from_now") == Reach::from_now);
    CHECK(find_duty("lead") == Duty::lead);
    CHECK(!find_role("okänd"));
}

TEST_CASE("Reasons: each has a key and words in two languages", "[policy]") {
    CHECK(key_of(Reason::consent_missing) == "consent_missing");
    CHECK(words_of(Reason::refused).sv == "någon som bestämmer har sagt nej");
    CHECK(words_of(Reason::case_closed).en == "the case is closed");
}

TEST_CASE("StatuteTable: an older version stays findable, an unknown one is not there",
          "[policy]") {
    CHECK(find_statute_table(current_statute_table().version) == &current_statute_table());
    CHECK(find_statute_table(77) == nullptr);
    CHECK(find_purpose(current_statute_table(), static_cast<Purpose>(1234)) == nullptr);
}
