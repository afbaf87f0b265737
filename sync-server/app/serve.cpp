#include "core/base/system_clock.hpp"
#include "crypto/keys/sodium.hpp"
#include "sync-server/app/commands.hpp"
#include "sync-server/app/control_answers.hpp"
#include "sync-server/app/data_folder.hpp"
#include "sync-server/app/json_log.hpp"
#include "sync-server/net/server.hpp"

#include <charconv>
#include <cstdio>
#include <pthread.h>
#include <signal.h>

namespace samsyn {

namespace {

struct Address {
    std::string host;
    std::uint16_t port = 0;
};

Fallible<Address> parse_address(const std::string& text) {
    const auto wrong = [&] {
        return give_up(ServerExit::bad_address,
                       "'" + text + "' is not HOST:PORT, as in 0.0.0.0:443 or [::]:443.");
    };
    const std::size_t colon = text.rfind(':');
    if (colon == std::string::npos || colon == 0) return wrong();
    Address address{text.substr(0, colon), 0};
    const char* first = text.data() + colon + 1;
    const char* last = text.data() + text.size();
    const auto [end, ec] = std::from_chars(first, last, address.port);
    if (first == last || ec != std::errc{} || end != last) return wrong();
    if (address.host.starts_with('[') && address.host.ends_with(']'))
        address.host = address.host.substr(1, address.host.size() - 2);
    else if (address.host.contains(':'))
        return wrong();
    if (address.host.empty()) return wrong();
    return address;
}

/// SIGTERM and SIGINT, blocked in every thread and taken by the one that waits for them. Must be
/// made before any thread is.
class StopSignals {
public:
    StopSignals() {
        ::signal(SIGPIPE, SIG_IGN);  // a peer that goes is an error code, not a death
        ::sigemptyset(&set_);
        ::sigaddset(&set_, SIGTERM);
        ::sigaddset(&set_, SIGINT);
        ::pthread_sigmask(SIG_BLOCK, &set_, nullptr);
    }

    void wait() const {
        int which = 0;
        while (::sigwait(&set_, &which) != 0) {
        }
    }

private:
    sigset_t set_{};
};

Failure to_failure(const Error& error, const ServeOptions& options) {
    switch (error.code) {
        case Errc::conflict:
            return {ServerExit::port_in_use,
                    options.listen +
                        " is in use by another program. Stop that one, or choose "
                        "another port."};
        case Errc::not_permitted:
            return {ServerExit::bad_address,
                    options.listen +
                        ": ports below 1024 need the right CAP_NET_BIND_SERVICE. "
                        "Choose a greater one."};
        case Errc::invalid_argument:
            return {ServerExit::bad_address, options.listen + ": " + error.context + "."};
        default:
            return {ServerExit::failed, to_string(error) + "."};
    }
}

Failure hub_failure(const Error& error, const ServeOptions& options) {
    if (error.code == Errc::wrong_federation)
        return {ServerExit::wrong_federation,
                "The database in " + options.data.string() +
                    " belongs to another federation than its folder. Restore both from one "
                    "backup."};
    return {
        ServerExit::damaged,
        "The database in " + options.data.string() + " cannot be used: " + to_string(error) + "."};
}

std::string shown(const Address& address, std::uint16_t port) {
    const bool v6 = address.host.contains(':');
    return (v6 ? "[" + address.host + "]" : address.host) + ":" + std::to_string(port);
}

}  // namespace

Fallible<void> run_serve(const ServeOptions& options) {
    const StopSignals signals;
    const Address address = SAMSYN_TRY(parse_address(options.listen));
    DataFolder folder = SAMSYN_TRY(open_data_folder(options.data));
    SodiumPageCipher pages = SAMSYN_TRY(read_database_key(options.data, options.database_key));
    const auto storage = SAMSYN_TRY(open_database(options.data, pages, DatabaseMode::existing));

    SAMSYN_TRY(check_confirmed(*storage, options.data));

    const SystemClock clock;
    const SodiumVerifier verifier;
    const SodiumHasher hasher;
    SodiumRandom random;
    const auto hub =
        Hub::open({*storage, folder.identity, verifier, hasher, random}, folder.federation);
    if (!hub) return std::unexpected{hub_failure(hub.error(), options)};

    const Log log = stderr_log();
    ServerOptions server_options;
    server_options.host = address.host;
    server_options.port = address.port;
    server_options.threads = options.threads;
    server_options.tls = std::move(folder.tls);
    server_options.limits.unauthenticated_per_block_max = options.unauthenticated_per_block_max;
    server_options.record_frames = options.record_frames;
    server_options.log = log;
    const auto server = Server::start(**hub, clock, std::move(server_options));
    if (!server) return std::unexpected{to_failure(server.error(), options)};

    if (!options.port_file.empty())
        SAMSYN_TRY(replace_file(options.port_file, std::to_string((*server)->port()) + "\n"));
    std::printf("samsyn-server listens on %s\n", shown(address, (*server)->port()).c_str());
    std::fflush(stdout);
    const auto control =
        SAMSYN_TRY(open_control(*storage, **server, folder.federation, options.data));
    log({"started", 0, {}, 0});

    signals.wait();
    log({"stopping", 0, {}, 0});
    control->stop();  // what it does for an administrator gives up
    (*server)->stop();
    const Hub::Counts counts = (*hub)->counts();
    log({"stored", 0, {}, counts.stored});
    log({"stopped", 0, {}, 0});
    return {};
}

}  // namespace samsyn
