#include "core/text/text_run.hpp"

#include "tests/core/text/text_world.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/mutations.hpp"

using namespace samsyn;

namespace {

/// Anna's run that mentions Per, has seen him, inserts, erases, and uses letters of every length.
struct TwoWriters {
    TextDocument anna{text_device(1)};
    TextDocument per{text_device(2)};
    Bytes run;

    TwoWriters() {
        sure(per.insert(0, "Per skrev: åäö€😀."));
        for (const TextRun& sent : sure(per.take_runs())) sure(anna.apply(sent));
        sure(anna.insert(3, " (rektor)"));
        sure(anna.erase(5, 2));
        sure(anna.insert(20, "€😀ö"));
        sure(anna.erase(0, 2));
        run = encode(sure(anna.take_runs()).at(0));
    }
};

/// What a document may do with any bytes: refuse them, or take in a run that is what it says.
void check_harmless(TextDocument& document, ByteView bytes) {
    const auto run = decode_text_run(bytes);
    if (!run) return;
    CHECK(equal(encode(*run), bytes));
    const Bytes before = sure(document.save());
    const auto applied = document.apply(*run);
    if (!applied) {
        CHECK(sure(document.save()) == before);
        return;
    }
    CHECK(is_utf8(as_bytes(document.text())));
    CHECK(points_of(document.text()).size() == document.size());
    document = sure(TextDocument::load(before, text_device(2)));
}

}  // namespace

TEST_CASE("TextRun: gives back what it was, in its one form", "[text][codec]") {
    const TwoWriters scene;
    const TextRun run = sure(decode_text_run(scene.run));
    CHECK(encode(run) == scene.run);
    CHECK(run.writer == text_device(1));
    REQUIRE(run.others.size() == 1);
    CHECK(run.others[0] == TextOther{text_device(2), 17});
    const std::uint32_t all = run.operations();
    for (std::uint32_t cut = 1; cut < all; ++cut) {
        const TextRun begin = slice(run, 0, cut);
        const TextRun end = slice(run, cut, all);
        CHECK(sure(decode_text_run(encode(begin))) == begin);
        CHECK(sure(decode_text_run(encode(end))) == end);
        CHECK(begin.operations() + end.operations() == all);
        TextDocument document{text_device(9)};
        for (const TextRun& sent : sure(scene.per.missing_since({}))) sure(document.apply(sent));
        sure(document.apply(begin));
        sure(document.apply(end));
        CHECK(document.text() == scene.anna.text());
        CHECK(sure(document.apply(run)).empty());  // known by its parts
    }
}

TEST_CASE("TextRun: cut off anywhere or changed in any bit it harms nothing", "[text][codec]") {
    TwoWriters scene;
    for_each_prefix(scene.run, [](ByteView bytes) { CHECK_FALSE(decode_text_run(bytes)); });
    Bytes changed = scene.run;
    for (std::byte& b : changed)
        for (unsigned bit = 0; bit < 8; ++bit) {
            b ^= static_cast<std::byte>(1U << bit);
            check_harmless(scene.per, changed);
            b ^= static_cast<std::byte>(1U << bit);
        }
    for (std::uint64_t seed = 1; seed <= 3000; ++seed) {  // several bytes at once
        CAPTURE(seed);
        Dice dice{seed};
        Bytes bytes = scene.run;
        for (auto i = dice.between(1, 4); i > 0; --i)
            bytes[dice.below(bytes.size())] = static_cast<std::byte>(dice.below(256));
        if (dice.percent(30)) bytes.resize(dice.between(18, bytes.size()));
        check_harmless(scene.per, bytes);
    }
}

TEST_CASE("TextRun: what is too long, or not in its one form, is refused", "[text][codec]") {
    const DeviceId writer = text_device(1);
    const auto code = [](const TextRun& run) {
        const auto result = decode_text_run(encode(run));
        REQUIRE_FALSE(result);
        return result.error().code;
    };
    TextRun run{.writer = writer, .others = {}, .steps = {}, .content = {}};
    CHECK(code(run) == Errc::malformed);  // empty

    run.content = "ab";
    TextStep step{.kind = TextStep::Kind::insert, .first = {}, .second = {}};
    step.count = 1;
    step.text_bytes = 1;
    TextStep next = step;
    next.first = {TextRef::own, 0};
    next.text_at = 1;
    run.steps = {step, next};
    CHECK(code(run) == Errc::malformed);  // one insertion as two

    run.steps = {step};
    CHECK(decode_text_run(encode(run)));
    run.others = {{text_device(2), 0}};
    CHECK(code(run) == Errc::malformed);  // mentioned by nothing
    run.others = {{text_device(3), 1}, {text_device(2), 1}};
    std::ranges::sort(run.others, std::greater{}, &TextOther::writer);
    CHECK(code(run) == Errc::malformed);  // unsorted
    run.others = {{writer, 1}};
    CHECK(code(run) == Errc::malformed);  // itself
    run.others = {};
    run.steps[0].count = 2;
    CHECK(code(run) == Errc::malformed);  // other than its text

    TextStep erase{.kind = TextStep::Kind::erase, .first = {TextRef::own, 0}, .second = {}};
    erase.count = 1;
    run.steps = {erase};
    run.first = 0;
    Bytes bytes = encode(run);
    CHECK_FALSE(decode_text_run(bytes));  // its own future
    run.others = {{text_device(2), 1}};
    run.steps[0].first = {0, 0};
    run.steps[0].count = text_run_operations_max + 1;
    CHECK_FALSE(decode_text_run(encode(run)));
    run.steps[0].count = text_run_operations_max;
    CHECK(decode_text_run(encode(run)));
    run.steps.push_back(run.steps[0]);
    run.steps[1].first.number = 1 << 20;
    CHECK_FALSE(decode_text_run(encode(run)));

    bytes.assign(text_run_bytes_max + 1, std::byte{1});
    CHECK(decode_text_run(bytes).error().code == Errc::limit_exceeded);
    bytes.assign(1, std::byte{2});
    CHECK(decode_text_run(bytes).error().code == Errc::unsupported_version);
    CHECK(decode_text_run({}).error().code == Errc::truncated);
}

TEST_CASE("TextRun: a varint has one form", "[text][codec]") {
    TextRun run{.writer = text_device(1), .others = {}, .steps = {}, .content = "a"};
    TextStep step{.kind = TextStep::Kind::insert, .first = {}, .second = {}};
    step.count = 1;
    step.text_bytes = 1;
    run.steps = {step};
    Bytes bytes = encode(run);
    REQUIRE(bytes[17] == std::byte{0});  // its first number
    bytes[17] = std::byte{0x80};
    bytes.insert(bytes.begin() + 18, std::byte{0});
    CHECK_FALSE(decode_text_run(bytes));
}

TEST_CASE("TextDocument: a long text travels in runs that keep their bounds", "[text][codec]") {
    TextDocument anna{text_device(1)};
    TextDocument per{text_device(2)};
    std::string text;
    for (int i = 0; i < 30'000; ++i) text += i % 3 == 0 ? "å" : i % 3 == 1 ? "😀" : "x";
    sure(anna.insert(0, text));
    sure(anna.insert(15'000, text));
    sure(anna.erase(10'000, 25'000));
    const auto runs = sure(anna.take_runs());
    CHECK(runs.size() > 5);
    for (const TextRun& run : runs) {
        CHECK(encode(run).size() <= text_run_bytes_max);
        CHECK(run.operations() <= text_run_operations_max);
        sure(per.apply(sure(decode_text_run(encode(run)))));
    }
    CHECK(per.text() == anna.text());
    CHECK(per.size() == 35'000);
}
