#include "crypto/vault/phrase.hpp"

#include "core/base/secret.hpp"
#include "crypto/keys/secret.hpp"

#include <sodium.h>

#include <algorithm>

namespace samsyn {

namespace {

constexpr auto words = std::to_array<std::string_view>({
#include "crypto/vault/phrase_words.inc"
});

constexpr std::size_t typed_bytes_max = 512;
constexpr std::size_t letters_min = 3;
constexpr std::size_t letters_max = 9;

// Letters are numbered by their place in the Swedish alphabet: a is 1, z 26, å ä ö 27 to 29.
constexpr std::uint8_t letter_a_ring = 27;
constexpr std::uint8_t letter_a_dots = 28;
constexpr std::uint8_t letter_o_dots = 29;

struct Letters {
    std::array<std::uint8_t, letters_max> place{};
    std::size_t count = 0;  // may exceed `letters_max`: then it is no word of ours
};

constexpr void append(Letters& letters, std::uint8_t place) {
    if (letters.count < letters_max) letters.place[letters.count] = place;
    ++letters.count;
}

/// A word of the list, which is composed and lower case.
constexpr Letters letters_of(std::string_view word) {
    Letters letters;
    for (std::size_t i = 0; i < word.size(); ++i) {
        const char c = word[i];
        if (c >= 'a' && c <= 'z') append(letters, static_cast<std::uint8_t>(c - 'a' + 1));
        if (c != '\xc3') continue;
        const char second = word[++i];
        append(letters,
               second == '\xa5'   ? letter_a_ring
               : second == '\xa4' ? letter_a_dots
                                  : letter_o_dots);
    }
    return letters;
}

constexpr std::uint32_t beginning_of(const Letters& letters) {
    return letters.place[0] * 10'000U + letters.place[1] * 100U + letters.place[2];
}

constexpr auto beginnings = [] {
    std::array<std::uint32_t, words.size()> found{};
    for (std::size_t i = 0; i < words.size(); ++i) found[i] = beginning_of(letters_of(words[i]));
    return found;
}();

consteval bool list_is_sound() {
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::size_t count = letters_of(words[i]).count;
        if (count < letters_min || count > letters_max) return false;
        if (i > 0 && beginnings[i] <= beginnings[i - 1]) return false;
    }
    return true;
}

static_assert(words.size() == 1024);
static_assert(list_is_sound(), "a word is too long, out of order or begins as another does");

/// What stands next in typed text.
enum class Kind : std::uint8_t { letter, combining_ring, combining_dots, separator, other };

struct Typed {
    Kind kind = Kind::other;
    std::uint8_t place = 0;
};

/// One code point of UTF-8; taken away from `text`. Anything ill-formed is one byte of "other".
char32_t take_point(std::string_view& text) {
    const auto byte_at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned lead = byte_at(0);
    const std::size_t size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    char32_t point = size == 1 ? lead : lead & (0xffU >> (size + 1));
    bool sound = size <= text.size() && (lead < 0x80 || lead >= 0xc2);
    for (std::size_t i = 1; sound && i < size; ++i) {
        sound = byte_at(i) >> 6U == 2;
        point = point << 6U | (byte_at(i) & 0x3fU);
    }
    text.remove_prefix(sound ? size : 1);
    return sound ? point : U'\ufffd';
}

Typed classify(char32_t point) {
    if (point >= U'a' && point <= U'z')
        return {Kind::letter, static_cast<std::uint8_t>(point - U'a' + 1)};
    if (point >= U'A' && point <= U'Z')
        return {Kind::letter, static_cast<std::uint8_t>(point - U'A' + 1)};
    switch (point) {
        case U'\u00e5':
        case U'\u00c5':
        case U'\u212b':  // the ångström sign, whose NFC is Å
            return {Kind::letter, letter_a_ring};
        case U'\u00e4':
        case U'\u00c4':
            return {Kind::letter, letter_a_dots};
        case U'\u00f6':
        case U'\u00d6':
            return {Kind::letter, letter_o_dots};
        case U'\u030a':
            return {Kind::combining_ring};
        case U'\u0308':
            return {Kind::combining_dots};
        case U' ':
        case U'\t':
        case U'\n':
        case U'\r':
        case U',':
        case U'-':
        case U'\u00a0':  // no-break space
        case U'\u2010':  // the dashes that keyboards and word processors put in place of one
        case U'\u2011':
        case U'\u2012':
        case U'\u2013':
        case U'\u2014':
        case U'\u2212':
            return {Kind::separator};
        default:
            return {};
    }
}

/// Composes a mark with the letter before it: a and ring, a and dots, o and dots. Others make the
/// word unknown.
void combine(Letters& letters, Kind mark) {
    constexpr std::uint8_t a = 1;
    constexpr std::uint8_t o = 15;
    const std::size_t last = letters.count - 1;
    if (letters.count == 0 || letters.count > letters_max) {
        letters.count = letters_max + 1;
        return;
    }
    std::uint8_t& place = letters.place[last];
    if (place == a)
        place = mark == Kind::combining_ring ? letter_a_ring : letter_a_dots;
    else if (place == o && mark == Kind::combining_dots)
        place = letter_o_dots;
    else
        letters.count = letters_max + 1;
}

/// The next word of what was typed; no letters at the end. Takes it away from `text`.
Letters take_word(std::string_view& text) {
    Letters letters;
    bool begun = false;
    while (!text.empty()) {
        const Typed typed = classify(take_point(text));
        if (typed.kind == Kind::separator && begun) break;
        if (typed.kind == Kind::separator) continue;
        begun = true;
        if (typed.kind == Kind::letter)
            append(letters, typed.place);
        else if (typed.kind == Kind::other)
            letters.count = letters_max + 1;
        else
            combine(letters, typed.kind);
    }
    return letters;
}

/// The one word that begins with these letters, by its place in the list.
std::optional<std::uint16_t> find_word(const Letters& letters) {
    if (letters.count < letters_min || letters.count > letters_max) return std::nullopt;
    const auto found = std::ranges::lower_bound(beginnings, beginning_of(letters));
    if (found == beginnings.end() || *found != beginning_of(letters)) return std::nullopt;
    const auto place = static_cast<std::size_t>(found - beginnings.begin());
    const Letters whole = letters_of(words[place]);
    if (letters.count > whole.count) return std::nullopt;
    if (!std::equal(letters.place.begin(),
                    letters.place.begin() + static_cast<std::ptrdiff_t>(letters.count),
                    whole.place.begin()))
        return std::nullopt;
    return static_cast<std::uint16_t>(place);
}

void wipe_letters(Letters& letters) {
    wipe(std::as_writable_bytes(std::span{&letters, 1}));
}

}  // namespace

