#pragma once

#include "core/base/time.hpp"
#include "sync-server/app/config.hpp"
#include "sync-server/app/failure.hpp"
#include "sync-server/storage/storage.hpp"

#include <vector>

namespace samsyn {

/// One thing that was looked at, as a sentence with what to do.
struct Finding {
    enum class Level : std::uint8_t { fine, warning, error };

    Level level = Level::fine;
    ServerExit exit = ServerExit::ok;  ///< of an error
    std::string sentence;
};

/// Looks at everything that a start would need, and changes nothing: folder and keys with their
/// rights, TLS pair and its dates, room on the disk, the database's key and version, the clock, the
/// addresses. What depends on something that is missing is left out.
std::vector<Finding> examine(const ServerConfig& config, Instant now);

/// The newest instant that the database knows: that of the access log's last row, or of the newest
/// statement where there is none.
struct NewestTime {
    Instant at;
    bool is_ours = false;  ///< by this server's own clock
};

Result<std::optional<NewestTime>> newest_time(Storage& storage);

/// Refuses a clock that is behind what the database has seen: five minutes where the server's own
/// clock wrote that, a day where a device's did. Errors: `clock_wrong`, `damaged`.
Fallible<void> check_clock(Storage& storage, Instant now);

/// What to say where an address cannot be listened on; `error` names it. By code: `conflict`,
/// `not_permitted`, `invalid_argument` for a host that is not known or not ours.
Failure listen_failure(const Error& error);

}  // namespace samsyn
