#include "examples/support/town.hpp"

#include <chrono>

namespace story {

using namespace std::chrono_literals;

void Town::start_server(const std::string& listen) {
    const auto port_file = folder("port");
    std::filesystem::remove(port_file);
    server_.emplace(programs_.server,
                    std::vector<std::string>{"serve",
                                             "--data",
                                             folder("server").string(),
                                             "--listen",
                                             listen,
                                             "--port-file",
                                             port_file.string(),
                                             "--record-frames",
                                             folder("frames").string()},
                    folder("server.log"));
    server_port_ = static_cast<std::uint16_t>(std::stoul(await_file(port_file, 20s)));
}

void Town::sync_all() const {
    for (const auto& tablet : everybody_) tablet->sync();
}

void Town::table() const {
    std::vector<const Tablet*> tablets;
    for (const auto& tablet : everybody_) tablets.push_back(tablet.get());
    print_who_reads(tablets, case_);
}

Tablet& Town::enrol(const std::string& person,
                    const std::string& role,
                    const std::string& role_key,
                    const std::string& unit,
                    const std::string& address_note) {
    (void)admin_->run({"admin", "user", "add", person, "--unit", unit, "--role", role_key});
    const json invited = admin_->run({"admin", "invite", person});
    auto tablet = std::make_unique<Tablet>(programs_, folder(role), person, role);
    let_in(*admin_, *tablet, invited.at("invitation"));
    tell(person + " (" + role + ", " + unit + ") has a tablet" + address_note + ".");
    everybody_.push_back(std::move(tablet));
    return *everybody_.back();
}

void Town::found() {
    chapter(1, "A federation is founded and five tablets are enrolled");
    admin_ = std::make_unique<Tablet>(
        programs_, folder("administrator"), "administratören", "administrator");
    (void)admin_->make({"admin",
                        "found",
                        "--name",
                        "Norra Örebro län",
                        "--organisation",
                        "Nora",
                        "--organisation",
                        "Lindesberg",
                        "--organisation",
                        "Hällefors",
                        "--organisation",
                        "Ljusnarsberg",
                        "--organisation",
                        "Region Örebro län",
                        "--out",
                        folder("founding.samsyn").string()});
    const Finished init = run(programs_.server,
                              {"init",
                               "--data",
                               folder("server").string(),
                               "--founding",
                               folder("founding.samsyn").string(),
                               "--json"});
    expect(init.exit_code == 0, "samsyn-server init works: " + init.err);
    server_key_ = json::parse(init.out).at("server_key");
    start_server("127.0.0.1:0");
    relay_ = std::make_unique<Relay>(server_port_);
    tell("Norra Örebro län: Nora, Lindesberg, Hällefors, Ljusnarsberg and Region Örebro län.");
    tell("samsyn-server listens on 127.0.0.1:" + std::to_string(server_port_) +
         " (TLS); the tablets reach it through a network that can be cut.");

    (void)admin_->run({"admin",
                       "certify-server",
                       "--address",
                       "127.0.0.1:" + std::to_string(relay_->port()),
                       "--key",
                       server_key_});
    (void)admin_->run({"admin", "unit", "add", team, "--organisation", "Nora", "--regime", "team"});
    (void)admin_->run({"admin",
                       "unit",
                       "add",
                       school,
                       "--organisation",
                       "Lindesberg",
                       "--regime",
                       "school_pupil_health"});
    (void)admin_->run(
        {"admin", "unit", "add", social, "--organisation", "Lindesberg", "--regime", "social"});
    (void)admin_->run({"admin",
                       "unit",
                       "add",
                       clinic,
                       "--organisation",
                       "Region Örebro län",
                       "--regime",
                       "health"});
    psychologist_ = &enrol("Astrid Psykolog", "psychologist", "psychologist", team, "");
    social_worker_ = &enrol("Bo Socionom", "social worker", "social_worker", team, "");
    counsellor_ = &enrol("Cecilia Kurator", "counsellor", "school_counsellor", school, "");
    officer_ = &enrol("David Handläggare", "officer", "case_officer", social, "");
    psychiatrist_ = &enrol("Elin Barnpsykiater", "psychiatrist", "child_psychiatrist", clinic, "");
    admin_->sync();
    sync_all();
    tell(
        "Each showed six digits, which the administrator typed: nobody between them has swapped "
        "keys.");
    tell(
        "Each has a PIN and a phrase on paper; with the first sync the server holds its share of "
        "the PIN.");
    table();
}

}  // namespace story
