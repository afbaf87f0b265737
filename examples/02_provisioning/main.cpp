#include "examples/support/process.hpp"
#include "examples/support/tablet.hpp"
#include "examples/support/telling.hpp"

#include <cstdio>
#include <exception>
#include <optional>

// Usage: story_provisioning --bin BUILD_FOLDER

namespace story {

namespace {

using namespace std::chrono_literals;

constexpr const char* team = "Familjesamverkan";

/// A federation's first morning: an administrator founds it, starts its server, lets two tablets
/// in and looks after them. Each machine is a folder of its own, each step runs the real programs.
class Morning {
public:
    explicit Morning(Programs programs) : programs_(std::move(programs)) {}

    void tell_all() {
        found();
        start_server();
        let_first_in();
        let_second_in();
        lose_and_find();
    }

private:
    std::filesystem::path folder(const std::string& name) const { return temporary_.path() / name; }

    void found() {
        chapter(1, "An administrator founds a federation");
        const json made = admin_.make({"admin",
                                       "found",
                                       "--name",
                                       "Norra Örebro län",
                                       "--organisation",
                                       "Nora",
                                       "--out",
                                       folder("founding.samsyn").string()});
        tell("Its root key lies in " + made.at("root_key").get<std::string>() + ",");
        tell("to be moved to a medium that is kept offline. The server gets the founding file.");
    }

    void start_server() {
        chapter(2, "The server starts, and the root key says that it is the one");
        const Finished init = run(programs_.server,
                                  {"init",
                                   "--data",
                                   folder("server").string(),
                                   "--founding",
                                   folder("founding.samsyn").string(),
                                   "--json"});
        expect(init.exit_code == 0, "samsyn-server init works: " + init.err);
        server_.emplace(programs_.server,
                        std::vector<std::string>{"serve",
                                                 "--data",
                                                 folder("server").string(),
                                                 "--listen",
                                                 "127.0.0.1:0",
                                                 "--port-file",
                                                 folder("port").string()},
                        folder("server.log"));
        std::string port = await_file(folder("port"), 20s);
        port.erase(port.find_last_not_of(" \n") + 1);
        const std::string key = json::parse(init.out).at("server_key");
        (void)admin_.run(
            {"admin", "certify-server", "--address", "127.0.0.1:" + port, "--key", key});
        admin_.sync();
        tell("Tablets will believe a server with the key " + key.substr(0, 16) + "… and no other,");
        tell("whatever TLS certificate it shows.");
    }

    /// Every step of an enrolment, with a slip of the tongue.
    void let_first_in() {
        chapter(3, "Astrid's tablet comes in");
        (void)admin_.run(
            {"admin", "unit", "add", team, "--organisation", "Nora", "--regime", "team"});
        add_user("Astrid Ek", "psychologist");
        const json invited = admin_.run({"admin", "invite", "Astrid Ek"});
        tell("The invitation, as QR code or text: " + beginning(invited.at("invitation")));
        const std::string answer = astrid_.make({"enrol", invited.at("invitation")}).at("answer");
        tell("Her tablet makes its keys and answers: " + beginning(answer));
        const json revealed = admin_.run({"admin", "accept", answer});
        tell("The administrator's machine says:      " + beginning(revealed.at("reveal")));
        const std::string code =
            astrid_.run({"enrol", "compare", revealed.at("reveal")}).at("code");
        tell("Her tablet shows six digits, which she says by telephone: " + code);

        std::string misheard = code;
        misheard.back() = misheard.back() == '9' ? '0' : static_cast<char>(misheard.back() + 1);
        const json refused = admin_.refused({"admin", "accept", answer, "--code", misheard});
        tell("Misheard as " + misheard + ": " + refused.at("reason").at("en").get<std::string>() +
             ".");
        (void)admin_.run({"admin", "accept", answer, "--code", code});
        const json again = admin_.refused({"admin", "accept", answer, "--code", code});
        expect(again.at("context") == "enrolment_used", "an invitation lets one tablet in");
        tell("Typed right, the tablet is in. A second time: " +
             again.at("reason").at("en").get<std::string>() + ".");
    }

    void let_second_in() {
        chapter(4, "Bo's comes in the same way, and both are in the list of devices");
        add_user("Bo Lind", "social_worker");
        let_in(admin_, bo_, admin_.run({"admin", "invite", "Bo Lind"}).at("invitation"));
        admin_.sync();
        astrid_.sync();
        bo_.sync();
        (void)admin_.run({"admin", "device", "rename", device_of("Bo Lind"), "Surfplatta 7"});
        show(admin_.shown({"admin", "devices"}));
        for (const json& device : devices())
            expect(device.at("warnings").empty(), "nothing is wrong with any device");
    }

    void lose_and_find() {
        chapter(5, "Bo's tablet is lost, and found");
        const std::string lost =
            admin_.run({"admin", "device", "lost", "Surfplatta 7"}).at("device");
        admin_.sync();
        show(admin_.shown({"admin", "devices"}));
        const json first = devices().front();
        expect(first.at("id") == lost && first.at("warnings").front() == "lost",
               "what is least trusted stands first");
        tell("From now on it is sealed no key, gets nothing, and locks when it connects.");
        (void)admin_.run({"admin", "device", "found", "Surfplatta 7"});
        admin_.sync();
        for (const json& device : devices())
            expect(device.at("warnings").empty(), "a tablet that is found is in order again");
        tell("It lay under the seat of the car: `samsyn admin device found` ends it.");
    }

    void add_user(const std::string& name, const std::string& role) const {
        (void)admin_.run({"admin", "user", "add", name, "--unit", team, "--role", role});
    }

    json devices() const {
        return admin_.run({"admin", "devices"}).at("fleets").front().at("devices");
    }

    std::string device_of(const std::string& person) const {
        for (const json& device : devices())
            if (device.at("user").value("name", "") == person) return device.at("id");
        expect(false, person + " has a device");
        return {};
    }

    static std::string beginning(const std::string& text) { return text.substr(0, 40) + "…"; }

    Programs programs_;
    TemporaryFolder temporary_;
    std::optional<Background> server_;
    Tablet admin_{programs_, folder("administrator"), "the administrator", "administrator"};
    Tablet astrid_{programs_, folder("astrid"), "Astrid Ek", "psychologist"};
    Tablet bo_{programs_, folder("bo"), "Bo Lind", "social worker"};
};

}  // namespace

}  // namespace story

int main(int argc, char** argv) {
    if (argc != 3 || std::string{argv[1]} != "--bin") {
        std::fprintf(stderr, "usage: story_provisioning --bin BUILD_FOLDER\n");
        return 2;
    }
    const std::filesystem::path bin = argv[2];
    try {
        story::Morning{{bin / "client-sdk" / "samsyn", bin / "sync-server" / "samsyn-server"}}
            .tell_all();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "\nThe morning went wrong: %s\n", error.what());
        return 1;
    }
    std::printf("\nTwo tablets are in, and the administrator knows where they are.\n");
    return 0;
}
