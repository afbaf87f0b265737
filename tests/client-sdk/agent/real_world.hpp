#pragma once

#include "examples/support/process.hpp"
#include "examples/support/tablet.hpp"
#include "tests/support/catch.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace samsyn::test {

/// A federation of one organisation with a team and a school: a server, the administrators'
/// machines and tablets, all of them real processes with folders of their own. Made once for all
/// test cases, since each device costs three stretchings.
class RealWorld {
public:
    static RealWorld& only();

    story::Tablet& admin() { return *admin_; }

    /// A new tablet of a new person of the unit, unlocked and synced. "Teamet" and "Skolan" exist.
    /// A role that takes two persons is confirmed by the second administrator.
    std::unique_ptr<story::Tablet> enrol(const std::string& person,
                                         const std::string& role = "psychologist",
                                         const std::string& unit = "Teamet");

    /// The machine of another administrator: the second person. Made when first wanted.
    story::Tablet& second();

    /// The second administrator confirms what waits about the person; both machines sync.
    void confirm_about(const std::string& person);

    /// The id of a person's device; of several, the one that was let in last is not told apart.
    std::string device_of(const std::string& person);

    /// A folder that is no device yet.
    std::unique_ptr<story::Tablet> empty_tablet(const std::string& name, const std::string& person);

    void stop_server();
    void start_server();

private:
    RealWorld();

    std::filesystem::path folder(const std::string& name) const { return temporary_.path() / name; }

    story::TemporaryFolder temporary_;
    story::Programs programs_{SAMSYN_PROGRAM, SAMSYN_SERVER_PROGRAM};
    std::unique_ptr<story::Background> server_;
    std::string listen_ = "127.0.0.1:0";
    std::unique_ptr<story::Tablet> admin_;
    std::unique_ptr<story::Tablet> second_;
};

/// A case with one note on the tablet; its text is all that the tablet has to hide.
std::string write_canary(story::Tablet& tablet, const std::string& family, const std::string& text);

/// Looks again and again, for at most 30 s.
template <class Condition>
bool soon(Condition condition) {
    for (int i = 0; i < 600; ++i) {
        if (condition()) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds{50});
    }
    return false;
}

/// Asked again where the child went while it was being asked.
inline nlohmann::json lock_of(const story::Tablet& tablet) {
    nlohmann::json status;
    REQUIRE(soon([&] {
        status = tablet.status();
        return status.contains("lock");
    }));
    return status.at("lock");
}

}  // namespace samsyn::test
