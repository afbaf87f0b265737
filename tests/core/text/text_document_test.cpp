#include "core/text/text_document.hpp"

#include "core/text/diff.hpp"
#include "core/text/graphemes.hpp"
#include "tests/core/text/text_world.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/mutations.hpp"

#include <rapidcheck.h>

using namespace samsyn;

namespace {

void pass(TextDocument& from, TextDocument& to) {
    for (const TextRun& run : sure(from.missing_since(sure(to.version())))) sure(to.apply(run));
}

/// Any text: letters of every length, line ends, marks that join what stands before them.
rc::Gen<std::string> any_text() {
    return rc::gen::map(rc::gen::container<std::vector<unsigned>>(rc::gen::inRange(0U, 12U)),
                        [](const std::vector<unsigned>& picks) {
                            constexpr std::u32string_view letters =
                                U"aab\nåö\u0301\u20ac\U0001F600\u200d\U0001F1F8\U0001F1EA";
                            std::u32string points;
                            for (const unsigned pick : picks) points.push_back(letters[pick]);
                            return utf8_of(points);
                        });
}

std::string patched(std::string_view before, const std::vector<TextPatch>& patches) {
    std::u32string points = points_of(before);
    for (const TextPatch& patch : patches)
        points.replace(patch.position, patch.erased, points_of(patch.inserted));
    return utf8_of(points);
}

}  // namespace

TEST_CASE("TextDocument: refuses what is no place and no text, and stays as it was", "[text]") {
    TextDocument document{text_device(1)};
    sure(document.insert(0, "hej"));
    CHECK(document.insert(4, "x").error().code == Errc::invalid_argument);
    CHECK(document.insert(0, "\xc3").error().code == Errc::invalid_argument);
    CHECK(document.insert(0, "\xed\xa0\x80").error().code == Errc::invalid_argument);
    CHECK(document.erase(2, 2).error().code == Errc::invalid_argument);
    CHECK(document.erase(4, 0).error().code == Errc::invalid_argument);
    CHECK(document.replace("\xff").error().code == Errc::invalid_argument);
    CHECK(document.text() == "hej");
    sure(document.insert(3, ""));
    sure(document.erase(1, 0));
    CHECK(sure(document.take_runs()).at(0).operations() == 3);
    CHECK_FALSE(document.has_edits());
    CHECK(sure(document.take_runs()).empty());
}

TEST_CASE("TextDocument: typing and taking back are few steps of a run", "[text]") {
    TextDocument document{text_device(1)};
    std::uint32_t at = 0;
    for (const char c : std::string_view{"Familjen kommer"}) sure(document.insert(at++, {&c, 1}));
    for (int i = 0; i < 6; ++i) sure(document.erase(--at, 1));
    for (const char c : std::string_view{"vill"}) sure(document.insert(at++, {&c, 1}));
    CHECK(document.text() == "Familjen vill");
    const auto runs = sure(document.take_runs());
    REQUIRE(runs.size() == 1);
    CHECK(runs[0].steps.size() == 3);
    CHECK(encode(runs[0]).size() < 60);
}

TEST_CASE("TextDocument: is saved and loaded with edits that no run has taken", "[text]") {
    TextDocument anna{text_device(1)};
    TextDocument per{text_device(2)};
    sure(anna.insert(0, "Möte"));
    pass(anna, per);
    CHECK(per.text().empty());  // untaken edits travel with nobody
    (void)sure(anna.take_runs());
    pass(anna, per);
    sure(anna.insert(4, " på måndag"));
    sure(anna.erase(0, 1));
    const Bytes saved = sure(anna.save());
    CHECK(TextDocument::load(saved, text_device(2)).has_value());
    auto other = sure(TextDocument::load(saved, text_device(2)));
    CHECK(other.text() == "öte på måndag");
    CHECK(other.insert(0, "x").error().code == Errc::invalid_argument);

    TextDocument again = sure(TextDocument::load(saved, text_device(1)));
    CHECK(again.has_edits());
    CHECK(again.size() == 13);
    CHECK(sure(again.save()) == saved);
    for (const TextRun& run : sure(again.take_runs())) sure(per.apply(run));
    CHECK(per.text() == "öte på måndag");
    CHECK(per.text() == again.text());
}

