#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace samsyn {

/// A run of letters, with hyphens and apostrophes inside, or a run of digits and letters ("5B").
struct TextWord {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::string folded;         ///< in lower case
    bool capital = false;       ///< its first letter
    bool all_capitals = false;  ///< every letter, and there are at least two
    bool has_digit = false;
    bool starts_sentence = false;
    bool joined = false;  ///< only spaces between it and the word before
};

/// The words of a text in order. Letters are ASCII's and those of U+00C0 to U+024F.
std::vector<TextWord> words_of(std::string_view text);

/// In lower case, for the same letters.
std::string lower_case(std::string_view text);

}  // namespace samsyn
