#pragma once

#include "core/base/ports.hpp"
#include "core/vfs/sealed_vfs.hpp"
#include "tests/core/vfs/crash_connection.hpp"

namespace samsyn {

/// SQLite over the encrypting VFS over the crash disk. All connections share one cipher, as all
/// lives of one database share one key.
class SealedEngine final : public Engine {
public:
    /// `cipher` must outlive it.
    explicit SealedEngine(PageCipher& cipher) : cipher_(cipher) {}

    Opened open(CrashDisk& disk, const LogHabits& habits, Mode mode) override;

private:
    PageCipher& cipher_;
};

}  // namespace samsyn
