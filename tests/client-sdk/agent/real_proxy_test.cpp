// Real processes behind a proxy: locked and unlocked, by the folder's word and the environment's,
// and through one that opens TLS.

#include "tests/client-sdk/agent/real_world.hpp"
#include "tests/client-sdk/net/scripted_proxy.hpp"
#include "tests/support/catch.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>

using namespace samsyn::test;
using story::json;
using story::Tablet;

namespace {

constexpr const char* secret = "lösen%";

std::string text_of_file(const std::filesystem::path& path) {
    std::ifstream in{path};
    return {std::istreambuf_iterator<char>{in}, {}};
}

json way_of(const Tablet& tablet) {
    return tablet.status().at("connection").at("way");
}

json last_error_of(const Tablet& tablet) {
    return tablet.status().at("connection").at("last_error");
}

std::string url_of(const ScriptedProxy& proxy) {
    return "http://" + proxy.address();
}

/// An agent that starts meanwhile inherits it.
class Variable {
public:
    Variable(const char* name, const std::string& value) : name_(name) {
        ::setenv(name, value.c_str(), 1);
    }

    ~Variable() { ::unsetenv(name_); }

    Variable(const Variable&) = delete;
    Variable& operator=(const Variable&) = delete;

private:
    const char* name_;
};

}  // namespace

TEST_CASE("Device: reaches its server through the folder's proxy, locked, cold and unlocked",
          "[agent][real][proxy]") {
    const auto tablet = RealWorld::only().enrol("Pia Proxy");
    const ScriptedProxy proxy{{.act = ProxyAct::ask_login, .login = "w6VzYTpsw7ZzZW4l"}};
    (void)tablet->run({"proxy", "set", url_of(proxy)});
    const json asked = tablet->refused({"sync"});
    CHECK(asked.at("code") == "proxy_login");
    CHECK(asked.at("hint_sv").get<std::string>().find("--user") != std::string::npos);
    CHECK(last_error_of(*tablet).at("code") == "proxy_login");
    CHECK(tablet->status().at("connection").at("failing_since").is_string());

    const json set =
        tablet->run({"proxy", "set", url_of(proxy), "--user", "åsa", "--password-fd", "0"},
                    std::string{secret} + "\n");
    CHECK(set.at("has_password") == true);
    tablet->sync();
    CHECK(way_of(*tablet).at("proxy") == proxy.address());
    CHECK(way_of(*tablet).at("from") == "folder");
    CHECK(last_error_of(*tablet).is_null());

    const std::size_t unlocked = proxy.requests().size();
    tablet->lock();
    CHECK(soon([&] { return proxy.requests().size() > unlocked; }));  // the courier
    CHECK(tablet->run({"proxy", "show"}).at("mode") == "set");        // locked too
    tablet->power_off();
    const std::size_t off = proxy.requests().size();
    (void)tablet->unlock_by_pin();  // cold: the server's share came through it
    CHECK(proxy.requests().size() > off);

    for (const auto& entry : std::filesystem::directory_iterator{tablet->folder()}) {
        if (!entry.is_regular_file()) continue;
        const bool holds = text_of_file(entry.path()).find(secret) != std::string::npos;
        CHECK(holds == (entry.path().filename() == "proxy.json"));
    }
    const auto mode = std::filesystem::status(tablet->folder() / "proxy.json").permissions();
    CHECK((mode & std::filesystem::perms{077}) == std::filesystem::perms::none);
    CHECK(tablet->run({"proxy", "show"}).dump().find(secret) == std::string::npos);
    CHECK(tablet->status().dump().find(secret) == std::string::npos);
}

TEST_CASE("Device: a network that opens TLS is named and gets nothing, not even a try at the PIN",
          "[agent][real][proxy][attack]") {
    const auto tablet = RealWorld::only().enrol("Tove Tolk");
    const ScriptedProxy opener{{.carry = CarryAct::intercept}};
    (void)tablet->run({"proxy", "set", url_of(opener)});
    const json error = tablet->refused({"sync"});
    CHECK(error.at("code") == "tls_opened");
    CHECK(error.at("context").get<std::string>().find("Gästnätets CA") != std::string::npos);
    CHECK(error.at("hint_sv").get<std::string>().find("TLS-inspektion") != std::string::npos);
    CHECK(tablet->shown({"status"}).find("Gästnätets CA") != std::string::npos);

    tablet->power_off();
    CHECK(tablet->pin_refused().at("code") == "tls_opened");
    CHECK(tablet->status().at("lock").at("vault").at("pin_tries_left") == 10);
    CHECK(soon([&] {  // the courier says so as well
        const json lock = tablet->status().at("lock");
        return lock.contains("connection") &&
               lock.at("connection").at("last_error").value("code", "") == "tls_opened";
    }));
    (void)tablet->run({"proxy", "off"});
    (void)tablet->unlock_by_pin();
    tablet->sync();
    CHECK(way_of(*tablet).at("by") == "direct");
}

TEST_CASE("Device: takes the environment's proxy, goes around it for NO_PROXY, and says so",
          "[agent][real][proxy]") {
    const auto tablet = RealWorld::only().enrol("Elis Environ");
    const ScriptedProxy proxy{{}};
    {
        const Variable https{"HTTPS_PROXY", url_of(proxy)};
        tablet->power_off();
        (void)tablet->unlock_by_pin();
    }
    tablet->sync();
    CHECK(way_of(*tablet) ==
          json({{"by", "proxy"}, {"proxy", proxy.address()}, {"from", "environment"}}));
    const std::size_t used = proxy.requests().size();
    CHECK(used > 0);
    {
        const Variable https{"HTTPS_PROXY", url_of(proxy)};
        const Variable none{"NO_PROXY", "example, 127.0.0.0/8"};
        tablet->power_off();
        (void)tablet->unlock_by_pin();
    }
    tablet->sync();
    CHECK(way_of(*tablet) == json({{"by", "direct"}, {"from", "environment"}}));
    CHECK(proxy.requests().size() == used);
}

TEST_CASE("samsyn proxy: takes no password on the command line, and nothing that is no proxy",
          "[agent][real][proxy]") {
    const auto tablet = RealWorld::only().enrol("Olga Order");
    const json typed = tablet->refused({"proxy", "set", "http://kalle:hemligt@127.0.0.1:3128"});
    CHECK(typed.at("code") == "invalid_argument");
    CHECK(typed.dump().find("hemligt") == std::string::npos);
    CHECK(tablet->refused({"proxy", "set", "https://127.0.0.1:3128"}).at("code") ==
          "invalid_argument");
    CHECK(tablet->refused({"proxy", "set", "127.0.0.1"}).at("code") == "invalid_argument");
    CHECK(tablet->run({"proxy", "show"}).at("mode") == "auto");
    // A file that somebody has damaged stops the way, and can be put right.
    std::ofstream{tablet->folder() / "proxy.json"} << "{\"version\":1,\"mode\":\"elsewhere\"}";
    CHECK(tablet->refused({"sync"}).at("code") == "proxy_failed");
    (void)tablet->run({"proxy", "auto"});
    tablet->sync();
}
