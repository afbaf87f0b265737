#include "core/base/system_clock.hpp"
#include "crypto/keys/sodium.hpp"
#include "sync-server/app/backup_schedule.hpp"
#include "sync-server/app/commands.hpp"
#include "sync-server/app/control_answers.hpp"
#include "sync-server/app/data_folder.hpp"
#include "sync-server/app/examine.hpp"
#include "sync-server/app/json_log.hpp"
#include "sync-server/app/notify.hpp"
#include "sync-server/app/restoring.hpp"
#include "sync-server/app/stop_signals.hpp"
#include "sync-server/app/tls_keeper.hpp"
#include "sync-server/net/server.hpp"

#include <cstdio>
#include <sys/resource.h>

namespace samsyn {

namespace {

Failure hub_failure(const Error& error, const std::filesystem::path& data) {
    if (error.code == Errc::wrong_federation)
        return {ServerExit::wrong_federation,
                "The database in " + data.string() +
                    " belongs to another federation than its folder. Restore both from one "
                    "backup."};
    return {ServerExit::damaged,
            "The database in " + data.string() + " cannot be used: " + to_string(error) + "."};
}

/// A connection is a descriptor; the soft limit is for programs that use `select`.
void raise_descriptors() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

ServerOptions server_options(const ServerConfig& config, TlsIdentity tls, const Log& log) {
    ServerOptions options;
    for (std::size_t i = 0; i < config.listen.size(); ++i) {
        const auto address = parse_listen_address(config.listen[i]);
        SAMSYN_ASSERT(address.has_value());  // the table has judged it
        if (i > 0) {
            options.more.emplace_back(address->host, address->port);
            continue;
        }
        options.host = address->host;
        options.port = address->port;
    }
    options.threads = static_cast<unsigned>(config.threads);
    options.tls = std::move(tls);
    options.limits = config.net;
    if (const auto metrics = parse_listen_address(config.metrics_listen)) {
        options.metrics_host = metrics->host;
        options.metrics_port = metrics->port;
    }
    options.data = config.data;
    options.record_frames = config.record_frames;
    options.log = log;
    return options;
}

void say_listening(const ServerConfig& config, const std::vector<std::uint16_t>& ports) {
    for (std::size_t i = 0; i < config.listen.size(); ++i) {
        auto address = *parse_listen_address(config.listen[i]);
        address.port = ports.at(i);
        std::printf("samsyn-server listens on %s\n", shown(address).c_str());
    }
    std::fflush(stdout);
}

/// None where no folder is configured.
std::unique_ptr<BackupSchedule> open_schedule(const ServerConfig& config,
                                              const AdminPorts& admin,
                                              const Clock& clock,
                                              const Log& log) {
    if (config.backup.folder.empty()) return nullptr;
    if (const auto last = newest_backup(config.backup.folder)) admin.running->on_backup(*last);
    const auto make = [&clock, admin, keys = backup_keys(config), period = config.backup.period](
                          const std::filesystem::path& file) {
        return scheduled_backup(admin, {file, keys, period, clock.now()});
    };
    return std::make_unique<BackupSchedule>(
        BackupSchedule::When{config.backup.folder, config.backup.every}, make, clock, log);
}

/// Until somebody wants the server to stop.
void wait_and_renew(const StopSignals& signals,
                    std::chrono::milliseconds look_every,
                    TlsKeeper& keeper) {
    for (;;) {
        switch (signals.wait(look_every)) {
            case StopSignals::What::stop:
                return;
            case StopSignals::What::reload:
                keeper.look(TlsWatch::When::at_once);
                break;
            case StopSignals::What::nothing:
                keeper.look(TlsWatch::When::when_due);
                break;
        }
    }
}

/// Who asks /ready is told to go elsewhere, and has the time to do so. A second signal ends it.
void drain(const StopSignals& signals, std::chrono::milliseconds time) {
    const auto until = std::chrono::steady_clock::now() + time;
    for (auto now = until - time; now < until; now = std::chrono::steady_clock::now())
        if (signals.wait(std::chrono::ceil<std::chrono::milliseconds>(until - now)) ==
            StopSignals::What::stop)
            return;
}

}  // namespace

Fallible<void> run_serve(const ServerConfig& config, const ServeOptions& options) {
    const StopSignals signals;
    const SystemClock clock;
    raise_descriptors();
    DataFolder folder = SAMSYN_TRY(open_data_folder(config.data));
    const TlsFiles files = tls_files(config);
    const Log log = stderr_log(config.log_level);
    TlsWatch watch{files};  // before reading: what changes from here on is seen
    TlsPair pair = SAMSYN_TRY(read_tls_pair(files));
    SAMSYN_TRY(check_dates(files, pair.dates, clock.now()));
    SodiumPageCipher pages = SAMSYN_TRY(read_database_key(config.data, config.database_key));
    SAMSYN_TRY(check_space(config.data));
    const auto storage = SAMSYN_TRY(open_database(config.data, pages, DatabaseMode::existing));
    SAMSYN_TRY(check_confirmed(*storage, folder.federation, options.where));
    if (!options.accept_clock) SAMSYN_TRY(check_clock(*storage, clock.now()));

    const SodiumVerifier verifier;
    const SodiumHasher hasher;
    SodiumRandom random;
    const auto hub = Hub::open(
        {*storage, folder.identity, verifier, hasher, random}, folder.federation, config.hub);
    if (!hub) return std::unexpected{hub_failure(hub.error(), config.data)};

    const auto server =
        Server::start(**hub, clock, server_options(config, std::move(pair.identity), log));
    if (!server) return std::unexpected{listen_failure(server.error())};
    TlsKeeper keeper{std::move(watch), pair.dates, **server, clock, log};

    const std::uint16_t port = (*server)->port();
    if (!config.port_file.empty())
        SAMSYN_TRY(replace_file(config.port_file, std::to_string(port) + "\n"));
    say_listening(config, (*server)->ports());
    const AdminPorts admin = running_ports(*storage, **server, folder.federation, config.data);
    const auto control = SAMSYN_TRY(open_control(admin));
    log({"started", 0, {}, 0});
    const auto schedule = open_schedule(config, admin, clock, log);
    notify_manager("READY=1");

    wait_and_renew(signals, config.tls.look_every, keeper);
    notify_manager("STOPPING=1");
    (*server)->begin_drain();
    log({"stopping", 0, {}, 0});
    drain(signals, config.drain);
    control->stop();  // what it does for an administrator gives up, and a backup
    if (schedule) schedule->stop();
    (*server)->stop();
    const Hub::Counts counts = (*hub)->counts();
    log({"stored", 0, {}, counts.stored});
    log({"stopped", 0, {}, 0});
    return {};
}

}  // namespace samsyn
