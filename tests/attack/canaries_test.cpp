// Nothing that a person writes is in any file of a device, in any form, whatever happened to it.

#include "core/model/schema.hpp"
#include "core/store/database.hpp"
#include "examples/support/search.hpp"
#include "tests/client-sdk/device/device_scene.hpp"
#include "tests/support/plain_pages.hpp"
#include "tests/support/temporary_folder.hpp"

#include <samsyn/attachments.hpp>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <random>
#include <sys/wait.h>
#include <unistd.h>

using namespace samsyn;

namespace fs = std::filesystem;

namespace {

/// Values that occur nowhere by chance. The same seed mints the same ones.
class Canaries {
public:
    explicit Canaries(std::uint64_t seed) : random_(seed) {}

    std::string mint() {
        std::string canary;
        for (int i = 0; i < 22; ++i) canary.push_back(static_cast<char>('a' + random_() % 26));
        all.push_back(canary);
        return canary;
    }

    /// Several, as the words of a text.
    std::string text() { return mint() + " " + mint() + " " + mint(); }

    std::vector<std::string> all;

private:
    std::mt19937_64 random_;
};

/// Days of four people at work, through every feature that takes a text.
class Work {
public:
    Work(DeviceScene& scene,
         Canaries& canaries,
         SodiumPageCipher& other_pages,
         std::function<void()> step)
        : scene_(scene),
          canaries_(canaries),
          other_pages_(other_pages),
          step_(std::move(step)) {}

    void run(const fs::path& folder, int rounds) {
        consents();
        for (int round = 0; round < rounds; ++round) {
            write_everything(*scene_.psychologist);
            write_everything(*scene_.worker);
            if (round % 4 == 0) conflict();
            if (round % 6 == 0) cases_and_persons();
            searches();
            if (round % 3 == 0) scene_.sync_everybody();
            step_();
        }
        park_and_purge();
        move(folder);
        write_everything(*scene_.psychologist);
        step_();
    }

private:
    /// One item of each type, every text field of the schema filled.
    void write_everything(Person& author) {
        for (const TypeInfo& type : schema()) {
            const bool by_hand = type.category == Category::directory ||
                                 type.type == ItemType::person ||
                                 type.type == ItemType::case_summary;
            if (by_hand) continue;
            scene_.clock.advance(1s);
            NewItem item;
            item.case_id = scene_.family.case_id;
            item.type = type.type;
            item.about = {scene_.family.child};
            item.category = Category::social;
            if (type.type == ItemType::attachment) {
                attach(author, std::move(item));
                continue;
            }
            for (const FieldInfo& field : type.fields) add_field(item, author, field);
            const ItemId id = must(author.device->add_item(item));
            if (type.type == ItemType::observation) must(author.device->delete_item(id));
            if (type.type == ItemType::decision) scene_.edit(author, id, "text", canaries_.text());
        }
        step_();
    }

    void attach(const Person& author, NewItem item) {
        item.fields = {{"title", Value{canaries_.text()}}};
        Attachments attachments{*author.device};
        auto file = must(attachments.begin(std::move(item)));
        for (int part = 0; part < 3; ++part) {
            must(attachments.append(file, as_bytes(canaries_.text())));
            must(attachments.append(file, Bytes(attachment_plain_bytes)));
        }
        (void)must(attachments.finish(file));
    }

    void add_field(NewItem& item, const Person& author, const FieldInfo& field) {
        const bool refers = field.kind == ValueKind::user || field.kind == ValueKind::item;
        if (refers && field.required)
            item.fields.push_back(
                {std::string{field.key}, Value{ReferenceId::from(author.user.view())}});
        if (field.kind == ValueKind::text || field.kind == ValueKind::document)
            item.fields.push_back({std::string{field.key}, Value{canaries_.text()}});
    }

    void consents() {
        for (const PersonId& guardian : scene_.family.guardians) {
            scene_.consent_of(guardian, scene_.world.school);
            NewConsent wish;
            wish.case_id = scene_.family.case_id;
            wish.grantor = guardian;
            wish.capacity = Capacity::guardian;
            wish.subjects = {scene_.family.child};
            wish.disclosing = {scene_.world.team};
            wish.recipients = {Recipient{scene_.world.social, std::nullopt, std::nullopt}};
            wish.categories.insert(Category::social);
            wish.actions.insert(Action::read);
            wish.not_before = scene_.clock.now();
            wish.not_after = scene_.clock.now() + 24h * 100;
            wish.form = ConsentForm::oral;
            wish.evidence = canaries_.text();
            must(scene_.psychologist->device->record_consent(wish));
        }
        scene_.sync_everybody();
        step_();
    }

