#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace story {

struct Finished {
    int exit_code = -1;
    std::string out;
    std::string err;
};

/// Runs a program to its end and collects what it prints. Throws `std::runtime_error` where it
/// cannot be started or takes longer than a minute (it is killed then). `input`: what it reads on
/// its standard input, as a PIN for `--pin-fd 0`; a short text.
Finished run(const std::filesystem::path& program,
             const std::vector<std::string>& arguments,
             const std::string& input = {});

/// A program that runs beside the story; killed, and waited for, when it goes out of scope.
class Background {
public:
    Background(const std::filesystem::path& program,
               const std::vector<std::string>& arguments,
               const std::filesystem::path& log);
    Background(Background&& other) noexcept;
    Background& operator=(Background&& other) noexcept;
    ~Background();

    void signal(int number) const;

    /// Waits for its end, at most `patience`; then it is killed. The exit code, or minus the
    /// signal.
    int wait(std::chrono::seconds patience);

    int pid() const { return pid_; }

private:
    int pid_ = -1;
};

/// Waits until `file` exists and is not empty, and returns its text. Throws after `patience`.
std::string await_file(const std::filesystem::path& file, std::chrono::seconds patience);

/// A new folder below the system's temporary one; removed with all that is in it at the end.
class TemporaryFolder {
public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

}  // namespace story
