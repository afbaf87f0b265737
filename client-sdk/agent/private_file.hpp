#pragma once

#include "core/base/result.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace samsyn {

/// Writes a file of mode 0600 so that at every instant, after a crash too, there is either the old
/// content or the whole new one, on the disk. Errors: `disk_full`; `system_failed` naming the file.
Result<void> write_private_file(const std::filesystem::path& path, std::string_view content);

/// As above, where there must be no such file yet. Errors: also `already_exists`.
Result<void> create_private_file(const std::filesystem::path& path, std::string_view content);

enum class FileSecrecy : bool { open, secret };

/// The whole of a file of at most `bytes_max`. Errors: `not_found`; `limit_exceeded`;
/// `not_permitted` where it is `secret` and belongs to, or is readable by, somebody else;
/// `system_failed`. All name the file.
Result<std::string> read_whole_file(const std::filesystem::path& path,
                                    std::size_t bytes_max,
                                    FileSecrecy secrecy);

}  // namespace samsyn
