#pragma once

#include "tests/core/vfs/crash_connection.hpp"

#include <map>
#include <vector>

namespace samsyn {

/// What the database must hold after each numbered transaction, kept beside it: transactions are
/// drawn from a seed, applied by SQL and by hand, and a state read back is compared as a whole.
class History {
public:
    explicit History(std::uint64_t seed);

    /// Tables, and transaction 0. SQLite's code.
    static int found(Connection& connection);

    /// Draws the next transaction and runs it. Some are rolled back on purpose, and change nothing.
    /// SQLite's code: `SQLITE_OK` says it is acknowledged. Otherwise the last one is in flight:
    /// call `settle` with what was found.
    int run_next(Connection& connection);

    /// The newest transaction that was acknowledged.
    std::uint64_t acknowledged() const { return acknowledged_; }

    /// The newest that was begun: the same, or one more.
    std::uint64_t begun() const { return states_.size() - 1; }

    /// After a crash: the state found is the one that counts from now.
    void settle(std::uint64_t number);

    /// A state read back: the number of a transaction, or why it is none that ever was.
    struct Reading {
        std::uint64_t number = 0;
        std::string fault;  ///< "" where the database holds exactly that state, in good order
    };

    /// Reads all rows, `integrity_check` included, and compares them with the state of the number
    /// that the database claims.
    Reading read(Connection& connection) const;

private:
    struct Row {
        std::uint64_t value;
        std::uint64_t size;
    };

    using Rows = std::map<std::int64_t, Row>;

    struct State {
        Rows rows;
        std::uint64_t digest = 0;
    };

    int put(Connection& connection, std::int64_t id, Row row, State& state);
    int erase(Connection& connection, std::int64_t id, State& state);
    int change(Connection& connection, State& state);
    int change_rows(Connection& connection, State& state);
    std::uint64_t draw_size();

    Dice dice_;
    std::vector<std::shared_ptr<const State>> states_;  ///< after each transaction
    std::uint64_t acknowledged_ = 0;
};

}  // namespace samsyn
