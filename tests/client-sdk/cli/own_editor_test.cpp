#include "client-sdk/cli/own_editor.hpp"

#include "tests/support/catch.hpp"

#include <cstdlib>
#include <string>
#include <sys/stat.h>
#include <vector>

using namespace samsyn;

namespace fs = std::filesystem;

namespace {

/// What the person's environment names as editor, for one test.
class NamedEditor {
public:
    explicit NamedEditor(const char* command) {
        ::unsetenv("VISUAL");
        if (command != nullptr)
            ::setenv("EDITOR", command, 1);
        else
            ::unsetenv("EDITOR");
    }

    NamedEditor(const NamedEditor&) = delete;
    NamedEditor& operator=(const NamedEditor&) = delete;

    ~NamedEditor() { ::unsetenv("EDITOR"); }
};

void nobody(const std::string& /*text*/) {}

}  // namespace

TEST_CASE("OwnEditor: gives what the person made of the text, and leaves nothing",
          "[cli][editor]") {
    const NamedEditor named{"sed -i s/skolan/förskolan/"};
    fs::path file;
    {
        auto editor = OwnEditor::open("Ring skolan");
        REQUIRE(editor.has_value());
        file = editor->file();
        struct stat about{};
        REQUIRE(::stat(file.c_str(), &about) == 0);
        CHECK((about.st_mode & 0777U) == 0600);
        REQUIRE(::stat(file.parent_path().c_str(), &about) == 0);
        CHECK((about.st_mode & 0777U) == 0700);
        CHECK(editor->run(nobody) == std::string{"Ring förskolan"});
        editor->discard();
    }
    CHECK_FALSE(fs::exists(file.parent_path()));
    auto editor = OwnEditor::open("Ring skolan\n");
    REQUIRE(editor.has_value());
    CHECK(editor->run(nobody) == std::string{"Ring förskolan\n"});
    editor->discard();
}

TEST_CASE("OwnEditor: a line end that an editor adds is none of the person's", "[cli][editor]") {
    const NamedEditor named{"sh -c 'printf \"Ring\\n\" > \"$0\"'"};
    auto editor = OwnEditor::open("Ring skolan");
    REQUIRE(editor.has_value());
    CHECK(editor->run(nobody) == std::string{"Ring"});
    editor->discard();
}

TEST_CASE("OwnEditor: says what to do where it cannot begin", "[cli][editor]") {
    const NamedEditor none{nullptr};
    CHECK(OwnEditor::open("x").error().code == Errc::invalid_argument);
}

TEST_CASE("OwnEditor: whatever goes wrong, what was typed is still there", "[cli][editor]") {
    const auto fails_with = [](const char* command, Errc why) {
        CAPTURE(command);
        const NamedEditor named{command};
        fs::path file;
        {
            auto editor = OwnEditor::open("x");
            REQUIRE(editor.has_value());
            file = editor->file();
            CHECK(editor->run(nobody).error().code == why);
        }
        CHECK(fs::exists(file));
        fs::remove_all(file.parent_path());
    };
    fails_with("false", Errc::system_failed);
    fails_with("sh -c 'head -c 300000 /dev/zero > \"$0\"'", Errc::limit_exceeded);
    fails_with("sh -c 'printf \"\\377\" > \"$0\"'", Errc::invalid_argument);
}

TEST_CASE("OwnEditor: what is saved is told while the editor runs, and when it is killed",
          "[cli][editor]") {
    std::vector<std::string> drafts;
    const auto keep = [&](const std::string& text) { drafts.push_back(text); };
    SECTION("it runs on") {
        const NamedEditor named{
            "sh -c 'printf \"ett\" > \"$0\"; sleep 1; printf \"ett, två\" > \"$0\"'"};
        auto editor = OwnEditor::open("");
        REQUIRE(editor.has_value());
        CHECK(editor->run(keep) == std::string{"ett, två"});
        editor->discard();
        CHECK(drafts == std::vector<std::string>{"ett", "ett, två"});
    }
    SECTION("it is killed") {
        const NamedEditor named{"sh -c 'printf \"ett\" > \"$0\"; kill -9 $$'"};
        auto editor = OwnEditor::open("");
        REQUIRE(editor.has_value());
        CHECK(editor->run(keep).error().code == Errc::system_failed);
        CHECK(drafts == std::vector<std::string>{"ett"});
        editor->discard();
    }
    SECTION("it empties the file, and writes it only then") {
        const NamedEditor named{"sh -c ': > \"$0\"; sleep 1; printf \"nytt\" > \"$0\"'"};
        auto editor = OwnEditor::open("gammalt");
        REQUIRE(editor.has_value());
        CHECK(editor->run(keep) == std::string{"nytt"});
        editor->discard();
        CHECK(drafts == std::vector<std::string>{"nytt"});
    }
    SECTION("it saves nothing") {
        const NamedEditor named{"true"};
        auto editor = OwnEditor::open("ett");
        REQUIRE(editor.has_value());
        CHECK(editor->run(keep) == std::string{"ett"});
        editor->discard();
        CHECK(drafts.empty());
    }
}
