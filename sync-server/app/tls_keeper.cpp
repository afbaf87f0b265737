#include "sync-server/app/tls_keeper.hpp"

namespace samsyn {

TlsKeeper::TlsKeeper(TlsFiles files, const Clock& clock, Log log)
    : clock_(clock),
      log_(std::move(log)),
      watch_(std::move(files)) {}

void TlsKeeper::look() {
    auto found = watch_.look(clock_.now());
    if (!found)
        log_({"tls_refused", 0, found.error().sentence, 0});
    else if (*found)
        take(**std::move(found));
    warn();
}

void TlsKeeper::take(TlsPair pair) {
    if (const auto renewed = server_->use_tls(pair.identity); !renewed) {
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
