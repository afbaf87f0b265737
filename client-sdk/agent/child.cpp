#include "client-sdk/agent/agent.hpp"
#include "client-sdk/agent/child_process.hpp"
#include "client-sdk/agent/child_server.hpp"
#include "client-sdk/agent/folder.hpp"
#include "client-sdk/agent/operations.hpp"
#include "core/base/system_clock.hpp"
#include "crypto/keys/sodium.hpp"

#include <csignal>
#include <exception>
#include <typeinfo>
#include <unistd.h>

namespace samsyn {

namespace {

/// Opens everything and serves; only an error on the way there is returned as one.
Result<int> open_and_serve(const std::filesystem::path& folder, UniqueFd& channel) {
    SAMSYN_TRY(start_sodium());
    OpenedFolder opened = SAMSYN_TRY(open_folder(folder));
    const SystemClock clock;
    SodiumRandom random;
    const SodiumHasher hasher;
    const SodiumVerifier verifier;
    SodiumSealer sealer{std::move(opened.sealing)};
    const auto device = SAMSYN_TRY(Device::open(database_file_in(folder),
                                                DatabaseMode::existing,
                                                opened.config,
                                                {.clock = clock,
                                                 .random = random,
                                                 .hasher = hasher,
                                                 .verifier = verifier,
                                                 .signer = opened.signing,
                                                 .sealer = sealer,
                                                 .pages = opened.pages}));
    Operations operations{*device};
    ChildServices services{
        .run = [&](std::string_view operation,
                   const nlohmann::json& args) { return operations.run(operation, args); },
        .writes = &Operations::writes,
        .describe = &error_to_json,
        .server = opened.config.server,
        .link = {.ledger = *device, .random = random, .verifier = verifier, .clock = clock}};
    return serve_child(std::move(channel), std::move(services));
}

}  // namespace

int run_child(const std::filesystem::path& folder) {
    harden_process();
    (void)::signal(SIGPIPE, SIG_IGN);
    UniqueFd channel{child_channel_fd};
    (void)::close_range(child_channel_fd + 1, ~0U, 0);  // the supervisor has none for it anyway
    try {
        const auto served = open_and_serve(folder, channel);
        if (served) return *served;
        log_line("child", to_string(served.error()));
        report_failed_start(channel.value(), served.error());
    } catch (const std::exception& thrown) {
        log_line("child", typeid(thrown).name());  // its text might quote content
    }
    return 1;
}

}  // namespace samsyn
