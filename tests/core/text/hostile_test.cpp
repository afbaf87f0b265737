#include "core/text/text_document.hpp"
#include "tests/core/text/text_world.hpp"
#include "tests/support/catch.hpp"

using namespace samsyn;

namespace {

const DeviceId anna_device = text_device(1);
const DeviceId per_device = text_device(2);
const DeviceId mallory = text_device(3);

/// "abc" by Anna (0 to 2), of which "b" is erased (3), and "x" by Per (0), who had seen it.
struct Scene {
    TextDocument document{text_device(7)};

    Scene() {
        TextDocument first{anna_device};
        sure(first.insert(0, "abc"));
        sure(first.erase(1, 1));
        TextDocument second{per_device};
        for (const TextRun& run : sure(first.take_runs())) {
            sure(second.apply(run));
            sure(document.apply(run));
        }
        sure(second.insert(2, "x"));
        for (const TextRun& run : sure(second.take_runs())) sure(document.apply(run));
        CHECK(document.text() == "acx");
    }

    /// Refused for this reason, and nothing has changed.
    void refuses(TextRunBuilder&& run, Errc why) {
        const Bytes before = sure(document.save());
        const auto result = document.apply(std::move(run).take());
        REQUIRE_FALSE(result);
        CAPTURE(to_string(result.error()));
        CHECK(result.error().code == why);
        CHECK(sure(document.save()) == before);
    }

    void takes(TextRunBuilder&& run) { sure(document.apply(std::move(run).take())); }
};

TextRunBuilder run_of(const DeviceId& writer, std::uint32_t first = 0) {
    return TextRunBuilder{writer, first};
}

/// Mallory has seen everything.
TextRunBuilder knowing() {
    TextRunBuilder run{mallory, 0};
    run.saw(per_device, 1);
    return run;
}

TextId a(std::uint32_t number) {
    return {anna_device, number};
}

}  // namespace

TEST_CASE("TextDocument: a run waits for what its writer had seen", "[text][hostile]") {
    Scene scene;
    auto later = run_of(anna_device, 5);
    later.insert(std::nullopt, a(0), "z", 1);
    scene.refuses(std::move(later), Errc::missing_parent);
    auto unknown = run_of(mallory);
    unknown.saw(per_device, 2);
    unknown.insert(std::nullopt, a(0), "z", 1);
    scene.refuses(std::move(unknown), Errc::missing_parent);
    auto stranger = run_of(mallory);
    stranger.insert(TextId{text_device(8), 0}, std::nullopt, "z", 1);
    scene.refuses(std::move(stranger), Errc::missing_parent);
}

TEST_CASE("TextDocument: a run uses only what its writer had seen", "[text][hostile]") {
    Scene scene;
    auto nothing = run_of(mallory);
    nothing.erase(a(0), 1);
    scene.refuses(std::move(nothing), Errc::malformed);
    auto too_much = run_of(mallory);
    too_much.saw(anna_device, 2);
    too_much.erase(a(1), 2);
    scene.refuses(std::move(too_much), Errc::malformed);
    auto erasure = knowing();
    erasure.erase(a(2), 2);
    scene.refuses(std::move(erasure), Errc::malformed);
    auto beside_erasure = knowing();
    beside_erasure.insert(a(3), std::nullopt, "z", 1);
    scene.refuses(std::move(beside_erasure), Errc::malformed);
    auto again = run_of(per_device, 1);
    again.saw(anna_device, 2);
    again.insert(TextId{per_device, 0}, std::nullopt, "z", 1);
    scene.refuses(std::move(again), Errc::malformed);
    auto twice = knowing();
    twice.saw(anna_device, 4);  // follows from what Per had seen
    twice.insert(TextId{per_device, 0}, std::nullopt, "z", 1);
    scene.refuses(std::move(twice), Errc::malformed);
}

