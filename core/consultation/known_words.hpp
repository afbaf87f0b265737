#pragma once

#include <string_view>

namespace samsyn {

// The word lists of the identity detector. All words are in lower case, UTF-8 in NFC. A list is our
// own selection, not a register's.

/// A given name that is no ordinary word, so that it counts in lower case too.
bool is_given_name(std::string_view word);

/// A given name that is an ordinary word or a place as well ("per", "klara", "nora").
bool is_given_name_and_word(std::string_view word);

/// Ends as surnames do and places seldom do ("-sson", "-qvist").
bool ends_as_surname(std::string_view word);

/// Ends as surnames and places do ("-berg", "-holm").
bool ends_as_surname_or_place(std::string_view word);

/// Municipalities, towns, countries.
bool is_place(std::string_view word);

/// What is capitalised and no person: authorities, services, programmes, diagnoses named after
/// people, languages, days and months; and compounds that end so ("-skolan", "-teamet").
bool is_named_thing(std::string_view word);

/// Words that begin sentences: function words, kin, professions, everyday nouns.
bool is_common_word(std::string_view word);

/// "is", "has", "says" and the like after a subject, in both languages.
bool is_verb_cue(std::string_view word);

/// What a person has: "mother", "teacher", "school" after a genitive.
bool is_possession(std::string_view word);

/// "in", "at" and the like: what follows is rather a place.
bool is_place_cue(std::string_view word);

/// A word after which a dot ends no sentence.
bool is_abbreviation(std::string_view word);

}  // namespace samsyn
