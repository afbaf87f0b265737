// A meeting on a real tablet: who is let in on its screen, and the page that is handed out.

#include "tests/client-sdk/agent/real_world.hpp"
#include "tests/support/catch.hpp"

#include <fstream>
#include <iterator>
#include <sys/stat.h>

using namespace samsyn::test;
using story::json;
using story::Tablet;

namespace {

struct RealMeeting {
    explicit RealMeeting(const std::string& person) : tablet(RealWorld::only().enrol(person)) {
        run({"case", "open", "Familjen Alm"});
        run({"person", "add", "Familjen Alm", "Elin Alm"});
        run({"person", "add", "Familjen Alm", "Eva Alm"});
        run({"custody",
             "Familjen Alm",
             "Elin Alm",
             "--guardian",
             "Eva Alm",
             "--born",
             "2017-03-05"});
        meeting = run({"meeting",
                       "add",
                       "Familjen Alm",
                       "Höstmötet",
                       "--about",
                       "Elin Alm",
                       "--starts-at",
                       "2030-10-01 13:00",
                       "--kind",
                       "joint",
                       "--template",
                       "own",
                       "--lang",
                       "sv"})["item"]["id"];
        run({"item",
             "add",
             "Familjen Alm",
             "commitment",
             "--about",
             "Eva Alm",
             "--set",
             "what=Ringa rektorn",
             "--set",
             "owner=" + person});
    }

    json run(const std::vector<std::string>& arguments) { return tablet->run(arguments); }

    bool attends(const std::string& name) {
        const json shown = run({"meeting", "show", meeting})["meeting"];
        for (const json& line : shown.at("family"))
            if (line.at("person").at("name") == name) return line.at("attended");
        return false;
    }

    std::unique_ptr<Tablet> tablet;
    std::string meeting;
};

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

std::string content_of(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

}  // namespace

TEST_CASE("Meeting: on a terminal, somebody is let in after the preview, and noted last",
          "[agent][real][meeting]") {
    RealMeeting scene{"Moa Möte"};
    CHECK(has(scene.tablet->shown({"meeting", "show", scene.meeting}), "Sedan sist"));
    CHECK(has(scene.tablet->shown({"show", "Familjen Alm"}), "Ringa rektorn"));
    const std::vector<std::string> let_in{"meeting", "let-in", scene.meeting, "Elin Alm"};

    const std::string asked = scene.tablet->shown(let_in);  // nobody is there to be asked
    CHECK(has(asked, "Ringa rektorn"));
    CHECK(has(asked, "samsyn show admit"));
    CHECK_FALSE(scene.attends("Elin Alm"));

    std::vector<std::string> without_asking = let_in;
    without_asking.emplace_back("--yes");
    const std::string admitted = scene.tablet->shown(without_asking);
    CHECK(has(admitted, "Höstmötet"));
    CHECK(scene.attends("Elin Alm"));
    CHECK_FALSE(has(scene.tablet->shown({"show", "page"}), "Ringa rektorn"));
    (void)scene.run({"show", "end"});
}

TEST_CASE("Paper: a file that nobody else may read, and that takes no other's place",
          "[agent][real][paper]") {
    RealMeeting scene{"Pia Papper"};
    const story::TemporaryFolder folder;
    const std::string path = (folder.path() / "eva.txt").string();
    const std::vector<std::string> paper{
        "paper", "Familjen Alm", "--for", "Eva Alm", "--out", path};
    CHECK(scene.run(paper).at("file") == path);
    struct stat status{};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0600U);
    const std::string page = content_of(path);
    CHECK(has(page, "Höstmötet"));
    CHECK(has(page, "Ringa rektorn"));

    {
        std::ofstream{path} << "mine";
    }
    CHECK(scene.tablet->refused(paper).at("code") == "already_exists");
    CHECK(content_of(path) == "mine");
    CHECK(has(scene.tablet->shown({"paper", "Familjen Alm", "--for", "Elin Alm"}), "Höstmötet"));
}