TEST_CASE("TextDocument: neighbours were neighbours for the writer", "[text][hostile]") {
    Scene scene;
    const auto refuses = [&](std::optional<TextId> left, std::optional<TextId> right) {
        auto run = knowing();
        run.insert(left, right, "z", 1);
        scene.refuses(std::move(run), Errc::malformed);
    };
    refuses(a(0), a(2));          // over the erased one
    refuses(a(2), a(1));          // the wrong way round
    refuses(a(0), std::nullopt);  // over all
    refuses(std::nullopt, a(1));
    refuses(std::nullopt, std::nullopt);
    refuses(a(0), a(0));
    refuses(a(2), std::nullopt);  // over Per's, which the run says it knows
    SECTION("but not over what it does not know") {
        auto run = run_of(mallory);
        run.saw(anna_device, 4);
        run.insert(a(2), std::nullopt, "z", 1);
        scene.takes(std::move(run));
        CHECK(scene.document.text().size() == 4);
    }
    SECTION("nor the wrong way round past what it does not know") {
        for (const std::uint32_t right : {0U, 1U}) {
            auto run = run_of(mallory);
            run.saw(anna_device, 4);
            run.insert(a(2), a(right), "z", 1);
            scene.refuses(std::move(run), Errc::malformed);
        }
    }
    SECTION("nor beside one of the run itself that stands elsewhere") {
        const TextId m0{mallory, 0};
        for (const std::optional<TextId>& left :
             {std::optional<TextId>{}, std::optional{a(1)}, std::optional{a(2)}}) {
            auto before = knowing();
            before.insert(a(0), a(1), "m", 1);
            before.insert(left, m0, "z", 1);
            scene.refuses(std::move(before), Errc::malformed);
        }
        for (const std::optional<TextId>& right :
             {std::optional<TextId>{}, std::optional{a(0)}, std::optional{a(2)}}) {
            auto after = knowing();
            after.insert(a(0), a(1), "m", 1);
            after.insert(m0, right, "z", 1);
            scene.refuses(std::move(after), Errc::malformed);
        }
    }
    SECTION("nor between two of the run itself") {
        const TextId m0{mallory, 0};
        const TextId m1{mallory, 1};
        auto apart = knowing();
        apart.insert(a(0), a(1), "mn", 2);
        apart.insert(m0, a(1), "z", 1);  // "n" is between
        scene.refuses(std::move(apart), Errc::malformed);
        auto same_gap = knowing();
        same_gap.insert(a(0), a(1), "m", 1);
        same_gap.erase(m0, 1);
        same_gap.insert(a(0), a(1), "n", 1);
        scene.refuses(std::move(same_gap), Errc::malformed);
        auto own_gap_twice = knowing();
        own_gap_twice.insert(a(0), a(1), "mn", 2);
        own_gap_twice.insert(m0, m1, "y", 1);
        own_gap_twice.insert(m0, m1, "z", 1);
        scene.refuses(std::move(own_gap_twice), Errc::malformed);
        auto backwards = knowing();
        backwards.insert(a(0), a(1), "mn", 2);
        backwards.insert(m1, m0, "z", 1);
        scene.refuses(std::move(backwards), Errc::malformed);
        auto sound = knowing();
        sound.insert(a(0), a(1), "mn", 2);
        sound.insert(m0, m1, "z", 1);
        sound.erase(m1, 1);
        scene.takes(std::move(sound));
        CHECK(scene.document.text() == "amzcx");
    }
    SECTION("nor beside a later one of its own") {
        auto future = knowing();
        future.insert(TextId{mallory, 7}, std::nullopt, "z", 1);
        scene.refuses(std::move(future), Errc::malformed);
    }
}

TEST_CASE("TextDocument: a number stands for one operation for ever", "[text][hostile]") {
    Scene scene;
    const auto known = sure(scene.document.missing_since({}));
    for (const TextRun& run : known) CHECK(sure(scene.document.apply(run)).empty());
    auto other_letter = run_of(anna_device);
    other_letter.insert(std::nullopt, std::nullopt, "abC", 3);
    scene.refuses(std::move(other_letter), Errc::counter_reused);
    auto other_place = run_of(per_device);
    other_place.saw(anna_device, 4);
    other_place.insert(a(1), a(2), "x", 1);
    scene.refuses(std::move(other_place), Errc::counter_reused);
    auto other_sight = run_of(per_device);
    other_sight.saw(anna_device, 3);
    other_sight.insert(a(2), std::nullopt, "x", 1);
    scene.refuses(std::move(other_sight), Errc::counter_reused);
    auto other_kind = run_of(anna_device);
    other_kind.insert(std::nullopt, std::nullopt, "abcd", 4);
    scene.refuses(std::move(other_kind), Errc::counter_reused);
    auto goes_on = run_of(anna_device);
    goes_on.insert(std::nullopt, std::nullopt, "abc", 3);
    goes_on.erase(a(1), 1);
    goes_on.insert(a(2), std::nullopt, "d", 1);
    scene.takes(std::move(goes_on));
    CHECK(points_of(scene.document.text()).size() == 4);
}

TEST_CASE("TextDocument: the number of writers is bounded", "[text][hostile]") {
    TextDocument document{text_device(0)};
    DeviceId id;
    for (std::size_t i = 0; i <= text_writers_max; ++i) {
        id.bytes[3] = static_cast<std::byte>(i >> 8);
        id.bytes[4] = static_cast<std::byte>(i);
        id.bytes[5] = std::byte{1};
        TextRunBuilder run{id, 0};
        run.insert(std::nullopt, std::nullopt, "a", 1);
        const auto result = document.apply(std::move(run).take());
        CHECK(result.has_value() == (i < text_writers_max));
    }
    CHECK(document.insert(0, "b").error().code == Errc::limit_exceeded);
    CHECK(document.size() == text_writers_max);
}
