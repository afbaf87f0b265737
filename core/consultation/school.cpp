#include "core/consultation/finders.hpp"
#include "core/consultation/word_list.hpp"

#include <algorithm>

namespace samsyn {

namespace {

struct Place {
    std::size_t begin = 0;
    std::size_t end = 0;
};

constexpr auto school_endings = in_order(std::to_array<std::string_view>(
    {"skolan", "skolans", "skola", "skolas", "gymnasiet", "gymnasium", "förskola", "förskolan"}));
constexpr auto school_words = in_order(std::to_array<std::string_view>(
    {"skola", "skolan", "school", "gymnasium", "academy", "förskola", "primary"}));
// Kinds of schools, which name none.
constexpr auto kinds_of_school = in_order(std::to_array<std::string_view>({"skolan",
                                                                           "skola",
                                                                           "grundskolan",
                                                                           "grundskola",
                                                                           "förskolan",
                                                                           "förskola",
                                                                           "särskolan",
                                                                           "särskola",
                                                                           "gymnasieskolan",
                                                                           "gymnasieskola",
                                                                           "högskolan",
                                                                           "högskola",
                                                                           "friskolan",
                                                                           "friskola",
                                                                           "resursskolan",
                                                                           "resursskola",
                                                                           "folkhögskolan",
                                                                           "folkhögskola",
                                                                           "musikskolan",
                                                                           "kulturskolan",
                                                                           "lågstadieskolan",
                                                                           "mellanstadieskolan",
                                                                           "högstadieskolan",
                                                                           "byskolan",
                                                                           "anpassade",
                                                                           "anpassad",
                                                                           "gymnasiet",
                                                                           "gymnasium",
                                                                           "sommarskolan",
                                                                           "språkskolan",
                                                                           "hemskolan",
                                                                           "primary",
                                                                           "secondary",
                                                                           "high",
                                                                           "elementary",
                                                                           "the",
                                                                           "our",
                                                                           "her",
                                                                           "his",
                                                                           "their",
                                                                           "vår",
                                                                           "hans",
                                                                           "hennes",
                                                                           "en",
                                                                           "ny",
                                                                           "nya",
                                                                           "special",
                                                                           "resource",
                                                                           "grammar",
                                                                           "middle",
                                                                           "nursery"}));
constexpr auto class_words = in_order(std::to_array<std::string_view>(
    {"klass", "klassen", "åk", "årskurs", "åkk", "year", "grade", "class", "form"}));
constexpr auto class_names = in_order(std::to_array<std::string_view>({"ettan",
                                                                       "tvåan",
                                                                       "trean",
                                                                       "fyran",
                                                                       "femman",
                                                                       "sexan",
                                                                       "sjuan",
                                                                       "åttan",
                                                                       "nian",
                                                                       "förskoleklass",
                                                                       "förskoleklassen",
                                                                       "reception",
                                                                       "sexårs"}));
constexpr auto numerals = in_order(std::to_array<std::string_view>(
    {"ett",     "två",     "tre",       "fyra",    "fem",     "sex",     "sju",      "åtta",
     "nio",     "tio",     "elva",      "tolv",    "tretton", "fjorton", "femton",   "sexton",
     "sjutton", "arton",   "one",       "two",     "three",   "four",    "five",     "six",
     "seven",   "eight",   "nine",      "ten",     "eleven",  "twelve",  "thirteen", "fourteen",
     "fifteen", "sixteen", "seventeen", "eighteen"}));
constexpr auto ordinals = in_order(std::to_array<std::string_view>({"första",
                                                                    "andra",
                                                                    "tredje",
                                                                    "fjärde",
                                                                    "femte",
                                                                    "sjätte",
                                                                    "sjunde",
                                                                    "åttonde",
                                                                    "nionde",
                                                                    "first",
                                                                    "second",
                                                                    "third",
                                                                    "fourth",
                                                                    "fifth",
                                                                    "sixth",
                                                                    "seventh",
                                                                    "eighth",
                                                                    "ninth"}));

bool is_figure(std::string_view word) {
    return !word.empty() && word.size() <= 2 &&
           word.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_numeral(std::string_view word) {
    return is_figure(word) || holds(numerals, word);
}

/// "5b", "9a1": a class by its usual name.
bool is_class_name(std::string_view word) {
    return word.size() == 2 && word[0] >= '0' && word[0] <= '9' && word[1] >= 'a' && word[1] <= 'h';
}

std::optional<Place> school_at(std::span<const TextWord> words, std::size_t i) {
    const TextWord& word = words[i];
    if (word.capital && !holds(kinds_of_school, word.folded) &&
        ends_with_one_of(school_endings, word.folded))
        return Place{word.begin, word.end};
    const bool apart = i > 0 && word.joined && holds(school_words, word.folded) &&
                       words[i - 1].capital && words[i - 1].folded.size() > 2 &&
                       !holds(kinds_of_school, words[i - 1].folded);
    if (apart) return Place{words[i - 1].begin, word.end};
    return std::nullopt;
}

std::optional<Place> class_at(std::span<const TextWord> words, std::size_t i) {
    const TextWord& word = words[i];
    if (is_class_name(word.folded) || holds(class_names, word.folded))
        return Place{word.begin, word.end};
    if (!holds(class_words, word.folded)) return std::nullopt;
    if (i + 1 < words.size() && words[i + 1].joined &&
        (is_numeral(words[i + 1].folded) || is_class_name(words[i + 1].folded)))
        return Place{word.begin, words[i + 1].end};
    if (i > 0 && word.joined && (holds(ordinals, words[i - 1].folded)))
        return Place{words[i - 1].begin, word.end};
    return std::nullopt;
}

/// "åttaåring", "8-årig", "8 år", "aged 8", "eight years old", "8-year-old".
std::optional<Place> age_at(std::string_view text, std::span<const TextWord> words, std::size_t i) {
    const TextWord& word = words[i];
    for (const std::string_view ending : {"åring", "åringen", "åriga", "årig", "årige"}) {
        if (!word.folded.ends_with(ending)) continue;
        std::string_view number = std::string_view{word.folded};
        number.remove_suffix(ending.size());
        if (number.ends_with('-')) number.remove_suffix(1);
        if (is_numeral(number)) return Place{word.begin, word.end};
    }
    const std::size_t years_old = word.folded.find("-year");
    if (years_old != std::string::npos &&
        is_numeral(std::string_view{word.folded}.substr(0, years_old)))
        return Place{word.begin, word.end};
    if (i == 0) return std::nullopt;
    const TextWord& before = words[i - 1];
    const std::string_view between = text.substr(before.end, word.begin - before.end);
    const bool near = between == " " || between == "-";
    if (!near || word.starts_sentence) return std::nullopt;
    const bool years = word.folded == "år" || word.folded == "years" ||
                       word.folded.starts_with("year-old") || word.folded == "year" ||
                       word.folded.starts_with("åring") || word.folded.starts_with("årig") ||
                       word.folded == "åra" || word.folded == "yo";
    const bool aged = before.folded == "aged" || before.folded == "age" || before.folded == "ålder";
    if ((years && is_numeral(before.folded)) || (aged && is_numeral(word.folded)))
        return Place{before.begin, word.end};
    return std::nullopt;
}

}  // namespace

std::optional<IdentityFinding> find_school_class_age(std::string_view text,
                                                     std::span<const TextWord> words) {
    std::optional<Place> school;
    std::optional<Place> school_class;
    std::optional<Place> age;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (!school) school = school_at(words, i);
        if (!school_class) school_class = class_at(words, i);
        if (!age) age = age_at(text, words, i);
    }
    if (!school || !school_class || !age) return std::nullopt;
    IdentityFinding finding{.kind = IdentityKind::school_class_age,
                            .begin = std::min({school->begin, school_class->begin, age->begin}),
                            .end = std::max({school->end, school_class->end, age->end}),
                            .text = {}};
    for (const Place& part : {*school, *school_class, *age}) {
        if (!finding.text.empty()) finding.text += ", ";
        finding.text += text.substr(part.begin, part.end - part.begin);
    }
    return finding;
}

}  // namespace samsyn
