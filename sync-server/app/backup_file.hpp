#pragma once

#include "core/base/ports.hpp"
#include "core/transparency/merkle.hpp"
#include "crypto/at_rest/page_cipher.hpp"
#include "crypto/keys/secret.hpp"
#include "sync-server/app/data_folder.hpp"
#include "sync-server/hub/verify.hpp"

#include <filesystem>
#include <functional>
#include <optional>

namespace samsyn {

/// How far a piece of work is. False stops it.
using JobProgress =
    std::function<bool(std::string_view what, std::uint64_t done, std::uint64_t total)>;

/// What to say where `JobProgress` has stopped it.
[[nodiscard]] std::unexpected<Failure> stopped_halfway();

/// What a backup says that it holds, signed by the server's identity (`Domain::backup_manifest`).
struct BackupManifest {
    FederationId federation;
    StorageFacts facts;
    Instant time;       ///< when it was made, by the server's clock
    std::string month;  ///< of the key that opens it
    Hash key_check;     ///< of the database's key: a manifest belongs to one copy and no other

    /// Of all bytes behind the head. None in a backup of before this was kept: there the counts,
    /// and the database's own seals, are all that says that it is the one that was signed.
    std::optional<Hash> contents{};
    friend bool operator==(const BackupManifest&, const BackupManifest&) = default;
};

/// The server's own files, sealed under the month's key beside the database.
struct BackupSecrets {
    Secret<database_key_size> database_key;
    DataFolder folder;
};

/// A backup file's head, read and checked: the manifest's signature is by the identity within.
struct BackupHead {
    BackupManifest manifest;
    BackupSecrets secrets;
};

/// Writes `file` (0600), which appears whole or not at all: the sealed database that lies in
/// `folder`, with its head; `manifest.contents` is found meanwhile. Exit `disk`.
Fallible<void> write_backup(const std::filesystem::path& file,
                            const std::filesystem::path& folder,
                            BackupManifest manifest,
                            const BackupSecrets& secrets,
                            const Secret<32>& month_key,
                            const JobProgress& progress);

/// Of the database's key under `Domain::backup_key`.
Hash key_check_of(const Secret<database_key_size>& database_key);

/// Reads the head, which names the month, and opens it with the month's key in `keys`. Exit
/// `bad_backup` where it is damaged, cut short, of another version, or does not fit together; those
/// of `read_month_key`.
Fallible<BackupHead> read_backup_head(const std::filesystem::path& file,
                                      const std::filesystem::path& keys);

/// Puts the sealed database into `folder`, as it lay there when the backup was made. Exit
/// `bad_backup`, also where one byte is another than was signed; `disk`.
Fallible<void> extract_backup(const std::filesystem::path& file,
                              const BackupManifest& manifest,
                              const std::filesystem::path& folder,
                              const JobProgress& progress);

}  // namespace samsyn
