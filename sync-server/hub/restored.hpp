#pragma once

#include "core/policy/federation.hpp"
#include "sync-server/storage/storage.hpp"

namespace samsyn {

// A server's life. A restore from a backup begins a new one, which serves nobody until two people
// have signed that the log was cut back (DESIGN.md, "Synchronising"). All of it stands in the
// storage's settings; errors of every call are those of the storage.

inline constexpr std::string_view incarnation_key = "server/incarnation";

/// How many rows of the log a verified backup of this life holds; 0 before the first.
Result<std::uint64_t> backed_up_rows(Storage& storage);

/// Never less than before. In a transaction of its own.
Result<void> note_backed_up(Storage& storage, std::uint64_t rows);

/// What two people have yet to sign before this storage may be served; none as a rule. Errors: also
/// `malformed`.
Result<std::optional<LogRestored>> unconfirmed_restore(Storage& storage);

/// Begins a new life with a restored storage, in one transaction: everything that leads there is in
/// `restored`, whose size and root are those of the storage's log. Errors: also `conflict` where
/// the storage has another life, or waits to be confirmed already.
Result<void> begin_new_life(Storage& storage, const LogRestored& restored);

struct ConfirmPorts {
    Signer& signer;  ///< the server's identity
    const Verifier& verifier;
    const Hasher& hasher;
    Random& random;
};

/// Takes statements of the federation log, in this order, as if they had been pushed; those that
/// are here already, or are refused, do no harm. True where the restore has effect now: then the
/// storage may be served. False, or an error: nothing has changed. Errors: also those of
/// `Registry::load`; `not_found` where nothing is to be confirmed.
Result<bool> confirm_restore(Storage& storage,
                             const FederationId& federation,
                             const ConfirmPorts& ports,
                             std::span<const Bytes> statements,
                             Instant now);

}  // namespace samsyn
