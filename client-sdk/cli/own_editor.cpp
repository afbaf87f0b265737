#include "client-sdk/cli/own_editor.hpp"

#include "client-sdk/agent/operations_arguments.hpp"
#include "client-sdk/agent/private_file.hpp"

#include <array>
#include <csignal>
#include <cstdlib>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

namespace samsyn {

namespace {

// statfs(2), linux/magic.h
constexpr long tmpfs_magic = 0x01021994;
constexpr long ramfs_magic = 0x858458f6;

constexpr useconds_t look_every_us = 300'000;
constexpr useconds_t settle_us = 50'000;

std::string variable(const char* name) {
    const char* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): one thread
    return value ? value : "";
}

bool is_in_memory(const std::filesystem::path& folder) {
    struct statfs about{};
    if (::statfs(folder.c_str(), &about) != 0) return false;
    return about.f_type == tmpfs_magic || about.f_type == ramfs_magic;
}

Result<std::filesystem::path> folder_in_memory() {
    for (const std::string& base : {variable("XDG_RUNTIME_DIR"), std::string{"/dev/shm"}}) {
        if (base.empty() || !is_in_memory(base)) continue;
        std::string name = base + "/samsyn-text-XXXXXX";
        if (::mkdtemp(name.data()) != nullptr) return std::filesystem::path{name};  // mode 0700
    }
    return fail(Errc::invalid_argument, "no folder in memory for the editor's file: give --text -");
}

/// Ctrl-C is the editor's while it runs.
class QuietSignals {
public:
    QuietSignals() {
        struct sigaction quiet{};
        quiet.sa_handler = SIG_IGN;
        for (std::size_t i = 0; i < signals.size(); ++i)
            (void)::sigaction(signals[i], &quiet, &before_[i]);
    }

    QuietSignals(const QuietSignals&) = delete;
    QuietSignals& operator=(const QuietSignals&) = delete;

    ~QuietSignals() { restore(); }

    void restore() const {
        for (std::size_t i = 0; i < signals.size(); ++i)
            (void)::sigaction(signals[i], &before_[i], nullptr);
    }

private:
    static constexpr std::array signals{SIGINT, SIGQUIT};
    std::array<struct sigaction, signals.size()> before_{};
};

}  // namespace

Result<OwnEditor> OwnEditor::open(std::string_view text) {
    std::string editor = variable("VISUAL");
    if (editor.empty()) editor = variable("EDITOR");
    if (editor.empty())
        return fail(Errc::invalid_argument,
                    "no editor: set EDITOR, or give --text - for standard input");
    OwnEditor opened{SAMSYN_TRY(folder_in_memory()), std::move(editor), text.ends_with('\n')};
    SAMSYN_TRY(create_private_file(opened.file(), text));
    opened.last_seen_ = text;
    return opened;
}

OwnEditor::OwnEditor(OwnEditor&& other) noexcept
    : folder_(std::exchange(other.folder_, {})),
      editor_(std::move(other.editor_)),
      last_seen_(std::move(other.last_seen_)),
      line_ended_(other.line_ended_),
      has_run_(other.has_run_) {}

OwnEditor::~OwnEditor() {
    if (folder_.empty() || has_run_) return;
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

/// Editors that save under another name choose its permissions; the folder is what keeps it.
Result<std::string> OwnEditor::saved() const {
    std::string text =
        SAMSYN_TRY(read_whole_file(file(), document_bytes_max + 1, FileSecrecy::open));
    if (!is_utf8(as_bytes(text))) return fail(Errc::invalid_argument, "the text is not UTF-8");
    if (!line_ended_ && text.ends_with('\n')) text.pop_back();
    return text;
}

/// Half of a file that is just being written is another text too: it is told twice the same first,
/// and an empty one, which an editor leaves that has no room, is no draft.
void OwnEditor::look_for_saved(const OnSaved& on_saved) {
    const auto text = saved();
    if (!text || text->empty() || *text == last_seen_) return;
    ::usleep(settle_us);
    if (const auto again = saved(); !again || *again != *text) return;
    last_seen_ = *text;
    on_saved(*text);
}

Result<std::string> OwnEditor::run(const OnSaved& on_saved) {
    // As git and others do: the shell takes an editor with options apart.
    const std::string command = editor_ + " \"$1\"";
    const std::string path = file().string();
    has_run_ = true;
    int status = 0;
    {
        const QuietSignals quiet;
        const pid_t pid = ::fork();
        if (pid < 0) return fail(Errc::system_failed, "fork");
        if (pid == 0) {
            quiet.restore();
            ::execl("/bin/sh", "sh", "-c", command.c_str(), "sh", path.c_str(), nullptr);
            ::_exit(127);
        }
        for (pid_t ended = 0; ended != pid;) {
            ended = ::waitpid(pid, &status, WNOHANG);
            if (ended < 0 && errno != EINTR) return fail(Errc::system_failed, "waitpid");
            if (ended != 0) continue;
            ::usleep(look_every_us);
            look_for_saved(on_saved);
        }
        look_for_saved(on_saved);  // also where the editor did not end well
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return fail(Errc::system_failed, "the editor did not end well");
    return saved();
}

}  // namespace samsyn
