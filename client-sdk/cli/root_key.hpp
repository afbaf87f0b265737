#pragma once

#include "core/base/ids.hpp"
#include "core/base/result.hpp"
#include "crypto/identity/signing_key.hpp"

#include <filesystem>

namespace samsyn {

/// The federation's root key and where its log stands, in one file of mode 0600, so that it can be
/// taken offline as a whole. Lines: header, seed, federation, counter, head.
struct RootKey {
    SigningKey key;
    FederationId federation;
    std::uint64_t counter = 0;  ///< the last that was taken
    StatementId head;           ///< the last statement
};

/// Errors: `already_exists`, `disk_full`, `system_failed`.
Result<void> create_root_key(const std::filesystem::path& path, const RootKey& root);

/// Replaces the file, once the counter has moved.
Result<void> save_root_key(const std::filesystem::path& path, const RootKey& root);

/// Errors: `not_found`, `not_permitted` where others may read it, `malformed`.
Result<RootKey> read_root_key(const std::filesystem::path& path);

}  // namespace samsyn
