#include "sync-server/app/examine.hpp"

#include "core/wire/log_rows.hpp"
#include "core/wire/statement_codec.hpp"
#include "crypto/keys/sodium.hpp"
#include "sync-server/app/data_folder.hpp"
#include "sync-server/app/tls_files.hpp"
#include "sync-server/app/unfinished.hpp"

#include <cerrno>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace samsyn {

namespace {

namespace fs = std::filesystem;

constexpr std::chrono::minutes own_clock_slack{5};
constexpr std::chrono::hours device_clock_slack{24};
constexpr std::chrono::days still_for{400};  // a server that slept so long, or a clock that jumped
constexpr std::uint64_t space_wanted = 1 << 30;
constexpr std::uint64_t descriptors_beside = 64;  // database, log, doors, metrics

/// Collects findings.
class Findings {
public:
    void fine(std::string sentence) {
        all_.push_back({Finding::Level::fine, ServerExit::ok, std::move(sentence)});
    }

    void warn(std::string sentence) {
        all_.push_back({Finding::Level::warning, ServerExit::ok, std::move(sentence)});
    }

    void add(Failure failure) {
        all_.push_back({Finding::Level::error, failure.exit, std::move(failure.sentence)});
    }

    /// True where it went well; then `sentence` says so, where there is one.
    template <class T>
    bool note(const Fallible<T>& outcome, std::string sentence = {}) {
        if (!outcome)
            add(outcome.error());
        else if (!sentence.empty())
            fine(std::move(sentence));
        return outcome.has_value();
    }

