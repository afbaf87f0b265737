// What the agent gives out of attached files, and what it logs of that.

#include "client-sdk/agent/operations.hpp"
#include "client-sdk/agent/private_file.hpp"
#include "core/attachment/attached_file.hpp"
#include "tests/client-sdk/device/attachment_scene.hpp"
#include "tests/support/temporary_folder.hpp"

#include <nlohmann/json.hpp>

#include <fstream>

using namespace samsyn;
using nlohmann::json;

namespace {

struct FileScene : AttachmentScene {
    FileScene()
        : operations(*psychologist->device, clock),
          item(attach(*psychologist, content(2 * attachment_plain_bytes))) {}

    json read(std::uint64_t offset) {
        return operations.run("attachment.read", {{"item", to_hex(item)}, {"offset", offset}});
    }

    std::size_t reads() {
        return must(psychologist->device->own_reads(family.case_id, 100)).size();
    }

    Operations operations;
    ItemId item;
};

std::string text_of(const std::filesystem::path& file) {
    std::ifstream in{file};
    return {std::istreambuf_iterator<char>{in}, {}};
}

std::size_t files_in(const std::filesystem::path& folder) {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator{folder}) ++count;
    return count;
}

}  // namespace

TEST_CASE("attachment.read: nothing of a file is given before its beginning is logged",
          "[operations][attachment][attack]") {
    FileScene scene;
    CHECK(scene.read(attachment_plain_bytes)["ok"] == false);
    CHECK(scene.reads() == 0);
    CHECK(scene.read(1)["ok"] == true);  // of the first chunk: logged like its first byte
    CHECK(scene.reads() == 1);
    CHECK(scene.read(attachment_plain_bytes)["ok"] == true);
    CHECK(scene.reads() == 1);
    // To copy is another matter.
    const json copy = scene.operations.run(
        "attachment.copy", {{"item", to_hex(scene.item)}, {"offset", attachment_plain_bytes}});
    CHECK(copy["ok"] == false);
}

TEST_CASE("attachment.read: what could not be logged is not given, nor what follows",
          "[operations][attachment][attack]") {
    FileScene scene;
    const json first = scene.operations.run(
        "attachment.read", {{"item", to_hex(scene.item)}}, [](const auto&) -> Result<void> {
            return fail(Errc::disk_full, "log");
        });
    CHECK(first["ok"] == false);
    CHECK(scene.read(attachment_plain_bytes)["ok"] == false);
}

TEST_CASE("attachment.begin: a ninth file ends the one that nobody goes on with",
          "[operations][attachment]") {
    const TemporaryFolder folder;
    std::ofstream{folder / "a.bin"} << std::string(100, '\1');
    FileScene scene;
    const auto begin = [&] {
        const json answer =
            scene.operations.run("attachment.begin",
                                 {{"case", to_hex(scene.family.case_id)},
                                  {"about", json::array({to_hex(scene.family.child)})},
                                  {"category", "social"},
                                  {"file", (folder / "a.bin").string()}});
        INFO(answer.dump());
        REQUIRE(answer["ok"] == true);
        return answer["result"]["ticket"].get<std::uint64_t>();
    };
    const auto step = [&](std::uint64_t ticket) {
        return scene.operations.run("attachment.step", {{"ticket", ticket}})["ok"] == true;
    };
    const std::uint64_t first = begin();
    for (int i = 0; i < 8; ++i) (void)begin();
    CHECK_FALSE(step(first));
    CHECK(step(first + 1));
}

TEST_CASE("FileWriter: a file is there whole or not at all, and takes no other's place",
          "[agent][attachment]") {
    const TemporaryFolder folder;
    const auto path = folder / "film.mp4";
    std::ofstream{folder / "film.mp4.part"} << "mine";
    {
        FileWriter dropped = must(FileWriter::create(path));
        must(dropped.write(as_bytes("half")));
    }
    CHECK(files_in(folder.path()) == 1);
    CHECK(text_of(folder / "film.mp4.part") == "mine");
    FileWriter one = must(FileWriter::create(path));
    FileWriter two = must(FileWriter::create(path));
    must(one.write(as_bytes("one")));
    must(two.write(as_bytes("tw")));
    must(one.finish());
    const auto late = two.finish();
    REQUIRE(!late);
    CHECK(late.error().code == Errc::already_exists);
    CHECK(text_of(path) == "one");
    const auto perms = std::filesystem::status(path).permissions();
    CHECK((perms & std::filesystem::perms::all) ==
          (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
    const auto again = FileWriter::create(path);
    REQUIRE(!again);
    CHECK(again.error().code == Errc::already_exists);
}
