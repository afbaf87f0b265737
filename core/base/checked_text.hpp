#pragma once

#include "core/base/bytes.hpp"

#include <string>
#include <string_view>

namespace samsyn {

// Bytes as texts that people copy, type or photograph: invitations, answers, requests for help.

/// Base32 of RFC 4648 in lower case without padding: no 0, 1, 8 or 9 to be mistaken for letters.
std::string to_base32(ByteView bytes);

/// Takes either case and leaves out spaces, line ends and dashes. Errors: `malformed` for another
/// character, an impossible length, or bits left over that are not zero.
Result<Bytes> from_base32(std::string_view text);

/// `prefix`, which says what the text is, and base32 of the content and a checksum.
std::string to_checked_text(std::string_view prefix, ByteView content);

/// Undoes it; takes either case and spaces, line ends and dashes anywhere. Errors: `malformed`
/// naming what is wrong ("checksum": a letter was mistyped), `truncated`, `limit_exceeded` for more
/// than `text_bytes_max` bytes of text.
Result<Bytes> from_checked_text(std::string_view prefix,
                                std::string_view text,
                                std::size_t text_bytes_max);

}  // namespace samsyn
