#pragma once

#include "crypto/vault/vault.hpp"

#include <samsyn/device.hpp>

#include <filesystem>
#include <functional>
#include <optional>
#include <vector>

namespace samsyn {

// What a data folder holds: `config.json` (public), the vault (`vault.a`, `vault.b`), the database
// `samsyn.<number>.db` with what belongs to it, and the agent's own files.

/// Names only; nothing is opened.
struct FolderInventory {
    bool config = false;
    bool vault = false;
    bool plain = false;                            ///< files of a version before there was a vault
    bool wiped = false;                            ///< its data was erased by a signed order
    std::vector<std::filesystem::path> databases;  ///< `samsyn.<number>.db`, sorted
};

FolderInventory look_into(const std::filesystem::path& folder);

/// Is there a device that can be unlocked? Errors, each by its context: `not_found` with "device"
/// where nothing is there, "config.json" or "vault" where that part of a device is gone, "wiped"
/// where a signed order has erased it;
/// `unsupported_version` for files of a version before there was a vault.
Result<void> check_folder(const std::filesystem::path& folder);

/// The public configuration, and who the device is: it must know that while it is locked.
struct FolderConfig {
    DeviceConfig device;
    DeviceId id;

    /// Whose administrators may order it while it is locked; learnt at its first session.
    std::optional<OrganisationId> organisation{};
};

/// Errors: `not_found`, `malformed` naming the key, `newer_format`, `limit_exceeded`.
Result<FolderConfig> read_config(const std::filesystem::path& folder);

/// Changes the public configuration, atomically (an administrator's machine learns its server).
Result<void> save_config(const std::filesystem::path& folder, const FolderConfig& config);

std::filesystem::path database_path(const std::filesystem::path& folder, std::uint64_t number);

/// The database with everything that SQLite and the VFS keep beside it; what is not there is no
/// error. Errors: `system_failed`.
Result<void> remove_databases(const std::filesystem::path& folder);

/// The same for every database but one. Errors: `system_failed`; the rest is removed all the same.
Result<void> remove_databases_but(const std::filesystem::path& folder, std::uint64_t number);

/// Erases the data of a device that was ordered to: from here on the folder is `wiped`. Errors:
/// `system_failed`, `disk_full`; it can be repeated.
Result<void> erase_data(const std::filesystem::path& folder);

/// A device with its ports, on the keys of an open vault. Not thread-safe.
class OpenedDevice {
public:
    /// Where it is to exist, other databases beside the one that `keys` name are removed: they are
    /// what an interrupted rekey has left. Errors: those of `Device::open`.
    static Result<std::unique_ptr<OpenedDevice>> open(const std::filesystem::path& folder,
                                                      const DeviceConfig& config,
                                                      const VaultContents& keys,
                                                      DatabaseMode mode);
    ~OpenedDevice();

    /// Gives the database another key: copies it into `samsyn.<number + 1>.db` under a fresh one,
    /// lets the vault name that (the one commit point), and removes the old file. Blocks for the
    /// whole copy. Interrupted anywhere (a `progress` that fails, a killed process, a full disk)
    /// one whole database counts, and the next opening removes the other.
    ///
    /// Errors: those of the copy, of `progress` and of the vault. The device goes on with the old
    /// database; where the vault failed to write, it can only be read until it is opened again.
    Result<void> rekey(const std::filesystem::path& folder, Vault& vault, const Progress& progress);

    Device& device();
    Device::Ports ports();
    const SigningPublicKey& signing_key() const;
    const SealingPublicKey& sealing_key() const;

private:
    struct Parts;
    explicit OpenedDevice(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

/// Fresh keys of a device, where its public ones are needed before there is a folder.
struct NewKeys {
    VaultContents contents;

    static NewKeys make();

    SigningPublicKey signing_key() const;
    SealingPublicKey sealing_key() const;
};

/// A new device: who it is, and what will open it.
struct NewDevice {
    const DeviceConfig& config;
    const Phrase& phrase;
    std::string_view pin;
    const NewKeys* keys = nullptr;  ///< made by `create_device` where there are none
};

/// How vaults of a folder are opened; production: Argon2id at the stated cost.
struct VaultSettings {
    const PasswordHash& hash;
    PasswordCost cost = password_cost_stated;
    PlatformKeystore* keystore = nullptr;
};

/// Makes the folder (0700) a device: configuration, vault, database, what `fill` puts into it, and
/// only then the vault says *ready*. Interrupted anywhere before that, the same call begins anew
/// and removes what is left; nothing was in use by then. Blocks for two stretchings.
///
/// Errors: `already_exists` where the folder holds a device, which stays as it is; those of
/// `check_folder` for what is no leftover of ours; `invalid_argument` for the PIN; of storage.
Result<void> create_device(const std::filesystem::path& folder,
                           const NewDevice& device,
                           const VaultSettings& settings,
                           const std::function<Result<void>(OpenedDevice&)>& fill);

}  // namespace samsyn
