#pragma once

#include "core/base/ports.hpp"
#include "core/policy/federation.hpp"
#include "sync-server/app/failure.hpp"
#include "sync-server/storage/storage.hpp"

#include <vector>

namespace samsyn {

/// The first statements of a federation, checked.
struct FoundingFile {
    FederationId federation;
    std::vector<Statement> statements;
    std::vector<Bytes> encoded;  ///< `statements[i]` as it came
    std::size_t administrators = 0;
};

/// Reads the public file that `samsyn admin found` wrote: statements one after another, each with
/// its length in front (4 bytes, big-endian). Errors: `bad_founding`, with what is wrong: not
/// exactly one founding statement, a signature that does not verify, a statement without effect, a
/// device whose id does not belong to its key, no administrator.
Fallible<FoundingFile> parse_founding(ByteView bytes,
                                      const Hasher& hasher,
                                      const Verifier& verifier);

/// Stores the statements as accepted, in one transaction, into an empty database.
Result<void> seed_statements(Storage& storage, const FoundingFile& founding);

}  // namespace samsyn