    std::vector<Finding> take() && { return std::move(all_); }

private:
    std::vector<Finding> all_;
};

bool look_at_folder(const ServerConfig& config, Findings& out) {
    const auto folder = open_data_folder(config.data);
    if (!out.note(folder, config.data.string() + " is the folder of a server, its own alone."))
        return false;
    return out.note(check_writable(config.data));
}

void look_at_tls(const ServerConfig& config, Instant now, Findings& out) {
    const TlsFiles files = tls_files(config);
    const auto pair = read_tls_pair(files);
    if (!out.note(pair) || !out.note(check_dates(files, pair->dates, now))) return;
    const std::string until = to_iso(pair->dates.not_after).substr(0, 10);
    if (pair->dates.not_after - now < certificate_warning)
        out.warn("The certificate " + files.certificate.string() + " ends on " + until +
                 ". Renew it; the server takes the new pair without a restart.");
    else
        out.fine("The certificate " + files.certificate.string() + " is valid until " + until +
                 ".");
}

void look_at_space(const fs::path& folder, Findings& out) {
    const auto left = space_left(folder);
    if (!left || !out.note(check_space(folder))) return;
    const std::string said = folder.string() + " has " + std::to_string(*left >> 20U) + " MiB left";
    if (*left < space_wanted)
        out.warn(said + ". Make room soon: at least 1024 MiB.");
    else
        out.fine(said + ".");
}

void look_at_clock(Storage& storage, Instant now, Findings& out) {
    if (!out.note(check_clock(storage, now))) return;
    const auto newest = newest_time(storage);
    if (newest && *newest && now - (**newest).at > still_for)
        out.warn("The clock says " + to_iso(now) +
                 ", and the newest that the database holds is of " + to_iso((**newest).at) +
                 ". Is the clock right?");
    else
        out.fine("The clock says " + to_iso(now) + ", which fits what the database holds.");
}

/// True where a server runs on the folder.
bool look_at_database(const ServerConfig& config, Instant now, Findings& out) {
    auto pages = read_database_key(config.data, config.database_key);
    if (!out.note(pages)) return false;
    const auto version = database_version(config.data, *pages);
    if (!version && version.error().exit == ServerExit::database_locked) {
        out.fine("A server runs on " + config.data.string() + "; its database was left alone.");
        return true;
    }
    if (!out.note(version)) return false;
    if (*version < storage_version) {
        out.warn("The database is of version " + std::to_string(*version) +
                 "; the server makes it version " + std::to_string(storage_version) +
                 " when it starts. Back it up first.");
        return false;
    }
    const auto storage = open_database(config.data, *pages, DatabaseMode::existing);
    if (!out.note(storage, "The database is whole, of version " + std::to_string(*version) + "."))
        return false;
    look_at_clock(**storage, now, out);
    return false;
}

/// Binds the address and lets it go again. 0, or what the operating system said.
int try_to_bind(const addrinfo& at) {
    const int socket = ::socket(at.ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (socket < 0) return errno;
    const int on = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (at.ai_family == AF_INET6) ::setsockopt(socket, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    const int why = ::bind(socket, at.ai_addr, at.ai_addrlen) == 0 ? 0 : errno;
    ::close(socket);
    return why;
}

/// A port below 1024 is no error: the unit gives the server the right that whoever asks has not.
void look_at_address(const std::string& listen, Findings& out) {
    const auto address = parse_listen_address(listen);
    addrinfo wanted{};
    wanted.ai_socktype = SOCK_STREAM;
    wanted.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
    addrinfo* found = nullptr;
    if (!address ||
        ::getaddrinfo(
            address->host.c_str(), std::to_string(address->port).c_str(), &wanted, &found) != 0)
        return out.add(
            listen_failure({Errc::invalid_argument, listen + ": the host is not known"}));
    const int why = try_to_bind(*found);
    ::freeaddrinfo(found);
    switch (why) {
        case 0:
            return out.fine(listen + " is free.");
        case EADDRINUSE:
            return out.add(listen_failure({Errc::conflict, listen + ": the port is in use"}));
        case EACCES:
            return out.warn(listen +
                            " was not tried: below 1024 the right CAP_NET_BIND_SERVICE is needed, "
                            "which the systemd unit gives and this user has not.");
        default:
            return out.add(listen_failure(
                {Errc::invalid_argument, listen + ": the address is not one of this machine"}));
    }
}

void look_at_addresses(const ServerConfig& config, Findings& out) {
    std::vector<std::string> all = config.listen;
    if (!config.metrics_listen.empty()) all.push_back(config.metrics_listen);
    for (const std::string& listen : all) look_at_address(listen, out);
}

void look_at_descriptors(const ServerConfig& config, Findings& out) {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_max >= config.net.connections_max + descriptors_beside) return;
    out.warn("This user may open " + std::to_string(limit.rlim_max) +
             " files, too few for limits.connections_max = " +
             std::to_string(config.net.connections_max) +
             ". Raise it (LimitNOFILE in the unit) or lower the key.");
}

void look_at_metrics(const ServerConfig& config, Findings& out) {
    if (config.metrics_listen.empty() || config.metrics_listen.starts_with("127.") ||
        config.metrics_listen.starts_with("[::1]") ||
        config.metrics_listen.starts_with("localhost"))
        return;
    out.warn("metrics.listen is " + config.metrics_listen +
             ": anybody who reaches it reads the numbers. Keep it on 127.0.0.1.");
}

/// The server serves without backups too, so that a disk that is not there stops nobody's work.
void look_at_backups(const ServerConfig& config, Findings& out) {
    const fs::path& folder = config.backup.folder;
    if (folder.empty())
        return out.warn(
            "backup.folder is empty: the server makes no backups by itself. Name a folder on "
            "another disk, or run samsyn-server backup each night.");
    struct stat there{};
    struct stat here{};
    if (::stat(folder.c_str(), &there) != 0 || !S_ISDIR(there.st_mode))
        return out.warn("backup.folder is " + folder.string() +
                        ", which is no folder. Make it, or mount its disk: without it no backups "
                        "are made.");
    if (::access(folder.c_str(), W_OK | X_OK) != 0)
        return out.warn("backup.folder is " + folder.string() +
                        ", where this user may not write: no backups can be made.");
    if (::stat(config.data.c_str(), &here) == 0 && here.st_dev == there.st_dev)
        return out.warn("backup.folder is on the disk of " + config.data.string() +
                        ": both would be lost with it.");
    out.fine("Backups go to " + folder.string() + ".");
}

void look_at_leftovers(const fs::path& folder, Findings& out) {
    for (const fs::path& left : leftovers(folder))
        out.warn(left.string() +
                 " is left of an init, restore or backup that was killed; it may hold keys. The "
                 "next one there removes it, or by hand: rm -r " +
                 left.string());
}

Result<std::optional<NewestTime>> newest_statement(Storage& storage) {
    const SodiumHasher hasher;
    std::optional<NewestTime> newest;
    const auto look = [&](const LogEntry& entry) -> Result<void> {
        const Statement statement = SAMSYN_TRY(decode_statement(entry.bytes, hasher));
        const Instant at = statement.header.time.instant();
        if (!newest || at > newest->at) newest = NewestTime{at, false};
        return {};
    };
    SAMSYN_TRY(storage.for_each(EntryKind::statement, look));
    return newest;
}

}  // namespace

Failure listen_failure(const Error& error) {
    switch (error.code) {
        case Errc::conflict:
            return {ServerExit::port_in_use,
                    error.context + " by another program. Stop that one, or choose another port."};
        case Errc::not_permitted:
            return {ServerExit::bad_address,
                    error.context +
                        ": below 1024 the right CAP_NET_BIND_SERVICE is needed, which the systemd "
                        "unit gives. Choose a greater port."};
        case Errc::invalid_argument:
            return {ServerExit::bad_address, error.context + ". Correct the address."};
        default:
            return {ServerExit::failed, to_string(error) + "."};
    }
}

Result<std::optional<NewestTime>> newest_time(Storage& storage) {
    const auto tree = SAMSYN_TRY(storage.log().tree());
    if (!tree || tree->size == 0) return newest_statement(storage);
    const Bytes bytes = SAMSYN_TRY(storage.log().row(tree->size - 1));
    const LogRow row = SAMSYN_TRY(decode_log_row(bytes));
    return NewestTime{row.at, true};
}

Fallible<void> check_clock(Storage& storage, Instant now) {
    const auto newest = newest_time(storage);
    if (!newest)
        return give_up(ServerExit::damaged,
                       "The database cannot be read: " + to_string(newest.error()) + ".");
    if (!*newest) return {};
    const auto slack = (**newest).is_ours
                           ? std::chrono::duration_cast<std::chrono::minutes>(own_clock_slack)
                           : std::chrono::duration_cast<std::chrono::minutes>(device_clock_slack);
    if (now + slack >= (**newest).at) return {};
    return give_up(ServerExit::clock_wrong,
                   "The clock says " + to_iso(now) + ", and the database holds something of " +
                       to_iso((**newest).at) +
                       ". Set the clock (timedatectl). Was it wrong then and is right now, start "
                       "once with --accept-clock.");
}

std::vector<Finding> examine(const ServerConfig& config, Instant now) {
    Findings out;
    const bool has_folder = look_at_folder(config, out);
    if (has_folder || !config.tls.certificate.empty()) look_at_tls(config, now, out);
    bool is_running = false;
    if (has_folder) {
        look_at_space(config.data, out);
        is_running = look_at_database(config, now, out);
    }
    if (!is_running) look_at_addresses(config, out);
    look_at_descriptors(config, out);
    look_at_metrics(config, out);
    look_at_backups(config, out);
    look_at_leftovers((config.data / "").parent_path().parent_path(), out);
    if (!config.backup.folder.empty()) look_at_leftovers(config.backup.folder, out);
    return std::move(out).take();
}

}  // namespace samsyn
