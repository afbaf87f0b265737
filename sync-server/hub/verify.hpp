#pragma once

#include "core/transparency/merkle.hpp"
#include "sync-server/storage/storage.hpp"

#include <array>

namespace samsyn {

/// What a storage holds, all of it looked at.
struct StorageFacts {
    Incarnation incarnation;                 ///< none where it was never served
    TreeHead tree;                           ///< of the access log
    std::array<std::uint64_t, 5> entries{};  ///< by `EntryKind`, statements to escrow
    friend bool operator==(const StorageFacts&, const StorageFacts&) = default;
};

/// Rows and entries done of all that there are. An error stops the work and is returned.
using VerifyProgress = std::function<Result<void>(std::uint64_t done, std::uint64_t total)>;

/// Looks at everything that a storage holds: every entry parses, has the hash that it is stored
/// under and a signature of a device of the federation; every row of the access log is read, the
/// log's tree is built anew up to its root and compared with each stored digest; and what the log
/// says was taken is there. Nothing is changed.
///
/// Errors: `malformed` naming what is wrong, `bad_signature`; those of `Registry::load`; those of
/// `progress`.
Result<StorageFacts> verify_storage(Storage& storage,
                                    const FederationId& federation,
                                    const Hasher& hasher,
                                    const Verifier& verifier,
                                    const VerifyProgress& progress);

}  // namespace samsyn
