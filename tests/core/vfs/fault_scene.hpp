#pragma once

#include "tests/core/vfs/crash_history.hpp"

#include <functional>
#include <optional>

namespace samsyn {

/// A database that has lived a little, on a disk whose faults a test chooses; and what must hold
/// after the fault, whatever it was.
class FaultScene {
public:
    /// A few transactions, checkpoints on the way, and a log that is not empty. Asserts on failure:
    /// nothing is faulty yet.
    FaultScene(Engine& engine, std::uint64_t seed);

    CrashDisk& disk() { return disk_; }

    History& history() { return history_; }

    Connection* connection() { return connection_.get(); }

    /// Opens it, as `existing`; false, and `why`, where that fails.
    bool open();

    const std::string& why() const { return why_; }

    /// Transactions with checkpoints between them until one fails or all are done; the last code.
    int work(unsigned transactions);

    /// Closes and opens again, `kill`: without the close. False where it cannot be opened.
    bool reopen(bool kill);

    /// Ends the process and the power.
    void crash(std::uint64_t seed);

    /// Reads everything; "" where it holds `low` .. `high`, which then counts.
    std::string expect(std::uint64_t low, std::uint64_t high);

    /// The last acknowledged transaction and no other.
    std::string expect_acknowledged();

    /// The last acknowledged one or the one in flight.
    std::string expect_either();

    /// New transactions are taken, and are there after a kill and after a power cut.
    std::string expect_usable(std::uint64_t seed);

private:
    Engine& engine_;
    LogHabits habits_;
    CrashDisk disk_{{}};
    History history_;
    std::unique_ptr<Connection> connection_;
    std::string why_;
};

}  // namespace samsyn