    void conflict() {
        const ItemId goal = scene_.goal(*scene_.psychologist, canaries_.text());
        scene_.sync_everybody();
        scene_.edit(*scene_.psychologist, goal, "goal", canaries_.text());
        scene_.edit(*scene_.worker, goal, "goal", canaries_.text());
        scene_.sync_everybody();
        step_();
        const ItemView view = must(scene_.worker->device->item(goal));
        REQUIRE(view.conflict);
        Settlement settlement{
            .item = goal, .field = "goal", .value = Value{canaries_.text()}, .seen = {}};
        for (const FieldView& field : view.fields)
            if (field.conflict)
                for (const ValueView& value : field.values)
                    settlement.seen.push_back(value.version);
        must(scene_.worker->device->settle(settlement));
    }

    void cases_and_persons() {
        Device& device = *scene_.psychologist->device;
        const CaseId other =
            must(device.open_case(ServiceModel::famsam, canaries_.mint(), scene_.world.team));
        const std::vector<FieldInput> fields{{"phone", Value{canaries_.mint()}},
                                             {"family", Value{canaries_.mint()}}};
        (void)must(device.add_person(other, canaries_.mint(), fields));
        (void)must(device.close_case(other, 1));
        step_();
    }

    /// Words that are there and words that nobody has written.
    void searches() {
        Device& device = *scene_.psychologist->device;
        const std::string& known = canaries_.all[canaries_.all.size() / 2];
        (void)must(device.search(scene_.family.case_id, known, 50));
        CHECK(must(device.search(scene_.family.case_id, canaries_.mint(), 50)).hits.empty());
        CHECK_FALSE(device.find(canaries_.mint()).has_value());
    }

    /// The counsellor has read along, has unsent work, and then may no longer read.
    void park_and_purge() {
        scene_.sync_everybody();
        const auto items = must(scene_.counsellor->device->items(scene_.family.case_id));
        const auto goal = std::ranges::find(items, ItemType::plan_goal, &ItemView::type);
        REQUIRE(goal != items.end());
        scene_.edit(*scene_.counsellor, goal->id, "goal", canaries_.text());
        scene_.withdraw(scene_.world.school);
        scene_.sync_everybody();
        CHECK_FALSE(must(scene_.counsellor->device->escrowed()).empty());
        step_();
    }

    void move(const fs::path& folder) {
        must(scene_.psychologist->device->move_into(
            must(
                Database::create(folder / scene_.psychologist->name / "samsyn.2.db", other_pages_)),
            {},
            [&]() -> Result<void> {
                step_();  // both databases are there
                return {};
            }));
    }

    DeviceScene& scene_;
    Canaries& canaries_;
    SodiumPageCipher& other_pages_;  ///< of the psychologist's second database
    std::function<void()> step_;
};

std::vector<std::string> leaks(const std::vector<fs::path>& folders, const Canaries& canaries) {
    std::vector<std::string> found;
    for (const story::Hit& hit : story::search(story::files_below(folders), canaries.all))
        found.push_back(hit.file.string() + ": " + hit.text + " as " + hit.form);
    return found;
}

/// Temporary files of everything in this process land in a folder of the test meanwhile.
class TemporaryFilesIn {
public:
    explicit TemporaryFilesIn(const fs::path& folder) {
        fs::create_directories(folder);
        for (const char* name : names) {
            const char* before = std::getenv(name);
            before_.push_back(before == nullptr ? std::nullopt
                                                : std::optional<std::string>{before});
            ::setenv(name, folder.c_str(), 1);
        }
    }

    TemporaryFilesIn(const TemporaryFilesIn&) = delete;
    TemporaryFilesIn& operator=(const TemporaryFilesIn&) = delete;

