#include "core/consultation/finders.hpp"
#include "core/consultation/known_words.hpp"
#include "core/consultation/word_list.hpp"

namespace samsyn {

namespace {

constexpr auto street_endings = in_order(std::to_array<std::string_view>({"gatan",
                                                                          "vägen",
                                                                          "gränd",
                                                                          "gränden",
                                                                          "stigen",
                                                                          "torget",
                                                                          "backen",
                                                                          "allén",
                                                                          "stråket",
                                                                          "gata",
                                                                          "väg",
                                                                          "leden",
                                                                          "rundan",
                                                                          "kroken"}));
constexpr auto street_words = in_order(std::to_array<std::string_view>(
    {"street", "road", "lane", "avenue", "close", "gatan", "vägen", "gata", "väg", "allé"}));

bool is_number(const TextWord& word) {
    return word.has_digit && word.folded.size() <= 5 && word.folded[0] >= '0' &&
           word.folded[0] <= '9';
}

/// "Storgatan 12", "Norra vägen 4", "12 Mill Lane".
void find_street(std::string_view text,
                 std::span<const TextWord> words,
                 std::size_t i,
                 std::vector<IdentityFinding>& findings) {
    const bool compound = ends_with_one_of(street_endings, words[i].folded);
    const bool apart =
        holds(street_words, words[i].folded) && i > 0 && words[i].joined && words[i - 1].capital;
    if (!compound && !apart) return;
    const std::size_t first = compound ? i : i - 1;
    if (i + 1 < words.size() && words[i + 1].joined && is_number(words[i + 1])) {
        findings.push_back(
            finding_of(text, IdentityKind::address, words[first].begin, words[i + 1].end));
    } else if (apart && first > 0 && words[first].joined && is_number(words[first - 1])) {
        findings.push_back(
            finding_of(text, IdentityKind::address, words[first - 1].begin, words[i].end));
    }
}

bool is_digits(const TextWord& word, std::size_t count) {
    return word.folded.size() == count &&
           word.folded.find_first_not_of("0123456789") == std::string::npos;
}

/// "711 30 Lindesberg", "71130 Lindesberg".
void find_postcode(std::string_view text,
                   std::span<const TextWord> words,
                   std::size_t i,
                   std::vector<IdentityFinding>& findings) {
    const bool whole = is_digits(words[i], 5);
    const bool split = is_digits(words[i], 3) && i + 1 < words.size() && words[i + 1].joined &&
                       is_digits(words[i + 1], 2);
    const std::size_t town = whole ? i + 1 : i + 2;
    if ((!whole && !split) || town >= words.size()) return;
    if (!words[town].capital || !words[town].joined) return;
    findings.push_back(finding_of(text, IdentityKind::address, words[i].begin, words[town].end));
}

bool is_mail_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-' || c == '+' || static_cast<unsigned char>(c) >= 0x80;
}

/// Each byte is looked at twice at most: the run before a sign ends at the sign before it.
void find_mails(std::string_view text, std::vector<IdentityFinding>& findings) {
    std::size_t floor = 0;
    for (std::size_t at = text.find('@'); at != std::string_view::npos;
         at = text.find('@', at + 1)) {
        std::size_t begin = at;
        std::size_t end = at + 1;
        while (begin > floor && is_mail_character(text[begin - 1])) --begin;
        while (end < text.size() && is_mail_character(text[end])) ++end;
        const std::string_view domain = text.substr(at + 1, end - at - 1);
        floor = at + 1;
        if (begin == at || domain.find('.') == std::string_view::npos || domain.size() < 4)
            continue;
        while (text[end - 1] == '.') --end;
        findings.push_back(finding_of(text, IdentityKind::mail, begin, end));
    }
}

}  // namespace

void find_addresses(std::string_view text,
                    std::span<const TextWord> words,
                    std::vector<IdentityFinding>& findings) {
    for (std::size_t i = 0; i < words.size(); ++i) {
        find_street(text, words, i, findings);
        find_postcode(text, words, i, findings);
    }
    find_mails(text, findings);
}

}  // namespace samsyn