std::span<const std::string_view, 1024> phrase_word_list() {
    return words;
}

Phrase Phrase::random() {
    Phrase phrase;
    for (std::uint16_t& word : phrase.words_)
        word = static_cast<std::uint16_t>(randombytes_uniform(words.size()));
    return phrase;
}

Result<Phrase> Phrase::parse(std::string_view typed) {
    if (typed.size() > typed_bytes_max) return fail(Errc::limit_exceeded, "phrase");
    Phrase phrase;
    std::size_t count = 0;
    std::size_t unknown = 0;  // number of the first word that is not in the list
    while (true) {
        Letters letters = take_word(typed);
        if (letters.count == 0) break;
        const auto word = find_word(letters);
        wipe_letters(letters);
        if (!word && unknown == 0) unknown = count + 1;
        if (word && count < phrase_words) phrase.words_[count] = *word;
        ++count;
    }
    if (unknown != 0)
        return fail(Errc::invalid_argument,
                    "word " + std::to_string(unknown) + " is not in the list");
    if (count != phrase_words)
        return fail(Errc::invalid_argument,
                    "five words are needed, there are " + std::to_string(count));
    return phrase;
}

Phrase::Phrase(Phrase&& other) noexcept : words_(other.words_) {
    wipe(std::as_writable_bytes(std::span{other.words_}));
}

Phrase& Phrase::operator=(Phrase&& other) noexcept {
    if (this != &other) {
        words_ = other.words_;
        wipe(std::as_writable_bytes(std::span{other.words_}));
    }
    return *this;
}

Phrase::~Phrase() {
    wipe(std::as_writable_bytes(std::span{words_}));
}

std::string Phrase::text() const {
    std::string text;
    text.reserve(phrase_words * (2 * letters_max + 1));  // none of it is left behind by growing
    for (const std::uint16_t word : words_) {
        if (!text.empty()) text.push_back(' ');
        text.append(words[word]);
    }
    return text;
}

bool operator==(const Phrase& a, const Phrase& b) {
    return secret_equal(std::as_bytes(std::span{a.words_}), std::as_bytes(std::span{b.words_}));
}

std::optional<std::string_view> complete_word(std::string_view prefix) {
    if (prefix.size() > typed_bytes_max) return std::nullopt;
    Letters letters = take_word(prefix);
    const auto word = prefix.empty() ? find_word(letters) : std::nullopt;
    wipe_letters(letters);
    if (!word) return std::nullopt;
    return words[*word];
}

}  // namespace samsyn
