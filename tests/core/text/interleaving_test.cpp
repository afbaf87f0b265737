#include "tests/core/text/text_world.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <set>

using namespace samsyn;

namespace {

struct Pair {
    TextDocument anna{text_device(1)};
    TextDocument per{text_device(2)};

    /// Both get what the other wrote; the text, which both have then.
    std::string exchange() {
        const auto from_anna = sure(anna.take_runs());
        const auto from_per = sure(per.take_runs());
        for (const TextRun& run : from_anna) sure(per.apply(run));
        for (const TextRun& run : from_per) sure(anna.apply(run));
        CHECK(anna.text() == per.text());
        return anna.text();
    }
};

void type_forwards(TextDocument& document, std::uint32_t position, std::string_view text) {
    for (const char c : text) sure(document.insert(position++, {&c, 1}));
}

void type_backwards(TextDocument& document, std::uint32_t position, std::string_view text) {
    for (std::size_t i = text.size(); i-- > 0;) sure(document.insert(position, text.substr(i, 1)));
}

/// Whatever stands around them, both words are whole.
void check_whole(const std::string& text) {
    CAPTURE(text);
    CHECK(text.find("mjölk") != std::string::npos);
    CHECK(text.find("eggs") != std::string::npos);
}

}  // namespace

TEST_CASE("TextDocument: what two type at one place at once stands side by side", "[text]") {
    Pair pair;
    sure(pair.anna.insert(0, "köp: !"));
    (void)pair.exchange();
    SECTION("both forwards") {
        sure(pair.anna.insert(5, "mjölk"));
        type_forwards(pair.per, 5, "eggs");
    }
    SECTION("both backwards") {
        sure(pair.anna.insert(5, "k"));
        sure(pair.anna.insert(5, "jöl"));
        sure(pair.anna.insert(5, "m"));
        type_backwards(pair.per, 5, "eggs");
    }
    SECTION("one forwards, one backwards") {
        sure(pair.anna.insert(5, "mjö"));
        sure(pair.anna.insert(8, "lk"));
        type_backwards(pair.per, 5, "eggs");
    }
    SECTION("at the beginning of the text") {
        sure(pair.anna.insert(0, "mjölk"));
        type_backwards(pair.per, 0, "eggs");
    }
    SECTION("with a letter put in afterwards, and one taken out") {
        sure(pair.anna.insert(5, "mjxk"));
        sure(pair.anna.erase(7, 1));
        sure(pair.anna.insert(7, "öl"));
        type_forwards(pair.per, 5, "egs");
        sure(pair.per.insert(6, "g"));
    }
    check_whole(pair.exchange());
}

TEST_CASE("TextDocument: runs sent in pieces do not mingle either", "[text]") {
    // The hard case of the paper: pieces of both cross, each person knows some of the other's.
    Pair pair;
    sure(pair.anna.insert(0, "mj"));
    type_backwards(pair.per, 0, "gs");
    const auto early = sure(pair.per.take_runs());
    sure(pair.anna.insert(2, "ölk"));
    type_backwards(pair.per, 0, "eg");
    for (const TextRun& run : early) sure(pair.anna.apply(run));
    check_whole(pair.exchange());
}

TEST_CASE("TextDocument: three at one place, in every order of arrival", "[text]") {
    const std::string_view words[] = {"eggs", "mjölk", "bread"};
    std::vector<std::vector<TextRun>> sent;
    for (unsigned i = 0; i < 3; ++i) {
        TextDocument document{text_device(i + 1)};
        if (i == 1)
            sure(document.insert(0, words[i]));
        else
            type_backwards(document, 0, words[i]);
        sent.push_back(sure(document.take_runs()));
    }
    std::vector<std::size_t> order{0, 1, 2};
    std::set<std::string> texts;
    do {
        TextDocument reader{text_device(7)};
        for (const std::size_t who : order)
            for (const TextRun& run : sent[who]) sure(reader.apply(run));
        texts.insert(reader.text());
        check_whole(reader.text());
        CHECK(reader.text().find("bread") != std::string::npos);
    } while (std::ranges::next_permutation(order).found);
    CHECK(texts.size() == 1);
}
