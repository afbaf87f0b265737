#include "sync-server/app/tls_files.hpp"

#include "sync-server/app/data_folder.hpp"

#include <algorithm>
#include <sys/stat.h>

namespace samsyn {

namespace {

constexpr std::chrono::minutes again_first{1};
constexpr std::chrono::minutes again_last{60};

std::string date_of(Instant instant) {
    return to_iso(instant).substr(0, 10);
}

}  // namespace

TlsFiles tls_files(const ServerConfig& config) {
    if (!config.tls.certificate.empty()) return {config.tls.certificate, config.tls.key};
    return {config.data / "tls-certificate.pem", config.data / "tls-key.pem"};
}

Fallible<TlsPair> read_tls_pair(const TlsFiles& files) {
    SAMSYN_TRY(check_private(files.key));
    TlsIdentity identity;
    identity.certificate = SAMSYN_TRY(read_small_file(files.certificate));
    identity.key = SAMSYN_TRY(read_small_file(files.key));
    const auto dates = inspect_tls(identity);
    if (!dates)
        return give_up(ServerExit::bad_certificate,
                       files.certificate.string() + " and " + files.key.string() +
                           " are no TLS pair: " + dates.error().context +
                           ". Put both files of one renewal there.");
    return TlsPair{std::move(identity), *dates};
}

Fallible<void> check_dates(const TlsFiles& files, const TlsDates& dates, Instant now) {
    if (now > dates.not_after)
        return give_up(ServerExit::certificate_expired,
                       "The certificate " + files.certificate.string() + " has expired on " +
                           date_of(dates.not_after) +
                           ". Renew it, or leave tls.certificate and tls.key out: tablets take "
                           "the one that init made.");
    if (now < dates.not_before)
        return give_up(ServerExit::clock_wrong,
                       "The clock says " + to_iso(now) + ", and the certificate " +
                           files.certificate.string() + " begins on " + date_of(dates.not_before) +
                           ". Set the clock (timedatectl), or wait.");
    return {};
}

TlsWatch::TlsWatch(TlsFiles files) : files_(std::move(files)), seen_(marks()) {}

std::array<TlsWatch::Mark, 2> TlsWatch::marks() const {
    const auto mark_of = [](const std::filesystem::path& file) {
        struct stat facts{};

        if (::stat(file.c_str(), &facts) != 0) return Mark{};
        return Mark{static_cast<std::int64_t>(facts.st_ino),
                    facts.st_size,
                    facts.st_mtim.tv_sec,
                    facts.st_mtim.tv_nsec,
                    facts.st_mode};
    };
    return {mark_of(files_.certificate), mark_of(files_.key)};
}

/// A clock that was set back must not put it off for longer than it was meant.
bool TlsWatch::is_due(Instant now, When when) const {
    if (!again_at_) return false;
    return when == When::at_once || now >= *again_at_ || *again_at_ - now > pause_;
}

Fallible<TlsPair> TlsWatch::read(Instant now) const {
    auto pair = SAMSYN_TRY(read_tls_pair(files_));
    SAMSYN_TRY(check_dates(files_, pair.dates, now));
    return pair;
}

Fallible<std::optional<TlsPair>> TlsWatch::look(Instant now, When when) {
    const auto found = marks();
    if (found == seen_ && !is_due(now, when)) return std::nullopt;
    if (found != seen_) pause_ = {};
    seen_ = found;  // before reading: what changes meanwhile is seen the next time
    again_at_.reset();
    auto pair = read(now);
    if (!pair) {
        on_refused(now);
        return std::unexpected{std::move(pair).error()};
    }
    return *std::move(pair);
}

void TlsWatch::on_refused(Instant now) {
    pause_ = std::clamp(pause_ * 2, again_first, again_last);
    again_at_ = now + pause_;
}

}  // namespace samsyn
