#include "tests/core/consultation/corpus.hpp"

#include "tests/support/catch.hpp"

#include <cstdio>

using namespace samsyn;

namespace {

double share(std::size_t part, std::size_t whole) {
    return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

void print(const char* name, const DetectorFigures& f) {
    std::printf(
        "identity detector, %s: %zu texts; %zu of %zu identifying texts stopped; %zu of %zu marks "
        "found (recall %.1f %%); %zu of %zu clean texts stopped (%.1f %%); %zu of %zu findings "
        "false\n",
        name,
        f.texts,
        f.stopped,
        f.identifying_texts,
        f.found,
        f.marks,
        100 * share(f.found, f.marks),
        f.clean_stopped,
        f.clean_texts,
        100 * share(f.clean_stopped, f.clean_texts),
        f.false_findings,
        f.findings);
    for (const std::string& remark : f.remarks) std::printf("  %s\n", remark.c_str());
}

}  // namespace

TEST_CASE("C-27: recall and false alarms on the written corpus stay within what the docs say",
          "[consultation]") {
    const auto texts = read_corpus();
    REQUIRE(texts.size() >= 120);
    const DetectorFigures tuned = measure(texts, false);
    const DetectorFigures held_out = measure(texts, true);
    print("tuned on", tuned);
    print("held out", held_out);
    CHECK(share(tuned.found, tuned.marks) >= 0.95);
    CHECK(share(tuned.stopped, tuned.identifying_texts) >= 0.95);
    CHECK(share(tuned.clean_stopped, tuned.clean_texts) <= 0.10);
    CHECK(share(held_out.found, held_out.marks) >= 0.90);
    CHECK(share(held_out.stopped, held_out.identifying_texts) >= 0.95);
    CHECK(share(held_out.clean_stopped, held_out.clean_texts) <= 0.25);
}
