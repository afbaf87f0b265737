#include "sync-server/app/admin_shell.hpp"

#include "sync-server/app/stop_signals.hpp"

#include <cstdio>
#include <unistd.h>

namespace samsyn {

namespace {

using json = nlohmann::ordered_json;
using nlohmann::ordered_json;

bool shown_progress = false;  // the line has to be ended
std::optional<StopSignals> stop_signals;
bool told_to_stop = false;

}  // namespace

void stop_when_told() {
    if (!stop_signals) stop_signals.emplace();
}

bool is_told_to_stop() {
    if (stop_signals &&
        stop_signals->wait(std::chrono::milliseconds{0}) != StopSignals::What::nothing)
        told_to_stop = true;
    return told_to_stop;
}

void show_progress(std::string_view what, std::uint64_t done, std::uint64_t total) {
    if (::isatty(STDERR_FILENO) == 0 || total == 0) return;
    std::fprintf(stderr,
                 "\r%.*s: %3llu %% ",
                 static_cast<int>(what.size()),
                 what.data(),
                 static_cast<unsigned long long>(done * 100 / total));
    std::fflush(stderr);
    shown_progress = true;
}

bool tell_progress(std::string_view what, std::uint64_t done, std::uint64_t total) {
    show_progress(what, done, total);
    return !is_told_to_stop();
}

void end_progress() {
    if (shown_progress) std::fputc('\n', stderr);
    shown_progress = false;
}

Fallible<ordered_json> ask_or_open(
    const AdminOptions& options,
    const json& request,
    const std::function<Fallible<ordered_json>(const AdminPorts&)>& here) {
    const auto on_line = [](const json& line) {
        show_progress(line.value("what", ""),
                      line.value("done", std::uint64_t{0}),
                      line.value("total", std::uint64_t{0}));
    };
    if (auto asked = ask_running_server(options.data, request, on_line)) {
        end_progress();
        if (!*asked) return std::unexpected{asked->error()};
        return **std::move(asked);
    }
    const DataFolder folder = SAMSYN_TRY(open_data_folder(options.data));
    SodiumPageCipher pages = SAMSYN_TRY(read_database_key(options.data, options.database_key));
    const auto storage = SAMSYN_TRY(open_database(options.data, pages, DatabaseMode::existing));
    stop_when_told();
    auto answer = here({*storage, run_here, options.data, folder.federation, nullptr});
    end_progress();
    return answer;
}

void show_answer(const ordered_json& answer, bool as_json) {
    if (as_json) {
        std::puts(answer.dump(-1, ' ', true, ordered_json::error_handler_t::replace).c_str());
        return;
    }
    for (const auto& [name, value] : answer.items())
        std::printf("%-22s %s\n",
                    name.c_str(),
                    value.is_string() ? value.get<std::string>().c_str() : value.dump().c_str());
}

}  // namespace samsyn