TEST_CASE("TextDocument: is saved where another saw first what came here last", "[text]") {
    TextDocument anna{text_device(1)};
    TextDocument per{text_device(2)};
    TextDocument siv{text_device(3)};
    sure(per.insert(0, "Per"));
    sure(siv.insert(0, "Siv"));
    const auto of_per = sure(per.take_runs());
    const auto of_siv = sure(siv.take_runs());
    sure(anna.apply(of_per[0]));
    sure(anna.insert(3, "1"));
    sure(anna.apply(of_siv[0]));
    sure(anna.insert(4, "2"));

    TextDocument here{text_device(4)};
    sure(here.apply(of_siv[0]));
    sure(here.apply(of_per[0]));
    for (const TextRun& run : sure(anna.take_runs())) sure(here.apply(run));
    const TextDocument again = sure(TextDocument::load(sure(here.save()), text_device(4)));
    CHECK(sure(again.version()) == sure(here.version()));
    CHECK(sure(again.missing_since({})) == sure(here.missing_since({})));
    CHECK(again.text() == anna.text());
}

TEST_CASE("TextDocument: what was saved, cut off or changed, is refused or a text", "[text]") {
    TextDocument document{text_device(1)};
    sure(document.insert(0, "åa"));
    sure(document.erase(1, 1));
    sure(document.insert(0, "b"));
    const Bytes saved = sure(document.save());  // too short to be compressed
    const auto open = [&](ByteView bytes) {
        auto loaded = TextDocument::load(bytes, text_device(1));
        if (!loaded) return;
        if (!loaded->insert(0, "x")) return;
        CHECK(is_utf8(as_bytes(loaded->text())));
        (void)loaded->take_runs();
        (void)loaded->missing_since({});
        (void)loaded->save();
    };
    for_each_prefix(
        saved, [&](ByteView bytes) { CHECK_FALSE(TextDocument::load(bytes, text_device(1))); });
    Bytes changed = saved;
    for (std::byte& b : changed)
        for (unsigned value = 0; value < 256; ++value) {
            const std::byte was = b;
            b = static_cast<std::byte>(value);
            open(changed);
            b = was;
        }
    // Two numbers changed alike, such as how many elements there are and how many came at once.
    for (std::size_t first = 2; first < saved.size(); ++first)
        for (std::size_t second = first + 1; second < saved.size(); ++second)
            for (const int step : {1, 2, 4}) {
                changed = saved;
                changed[first] =
                    static_cast<std::byte>(std::to_integer<int>(changed[first]) + step);
                for (int other = 0; other < 8; ++other) {
                    changed[second] = static_cast<std::byte>(other);
                    open(changed);
                }
            }
}

TEST_CASE("TextDocument: says who wrote what", "[text]") {
    TextDocument anna{text_device(1)};
    TextDocument per{text_device(2)};
    sure(anna.insert(0, "Hej på dig"));
    (void)sure(anna.take_runs());
    pass(anna, per);
    sure(per.insert(3, " du"));
    sure(per.erase(0, 1));
    (void)sure(per.take_runs());
    pass(per, anna);
    CHECK(anna.text() == "ej du på dig");
    const std::vector<TextPart> parts{
        {2, text_device(1)}, {3, text_device(2)}, {7, text_device(1)}};
    CHECK(sure(anna.parts()) == parts);
}

TEST_CASE("TextDocument: an anchor stays beside its letter", "[text]") {
    TextDocument anna{text_device(1)};
    TextDocument per{text_device(2)};
    sure(anna.insert(0, "ett två tre"));
    (void)sure(anna.take_runs());
    pass(anna, per);
    using Side = TextAnchor::Side;
    const TextAnchor before_two = sure(anna.anchor(4, Side::before));
    const TextAnchor after_two = sure(anna.anchor(7, Side::after));
    const TextAnchor begin = sure(anna.anchor(0, Side::after));
    const TextAnchor end = sure(anna.anchor(11, Side::before));
    CHECK(anna.anchor(12, Side::after).error().code == Errc::invalid_argument);

    sure(per.insert(4, "och "));
    sure(per.insert(0, "noll "));
    sure(per.insert(per.size(), " fyra"));
    (void)sure(per.take_runs());
    pass(per, anna);
    CHECK(anna.text() == "noll ett och två tre fyra");
    CHECK(sure(anna.position(before_two)) == 13);
    CHECK(sure(anna.position(after_two)) == 16);
    CHECK(sure(anna.position(begin)) == 0);
    CHECK(sure(anna.position(end)) == anna.size());

    sure(anna.erase(12, 6));
    CHECK(sure(anna.position(before_two)) == 12);
    CHECK(sure(anna.position(after_two)) == 12);
    const TextAnchor unknown{TextId{text_device(5), 3}, Side::after};
    CHECK(anna.position(unknown).error().code == Errc::not_found);
}

