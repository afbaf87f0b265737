#include "core/consultation/identity.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/dice.hpp"

#include <algorithm>
#include <array>

using namespace samsyn;

namespace {

std::vector<std::string> texts_of(std::string_view text, IdentityKind kind) {
    std::vector<std::string> result;
    for (const IdentityFinding& finding : find_identity(text))
        if (finding.kind == kind) result.push_back(finding.text);
    return result;
}

std::vector<std::string> one(std::string_view text) {
    return {std::string{text}};
}

}  // namespace

// 121212-1212 and 640823-3234 are the Tax Agency's examples; the coordination number is computed.
TEST_CASE("C-27: a personal number is found however it is written", "[consultation]") {
    for (const std::string_view number : {"19121212-1212",
                                          "191212121212",
                                          "121212-1212",
                                          "121212+1212",
                                          "1212121212",
                                          "19121212 1212",
                                          "19121212 - 1212",
                                          "1912 12 12 1212",
                                          "1912-12-12-1212",
                                          "19121212\u20131212",
                                          "12 12 12 12 12",
                                          "1 9 1 2 1 2 1 2 1 2 1 2",
                                          "640823-3234",
                                          "19701063-2391",
                                          "701063-2391",
                                          "701063+2391",
                                          "7010632391"}) {
        CAPTURE(number);
        const auto text = "Numret är " + std::string{number} + ", säger hon.";
        CHECK(texts_of(text, IdentityKind::personal_number) == one(number));
    }
}

TEST_CASE("C-27: a mistyped personal number in its usual form is found", "[consultation]") {
    CHECK(texts_of("640823-3235", IdentityKind::personal_number) == one("640823-3235"));
    CHECK(texts_of("19701063-2399", IdentityKind::personal_number) == one("19701063-2399"));
}

TEST_CASE("C-27: dates, times, sums and case numbers are no personal numbers", "[consultation]") {
    for (const std::string_view text : {"Mötet är 2026-11-26 08.00-09.30.",
                                        "1 827 000 kr och 134 180 kr",
                                        "ärende 2024-118",
                                        "den 12 12 2012 klockan 12",
                                        "134180, 90883, 215577 och 472860",
                                        "årskurs 4-6, 2025/2026",
                                        "lagen (2001:453), 12 kap. 1 §",
                                        "643223-3234"}) {
        CAPTURE(text);
        CHECK(find_identity(text).empty());
    }
}

TEST_CASE("C-27: a named school, a class and an age identify together, and not two of them",
          "[consultation]") {
    const auto all = find_identity("På Lärkskolan, i klass 3B, går en nioåring.");
    REQUIRE(all.size() == 1);
    CHECK(all[0].kind == IdentityKind::school_class_age);
    CHECK(all[0].text == "Lärkskolan, klass 3B, nioåring");
    CHECK(find_identity("På Lärkskolan går en nioåring.").empty());
    CHECK(find_identity("I klass 3B går en nioåring.").empty());
    CHECK(find_identity("På Lärkskolan, i klass 3B.").empty());
    CHECK(find_identity("I skolan, i klass 3B, går en nioåring.").empty());
}

TEST_CASE("C-27: a word that is a name and a word counts by where it stands", "[consultation]") {
    CHECK(find_identity("Per telefon sa hon nej. Hans mamma kom.").empty());
    CHECK(texts_of("Jag har träffat Per i dag.", IdentityKind::name) == one("Per"));
    CHECK(find_identity("Familjen bor i Nora.").empty());
    CHECK(texts_of("Annas skola ringde.", IdentityKind::name) == one("Annas"));
    CHECK(find_identity("Vi har varit på Storå skola.").empty());
    CHECK(texts_of("Jag har träffat Nora i dag.", IdentityKind::name) == one("Nora"));
}

TEST_CASE("C-27: given name and surname are one finding with its place in the text",
          "[consultation]") {
    const std::string text = "Det gäller Åsa Sjögren på måndag.";
    const auto findings = find_identity(text);
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].text == "Åsa Sjögren");
    CHECK(text.substr(findings[0].begin, findings[0].end - findings[0].begin) == "Åsa Sjögren");
}

TEST_CASE("C-27: a marked false hit is left out, and only that text", "[consultation]") {
    const auto findings = find_identity("Vi träffade Lotus och Anna.");
    REQUIRE(findings.size() == 2);
    const auto left = without_marked(findings, std::array<std::string, 1>{"Lotus"});
    REQUIRE(left.size() == 1);
    CHECK(left[0].text == "Anna");
    CHECK(without_marked(findings, std::array<std::string, 1>{"lotus"}).size() == 2);
}

TEST_CASE("attack: a mebibyte of any one pattern is read, and findings lie inside the text",
          "[consultation]") {
    for (const std::string_view pattern :
         {"@",  "a@",    "a@b.",           "1",           "1 ",     "0 ",   "12-",  "+46 ",     "A",
          "A ", "Anna ", "Anna-",          "'",           "heter ", "\xC3", "\xFF", "\xE2\x80", "Ö",
          ". ", "f. 1",  "skola 1a 8 år ", "Storgatan 1 "}) {
        CAPTURE(pattern);
        std::string text;
        while (text.size() < (1U << 20U)) text += pattern;
        const auto findings = find_identity(text);
        CHECK(std::ranges::all_of(findings, [&](const IdentityFinding& finding) {
            return finding.begin < finding.end && finding.end <= text.size();
        }));
    }
}

TEST_CASE("attack: random bytes never end the process, and findings are in order",
          "[consultation]") {
    Dice dice{27};
    for (int round = 0; round < 3000; ++round) {
        std::string text(dice.below(200), ' ');
        for (char& c : text)
            c = dice.percent(30) ? static_cast<char>(dice.below(256))
                                 : "Ab1 -@.+'S\xC3\x85"[dice.below(11)];
        const auto findings = find_identity(text);
        CHECK(std::ranges::is_sorted(findings, {}, &IdentityFinding::begin));
        for (const IdentityFinding& finding : findings) REQUIRE(finding.end <= text.size());
    }
}
