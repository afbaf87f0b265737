#include "tests/core/text/text_world.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>

using namespace samsyn;

TEST_CASE("TextDocument: everybody has one text, that of the tree, whatever comes late and twice",
          "[text][convergence]") {
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        CAPTURE(seed);
        TextWorld world{2 + seed % 4, seed};
        for (int i = 0; i < 120; ++i) world.step();
        world.settle();
        for (std::size_t person = 1; person < world.people(); ++person) {
            CHECK(world.document(person).text() == world.document(0).text());
            CHECK(sure(world.document(person).version()) == sure(world.document(0).version()));
            CHECK(sure(world.document(person).parts()) == sure(world.document(0).parts()));
        }
    }
}

TEST_CASE("TextDocument: what a newcomer lacks makes the same text, from any version on",
          "[text][convergence]") {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        CAPTURE(seed);
        TextWorld world{3, seed + 1000};
        TextDocument newcomer{text_device(9)};
        for (int i = 0; i < 100; ++i) {
            world.step();
            if (i % 20 != 0) continue;
            for (const TextRun& run :
                 sure(world.document(0).missing_since(sure(newcomer.version()))))
                sure(newcomer.apply(sure(decode_text_run(encode(run)))));
        }
        world.settle();
        for (const TextRun& run : sure(world.document(1).missing_since(sure(newcomer.version()))))
            sure(newcomer.apply(run));
        CHECK(newcomer.text() == world.document(0).text());
        CHECK(sure(newcomer.version()) == sure(world.document(0).version()));
        for (const TextRun& run : world.runs()) CHECK(sure(newcomer.apply(run)).empty());
        CHECK(sure(world.document(1).missing_since(sure(newcomer.version()))).empty());
    }
}

TEST_CASE("TextDocument: no letter is lost that nobody erased", "[text][convergence]") {
    TextDocument anna{text_device(1)};
    sure(anna.insert(0, "Mötet börjar kl 9."));
    const auto begin = sure(anna.take_runs());
    TextDocument per{text_device(2)};
    for (const TextRun& run : begin) sure(per.apply(run));

    sure(anna.erase(0, 18));
    sure(per.insert(17, "30"));
    const auto from_anna = sure(anna.take_runs());
    const auto from_per = sure(per.take_runs());
    for (const TextRun& run : from_anna) sure(per.apply(run));
    for (const TextRun& run : from_per) sure(anna.apply(run));
    CHECK(anna.text() == "30");
    CHECK(per.text() == "30");
}
