#include "sync-server/app/tls_keeper.hpp"

namespace samsyn {

TlsKeeper::TlsKeeper(
    TlsWatch watch, const TlsDates& in_use, Server& server, const Clock& clock, Log log)
    : watch_(std::move(watch)),
      dates_(in_use),
      server_(server),
      clock_(clock),
      log_(std::move(log)) {}

void TlsKeeper::look(TlsWatch::When when) {
    const auto found = watch_.look(clock_.now(), when);
    if (!found)
        log_({"tls_refused", 0, found.error().sentence, 0});
    else if (*found)
        take(**found);
    warn();
}

void TlsKeeper::take(const TlsPair& pair) {
    if (const auto renewed = server_.use_tls(pair.identity); !renewed) {
        watch_.on_refused(clock_.now());
        log_({"tls_refused", 0, to_string(renewed.error()), 0});
        return;
    }
    dates_ = pair.dates;
    warned_at_ = {};
    log_({"tls_renewed", 0, "valid until " + to_iso(dates_.not_after), 0});
}

/// Once a day.
void TlsKeeper::warn() {
    const Instant now = clock_.now();
    if (dates_.not_after - now > certificate_warning || now - warned_at_ < std::chrono::days{1})
        return;
    warned_at_ = now;
    log_({now > dates_.not_after ? "certificate_expired" : "certificate_expires",
          0,
          to_iso(dates_.not_after),
          0});
}

}  // namespace samsyn
