#include "tests/core/vfs/fault_scene.hpp"

#include <sqlite3.h>

namespace samsyn {

FaultScene::FaultScene(Engine& engine, std::uint64_t seed)
    : engine_(engine),
      habits_{.checkpoint_pages = seed % 2 == 0 ? 12 : 1000,
              .size_limit = seed % 3 == 0 ? 9000 : -1,
              .cache_pages = seed % 5 == 0 ? 6 : 2000,
              .shrinks = seed % 4 == 0},
      history_(seed) {
    sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED, static_cast<int>(seed) + 1, nullptr);
    connection_ = engine_.open(disk_, habits_, Engine::Mode::create).connection;
    SAMSYN_ASSERT(connection_ != nullptr);
    SAMSYN_ASSERT(History::found(*connection_) == SQLITE_OK);
    SAMSYN_ASSERT(work(8) == SQLITE_OK);
}

bool FaultScene::open() {
    auto opened = engine_.open(disk_, habits_, Engine::Mode::existing);
    connection_ = std::move(opened.connection);
    why_ = opened.why;
    return connection_ != nullptr;
}

int FaultScene::work(unsigned transactions) {
    for (unsigned n = 0; n < transactions; ++n) {
        if (const int code = history_.run_next(*connection_); code != SQLITE_OK) return code;
        if (n % 4 != 3) continue;
        const int code = connection_->run("PRAGMA wal_checkpoint(RESTART)");
        if (code != SQLITE_OK) return code;
    }
    return SQLITE_OK;
}

bool FaultScene::reopen(bool kill) {
    if (kill) disk_.stop();
    connection_.reset();
    if (kill) disk_.kill();
    return open();
}

void FaultScene::crash(std::uint64_t seed) {
    disk_.stop();
    connection_.reset();
    disk_.reboot(seed);
}

std::string FaultScene::expect(std::uint64_t low, std::uint64_t high) {
    const auto reading = history_.read(*connection_);
    if (!reading.fault.empty()) return reading.fault;
    if (reading.number < low || reading.number > high)
        return "found " + std::to_string(reading.number) + ", not " + std::to_string(low) + ".." +
               std::to_string(high);
    history_.settle(reading.number);
    return {};
}

std::string FaultScene::expect_acknowledged() {
    return expect(history_.acknowledged(), history_.acknowledged());
}

std::string FaultScene::expect_either() {
    return expect(history_.acknowledged(), history_.begun());
}

std::string FaultScene::expect_usable(std::uint64_t seed) {
    if (work(5) != SQLITE_OK)
        return std::string{"takes nothing new: "} + sqlite3_errmsg(connection_->handle());
    if (!reopen(true)) return "after a kill: " + why_;
    if (std::string fault = expect_acknowledged(); !fault.empty()) return "after a kill: " + fault;
    if (work(5) != SQLITE_OK)
        return std::string{"after a kill: "} + sqlite3_errmsg(connection_->handle());
    crash(seed);
    if (!open()) return "after a cut: " + why_;
    if (std::string fault = expect_acknowledged(); !fault.empty()) return "after a cut: " + fault;
    return {};
}

}  // namespace samsyn
