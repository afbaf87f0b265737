#pragma once

#include "core/vfs/sqlite_memory.hpp"

#include <sqlite3.h>

#include <functional>
#include <utility>

namespace samsyn {

/// While it lives, every connection that is opened tells before each statement of its own, those of
/// the full-text index too. `before` gets the statement's number, from 1; true makes it fail as if
/// it had been interrupted. One at a time.
class StatementHook {
public:
    explicit StatementHook(std::function<bool(int number)> before) : before_(std::move(before)) {
        (void)make_sqlite_wipe_memory();  // would be too late after SQLite's first use
        active() = this;
        sqlite3_auto_extension(reinterpret_cast<void (*)()>(&attach));
    }

    StatementHook(const StatementHook&) = delete;
    StatementHook& operator=(const StatementHook&) = delete;

    ~StatementHook() {
        sqlite3_cancel_auto_extension(reinterpret_cast<void (*)()>(&attach));
        active() = nullptr;
    }

    int count() const { return count_; }

private:
    static StatementHook*& active() {
        static StatementHook* hook = nullptr;
        return hook;
    }

    static int attach(sqlite3* db, char**, const sqlite3_api_routines*) {
        sqlite3_trace_v2(db, SQLITE_TRACE_STMT, &on_statement, nullptr);
        sqlite3_progress_handler(db, 1, &on_step, nullptr);
        return SQLITE_OK;
    }

    static int on_statement(unsigned, void*, void*, void*) {
        if (StatementHook* hook = active()) hook->failing_ = hook->before_(++hook->count_);
        return 0;
    }

    static int on_step(void*) {
        StatementHook* hook = active();
        return hook != nullptr && std::exchange(hook->failing_, false) ? 1 : 0;
    }

    std::function<bool(int)> before_;
    int count_ = 0;
    bool failing_ = false;
};

}  // namespace samsyn
