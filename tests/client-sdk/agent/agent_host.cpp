// The agent's two processes around a fake device: `agent` and `agent-child`, as in `samsyn`.
// "Operations" keep their texts in one file, so that tests see what survives a killed child.

#include "client-sdk/agent/agent.hpp"
#include "client-sdk/agent/child_process.hpp"
#include "client-sdk/agent/child_server.hpp"
#include "core/base/system_clock.hpp"
#include "tests/support/fake_hasher.hpp"
#include "tests/support/fake_ledger.hpp"
#include "tests/support/fake_signer.hpp"
#include "tests/support/seeded_random.hpp"

#include <fstream>
#include <string>
#include <string_view>

namespace {

using nlohmann::json;
using namespace samsyn;

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

int serve(const std::filesystem::path& folder) {
    UniqueFd channel{child_channel_fd};
    if (std::filesystem::exists(folder / "damaged")) {
        report_failed_start(channel.value(), {Errc::newer_format, "database"});
        return 1;
    }
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
        .describe = [](const Error& error) { return error_answer(error)["error"]; },
        .server = server,
        .link = {.ledger = ledger, .random = random, .verifier = verifier, .clock = clock}};
    return serve_child(std::move(channel), std::move(services));
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 4) return 2;
    const std::string_view subcommand{arguments[1]};
    const std::filesystem::path folder{arguments[3]};
    if (subcommand == "agent") return run_supervisor(folder);
    if (subcommand == "agent-child") return serve(folder);
    return 2;
}
