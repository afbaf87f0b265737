#include "core/consultation/words.hpp"

#include "core/consultation/known_words.hpp"

#include <optional>

namespace samsyn {

namespace {

struct Letter {
    std::size_t bytes = 1;
    char32_t code = 0;  ///< 0 for what is no letter or digit
};

bool is_ascii_letter(unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_digit_code(char32_t code) {
    return code >= '0' && code <= '9';
}

/// One letter or digit at `at`; two-byte sequences only, which hold every letter of the names that
/// Swedish registers write.
Letter letter_at(std::string_view text, std::size_t at) {
    const auto first = static_cast<unsigned char>(text[at]);
    if (is_ascii_letter(first) || is_digit_code(first)) return {1, first};
    if (first < 0xC3 || first > 0xC9 || at + 1 >= text.size()) return {};
    const auto second = static_cast<unsigned char>(text[at + 1]);
    if ((second & 0xC0U) != 0x80U) return {};
    const char32_t code = (first & 0x1FU) << 6U | (second & 0x3FU);
    if (code == 0xD7 || code == 0xF7) return {};  // the signs for times and divided by
    return {2, code};
}

bool is_capital(char32_t code) {
    if (code >= 'A' && code <= 'Z') return true;
    if (code >= 0xC0 && code <= 0xDE) return true;
    if (code < 0x100) return false;
    const bool odd_pairs = (code >= 0x139 && code <= 0x148) || (code >= 0x179 && code <= 0x17E);
    return (code % 2 == 0) != odd_pairs;
}

char32_t lower(char32_t code) {
    if (!is_capital(code)) return code;
    return code < 0x100 ? code + 0x20 : code + 1;
}

void append(std::string& text, char32_t code) {
    if (code < 0x80) {
        text.push_back(static_cast<char>(code));
    } else {
        text.push_back(static_cast<char>(0xC0U | code >> 6U));
        text.push_back(static_cast<char>(0x80U | (code & 0x3FU)));
    }
}

/// A hyphen or apostrophe at `at`, also the typographic ones; 0 bytes if there is none.
std::size_t joiner_bytes(std::string_view text, std::size_t at) {
    if (text[at] == '-' || text[at] == '\'') return 1;
    const std::string_view rest = text.substr(at, 3);
    return rest == "\u2019" || rest == "\u2010" || rest == "\u2011" ? 3 : 0;
}

/// Whether what stands between two words ends a sentence.
bool ends_sentence(std::string_view between, const TextWord& before) {
    const std::size_t end = between.find_first_of(".!?:\n\r");
    if (end == std::string_view::npos) return between.find("\u2022") != std::string_view::npos;
    if (between[end] != '.') return true;
    return !is_abbreviation(before.folded) && before.end - before.begin > 1;
}

TextWord read_word(std::string_view text, std::size_t at) {
    TextWord word{.begin = at, .folded = {}};
    std::size_t letters = 0;
    bool small = false;
    while (at < text.size()) {
        const Letter letter = letter_at(text, at);
        if (letter.code == 0) {
            const std::size_t joiner = joiner_bytes(text, at);
            const std::size_t next = at + joiner;
            const bool inside = joiner > 0 && next < text.size() && letter_at(text, next).code != 0;
            if (!inside || word.has_digit || is_digit_code(letter_at(text, next).code)) break;
            word.folded.push_back(joiner == 1 ? text[at] : text[at + 2] == '\x99' ? '\'' : '-');
            at = next;
            continue;
        }
        if (is_digit_code(letter.code)) {
            word.has_digit = true;
        } else {
            if (letters == 0) word.capital = is_capital(letter.code);
            small = small || !is_capital(letter.code);
            ++letters;
        }
        append(word.folded, lower(letter.code));
        at += letter.bytes;
    }
    word.end = at;
    word.all_capitals = letters > 1 && !small;
    return word;
}

}  // namespace

std::vector<TextWord> words_of(std::string_view text) {
    std::vector<TextWord> words;
    std::size_t at = 0;
    while (at < text.size()) {
        if (letter_at(text, at).code == 0) {
            ++at;
            continue;
        }
        TextWord word = read_word(text, at);
        at = word.end;
        if (words.empty()) {
            word.starts_sentence = true;
        } else {
            const TextWord& before = words.back();
            const auto between = text.substr(before.end, word.begin - before.end);
            word.starts_sentence = ends_sentence(between, before);
            word.joined = between.find_first_not_of(' ') == std::string_view::npos;
        }
        words.push_back(std::move(word));
    }
    return words;
}

std::string lower_case(std::string_view text) {
    std::string result;
    for (std::size_t at = 0; at < text.size();) {
        const Letter letter = letter_at(text, at);
        if (letter.code == 0)
            result.push_back(text[at]);
        else
            append(result, lower(letter.code));
        at += letter.bytes;
    }
    return result;
}

}  // namespace samsyn
