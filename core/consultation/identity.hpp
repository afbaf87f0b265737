#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace samsyn {

/// What in a text can tell who it is about.
enum class IdentityKind : std::uint8_t {
    name,              ///< of a person
    personal_number,   ///< or coordination number; a mistyped one too
    birth_date,        ///< only where the text says that it is one
    phone,             ///< a Swedish number
    mail,              ///< an e-mail address
    address,           ///< street and number, or postcode and town
    school_class_age,  ///< a named school, a class and an age in one text
    last = school_class_age,
};

/// The stable English word of commands and JSON.
std::string_view key_of(IdentityKind kind);

/// One place in a text that can tell who it is about.
struct IdentityFinding {
    IdentityKind kind{};
    std::size_t begin = 0;  ///< bytes from the start of the text
    std::size_t end = 0;    ///< behind its last byte
    std::string text;       ///< what was found; of a combination its three parts, ", " between them

    friend bool operator==(const IdentityFinding&, const IdentityFinding&) = default;
};

/// Looks in the text of an anonymous consultation (C-27) for what can tell who it is about, in
/// Swedish and English, in the order of the text. `text` is UTF-8 in NFC; other bytes are read as
/// separators. Time and memory are linear in the text, whatever it holds.
///
/// It is a net, not a proof: docs/CONSULTATION.md says what share of a written corpus it finds and
/// how often it finds something where nothing is.
std::vector<IdentityFinding> find_identity(std::string_view text);

/// The findings that a person has not marked as a false hit. A mark is the exact text of a finding
/// and counts for this one text only: nothing is remembered.
std::vector<IdentityFinding> without_marked(std::vector<IdentityFinding> findings,
                                            std::span<const std::string> false_hits);

}  // namespace samsyn
