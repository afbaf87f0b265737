#include "tests/core/vfs/crash_sweep.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cstdlib>

namespace samsyn {

std::uint64_t scaled(std::uint64_t runs) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    std::uint64_t percent = 10;
#else
    std::uint64_t percent = 100;
#endif
    // NOLINTNEXTLINE(concurrency-mt-unsafe): no other thread yet
    if (const char* text = std::getenv("SAMSYN_CRASH_PERCENT"))
        percent = std::strtoull(text, nullptr, 10);
    return std::max<std::uint64_t>(1, runs * percent / 100);
}

Sweep::Plan Sweep::plan_of(std::uint64_t seed) {
    Dice dice{seed ^ 0x5EED};
    constexpr int checkpoints[] = {1, 3, 8, 20, 100, 1000};
    constexpr int limits[] = {-1, 0, 9000, 40000};
    Plan plan;
    plan.seed = seed;
    plan.disk.sector_size = dice.percent(50) ? 512 : 4096;
    plan.habits.checkpoint_pages = checkpoints[dice.below(std::size(checkpoints))];
    plan.habits.size_limit = limits[dice.below(std::size(limits))];
    plan.habits.cache_pages = dice.percent(40) ? 6 : 2000;
    plan.habits.shrinks = dice.percent(40);
    return plan;
}

Sweep::Sweep(Engine& engine, const Plan& plan)
    : engine_(engine),
      plan_(plan),
      dice_(plan.seed),
      history_(plan.seed ^ 0xA11CE) {
    for (auto& disk : disks_) disk = std::make_unique<CrashDisk>(plan.disk);
}

bool Sweep::fault(const std::string& what) {
    if (fault_.empty()) fault_ = "seed " + std::to_string(plan_.seed) + path_ + ": " + what;
    return false;
}

bool Sweep::open(CrashDisk& disk, std::unique_ptr<Connection>& connection, Engine::Mode mode) {
    auto opened = engine_.open(disk, plan_.habits, mode);
    if (!opened.connection) return fault("cannot be opened: " + opened.why);
    connection = std::move(opened.connection);
    return true;
}

void Sweep::watch(CrashDisk& disk, Moments& moments, const History& history, const Life& life) {
    disk.on_change([&disk, &moments, &history, &life] {
        const bool wrote = life.settled && history.acknowledged() > *life.settled;
        const std::uint64_t low = wrote ? history.acknowledged() : life.low;
        const std::uint64_t high = life.settled ? history.begun() : life.high;
        moments.push_back({disk.image(), low, high});
    });
}

std::string Sweep::run() {
    sqlite3_test_control(
        SQLITE_TESTCTRL_PRNG_SEED, static_cast<int>(plan_.seed & 0xffffffU) + 1, nullptr);
    CrashDisk& disk = *disks_[0];
    if (!open(disk, connection_, Engine::Mode::create)) return fault_;
    if (History::found(*connection_) != SQLITE_OK) {
        fault("tables cannot be made");
        return fault_;
    }
    for (unsigned n = 1; n <= plan_.transactions && fault_.empty(); ++n) {
        path_ = ", step " + std::to_string(n);
        if (step() && dice_.percent(4)) crash_for_real();
    }
    disk.on_change({});
    close();
    return fault_;
}

void Sweep::Finalize::operator()(sqlite3_stmt* statement) const {
    sqlite3_finalize(statement);
}

void Sweep::close() {
    reader_.reset();
    connection_.reset();
}

/// Now and then a query stays open over some transactions: no checkpoint can be done then.
void Sweep::read_on() {
    if (reader_) {
        if (dice_.percent(30)) reader_.reset();
        return;
    }
    if (!dice_.percent(4)) return;
    sqlite3_stmt* statement = nullptr;
    sqlite3_prepare_v2(connection_->handle(), "SELECT content FROM rows", -1, &statement, nullptr);
    reader_.reset(statement);
    sqlite3_step(statement);
}

/// One transaction, checkpoint, or close and open.
bool Sweep::act() {
    const std::uint64_t draw = dice_.below(100);
    if (draw < 6) {
        close();
        return open(*disks_[0], connection_, Engine::Mode::existing);
    }
    if (draw < 12) {
        reader_.reset();
        constexpr const char* kinds[] = {"PASSIVE", "FULL", "RESTART", "TRUNCATE"};
        const std::string kind = kinds[dice_.below(std::size(kinds))];
        return connection_->run("PRAGMA wal_checkpoint(" + kind + ")") == SQLITE_OK ||
               fault("checkpoint " + kind);
    }
    read_on();
    return history_.run_next(*connection_) == SQLITE_OK ||
           fault(std::string{"transaction: "} + sqlite3_errmsg(connection_->handle()));
}

