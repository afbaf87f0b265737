#include "examples/support/process.hpp"

#include <array>
#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <poll.h>
#include <spawn.h>
#include <sstream>
#include <stdexcept>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <utility>

extern char** environ;

namespace story {

namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

std::vector<char*> argv_of(const std::string& program, std::vector<std::string>& arguments) {
    std::vector<char*> argv{const_cast<char*>(program.c_str())};
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    return argv;
}

pid_t spawn(const std::string& program,
            std::vector<std::string> arguments,
            posix_spawn_file_actions_t& actions) {
    pid_t pid = -1;
    const int failed = posix_spawn(
        &pid, program.c_str(), &actions, nullptr, argv_of(program, arguments).data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failed != 0) throw std::runtime_error("cannot start " + program);
    return pid;
}

/// Reads both pipes until they end. False if `until` came first.
bool drain(std::array<int, 2> pipes, std::array<std::string*, 2> texts, Clock::time_point until) {
    std::array<bool, 2> open{true, true};
    while (open[0] || open[1]) {
        std::array<pollfd, 2> wanted{};
        for (std::size_t i = 0; i < 2; ++i) wanted[i] = {open[i] ? pipes[i] : -1, POLLIN, 0};
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now());
        if (left <= 0ms || poll(wanted.data(), 2, static_cast<int>(left.count())) == 0)
            return false;
        for (std::size_t i = 0; i < 2; ++i) {
            if (wanted[i].revents == 0) continue;
            std::array<char, 4096> buffer{};
            const ssize_t count = read(pipes[i], buffer.data(), buffer.size());
            if (count <= 0)
                open[i] = false;
            else
                texts[i]->append(buffer.data(), static_cast<std::size_t>(count));
        }
    }
    return true;
}

int exit_code_of(int status) {
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

}  // namespace

Finished run(const std::filesystem::path& program,
             const std::vector<std::string>& arguments,
             const std::string& input) {
    std::array<int, 2> in{};
    std::array<int, 2> out{};
    std::array<int, 2> err{};
    if (pipe2(in.data(), O_CLOEXEC) != 0 || pipe2(out.data(), O_CLOEXEC) != 0 ||
        pipe2(err.data(), O_CLOEXEC) != 0)
        throw std::runtime_error("no pipe");
    // Short enough to lie in the pipe until it is read.
    const bool written = write(in[1], input.data(), input.size()) == std::ssize(input);
    close(in[1]);
    if (!written) throw std::runtime_error("input of " + program.string());

    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], 0);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    posix_spawn_file_actions_adddup2(&actions, err[1], 2);
    const pid_t pid = spawn(program.string(), arguments, actions);
    close(in[0]);
    close(out[1]);
    close(err[1]);

    Finished finished;
    const bool ended = drain({out[0], err[0]}, {&finished.out, &finished.err}, Clock::now() + 60s);
    close(out[0]);
    close(err[0]);
    if (!ended) kill(pid, SIGKILL);
    int status = 0;
    waitpid(pid, &status, 0);
    if (!ended) throw std::runtime_error(program.string() + " took longer than a minute");
    finished.exit_code = exit_code_of(status);
    return finished;
}

Background::Background(const std::filesystem::path& program,
                       const std::vector<std::string>& arguments,
                       const std::filesystem::path& log) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    posix_spawn_file_actions_adddup2(&actions, 1, 2);
    pid_ = spawn(program.string(), arguments, actions);
}

Background::Background(Background&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}

Background& Background::operator=(Background&& other) noexcept {
    std::swap(pid_, other.pid_);
    return *this;
}

Background::~Background() {
    if (pid_ < 0) return;
    kill(pid_, SIGTERM);
    wait(10s);
}

void Background::signal(int number) const {
    if (pid_ >= 0) kill(pid_, number);
}

int Background::wait(std::chrono::seconds patience) {
    if (pid_ < 0) return 0;
    const auto until = Clock::now() + patience;
    int status = 0;
    while (waitpid(pid_, &status, WNOHANG) == 0) {
        if (Clock::now() > until) {
            kill(pid_, SIGKILL);
            waitpid(pid_, &status, 0);
            break;
        }
        std::this_thread::sleep_for(5ms);
    }
    pid_ = -1;
    return exit_code_of(status);
}

std::string await_file(const std::filesystem::path& file, std::chrono::seconds patience) {
    const auto until = Clock::now() + patience;
    for (;;) {
        std::ifstream in{file};
        std::ostringstream text;
        text << in.rdbuf();
        if (!text.str().empty()) return text.str();
        if (Clock::now() > until) throw std::runtime_error(file.string() + " did not appear");
        std::this_thread::sleep_for(5ms);
    }
}

TemporaryFolder::TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "samsyn-story-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;  // a folder that is gone already is as good
    std::filesystem::remove_all(path_, ignored);
}

}  // namespace story
