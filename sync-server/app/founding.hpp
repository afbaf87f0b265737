#pragma once

#include "core/base/ports.hpp"
#include "core/policy/statement.hpp"
#include "sync-server/app/failure.hpp"
#include "sync-server/storage/storage.hpp"

#include <vector>

namespace samsyn {

/// The first statements of a federation, as a file carries them.
struct FoundingFile {
    FederationId federation;
    std::vector<Bytes> statements;  ///< encoded, in the file's order
    std::size_t administrators = 0;
};

/// Reads the public file that `samsyn admin found` wrote: statements one after another, each with
/// its length in front (4 bytes, big-endian). Errors: `bad_founding`, with what is wrong: cut
/// short, not exactly one founding statement, no administrator, a device whose id does not belong
/// to its key. Signatures are checked by `seed_database`.
Fallible<FoundingFile> parse_founding(ByteView bytes, const Hasher& hasher);

/// Checks every signature and stores the statements as accepted, all or none, into an empty
/// database. Errors: `bad_founding`, `disk`.
Fallible<void> seed_database(Storage& storage,
                             const FoundingFile& founding,
                             const Hasher& hasher,
                             const Verifier& verifier);

}  // namespace samsyn
