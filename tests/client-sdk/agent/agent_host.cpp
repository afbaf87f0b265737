// The agent's processes around a fake device: `agent`, `agent-child` and `agent-courier`, as in
// `samsyn`. "Operations" keep their texts in one file, so that tests see what survives a killed
// child. The fake vault opens by one phrase, and by one PIN where the supervisor has the share.

#include "client-sdk/agent/agent.hpp"
#include "client-sdk/agent/child_process.hpp"
#include "client-sdk/agent/child_server.hpp"
#include "client-sdk/agent/unlock_message.hpp"
#include "core/base/system_clock.hpp"
#include "crypto/keys/sodium.hpp"
#include "tests/client-sdk/agent/fake_secrets.hpp"
#include "tests/support/fake_hasher.hpp"
#include "tests/support/fake_ledger.hpp"
#include "tests/support/fake_signer.hpp"
#include "tests/support/seeded_random.hpp"

#include <array>
#include <csignal>
#include <fstream>
#include <poll.h>
#include <string>
#include <string_view>
#include <thread>
#include <unistd.h>

namespace {

using nlohmann::json;
using namespace samsyn;
using namespace samsyn::test;
using namespace std::chrono_literals;

json run(const std::filesystem::path& folder, std::string_view operation, const json& args) {
    const auto notes = folder / "notes.txt";
    if (operation == "note.add") {
        std::ofstream{notes, std::ios::app} << args.value("text", "") << std::endl;
        return ok_answer({{"added", true}});
    }
    if (operation == "note.list") {
        json texts = json::array();
        std::ifstream in{notes};
        for (std::string text; std::getline(in, text);) texts.push_back(text);
        return ok_answer(std::move(texts));
    }
    if (operation == "large") return ok_answer(std::string(args.value("bytes", 0U), 'x'));
    if (operation == "status") return ok_answer(json::object());
    return error_answer({Errc::invalid_argument, "unknown operation"});
}

/// What the fake vault says to what a person typed: an `error` object, or null where it opens.
json try_to_open(const UnlockMessage& message) {
    if (message.with == UnlockWith::phrase && message.text.view() == fake_phrase) return {};
    if (message.with == UnlockWith::pin && !message.share)
        return error_answer({Errc::unreachable, "pin"})["error"];
    const bool right = message.with == UnlockWith::pin && message.text.view() == fake_pin &&
                       message.share->expose()[0] == fake_share_byte;
    return right ? json{} : error_answer({Errc::not_authentic, "pin"})["error"];
}

/// Two helpers: what they answer comes as a message of the supervisor's.
json await_helpers(int channel) {
    (void)send_with_fd(channel, R"({"assisting":{"requests":["a","b"]}})", -1);
    for (;;) {
        pollfd polled{channel, POLLIN, 0};
        (void)::poll(&polled, 1, -1);
        const auto message = receive_with_fd(channel);
        if (!message || !*message || (**message).closed) ::_exit(0);
        const auto told = parse_json((**message).bytes);
        if (told && told->value("answers", json::array()) == json::array({"A", "B"})) return {};
        (void)send_with_fd(
            channel,
            to_line({{"retry", error_answer({Errc::not_authentic, "answers"})["error"]}}),
            -1);
    }
}

std::optional<std::chrono::milliseconds> idle_max_in(const std::filesystem::path& folder) {
    int number = 0;
    std::ifstream in{folder / "idle"};
    if (!(in >> number)) return std::nullopt;
    return std::chrono::milliseconds{number};
}

int serve(const std::filesystem::path& folder) {
    UniqueFd channel{child_channel_fd};
    if (!start_sodium()) return 1;
    const auto message = receive_unlock(channel.value(), std::chrono::seconds{10});
    if (!message) return 1;
    if (std::filesystem::exists(folder / "damaged")) {
        const json error = error_answer({Errc::newer_format, "database"})["error"];
        report_failed_start(channel.value(), error);
        return 1;
    }
    if (std::filesystem::exists(folder / "slow")) std::this_thread::sleep_for(1min);
    if (std::filesystem::exists(folder / "stubborn")) (void)::signal(SIGTERM, SIG_IGN);
    const json failed = message->with == UnlockWith::assisted ? await_helpers(channel.value())
                                                              : try_to_open(*message);
    if (!failed.is_null()) {
        report_failed_start(channel.value(), failed);
        return 1;
    }
    std::array<std::byte, 32> share{};
    share.fill(fake_share_byte);
    (void)send_share(channel.value(), ServerShare::from(share));
    std::string server;
    std::getline(std::ifstream{folder / "config.json"} >> std::ws, server);
    const SystemClock clock;
    SeededRandom random{1};
    const FakeHasher hasher;
    const FakeVerifier verifier;
    FakeLedger ledger;
    ChildServices services{
        .run = [&](std::string_view operation,
                   const json& args) { return run(folder, operation, args); },
        .writes = [](std::string_view operation) { return operation == "note.add"; },
        .open_live = [&](const std::string& operation, const json& args) -> Result<LiveSource> {
            if (operation == "note.add") return fail(Errc::invalid_argument, "op");
            return [&folder, operation, args, last = json{}]() mutable -> std::optional<json> {
                json answer = run(folder, operation, args);
                if (answer == last) return std::nullopt;
                last = answer;
                return answer;
            };
        },
        .describe = [](const Error& error) { return error_answer(error)["error"]; },
        .server = [&] { return server; },
        .link = {.ledger = ledger, .random = random, .verifier = verifier, .clock = clock},
        .idle_max = [&] { return idle_max_in(folder); }};
    const int status = serve_child(std::move(channel), std::move(services));
    if (std::filesystem::exists(folder / "stubborn")) std::this_thread::sleep_for(1min);
    return status;
}

/// Tells the supervisor of an order as soon as the test puts one into the folder.
int carry(const std::filesystem::path& folder) {
    const UniqueFd channel{child_channel_fd};
    for (bool told = false;; std::this_thread::sleep_for(5ms)) {
        const auto message = receive_with_fd(channel.value());
        if (message && *message && (**message).closed) return 0;
        if (message && *message) std::ofstream{folder / "order.answer"} << (**message).bytes;
        if (told || !std::filesystem::exists(folder / "order")) continue;
        std::string kind;
        std::ifstream{folder / "order"} >> kind;
        told = send_with_fd(channel.value(), to_line({{"order", kind}, {"statement", "ab"}}), -1);
    }
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 4) return 2;
    const std::string_view subcommand{arguments[1]};
    const std::filesystem::path folder{arguments[3]};
    const LockedFolder locked{.facts = [] { return json{{"slots", "fake"}}; },
                              .is_done = {},
                              .obey =
                                  [&](const std::string& kind, const std::string& statement, bool) {
                                      std::ofstream{folder / "obeyed", std::ios::app}
                                          << kind << ' ' << statement << '\n';
                                      return std::string{"done"};
                                  }};
    if (subcommand == "agent") return run_supervisor(folder, {.locked_folder = locked});
    if (subcommand == "agent-child") return serve(folder);
    if (subcommand == "agent-courier") return carry(folder);
    return 2;
}
