#include "client-sdk/cli/own_editor.hpp"

#include "tests/support/catch.hpp"

#include <cstdlib>
#include <sys/stat.h>

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

}  // namespace

TEST_CASE("OwnEditor: gives what the person made of the text, and leaves nothing",
          "[cli][editor]") {
    const NamedEditor named{"sed -i s/skolan/förskolan/"};
    fs::path file;
    {
        auto editor = OwnEditor::open("Ring skolan");
        REQUIRE(editor.has_value());
        CHECK(editor->run() == std::string{"Ring förskolan"});
        file = OwnEditor{*std::move(editor)}.keep();
    }
    struct stat about{};
    REQUIRE(::stat(file.c_str(), &about) == 0);
    CHECK((about.st_mode & 0777U) == 0600);
    REQUIRE(::stat(file.parent_path().c_str(), &about) == 0);
    CHECK((about.st_mode & 0777U) == 0700);
    fs::remove_all(file.parent_path());
    {
        auto editor = OwnEditor::open("Ring skolan\n");
        REQUIRE(editor.has_value());
        CHECK(editor->run() == std::string{"Ring förskolan\n"});
        CHECK(editor->run().has_value());
        OwnEditor moved{*std::move(editor)};
        file = moved.keep();
        CHECK(fs::exists(file));
    }
    fs::remove_all(file.parent_path());
}

TEST_CASE("OwnEditor: a line end that an editor adds is none of the person's", "[cli][editor]") {
    const NamedEditor named{"sh -c 'printf \"Ring\\n\" > \"$0\"'"};
    auto editor = OwnEditor::open("Ring skolan");
    REQUIRE(editor.has_value());
    CHECK(editor->run() == std::string{"Ring"});
}

TEST_CASE("OwnEditor: says what to do without an editor, and that a failed one wrote nothing",
          "[cli][editor]") {
    {
        const NamedEditor none{nullptr};
        CHECK(OwnEditor::open("x").error().code == Errc::not_found);
    }
    const NamedEditor fails{"false"};
    auto editor = OwnEditor::open("x");
    REQUIRE(editor.has_value());
    CHECK(editor->run().error().code == Errc::system_failed);
    const NamedEditor huge{"sh -c 'head -c 300000 /dev/zero > \"$0\"'"};
    CHECK(OwnEditor::open("x")->run().error().code == Errc::limit_exceeded);
}
