#pragma once

#include "core/base/ports.hpp"
#include "sync-server/app/tls_files.hpp"
#include "sync-server/net/log.hpp"
#include "sync-server/net/server.hpp"

namespace samsyn {

/// Gives a running server the TLS pair that somebody has renewed, and warns of one that ends. A
/// pair that is damaged, mixed up, expired or readable by others is refused and logged; the old one
/// stays. Tablets notice nothing: who the server is, they know by its own key. Not thread-safe.
class TlsKeeper {
public:
    /// `in_use`: the dates of the pair that the server has. `server` and `clock` must outlive it.
    TlsKeeper(TlsWatch watch, const TlsDates& in_use, Server& server, const Clock& clock, Log log);

    void look(TlsWatch::When when);

private:
    void take(const TlsPair& pair);
    void warn();

    TlsWatch watch_;
    TlsDates dates_;
    Server& server_;
    const Clock& clock_;
    Log log_;
    Instant warned_at_{};
};

}  // namespace samsyn
