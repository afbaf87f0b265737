#pragma once

#include "core/base/time.hpp"
#include "sync-server/app/config.hpp"
#include "sync-server/app/failure.hpp"
#include "sync-server/net/tls_identity.hpp"

#include <array>

namespace samsyn {

/// The two files of a TLS pair.
struct TlsFiles {
    std::filesystem::path certificate;
    std::filesystem::path key;
};

/// Those that the configuration names, or those that `init` made.
TlsFiles tls_files(const ServerConfig& config);

/// A pair as it was read, with its dates.
struct TlsPair {
    TlsIdentity identity;
    TlsDates dates;
};

/// Reads both files. Errors: `read_only` where one cannot be read, `loose_permissions`,
/// `bad_certificate`.
Fallible<TlsPair> read_tls_pair(const TlsFiles& files);

/// Errors: `certificate_expired`; `clock_wrong` where it is not valid yet.
Fallible<void> check_dates(const TlsFiles& files, const TlsDates& dates, Instant now);

/// From so long before its end on, a certificate's end is warned of.
inline constexpr std::chrono::days certificate_warning{14};

/// Notices that the pair's files are others than before. One that is refused is looked at again, a
/// minute later and then less and less often, down to once an hour: half of it may have been
/// written, or its date may be to come. Not thread-safe.
class TlsWatch {
public:
    /// What is there now counts as seen.
    explicit TlsWatch(TlsFiles files);

    enum class When : std::uint8_t { when_due, at_once };

    /// The new pair where the files have changed since they were last looked at, or were refused
    /// then, and the pair is good; none where there is nothing to look at. Errors: those of
    /// `read_tls_pair` and `check_dates`.
    Fallible<std::optional<TlsPair>> look(Instant now, When when);

    /// The pair that `look` gave is no good.
    void on_refused(Instant now);

private:
    /// Which file it is, how long, and when it was written: a renewal changes one of them.
    using Mark = std::array<std::int64_t, 5>;

    std::array<Mark, 2> marks() const;
    bool is_due(Instant now, When when) const;
    Fallible<TlsPair> read(Instant now) const;

    TlsFiles files_;
    std::array<Mark, 2> seen_;
    std::optional<Instant> again_at_;  ///< where what was seen was refused
    std::chrono::minutes pause_{};     ///< before that
};

}  // namespace samsyn
