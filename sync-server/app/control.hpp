#pragma once

#include "sync-server/app/failure.hpp"

#include <nlohmann/json.hpp>

#include <atomic>
#include <filesystem>
#include <functional>
#include <thread>

namespace samsyn {

/// Told while a request is under way: lines that the caller passes on to the person.
using ControlProgress = std::function<void(const nlohmann::ordered_json&)>;

/// Answers one request. An error becomes the exit code and sentence of the command that asked.
using ControlHandler = std::function<Fallible<nlohmann::ordered_json>(
    const nlohmann::ordered_json& request, const ControlProgress& progress)>;

/// The running server's ear for its administrator: a Unix socket `control.sock` (0600) in the data
/// folder. Whoever asks must be the server's own user, or root. One request at a time, one line of
/// JSON of at most `control_line_max` bytes within five seconds; the answer is lines of progress
/// and one last line. Served on a thread of its own; the handler is called there.
class ControlSocket {
public:
    /// Errors: `failed` where the socket cannot be made (a path that is too long, a full disk).
    static Fallible<std::unique_ptr<ControlSocket>> open(const std::filesystem::path& folder,
                                                         ControlHandler handler);
    ControlSocket(const ControlSocket&) = delete;
    ControlSocket& operator=(const ControlSocket&) = delete;
    ~ControlSocket();  ///< stops

    /// Called at the beginning of `stop`: a long request gives up.
    void on_stop(std::function<void()> tell) { on_stop_ = std::move(tell); }

    /// Takes no more requests, waits for the one at hand, joins, and removes the socket.
    void stop();

private:
    ControlSocket(std::filesystem::path path, int listener, int wake, ControlHandler handler);
    void run();
    void serve(int client);

    std::filesystem::path path_;
    int listener_;
    int wake_;  ///< an eventfd
    ControlHandler handler_;
    std::function<void()> on_stop_;
    std::atomic<bool> stopping_ = false;
    std::thread thread_;
};

inline constexpr std::size_t control_line_max = 4096;

/// Asks the server that runs on `folder`. Nothing where none runs. `progress` gets each line before
/// the last.
std::optional<Fallible<nlohmann::ordered_json>> ask_running_server(
    const std::filesystem::path& folder,
    const nlohmann::ordered_json& request,
    const ControlProgress& progress);

}  // namespace samsyn
