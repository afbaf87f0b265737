#include "tests/client-sdk/agent/real_world.hpp"

#include "tests/support/catch.hpp"

#include <csignal>

namespace samsyn::test {

using namespace std::chrono_literals;
using story::json;

RealWorld& RealWorld::only() {
    static RealWorld world;
    return world;
}

RealWorld::RealWorld()
    : admin_(std::make_unique<story::Tablet>(
          programs_, folder("administrator"), "administratören", "administrator")) {
    (void)admin_->make({"admin",
                        "found",
                        "--name",
                        "Provlän",
                        "--organisation",
                        "Nora",
                        "--out",
                        folder("founding").string()});
    const story::Finished init = story::run(programs_.server,
                                            {"init",
                                             "--data",
                                             folder("server").string(),
                                             "--founding",
                                             folder("founding").string(),
                                             "--json"});
    REQUIRE(init.exit_code == 0);
    start_server();
    (void)admin_->run({"admin",
                       "certify-server",
                       "--address",
                       listen_,
                       "--key",
                       json::parse(init.out).at("server_key")});
    (void)admin_->run(
        {"admin", "unit", "add", "Teamet", "--organisation", "Nora", "--regime", "team"});
    (void)admin_->run({"admin",
                       "unit",
                       "add",
                       "Skolan",
                       "--organisation",
                       "Nora",
                       "--regime",
                       "school_pupil_health"});
    admin_->sync();
}

void RealWorld::start_server() {
    const auto port = folder("port");
    std::filesystem::remove(port);
    server_ =
        std::make_unique<story::Background>(programs_.server,
                                            std::vector<std::string>{"serve",
                                                                     "--data",
                                                                     folder("server").string(),
                                                                     "--listen",
                                                                     listen_,
                                                                     "--port-file",
                                                                     port.string()},
                                            folder("server.log"));
    listen_ = "127.0.0.1:" + std::to_string(std::stoul(story::await_file(port, 20s)));
}

void RealWorld::stop_server() {
    server_->signal(SIGTERM);
    REQUIRE(server_->wait(20s) == 0);
}

std::unique_ptr<story::Tablet> RealWorld::enrol(const std::string& person,
                                                const std::string& role,
                                                const std::string& unit) {
    const bool wants_two = role == "head_of_unit" || role == "log_reviewer";
    const std::string at_first = wants_two ? "psychologist" : role;
    (void)admin_->run({"admin", "user", "add", person, "--unit", unit, "--role", at_first});
    const json invited = admin_->run({"admin", "invite", person});
    auto tablet = std::make_unique<story::Tablet>(programs_, folder(person), person, role);
    story::let_in(*admin_, *tablet, invited.at("invitation"));
    admin_->sync();
    if (wants_two) {  // afterwards: a head confirms on no device that the second person has not
                      // seen
        (void)admin_->run({"admin", "user", "role", person, role});
        confirm_about(person);
    }
    tablet->sync();
    return tablet;
}

story::Tablet& RealWorld::second() {
    if (second_) return *second_;
    const std::string person = "Siri Sekond";
    auto machine = enrol(person);
    (void)admin_->run(
        {"admin", "organisation", "administrator", "Nora", "--device", device_of(person)});
    second_ = std::move(machine);
    const json result = admin_->run({"admin", "waiting"});
    for (const json& act : result.at("waiting"))
        if (act.at("kind") == "administrator_certified")
            (void)admin_->run({"admin", "confirm", act.at("id")});
    admin_->sync();
    second_->sync();
    return *second_;
}

void RealWorld::confirm_about(const std::string& person) {
    story::Tablet& machine = second();
    admin_->sync();
    machine.sync();
    const json result = admin_->run({"admin", "waiting"});
    for (const json& act : result.at("waiting"))
        if (act.at("user").value("name", "") == person)
            (void)machine.run({"admin", "confirm", act.at("id")});
    machine.sync();
    admin_->sync();
}

std::unique_ptr<story::Tablet> RealWorld::empty_tablet(const std::string& name,
                                                       const std::string& person) {
    return std::make_unique<story::Tablet>(programs_, folder(name), person, "psychologist");
}

std::string RealWorld::device_of(const std::string& person) {
    const json everything = admin_->run({"admin", "list"});
    for (const json& device : everything.at("devices"))
        if (device.at("user").value("name", "") == person) return device.at("id");
    FAIL("no device of " << person);
    return {};
}

std::string write_canary(story::Tablet& tablet,
                         const std::string& family,
                         const std::string& text) {
    const std::string id = tablet.run({"case", "open", family}).at("case").at("id");
    (void)tablet.run({"person", "add", id, "Barnet " + family});
    (void)tablet.run({"note", "add", id, "--about", "Barnet " + family, "--text", text});
    return id;
}

}  // namespace samsyn::test
