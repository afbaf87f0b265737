#pragma once

#include "core/base/bytes.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

namespace samsyn {

/// Which of the vault's two copies.
enum class VaultCopy : std::uint8_t { a, b };

/// A vault file is at most this long; a longer one is damaged.
inline constexpr std::size_t vault_bytes_max = 64 * 1024;

/// Where a vault is kept: two files that are read and replaced as wholes. Tests put a crashing disk
/// here. Not thread-safe.
class VaultFiles {
public:
    virtual ~VaultFiles() = default;

    /// Held while a change is read, made and written, so that two processes cannot undo each
    /// other's (a wipe must not be undone by a counter's reset). Released by the destructor.
    class Lock {
    public:
        virtual ~Lock() = default;
    };

    /// Waits for its turn. Errors: `system_failed`.
    virtual Result<std::unique_ptr<Lock>> lock() = 0;

    /// The whole content; none where there is no such file. Errors: `not_permitted` where it is
    /// not ours, is readable by others or is a link; `limit_exceeded` above `vault_bytes_max`;
    /// `malformed` where it is no plain file; `system_failed`. All name the file.
    virtual Result<std::optional<Bytes>> read(VaultCopy copy) = 0;

    /// Replaces the content; when this returns, it is on the disk and the old one is overwritten as
    /// far as the medium allows. At every instant, after a crash too, there is the old content or
    /// the new one. Errors: `disk_full`, `not_permitted`, `system_failed`; either may be there
    /// then.
    virtual Result<void> write(VaultCopy copy, ByteView content) = 0;

    /// Removes it; nothing there is success. Errors: `not_permitted`, `system_failed`.
    virtual Result<void> remove(VaultCopy copy) = 0;
};

/// `vault.a` and `vault.b` (0600) in a folder, and `vault.lock` beside them.
class PosixVaultFiles final : public VaultFiles {
public:
    /// `folder` exists.
    explicit PosixVaultFiles(std::filesystem::path folder);

    Result<std::unique_ptr<Lock>> lock() override;
    Result<std::optional<Bytes>> read(VaultCopy copy) override;
    Result<void> write(VaultCopy copy, ByteView content) override;
    Result<void> remove(VaultCopy copy) override;

private:
    std::filesystem::path path_of(VaultCopy copy) const;

    std::filesystem::path folder_;
};

}  // namespace samsyn
