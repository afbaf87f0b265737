#pragma once

#include "core/base/result.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace samsyn {

inline constexpr std::size_t phrase_words = 5;

/// The 1024 Swedish words of which a phrase is made: lower case, three to nine letters, no two with
/// the same first three letters; å, ä and ö are letters of their own. In the order of the Swedish
/// alphabet. Five of them are 50 bits. **Never changed**: a phrase on paper must stay valid.
std::span<const std::string_view, 1024> phrase_word_list();

/// The phrase that opens a vault without network. Wiped on destruction; move-only; has no stream
/// operator.
class Phrase {
public:
    /// Five words, each uniformly and independently drawn by libsodium.
    static Phrase random();

    /// Reads what a person typed. Between words stand white space, commas or dashes; case does not
    /// matter, å ä ö may be composed or not (NFC or NFD); each word is complete or abbreviated to
    /// at least its first three letters.
    ///
    /// Errors: `invalid_argument`, which says "word 3 is not in the list" or "five words are
    /// needed, there are 4" and never what was typed; `limit_exceeded` above 512 bytes.
    static Result<Phrase> parse(std::string_view typed);

    Phrase(Phrase&& other) noexcept;
    Phrase& operator=(Phrase&& other) noexcept;
    Phrase(const Phrase&) = delete;
    Phrase& operator=(const Phrase&) = delete;
    ~Phrase();

    /// The complete words with spaces between, UTF-8: to be shown once, and what is stretched. The
    /// caller wipes it.
    std::string text() const;

    /// In constant time.
    friend bool operator==(const Phrase& a, const Phrase& b);

private:
    Phrase() = default;

    std::array<std::uint16_t, phrase_words> words_{};
};

/// The word that `prefix`, read as `Phrase::parse` reads a word, is the beginning of. None with
/// fewer than three letters or where no word begins so. For completion while typing.
std::optional<std::string_view> complete_word(std::string_view prefix);

}  // namespace samsyn