TEST_CASE("TextDocument: a cursor never stands inside a grapheme cluster", "[text][graphemes]") {
    // e with two accents · a family of four · two flags · CR LF · Hangul
    const std::u32string points =
        U"e\u0301\u0323\U0001F468\u200d\U0001F469\u200d\U0001F467\U0001F1F8\U0001F1EA"
        U"\U0001F1EB\U0001F1EE\r\n\u1112\u1161\u11ab.";
    TextDocument document{text_device(1)};
    sure(document.insert(0, utf8_of(points)));
    const std::vector<std::uint32_t> stops{0, 3, 8, 10, 12, 14, 17, 18};
    std::uint32_t at = 0;
    for (std::size_t i = 1; i < stops.size(); ++i) {
        at = document.next_grapheme(at);
        CHECK(at == stops[i]);
    }
    CHECK(document.next_grapheme(at) == 18);
    for (std::size_t i = stops.size() - 1; i > 0; --i) {
        at = document.previous_grapheme(at);
        CHECK(at == stops[i - 1]);
    }
    CHECK(document.grapheme_floor(5) == 3);
    CHECK(document.grapheme_ceiling(5) == 8);
    CHECK(document.grapheme_floor(13) == 12);
    CHECK(document.grapheme_floor(99) == 18);
}

TEST_CASE("difference: makes the one text into the other, in whole grapheme clusters",
          "[text][diff]") {
    CHECK(rc::check([] {
        const std::string before = *any_text();
        const std::string after = *any_text();
        const auto patches = text::difference(before, after);
        RC_ASSERT(patched(before, patches) == after);
        std::string now = before;
        for (const TextPatch& patch : patches) {
            // Each begins and ends where a cursor can stand, before and after.
            RC_ASSERT(text::grapheme_floor(before, 0) == 0U);
            now = patched(now, {patch});
            RC_ASSERT(is_utf8(as_bytes(now)));
        }
        TextDocument document{text_device(1)};
        sure(document.insert(0, before));
        RC_ASSERT(sure(document.replace(after)) == patches);
        RC_ASSERT(document.text() == after);
    }));
}

TEST_CASE("difference: is small where little changed", "[text][diff]") {
    const auto only = [](std::string_view before, std::string_view after) {
        return text::difference(before, after);
    };
    CHECK(only("lika", "lika").empty());
    CHECK(only("Mötet är på måndag.", "Mötet är på tisdag.") ==
          std::vector<TextPatch>{{12, 3, "tis"}});
    CHECK(only("en två", "en och två") == std::vector<TextPatch>{{3, 0, "och "}});
    CHECK(only("e\xcc\x81t", "e\xcc\x80t") == std::vector<TextPatch>{{0, 2, "e\xcc\x80"}});
    std::string before;
    for (int i = 0; i < 3000; ++i) before += "rad " + std::to_string(i) + "\n";
    std::string after = before;
    after.erase(20'000, 5'000);
    after.insert(3'000, "ny rad\n");
    after.replace(after.size() - 3, 2, "slut");
    std::size_t changed = 0;
    for (const TextPatch& patch : only(before, after))
        changed += patch.erased + patch.inserted.size();
    CHECK(changed < 5'050);
    // Nothing in common, and bounded all the same.
    std::string other;
    for (int i = 0; i < 20'000; ++i) other += static_cast<char>('a' + i * 7 % 26);
    CHECK(patched(before, only(before, other)) == other);
}

TEST_CASE("TextDocument: another's work keeps its place when an editor gives a text back",
          "[text]") {
    TextDocument anna{text_device(1)};
    TextDocument per{text_device(2)};
    sure(anna.insert(0, "Närvarande: Anna\nBeslut: inget\n"));
    (void)sure(anna.take_runs());
    pass(anna, per);
    sure(per.insert(16, ", Per"));
    (void)sure(per.take_runs());
    sure(anna.replace("Närvarande: Anna\nBeslut: ny kontakt i maj\n"));
    (void)sure(anna.take_runs());
    pass(per, anna);
    pass(anna, per);
    CHECK(anna.text() == "Närvarande: Anna, Per\nBeslut: ny kontakt i maj\n");
    CHECK(per.text() == anna.text());
}
