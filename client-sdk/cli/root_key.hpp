#pragma once

#include "client-sdk/cli/session.hpp"
#include "core/policy/statement.hpp"
#include "crypto/identity/signing_key.hpp"

#include <filesystem>
#include <span>
#include <vector>

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

/// Where the root key is: what `--root-key` names, else in the data folder.
std::filesystem::path root_key_path(const Session& session, const nlohmann::json& args);

/// The root's next statements in the federation of this data folder. Where its log stands has moved
/// on in the file before they are returned. Errors: those of reading and writing the file;
/// `wrong_federation`.
Result<std::vector<Bytes>> say_as_root(const Session& session,
                                       const nlohmann::json& args,
                                       std::span<const StatementBody> bodies);

}  // namespace samsyn
