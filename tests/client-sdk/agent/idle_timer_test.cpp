#include "client-sdk/agent/idle_timer.hpp"

#include "tests/support/catch.hpp"

using namespace samsyn;
using namespace std::chrono_literals;

TEST_CASE("IdleTimer: counts the time that the machine slept", "[agent]") {
    boost::asio::io_context io;
    std::chrono::milliseconds now{0};
    bool idle = false;
    IdleTimer timer{{.io = io, .on_idle = [&] { idle = true; }, .now = [&] { return now; }}};
    timer.limit(20ms);
    io.run_one();  // the timer rang, and by this clock no time has passed
    CHECK_FALSE(idle);
    now += 1h;
    io.run_one();
    CHECK(idle);
}

TEST_CASE("IdleTimer: a touch begins the time anew, no limit ends it", "[agent]") {
    boost::asio::io_context io;
    std::chrono::milliseconds now{0};
    bool idle = false;
    IdleTimer timer{{.io = io, .on_idle = [&] { idle = true; }, .now = [&] { return now; }}};
    timer.limit(20ms);
    now += 19ms;
    timer.touch();
    now += 19ms;
    io.run_one();
    CHECK_FALSE(idle);
    timer.limit(std::nullopt);
    now += 1h;
    io.run();  // nothing is left to wait for
    CHECK_FALSE(idle);
}
