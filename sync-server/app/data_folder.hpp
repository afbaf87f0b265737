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

/// Replaces a file so that a reader sees the old text or the new one.
Fallible<void> replace_file(const std::filesystem::path& file, std::string_view text);

/// Reads a file of at most 64 KiB. Errors: `damaged` where it is missing or longer, `read_only`.
Fallible<std::string> read_small_file(const std::filesystem::path& file);

/// Refuses a place where something is, an empty folder excepted. Exit `folder_exists`.
Fallible<void> check_vacant(const std::filesystem::path& folder);

/// Refuses a file or folder that others than its owner may read or change. Errors:
/// `loose_permissions`; `damaged` where it is missing; `read_only` where it is not ours to read.
Fallible<void> check_private(const std::filesystem::path& file);

/// Errors: `read_only`, with whether the disk or the rights forbid it, or that the folder is
/// another user's: root could write there, and what it writes the owner could not open.
Fallible<void> check_writable(const std::filesystem::path& folder);

/// Errors: `disk` where less than 16 MiB are left: SQLite needs room before it can say so itself.
Fallible<void> check_space(const std::filesystem::path& folder);

/// Bytes that are left on the folder's disk for us; none where nobody can say.
std::optional<std::uint64_t> space_left(const std::filesystem::path& folder);

/// What `serve` and `status` need of a folder.
struct DataFolder {
    FederationId federation;
    SigningKey identity;
    TlsIdentity tls;  ///< the pair that `init` made; another may be served (tls_files.hpp)
};

/// Reads and checks a folder that `init` made: missing, loose permissions and damage are told
/// apart.
Fallible<DataFolder> open_data_folder(const std::filesystem::path& folder);

/// Writes the server's own files into a folder that has none of them.
Fallible<void> write_data_folder(const std::filesystem::path& folder, const DataFolder& files);

/// The key of a new database. One that goes elsewhere than into the folder is gone with this object
/// unless it is kept.
class FreshDatabaseKey {
public:
    /// `file`: where it goes; empty: into the folder.
    explicit FreshDatabaseKey(std::filesystem::path file) : file_(std::move(file)) {}

    FreshDatabaseKey(const FreshDatabaseKey&) = delete;
    FreshDatabaseKey& operator=(const FreshDatabaseKey&) = delete;
    ~FreshDatabaseKey();

    /// Before anything is made: there is no key at `file` yet, or none is wanted apart.
    static Fallible<void> check_vacant(const std::filesystem::path& file);

    Fallible<SodiumPageCipher> make(const std::filesystem::path& folder);

    void keep() { made_ = false; }

private:
    std::filesystem::path file_;
    bool made_ = false;
};

/// The cipher of the folder's database, from its key file. Missing, loose permissions and damage
/// are told apart.
Fallible<SodiumPageCipher> read_database_key(const std::filesystem::path& folder,
                                             const std::filesystem::path& file);

/// Opens or makes the database in the folder; a server that runs on it is `database_locked`.
/// `pages` must outlive it.
Fallible<std::unique_ptr<Storage>> open_database(const std::filesystem::path& folder,
                                                 PageCipher& pages,
                                                 DatabaseMode mode);

/// The version of the folder's database, which is left as it is: an older one is not migrated.
/// Errors: those of `open_database`.
Fallible<int> database_version(const std::filesystem::path& folder, PageCipher& pages);

}  // namespace samsyn
