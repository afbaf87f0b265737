#pragma once

#include "core/base/bytes.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace samsyn {

/// What a file is by what it begins with.
enum class FileKind : std::uint8_t { jpeg, png, webp, gif, pdf, text, other };

FileKind kind_of(ByteView file);

/// The kind of picture that it is though it is none of the four above ("HEIC or AVIF"); empty for
/// no picture that is known.
std::string_view other_picture(ByteView file);

/// Which of the four kinds of pictures it would be if one byte of its signature were another: a
/// damaged picture must not pass as a file that is none.
std::optional<FileKind> nearly_picture(ByteView file);

}  // namespace samsyn
