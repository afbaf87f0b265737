#pragma once

#include "tests/support/disk_image.hpp"

#include <functional>
#include <limits>
#include <memory>
#include <string>

struct sqlite3_file;
struct sqlite3_vfs;

namespace samsyn {

/// A disk in memory as a SQLite VFS, below whatever is tested. It counts calls, fails the one it is
/// told to, and loses its power; `DiskImage` says what is left then. The same for the same seed.
///
/// A *call* is any entry from above but closing, locking and asking for the sector size; a *change*
/// is a call that creates, writes, truncates, syncs or deletes: only these make another state of
/// the disk. The folder is synced as SQLite's unix VFS does it: by the first sync of a file opened
/// as journal or WAL with the right to create, and by a delete that asks for it. Syncing a main
/// database does not make its name durable.
///
/// Names have no folders. There is no shared memory: WAL needs exclusive locking.
/// Belongs to one thread. Every connection over it must be closed before it is destroyed.
class CrashDisk {
public:
    struct Settings {
        std::uint32_t sector_size = 512;
        bool powersafe_overwrite = true;  ///< what it reports; it always behaves so
        bool ignores_syncs = false;       ///< a disk that lies: tests must notice
        std::uint64_t size_max = 64 * 1024 * 1024;
    };

    static constexpr std::uint64_t never = std::numeric_limits<std::uint64_t>::max();

    explicit CrashDisk(const Settings& settings);
    CrashDisk(const CrashDisk&) = delete;
    CrashDisk& operator=(const CrashDisk&) = delete;
    ~CrashDisk();

    /// Unique in this process; valid as long as the disk.
    const char* vfs_name() const { return name_.c_str(); }

    /// What the disk and its cache hold now.
    const DiskImage& image() const { return image_; }

    /// Starts from another disk's state, with power; nothing else changes. Files opened before are
    /// dead: they answer with I/O errors. Without a cut in between this is a process that was
    /// killed and started again.
    void mount(DiskImage image);

    /// Every call fails until the next `mount`, `kill` or `reboot`, so that a connection can be
    /// closed without touching anything: call it before those.
    void stop() { off_ = true; }

    /// The process dies, the machine stays: files are dead, the cache is not.
    void kill() { mount(image_); }

    /// After a cut: what the power cut left is all there is, and the power is back.
    void reboot(std::uint64_t seed) { mount(image_.after_power_cut(seed)); }

    bool is_off() const { return off_; }

    std::uint64_t calls() const { return calls_; }

    std::uint64_t changes() const { return changes_; }

    std::uint64_t writes() const { return writes_; }

    std::uint64_t syncs() const { return syncs_; }

    // Each fault is counted from now: 0 is the next one; `never` takes the fault back.

    /// The power goes in that change: what it writes is in the cache, what it syncs is not.
    void cut_at_change(std::uint64_t n) { cut_ = after(changes_, n); }

    enum class Failure : std::uint8_t { undone, done };

    /// That call fails with the I/O error of its kind, once. With `done` a write or a truncation
    /// has happened all the same; otherwise, and of all other calls, nothing has.
    void fail_call(std::uint64_t n, Failure failure = Failure::undone) {
        failing_call_ = after(calls_, n);
        failure_ = failure;
    }

    /// That write puts down its first half, and it and all later ones find the disk full.
    void fill_at_write(std::uint64_t n) { full_ = after(writes_, n); }

    enum class SyncLoss : std::uint8_t { nothing, unsynced_writes };

    /// That sync fails, once. With `unsynced_writes` the kernel takes them for clean, as Linux
    /// does: what had not reached the disk is gone as soon as the cache forgets it.
    void fail_sync(std::uint64_t n, SyncLoss loss) {
        failing_sync_ = after(syncs_, n);
        loss_ = loss;
    }

    /// The fault asked for has happened.
    bool struck() const { return struck_; }

    /// Drops pages that a failed sync left in the cache alone.
    void evict_lost() { image_.evict_lost(); }

    /// Called in every change: with the write, truncation, name already in the cache, or right
    /// before a sync takes effect. It may copy `image()`; it must not use the disk.
    void on_change(std::function<void()> hook) { hook_ = std::move(hook); }

    // For the VFS below SQLite's C interface; see crash_disk.cpp.
    enum class Verdict : std::uint8_t { go_on, fail, do_and_fail, full };
    Verdict begin_call();
    Verdict begin_write();
    Verdict begin_sync(DiskImage::FileId file);
    bool changed();  ///< false where the power went in this change

    bool alive(std::uint64_t boot) const { return !off_ && boot == boot_; }

    std::uint64_t boot() const { return boot_; }

    DiskImage& mutable_image() { return image_; }

    const Settings& settings() const { return settings_; }

    Dice& dice() { return dice_; }

private:
    static std::uint64_t after(std::uint64_t count, std::uint64_t n) {
        return n == never ? never : count + n;
    }

    Settings settings_;
    std::string name_;
    std::unique_ptr<sqlite3_vfs> vfs_;
    DiskImage image_;
    Dice dice_{1};
    std::function<void()> hook_;
    std::uint64_t boot_ = 1;
    bool off_ = false;
    bool struck_ = false;
    std::uint64_t calls_ = 0;
    std::uint64_t changes_ = 0;
    std::uint64_t writes_ = 0;
    std::uint64_t syncs_ = 0;
    std::uint64_t cut_ = never;
    std::uint64_t failing_call_ = never;
    Failure failure_ = Failure::undone;
    std::uint64_t full_ = never;
    std::uint64_t failing_sync_ = never;
    SyncLoss loss_ = SyncLoss::nothing;
};

}  // namespace samsyn
