#include "core/consultation/finders.hpp"
#include "core/consultation/known_words.hpp"

#include <algorithm>
#include <array>

namespace samsyn {

namespace {

/// Without a genitive: "annas" and "anna's" are "anna".
std::string_view bare(std::string_view word) {
    if (word.ends_with("'s")) return word.substr(0, word.size() - 2);
    if (word.ends_with('s') || word.ends_with('\'')) return word.substr(0, word.size() - 1);
    return word;
}

/// Whether the list knows the word, its bare form, or the part before its first hyphen.
template <class List>
bool known(List list, std::string_view word) {
    if (list(word) || list(bare(word))) return true;
    const std::size_t hyphen = word.find('-');
    return hyphen != std::string_view::npos && list(word.substr(0, hyphen));
}

bool is_no_person(const TextWord& word) {
    return word.has_digit || known(&is_place, word.folded) || known(&is_named_thing, word.folded) ||
           is_common_word(word.folded);
}

bool is_initial(const TextWord& word) {
    return word.folded.size() < 3 || (word.all_capitals && word.folded.size() < 6);
}

bool says_name(std::string_view word) {
    constexpr std::array cues{"heter", "hette", "kallas", "named", "förnamn", "efternamn", "namn"};
    return std::ranges::find(cues, word) != cues.end();
}

class NameRules {
public:
    explicit NameRules(std::span<const TextWord> words) : words_(words) {}

    /// Whether a name of a person begins, or stands, at this word.
    bool is_name(std::size_t i) const {
        const TextWord& word = words_[i];
        if (word.has_digit || names_a_school(i)) return false;
        if (i > 0 && says_name(words_[i - 1].folded) && !word.starts_sentence &&
            !is_no_person(word) && word.folded.size() > 2 && !is_verb_cue(word.folded))
            return true;
        if (known(&is_given_name, word.folded)) return !is_place_here(i);
        if (!word.capital) return false;
        if (known(&is_given_name_and_word, word.folded)) return is_name_not_word(i);
        if (is_no_person(word) || is_initial(word)) return false;
        const std::string_view stem = bare(word.folded);
        if (ends_as_surname(word.folded) || ends_as_surname(stem)) return true;
        return word.starts_sentence ? is_subject(i) : !is_place_here(i);
    }

    /// Whether this word goes on with the name that ends before it.
    bool goes_on(std::size_t i) const {
        const TextWord& word = words_[i];
        const bool surname = known(&is_given_name, word.folded) || ends_as_surname(word.folded);
        return word.joined && word.capital && !word.has_digit &&
               (surname || (!is_no_person(word) && (word.folded.size() > 2)));
    }

    /// Whether the word before a name is a part of it that alone would have said nothing.
    bool leads_in(std::size_t i) const {
        const TextWord& word = words_[i];
        return word.capital && !is_no_person(word) && word.folded.size() > 2;
    }

private:
    /// "Kristina School", "Storå skola".
    bool names_a_school(std::size_t i) const {
        constexpr std::array schools{"skola", "skolan", "school", "förskola", "kommun", "academy"};
        const bool next = i + 1 < words_.size() && words_[i + 1].joined && words_[i].capital;
        if (!next || std::ranges::find(schools, words_[i + 1].folded) == schools.end())
            return false;
        // "Annas skola" is where Anna goes; "Kristina School" is a name.
        return words_[i + 1].capital || !known(&is_given_name, words_[i].folded);
    }

    bool next_is_name(std::size_t i) const {
        return i + 1 < words_.size() && words_[i + 1].joined && words_[i + 1].capital &&
               !is_no_person(words_[i + 1]);
    }

    bool is_place_here(std::size_t i) const {
        const TextWord& word = words_[i];
        return !word.starts_sentence && i > 0 && is_place_cue(words_[i - 1].folded) &&
               !known(&is_given_name, word.folded);
    }

    /// "Per", "Hans", "Nora": a name inside a sentence, or before a surname.
    bool is_name_not_word(std::size_t i) const {
        const TextWord& word = words_[i];
        if (next_is_name(i)) return true;
        if (word.starts_sentence)
            return i + 1 < words_.size() && !is_common_word(word.folded) &&
                   !known(&is_place, word.folded) && is_verb_cue(words_[i + 1].folded);
        if (i > 0 && is_place_cue(words_[i - 1].folded)) return false;
        return !known(&is_place, word.folded) || !is_after_place(i);
    }

    /// "from Nora", "Lindesberg och Nora": a place after all.
    bool is_after_place(std::size_t i) const {
        constexpr std::array cues{
            "från", "till", "from", "to", "av", "för", "mot", "norra", "södra"};
        if (std::ranges::find(cues, words_[i - 1].folded) != cues.end()) return true;
        if (i > 0 && known(&is_place, words_[i - 1].folded)) return true;
        if (i + 1 < words_.size() && words_[i + 1].folded == "kommun") return true;
        return i > 1 && is_common_word(words_[i - 1].folded) &&
               known(&is_place, words_[i - 2].folded);
    }

    /// A sentence's first word that no list knows: "Zaynab has …", "Zaynabs mamma …".
    bool is_subject(std::size_t i) const {
        const TextWord& word = words_[i];
        if (i + 1 >= words_.size() || words_[i + 1].starts_sentence) return false;
        const std::string_view next = words_[i + 1].folded;
        if (word.folded.ends_with('s') && is_possession(next)) return true;
        return is_verb_cue(next) && !is_noun(word.folded);
    }

    /// Ends as Swedish nouns in the definite form and English nouns in the plural do.
    static bool is_noun(std::string_view word) {
        constexpr std::array endings{"en",
                                     "an",
                                     "et",
                                     "na",
                                     "ar",
                                     "or",
                                     "er",
                                     "are",
                                     "ing",
                                     "ning",
                                     "het",
                                     "tion",
                                     "s",
                                     "ment",
                                     "ness",
                                     "ity",
                                     "ande",
                                     "ende"};
        return std::ranges::any_of(endings,
                                   [&](std::string_view end) { return word.ends_with(end); });
    }

    std::span<const TextWord> words_;
};

}  // namespace

void find_names(std::string_view text,
                std::span<const TextWord> words,
                std::vector<IdentityFinding>& findings) {
    const NameRules rules{words};
    std::size_t taken = 0;  // words before this one belong to an earlier name
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (!rules.is_name(i)) continue;
        std::size_t first = i;
        if (first > taken && words[first].joined && words[first].capital &&
            rules.leads_in(first - 1))
            --first;
        while (i + 1 < words.size() && rules.goes_on(i + 1)) ++i;
        findings.push_back(finding_of(text, IdentityKind::name, words[first].begin, words[i].end));
        taken = i + 1;
    }
}

}  // namespace samsyn