    ~TemporaryFilesIn() {
        for (std::size_t i = 0; i < names.size(); ++i)
            if (before_[i])
                ::setenv(names[i], before_[i]->c_str(), 1);
            else
                ::unsetenv(names[i]);
    }

private:
    static constexpr std::array<const char*, 4> names{"TMPDIR", "SQLITE_TMPDIR", "TMP", "TEMP"};
    std::vector<std::optional<std::string>> before_;
};

std::string base64_of(std::string_view text) {
    static constexpr std::string_view digits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    std::uint32_t bits = 0;
    int count = 0;
    for (const char c : text) {
        bits = bits << 8 | static_cast<unsigned char>(c);
        for (count += 8; count >= 6; count -= 6) out.push_back(digits[bits >> (count - 6) & 63U]);
    }
    if (count > 0) out.push_back(digits[bits << (6 - count) & 63U]);
    return out;
}

/// The work of one process, from nothing; `step` is called at each of its steps.
void work_in(const fs::path& root,
             Canaries& canaries,
             int rounds,
             const std::function<void()>& step) {
    const TemporaryFilesIn temporary{root / "tmp"};
    SodiumPageCipher other_pages = test_pages(2, 2);
    DeviceScene scene{root / "data"};
    Work{scene, canaries, other_pages, step}.run(root / "data", rounds);
}

/// Runs the work in a child that is killed at one of its steps; its files are left behind.
void work_until_killed(const fs::path& root, std::uint64_t seed, int kill_at) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        try {
            Canaries canaries{seed};
            int steps = 0;
            work_in(root, canaries, 8, [&] {
                if (++steps == kill_at) ::raise(SIGKILL);
            });
        } catch (...) {  // a failed check: not to be reported from this process
        }
        ::_exit(1);  // the step was never reached
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
    CHECK(WTERMSIG(status) == SIGKILL);
}

}  // namespace

TEST_CASE("canaries: the search finds a planted one in every form", "[attack][canaries]") {
    const TemporaryFolder folder;
    Canaries canaries{5};
    for (int i = 0; i < 100; ++i) (void)canaries.mint();
    const std::string planted = canaries.all[17];
    const auto finds = [&](const std::string& bytes, std::string_view form) {
        std::ofstream{folder / "f", std::ios::binary} << "before" << bytes << "after";
        const auto hits = story::search(story::files_below({folder.path()}), canaries.all);
        CAPTURE(form);
        REQUIRE_FALSE(hits.empty());
        for (const story::Hit& hit : hits) {
            CHECK(hit.text == planted);
            CHECK(hit.form == form);
        }
    };
    finds(planted, "UTF-8");
    std::string little;
    std::string big;
    std::string lower;
    std::string upper;
    for (const char c : planted) {
        little.append({c, '\0'});
        big.append({'\0', c});
        char digits[3];
        std::snprintf(digits, sizeof digits, "%02x", static_cast<unsigned>(c));
        lower += digits;
        std::snprintf(digits, sizeof digits, "%02X", static_cast<unsigned>(c));
        upper += digits;
    }
    finds(little, "UTF-16LE");
    finds(big, "UTF-16BE");
    finds(lower, "hex");
    finds(upper, "HEX");
    for (const std::string_view neighbours : {"", "x", "xy"}) {
        std::ofstream{folder / "f", std::ios::binary}
            << base64_of(std::string{neighbours} + planted + "zzz");
        const auto hits = story::search(story::files_below({folder.path()}), canaries.all);
        CAPTURE(neighbours);
        REQUIRE_FALSE(hits.empty());
        CHECK(hits.front().text == planted);
        CHECK(hits.front().form.starts_with("base64"));
    }
}

TEST_CASE("canaries: none is in any file of a device, while it works and after it was closed",
          "[attack][canaries]") {
    const TemporaryFolder root;
    Canaries canaries{2026};
    int steps = 0;
    work_in(root.path(), canaries, 24, [&] {
        // What a thief finds who takes the machine at this moment.
        if (++steps % 9 == 0) CHECK(leaks({root.path()}, canaries).empty());
    });
    CHECK(steps > 60);
    CHECK(canaries.all.size() > 2'000);
    CHECK(leaks({root.path()}, canaries).empty());

    // They were really there, for whoever has the key: most, since some were only searched for,
    // replaced, or written in other cases.
    SodiumPageCipher pages = test_pages();
    SodiumPageCipher other_pages = test_pages(2, 2);
    const fs::path data = root / "data";
    const std::string in_databases =
        plain_pages(data / "Ylva Ek" / "samsyn.2.db", other_pages).bytes +
        plain_pages(data / "Åke Ström" / "samsyn.db", pages).bytes;
    const auto there = std::ranges::count_if(canaries.all, [&](const std::string& canary) {
        return in_databases.find(canary) != std::string::npos;
    });
    CHECK(static_cast<std::size_t>(there) > canaries.all.size() / 2);
}

TEST_CASE("canaries: none is in any file of a device that was killed", "[attack][canaries]") {
    const int kill_at = GENERATE(2, 9, 17, 24);
    const TemporaryFolder root;
    const auto seed = static_cast<std::uint64_t>(kill_at);
    work_until_killed(root.path(), seed, kill_at);
    Canaries canaries{seed};
    for (int i = 0; i < 4'000; ++i) (void)canaries.mint();  // more than it had come to
    CHECK(fs::exists(root / "data"));
    CHECK(leaks({root.path()}, canaries).empty());
}