/// Does something, and cuts at each moment of it.
bool Sweep::step() {
    CrashDisk& disk = *disks_[0];
    moments_.clear();
    const auto remember = [&] {
        moments_.push_back({disk.image(), history_.acknowledged(), history_.begun()});
    };
    disk.on_change(remember);
    const bool done = act();
    disk.on_change({});
    if (!done) return false;
    remember();
    return check_moments(moments_, history_, 1);
}

/// The lineage itself crashes, and goes on from what was left.
bool Sweep::crash_for_real() {
    CrashDisk& disk = *disks_[0];
    const bool cut = dice_.percent(70);
    disk.cut_at_change(dice_.below(20));
    int code = SQLITE_OK;
    for (int n = 0; n < 20 && code == SQLITE_OK; ++n) code = history_.run_next(*connection_);
    const bool off = disk.is_off();
    disk.stop();
    close();
    if (cut || off)
        disk.reboot(dice_.roll());
    else
        disk.kill();
    if (!open(disk, connection_, Engine::Mode::existing)) return false;
    const auto reading = history_.read(*connection_);
    if (!reading.fault.empty()) return fault("after a crash: " + reading.fault);
    if (reading.number < history_.acknowledged())
        return fault("lost transaction " + std::to_string(history_.acknowledged()));
    history_.settle(reading.number);
    return true;
}

bool Sweep::check_moments(const Moments& moments, const History& history, unsigned level) {
    for (std::size_t n = 0; n < moments.size(); ++n) {
        if (level == 1 && !dice_.percent(plan_.moments_percent)) continue;
        if (level > 1 && moments.size() > 6 && !dice_.percent(30)) continue;
        const std::string outer = path_;
        path_ += ", moment " + std::to_string(n);
        for (unsigned cut = 0; cut < plan_.cuts_each; ++cut)
            if (!check(moments[n], history, level, Ending::cut)) return false;
        if (level == 1 && dice_.percent(8) && !check(moments[n], history, level, Ending::kill))
            return false;
        path_ = outer;
    }
    return true;
}

/// Opens what is left of a moment, and compares. Some are used on, and some are cut again.
bool Sweep::check(const Moment& moment, const History& history, unsigned level, Ending ending) {
    const std::uint64_t seed = dice_.roll();
    path_ += ending == Ending::cut ? ", cut " + std::to_string(seed) : std::string{", kill"};
    ending == Ending::cut ? ++cuts_ : ++kills_;
    if (level > 1) ++nested_;
    CrashDisk& disk = *disks_[level];
    disk.on_change({});
    disk.mount(ending == Ending::cut ? moment.image.after_power_cut(seed) : moment.image);

    History after = history;
    Moments moments;
    Life life{moment.low, moment.high, {}};
    const bool deeper = level < levels && dice_.percent(level == 1 ? plan_.nested_percent : 10);
    if (deeper) watch(disk, moments, after, life);

    std::unique_ptr<Connection> connection;
    if (!open(disk, connection, Engine::Mode::existing)) return false;
    const auto reading = after.read(*connection);
    if (!reading.fault.empty()) return fault(reading.fault);
    if (reading.number < moment.low || reading.number > moment.high)
        return fault("found transaction " + std::to_string(reading.number) + ", not " +
                     std::to_string(moment.low) + ".." + std::to_string(moment.high));
    if (reading.number > moment.low) ++in_flight_kept_;
    // What was read after a cut is on the disk, and stays; after a kill it may be in the cache.
    if (ending == Ending::cut) {
        life.low = reading.number;
        for (Moment& earlier : moments) earlier.low = earlier.high = reading.number;
    }
    after.settle(reading.number);
    life.settled = reading.number;
    if ((ending == Ending::kill || dice_.percent(10)) && !use_after(disk, connection, after))
        return false;
    connection.reset();
    disk.on_change({});
    return !deeper || check_moments(moments, after, level + 1);
}

/// A recovered database must also take new transactions and keep them.
bool Sweep::use_after(CrashDisk& disk, std::unique_ptr<Connection>& connection, History& history) {
    for (std::uint64_t n = dice_.between(1, 3); n > 0; --n)
        if (history.run_next(*connection) != SQLITE_OK)
            return fault(std::string{"used on: "} + sqlite3_errmsg(connection->handle()));
    const bool killed = dice_.percent(50);
    if (killed) disk.stop();
    connection.reset();
    if (killed) disk.kill();
    if (!open(disk, connection, Engine::Mode::existing)) return false;
    const auto reading = history.read(*connection);
    if (!reading.fault.empty()) return fault("used on: " + reading.fault);
    if (reading.number != history.acknowledged())
        return fault("used on: found " + std::to_string(reading.number));
    return true;
}

}  // namespace samsyn
