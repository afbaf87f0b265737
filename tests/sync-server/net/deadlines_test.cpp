#include "sync-server/net/deadlines.hpp"

#include "tests/support/catch.hpp"

using namespace samsyn;
using namespace std::chrono_literals;

namespace {

const Deadlines::Time start{};
const NetLimits usual_limits;

}  // namespace

TEST_CASE("Deadlines: a stranger has 5 seconds a step and 20 in all", "[net]") {
    const Deadlines deadlines{start};
    CHECK_FALSE(deadlines.overdue(usual_limits, start + 4999ms, start));
    CHECK(deadlines.overdue(usual_limits, start + 5s, start) == EndReason::silent);
    CHECK_FALSE(deadlines.overdue(usual_limits, start + 19s, start + 16s));
    CHECK(deadlines.overdue(usual_limits, start + 20s, start + 19s) == EndReason::late);
}

TEST_CASE("Deadlines: nobody is silent while it is our turn", "[net]") {
    Deadlines deadlines{start};
    deadlines.waits_for_us = true;
    CHECK_FALSE(deadlines.overdue(usual_limits, start + 15s, start));
    deadlines.waits_for_us = false;
    deadlines.turn_began = start + 15s;
    CHECK_FALSE(deadlines.overdue(usual_limits, start + 19s, start));
}

TEST_CASE("Deadlines: a device that is known may be silent for a minute between pings", "[net]") {
    Deadlines deadlines{start};
    deadlines.authenticated = true;
    CHECK_FALSE(deadlines.is_ping_due(usual_limits, start + 19s));
    CHECK(deadlines.is_ping_due(usual_limits, start + 20s));
    CHECK_FALSE(deadlines.overdue(usual_limits, start + 59s, start));
    CHECK(deadlines.overdue(usual_limits, start + 60s, start) == EndReason::silent);
    deadlines.not_read = true;  // we do not look: its bytes may wait in the socket
    CHECK_FALSE(deadlines.overdue(usual_limits, start + 60s, start));
}

TEST_CASE("Deadlines: a frame that does not leave, or a close without answer, ends it", "[net]") {
    Deadlines deadlines{start};
    deadlines.authenticated = true;
    deadlines.writing_since = start;
    CHECK(deadlines.overdue(usual_limits, start + 120s, start + 119s) == EndReason::slow_reader);
    deadlines.closing_since = start;
    CHECK_FALSE(deadlines.overdue(usual_limits, start + 4s, start));
    CHECK(deadlines.overdue(usual_limits, start + 5s, start) == EndReason::close_unanswered);
}

TEST_CASE("Deadlines: the next check is never after a deadline nor without end in the past",
          "[net]") {
    Deadlines deadlines{start};
    for (const bool known : {false, true}) {
        deadlines.authenticated = known;
        for (auto now = start; !deadlines.overdue(usual_limits, now, start);) {
            if (deadlines.is_ping_due(usual_limits, now)) deadlines.pinged_at = now;
            const auto next = deadlines.next_check(usual_limits, now, start);
            CHECK(next > now);
            if (next <= now) break;
            CHECK_FALSE(deadlines.overdue(usual_limits, next - 1ms, start));
            now = next;
        }
    }
}
