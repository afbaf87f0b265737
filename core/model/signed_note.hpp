#pragma once

#include "core/base/ports.hpp"
#include "core/model/change.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace samsyn {

/// The values of a field that is no text: all that stand, each once, ascending.
struct SignedField {
    FieldNumber field{};
    std::vector<Value> values;

    friend bool operator==(const SignedField&, const SignedField&) = default;
};

/// How many operations of a writer are in a text.
struct WriterCount {
    DeviceId writer;
    std::uint32_t operations = 0;

    friend bool operator==(const WriterCount&, const WriterCount&) = default;
};

/// A text that several write, as it was: with `made_of` any device that has those operations can
/// show it again, whatever was written later.
struct SignedText {
    FieldNumber field{};
    Hash text;                         ///< `Domain::note_text` of the UTF-8
    std::vector<WriterCount> made_of;  ///< by writer

    friend bool operator==(const SignedText&, const SignedText&) = default;
};

/// What somebody put their name to: an item's content, and the clock as it was shown to them. The
/// item's id is in it, so that a signature never counts for another item.
struct SignedNote {
    ItemId item;
    UserId user;
    DeviceId device;  ///< on which they signed
    Instant at;
    std::vector<SignedField> fields;  ///< ascending
    std::vector<SignedText> texts;    ///< ascending

    friend bool operator==(const SignedNote&, const SignedNote&) = default;
};

/// A signature as an item carries it: a value of the field `signed`.
struct NoteSignature {
    SignedNote note;
    Bytes message;  ///< what was signed, as it came
    Signature signature;
};

inline constexpr std::size_t signed_note_bytes_max = 15 * 1024;

/// True where both say the same of the item, whoever signed it when.
bool same_content(const SignedNote& one, const SignedNote& other);

/// Which content it is: what a person was shown and what they sign are the same where this is.
Hash content_hash(const Hasher& hasher, const SignedNote& note);

/// Signs a note. Errors: `limit_exceeded` where its encoding is more than
/// `signed_note_bytes_max` bytes.
Result<std::string> sign_note(const SignedNote& note, Signer& signer);

/// Reads what `sign_note` gave; does not verify. Errors: `truncated`, `malformed`,
/// `limit_exceeded`, `trailing_bytes`, `unsupported_version`.
Result<NoteSignature> read_note_signature(std::string_view value);

/// Whether `key` signed it.
bool verify(const NoteSignature& signature, const SigningPublicKey& key, const Verifier& verifier);

}  // namespace samsyn
