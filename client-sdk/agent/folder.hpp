#pragma once

#include "crypto/at_rest/page_cipher.hpp"
#include "crypto/envelope/sodium_sealer.hpp"
#include "crypto/identity/signing_key.hpp"

#include <samsyn/device.hpp>

#include <filesystem>

namespace samsyn {

/// What a data folder holds beside the database: `config.json` (public), `device.keys` (the private
/// keys, 0600, in the clear until the vault of a later version), and `agent.sock` while an agent
/// runs.
struct OpenedFolder {
    std::filesystem::path path;
    DeviceConfig config;
    SigningKey signing;
    SealingKey sealing;
    SodiumPageCipher pages;  ///< of the database
};

/// The database in a data folder.
std::filesystem::path database_file_in(const std::filesystem::path& folder);

/// Writes a new folder (0700), an empty database in it. Errors: `already_exists` where it holds a
/// device; `system_failed`.
Result<void> create_folder(const std::filesystem::path& path,
                           const DeviceConfig& config,
                           const SigningKey& signing,
                           const SealingKey& sealing);

/// Errors: `not_found` where there is no device (run `samsyn enrol`), `malformed` naming the file,
/// `not_permitted` where the key file is readable by others.
Result<OpenedFolder> open_folder(const std::filesystem::path& path);

/// Changes the public configuration, atomically (an administrator's machine learns its server).
Result<void> save_config(const std::filesystem::path& path, const DeviceConfig& config);

}  // namespace samsyn
