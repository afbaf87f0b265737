// A device comes in, with real processes on both sides: the way that works, and each that does not.

#include "tests/client-sdk/agent/real_world.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/qr_reader.hpp"

#include <samsyn/enrolment.hpp>

#include <fstream>
#include <sys/stat.h>

using namespace samsyn::test;
using story::json;
using story::Tablet;

namespace {

const story::Programs programs{SAMSYN_PROGRAM, SAMSYN_SERVER_PROGRAM};

std::string fault(const json& error) {
    return error.contains("reason") ? error.at("reason").at("key").get<std::string>()
                                    : error.dump();
}

std::string without_last_digit(std::string code) {
    code.back() = code.back() == '9' ? '0' : static_cast<char>(code.back() + 1);
    return code;
}

json add_person(const std::string& name) {
    return RealWorld::only().admin().run(
        {"admin", "user", "add", name, "--unit", "Teamet", "--role", "psychologist"});
}

std::string refused_invitation(const Tablet& tablet,
                               const std::string& invitation,
                               std::vector<std::string> more = {}) {
    std::vector<std::string> arguments{"enrol", invitation, "--pin-fd", "0"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return fault(tablet.refused(arguments, tablet.pin() + "\n"));
}

void write_file(const std::filesystem::path& path, const std::string& text) {
    std::ofstream file{path, std::ios::binary};
    file << text;
    REQUIRE(file.good());
}

std::string read_file(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

unsigned mode_of(const std::filesystem::path& path) {
    struct stat facts{};
    REQUIRE(::stat(path.c_str(), &facts) == 0);
    return facts.st_mode & 0777U;
}

/// A folder beside the world's, gone with the test.
struct Folder {
    story::TemporaryFolder temporary;

    std::filesystem::path operator/(const char* name) const { return temporary.path() / name; }
};

}  // namespace

TEST_CASE("Enrolment: one device from invitation to sync; wrong texts say what they are",
          "[agent][real][enrolment]") {
    const Tablet& admin = RealWorld::only().admin();
    const Folder folder;
    (void)add_person("Enar Ek");
    const json invited =
        admin.run({"admin", "invite", "Enar Ek", "--png", (folder / "invitation.png").string()});
    const std::string text = invited.at("invitation");
    // What a camera reads is the invitation.
    const auto photographed = read_qr_png(read_file(folder / "invitation.png"));
    REQUIRE(photographed.has_value());
    CHECK(to_text(samsyn::invitation_from_text(*photographed).value()) == text);
    CHECK(mode_of(folder / "invitation.png") == 0600U);

    Tablet tablet{programs, folder / "tablet", "Enar Ek", "psychologist"};
    // What a person sees of each wrong text, before a PIN is chosen.
    std::string mistyped = text;
    mistyped[100] = mistyped[100] == 'a' ? 'b' : 'a';
    CHECK(refused_invitation(tablet, mistyped) == samsyn::enrolment_mistyped);
    CHECK(refused_invitation(tablet, "samsyn1-invite-abcd") == samsyn::enrolment_older_text);
    samsyn::Invitation expired = samsyn::invitation_from_text(text).value();
    expired.expires = samsyn::Instant{std::chrono::seconds{1'700'000'000}};
    CHECK(refused_invitation(tablet, to_text(expired)) == samsyn::enrolment_expired);
    CHECK(refused_invitation(tablet, text, {"--federation", "aaaa bbbb cccc dddd"}) ==
          samsyn::enrolment_foreign);
    CHECK_FALSE(std::filesystem::exists(folder / "tablet"));

    const json made = tablet.make({"enrol", text, "--federation", invited.at("fingerprint")});
    CHECK(made.at("fingerprint") == invited.at("fingerprint"));
    CHECK(made.at("name") == "Enar Ek");
    const std::string answer = made.at("answer");

    CHECK(fault(admin.refused({"admin", "accept", text})) == samsyn::enrolment_other_text);
    CHECK(fault(admin.refused({"admin", "accept", answer, "--code", "123456"})) ==
          samsyn::enrolment_not_revealed);
    const std::string reveal = admin.run({"admin", "accept", answer}).at("reveal");
    CHECK(fault(tablet.refused({"enrol", "compare", answer})) == samsyn::enrolment_other_text);
    // On paper and by voice: capitals and groups.
    std::string typed;
    for (std::size_t i = 0; i < reveal.size(); ++i) {
        typed.push_back(static_cast<char>(std::toupper(static_cast<unsigned char>(reveal[i]))));
        if (i % 5 == 4) typed.push_back(' ');
    }
    const std::string code = tablet.run({"enrol", "compare", typed}).at("code");
    CHECK(fault(admin.refused({"admin", "accept", answer, "--code", "12"})) ==
          samsyn::enrolment_no_code);
    const json accepted = admin.run({"admin", "accept", answer, "--code", code});
    CHECK(accepted.at("user").at("name") == "Enar Ek");
    CHECK(fault(admin.refused({"admin", "accept", answer, "--code", code})) ==
          samsyn::enrolment_used);
    admin.sync();
    tablet.sync();
    CHECK(tablet.run({"status"}).at("user").at("name") == "Enar Ek");

    // The folder is a device now: the same invitation again, and one of another federation.
    CHECK(tablet.refused({"enrol", text, "--pin-fd", "0"}, tablet.pin() + "\n").at("code") ==
          "already_exists");
    samsyn::Invitation foreign = samsyn::invitation_from_text(text).value();
    foreign.federation.bytes[0] ^= std::byte{1};
    CHECK(refused_invitation(tablet, to_text(foreign)) == samsyn::enrolment_foreign);
}

TEST_CASE("Enrolment: three wrong codes kill an invitation, though the agent dies between them",
          "[agent][real][enrolment][attack]") {
    Tablet& admin = RealWorld::only().admin();
    const Folder folder;
    (void)add_person("Dag Död");
    Tablet tablet{programs, folder / "tablet", "Dag Död", "psychologist"};
    const std::string invitation = admin.run({"admin", "invite", "Dag Död"}).at("invitation");
    const std::string answer = tablet.make({"enrol", invitation}).at("answer");
    const std::string reveal = admin.run({"admin", "accept", answer}).at("reveal");
    const std::string code = tablet.run({"enrol", "compare", reveal}).at("code");
    const std::string wrong = without_last_digit(code);
    for (const std::string_view expected : {samsyn::enrolment_wrong_code_2_left,
                                            samsyn::enrolment_wrong_code_1_left,
                                            samsyn::enrolment_dead}) {
        CHECK(fault(admin.refused({"admin", "accept", answer, "--code", wrong})) == expected);
        admin.power_off();
        (void)admin.unlock_by_phrase();
    }
    CHECK(fault(admin.refused({"admin", "accept", answer, "--code", code})) ==
          samsyn::enrolment_dead);
    admin.sync();
    CHECK(tablet.refused({"sync"}).at("code") == "not_permitted");  // strangers hear no more
}

TEST_CASE("Enrolment: the screen of a room comes in by its name and syncs without a user",
          "[agent][real][enrolment]") {
    Tablet& admin = RealWorld::only().admin();
    const Folder folder;
    Tablet screen{programs, folder / "screen", "Rum Björken", "screen"};
    const json invited =
        admin.run({"admin", "invite", "--room", "Rum Björken", "--unit", "Teamet"});
    CHECK(invited.at("room") == "Rum Björken");
    story::let_in(admin, screen, invited.at("invitation"));
    admin.sync();
    screen.sync();
    bool found = false;
    const json everything = admin.run({"admin", "list"});
    for (const json& device : everything.at("devices"))
        found = found || (device.at("kind") == "room_screen" && device.at("name") == "Rum Björken");
    CHECK(found);
    CHECK(screen.run({"case", "list"}).at("cases").empty());
}

TEST_CASE("Enrolment: many at once from a file; a fault anywhere makes nothing",
          "[agent][real][enrolment][bulk]") {
    Tablet& admin = RealWorld::only().admin();
    const Folder folder;
    const auto csv = folder / "people.csv";
    const auto out = folder / "out";
    const std::size_t before = admin.run({"admin", "list"}).at("users").size();
    write_file(csv,
               "name;unit;role;kind;until\n"
               "Ulla Ett;Teamet;psychologist;;\n"
               "Urban Två;Ingenstans;psychologist;;\n"
               "\"Uno Tre;Teamet;psychologist;;\n");
    const json refused =
        admin.refused({"admin", "invite-many", csv.string(), "--out", out.string()});
    REQUIRE(refused.at("faults").size() == 2);
    CHECK(refused.at("faults")[0].at("line") == 3);
    CHECK(refused.at("faults")[1].at("line") == 4);
    CHECK_FALSE(std::filesystem::exists(out));
    CHECK(admin.run({"admin", "list"}).at("users").size() == before);

    write_file(csv,
               "name;unit;role;kind;until\r\n"
               "Ulla Ett;Teamet;psychologist;;\r\n"
               "\"Två, Urban\";Skolan;school_counsellor;loaner;2099-12-31\r\n"
               "=Rum Granen;Teamet;;room_screen;\r\n");
    const json made = admin.run({"admin", "invite-many", csv.string(), "--out", out.string()});
    REQUIRE(made.at("made").size() == 3);
    CHECK(admin.run({"admin", "list"}).at("users").size() == before + 2);
    CHECK(mode_of(out) == 0700U);
    CHECK(
        samsyn::invitation_from_text(read_qr_png(read_file(out / "0002-ulla-ett.png")).value_or(""))
            .value()
            .name == "Ulla Ett");
    CHECK(mode_of(out / "0002-ulla-ett.txt") == 0600U);
    const std::string report = read_file(out / "report.csv");
    CHECK(report.find("Två, Urban") != std::string::npos);
    CHECK(report.find(";'=Rum Granen;") != std::string::npos);  // no formula for a spreadsheet
    CHECK(report.find("samsyn2-invite-") == std::string::npos);

    // Their answers come back in one file, once without and once with the codes.
    Tablet ulla{programs, folder / "ulla", "Ulla Ett", "psychologist"};
    Tablet urban{programs, folder / "urban", "Urban Två", "counsellor"};
    std::vector<std::string> answers;
    std::size_t at = 0;
    for (Tablet* tablet : {&ulla, &urban})
        answers.push_back(
            tablet->make({"enrol", made.at("made")[at++].at("invitation")}).at("answer"));
    const auto file = folder / "answers.txt";
    write_file(file, "# first round\n" + answers[0] + "\n\n" + answers[1] + "\n");
    const json revealed = admin.run({"admin", "accept", "--file", file.string()}).at("answers");
    REQUIRE(revealed.size() == 2);
    const auto code_at = [&](const Tablet& tablet, std::size_t row) {
        const std::string reveal = revealed[row].at("result").at("reveal");
        return tablet.run({"enrol", "compare", reveal}).at("code").get<std::string>();
    };
    const std::string code = code_at(ulla, 0);
    write_file(file,
               answers[0] + " " + code + "\r\nnonsense 123456\r\n" + answers[1] + " " +
                   code_at(urban, 1) + "\r\n");
    const story::Finished finished = story::run(
        programs.samsyn,
        {"--data", admin.folder().string(), "--json", "admin", "accept", "--file", file.string()});
    CHECK(finished.exit_code == 1);  // one line of three failed
    const json rows = json::parse(finished.out).at("answers");
    REQUIRE(rows.size() == 3);
    CHECK(rows[0].at("result").contains("device"));
    CHECK(rows[1].at("line") == 2);
    CHECK(fault(rows[1].at("error")) == samsyn::enrolment_mistyped);
    CHECK(rows[2].at("result").at("user").at("name") == "Två, Urban");
    admin.sync();
    ulla.sync();
    urban.sync();
}
