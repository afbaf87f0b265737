#pragma once

#include "tests/core/vfs/crash_history.hpp"

#include <array>
#include <memory>
#include <string>

struct sqlite3_stmt;

namespace samsyn {

/// Drives one database through random transactions, checkpoints, closes, kills and power cuts, and
/// asks at every change of the disk what a cut at that moment would leave: it lets the power go
/// on a copy, opens that, and compares all of it with the history. While a copy is opened, used and
/// closed, it is cut again, up to `levels` deep.
///
/// After a cut the state must be the last acknowledged transaction or the one in flight, whole, and
/// opening must succeed. After a second cut, with nothing written in between, it must be the same.
class Sweep {
public:
    static constexpr unsigned levels = 3;

    struct Plan {
        std::uint64_t seed = 1;
        CrashDisk::Settings disk = {};
        LogHabits habits = {};
        unsigned transactions = 60;
        unsigned cuts_each = 1;          ///< ways in which one moment is cut
        unsigned moments_percent = 100;  ///< of the first level's moments that are cut
        unsigned nested_percent = 3;     ///< of the cuts during whose recovery it is cut again
    };

    /// Habits, sector size and all else that a seed decides.
    static Plan plan_of(std::uint64_t seed);

    Sweep(Engine& engine, const Plan& plan);

    /// "" where everything held; else the first fault, with all that is needed to see it again.
    std::string run();

    /// Power cuts after which the database was opened and read.
    std::uint64_t cuts() const { return cuts_; }

    /// Of these: cuts of a recovery, or of what came right after it.
    std::uint64_t nested_cuts() const { return nested_; }

    /// Kills of the process without a cut, after which it was opened and read.
    std::uint64_t kills() const { return kills_; }

    /// Cuts that left the transaction in flight, whole.
    std::uint64_t in_flight_kept() const { return in_flight_kept_; }

private:
    struct Moment {
        DiskImage image;
        std::uint64_t low;  ///< transactions that a cut here may leave
        std::uint64_t high;
    };

    using Moments = std::vector<Moment>;

    enum class Ending : std::uint8_t { cut, kill };

    bool open(CrashDisk& disk, std::unique_ptr<Connection>& connection, Engine::Mode mode);
    bool step();
    bool act();
    void read_on();
    void close();
    bool crash_for_real();
    bool check_moments(const Moments& moments, const History& history, unsigned level);
    bool check(const Moment& moment, const History& history, unsigned level, Ending ending);
    bool use_after(CrashDisk& disk, std::unique_ptr<Connection>& connection, History& history);
    bool fault(const std::string& what);

    /// What a cut may leave while a copy is in use.
    struct Life {
        std::uint64_t low;
        std::uint64_t high;
        std::optional<std::uint64_t> settled;  ///< what it was found with, once that was read
    };

    /// From now on each change of `disk` becomes a moment.
    static void watch(CrashDisk& disk, Moments& moments, const History& history, const Life& life);

    Engine& engine_;
    Plan plan_;
    Dice dice_;
    History history_;
    std::array<std::unique_ptr<CrashDisk>, levels + 1> disks_;

    struct Finalize {
        void operator()(sqlite3_stmt* statement) const;
    };

    std::unique_ptr<Connection> connection_;
    std::unique_ptr<sqlite3_stmt, Finalize> reader_;  ///< left half-read over several transactions
    Moments moments_;
    std::string path_;  ///< where we are, for the message
    std::string fault_;
    std::uint64_t cuts_ = 0;
    std::uint64_t nested_ = 0;
    std::uint64_t kills_ = 0;
    std::uint64_t in_flight_kept_ = 0;
};

/// `runs` in an ordinary build, a tenth of it where a sanitizer slows all of it down;
/// SAMSYN_CRASH_PERCENT in the environment scales it, for long runs by hand.
std::uint64_t scaled(std::uint64_t runs);

}  // namespace samsyn
