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
    /// `clock` must outlive it.
    TlsKeeper(TlsFiles files, const Clock& clock, Log log);

    /// Who gets new pairs; must outlive the last `look`.
    void serve(Server& server) { server_ = &server; }

    /// The pair in use ends then.
    void watch_end(const TlsDates& dates) { dates_ = dates; }

    void look();

private:
    void take(TlsPair pair);
    void warn();

    const Clock& clock_;
    Log log_;
    TlsWatch watch_;
    Server* server_ = nullptr;
    TlsDates dates_{};
    Instant warned_at_{};
};

}  // namespace samsyn
