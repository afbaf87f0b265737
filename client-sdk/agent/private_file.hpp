#pragma once

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

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

/// A file that is read from its beginning on. Errors of every call name the file: `not_found`,
/// `not_permitted`, `malformed` for what is no regular file, `system_failed`. Move-only.
class FileReader {
public:
    static Result<FileReader> open(const std::filesystem::path& path);

    FileReader(FileReader&& other) noexcept;
    FileReader& operator=(FileReader&& other) noexcept;
    ~FileReader();

    std::uint64_t size() const { return size_; }  ///< when it was opened

    /// The next bytes, fewer only at the end.
    Result<Bytes> read(std::size_t bytes_max);

private:
    FileReader(int descriptor, std::string name)
        : descriptor_(descriptor),
          name_(std::move(name)) {}

    int descriptor_;
    std::string name_;
    std::uint64_t size_ = 0;
};

/// A new file of mode 0600, written from its beginning on under its name and six letters more:
/// there, whole and on the disk, once `finish` has succeeded, else gone with the object. A process
/// that is killed leaves what it had written under the longer name. Errors of every call name the
/// file: `already_exists`, `not_permitted`, `disk_full`, `system_failed`. Move-only.
class FileWriter {
public:
    static Result<FileWriter> create(const std::filesystem::path& path);

    FileWriter(FileWriter&& other) noexcept;
    FileWriter& operator=(FileWriter&&) = delete;
    ~FileWriter();

    Result<void> write(ByteView bytes);
    Result<void> finish();

private:
    FileWriter(int descriptor, std::filesystem::path part, std::filesystem::path path)
        : descriptor_(descriptor),
          part_(std::move(part)),
          path_(std::move(path)) {}

    int descriptor_;
    std::filesystem::path part_;  ///< empty once it has its name
    std::filesystem::path path_;
};

}  // namespace samsyn
