#pragma once

#include "core/base/bytes.hpp"
#include "core/base/ids.hpp"
#include "crypto/at_rest/page_cipher.hpp"
#include "crypto/identity/signing_key.hpp"
#include "sync-server/app/failure.hpp"
#include "sync-server/net/tls_identity.hpp"
#include "sync-server/storage/storage.hpp"

#include <filesystem>

namespace samsyn {

// The server's folder, 0700: identity.key (the seed, in hexadecimal), database.key (key and file id
// of the database), federation (its id), tls-certificate.pem, tls-key.pem and the database. Whoever
// has identity.key can pose as the server, which lets him withhold, and read nothing.

/// Writes a file that must not exist yet and makes it durable. `mode` as for chmod.
Fallible<void> write_new_file(const std::filesystem::path& file, std::string_view text, int mode);

/// A whole file of at most 64 KiB. Exit `damaged`, `disk`.
Fallible<std::string> read_small_file(const std::filesystem::path& file);

/// Replaces a file so that a reader sees the old text or the new one.
Fallible<void> replace_file(const std::filesystem::path& file, std::string_view text);

/// What `serve` and `status` need of a folder.
struct DataFolder {
    FederationId federation;
    SigningKey identity;
    TlsIdentity tls;
};

/// Reads and checks a folder that `init` made: missing, loose permissions and damage are told
/// apart.
Fallible<DataFolder> open_data_folder(const std::filesystem::path& folder);

/// Writes a fresh key for a new database. `file`: where it goes; empty: into the folder.
Fallible<void> make_database_key(const std::filesystem::path& folder,
                                 const std::filesystem::path& file);

/// The cipher of the folder's database, from its key file. Missing, loose permissions and damage
/// are told apart.
Fallible<SodiumPageCipher> read_database_key(const std::filesystem::path& folder,
                                             const std::filesystem::path& file);

/// Opens or makes the database in the folder; a server that runs on it is `database_locked`.
/// `pages` must outlive it.
Fallible<std::unique_ptr<Storage>> open_database(const std::filesystem::path& folder,
                                                 PageCipher& pages,
                                                 DatabaseMode mode);

}  // namespace samsyn
