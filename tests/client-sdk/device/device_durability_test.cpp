#include "core/store/device_store.hpp"
#include "core/wire/batch.hpp"
#include "core/wire/statement_codec.hpp"
#include "tests/client-sdk/device/device_scene.hpp"
#include "tests/support/temporary_folder.hpp"

namespace samsyn {

namespace {

void everything_here(DeviceScene& scene, Person& person) {
    const Instant now = scene.clock.now();
    must(person.device->on_caught_up(now, CaughtUp::Phase::everything, now));
}

std::vector<Outgoing> outgoing_of(DeviceScene& scene, Person& person, std::uint64_t after = 0) {
    return must(person.device->outgoing_after(after, 1 << 22, scene.clock.now()));
}

Answer answer_of(AnswerOutcome outcome, Errc why = {}) {
    Answer answer;
    answer.outcome = outcome;
    answer.why = why;
    return answer;
}

void refuse_all(DeviceScene& scene, Person& person) {
    for (const Outgoing& one : outgoing_of(scene, person))
        must(person.device->on_answer(one.counter,
                                      answer_of(AnswerOutcome::refused, Errc::not_permitted),
                                      scene.clock.now()));
}

/// The database of a person whose device is closed meanwhile.
template <class Work>
void behind_the_back_of(DeviceScene& scene,
                        const std::filesystem::path& folder,
                        Person& person,
                        Work work) {
    person.device.reset();
    {
        auto store = must(DeviceStore::open(
            must(Database::open(folder / person.name / "samsyn.db", person.pages))));
        work(store);
    }
    DeviceConfig config;
    config.server = "localhost:4430";
    config.federation = scene.world.federation();
    config.user = person.user;
    config.kind = DeviceKind::staff_tablet;
    person.device = must(Device::open(folder / person.name / "samsyn.db",
                                      DatabaseMode::existing,
                                      config,
                                      {scene.clock,
                                       scene.world.random(),
                                       scene.world.hasher(),
                                       scene.world.verifier(),
                                       person.signing,
                                       person.sealer,
                                       person.pages}));
}

/// A change of one version that is far above what fits a batch.
Change huge_change(const ItemId& item, HybridTime time, std::size_t fields) {
    Change change;
    change.header.item = item;
    change.header.type = ItemType::observation;
    change.header.time = time;
    for (std::size_t i = 0; i < fields; ++i) {
        FieldWrite write;
        write.field = make_field(static_cast<std::uint16_t>(100 + i), MergeKind::single);
        DeviceId other;
        other.bytes.front() = std::byte{9};
        for (std::uint64_t n = 1; n <= 60; ++n) write.replaces.push_back({HybridTime{n}, other});
        change.header.writes.push_back(std::move(write));
        change.values.push_back(Value{std::string{"Skogsgläntan "} + std::to_string(i)});
    }
    return change;
}

}  // namespace

TEST_CASE("Device: a withdrawal that the server refuses stays in effect here, and is shown",
          "[device]") {
    const TemporaryFolder folder;
    DeviceScene scene{folder.path()};
    const ItemId note = scene.note(*scene.psychologist, "Delad");
    scene.consent(scene.world.school);
    scene.sync_everybody();
    Person& person = *scene.psychologist;
    const auto may_school_read = [&] {
        for (const CompartmentView& view : must(person.device->compartments(scene.family.case_id)))
            if (view.id == must(person.device->item(note)).compartment)
                return std::ranges::count(view.readers, scene.counsellor->user) > 0;
        return false;
    };
    REQUIRE(may_school_read());
    scene.withdraw(scene.world.school);
    REQUIRE(!may_school_read());
    const auto sent = outgoing_of(scene, person);
    REQUIRE(!sent.empty());
    refuse_all(scene, person);
    CHECK(!may_school_read());
    auto parked = must(person.device->status()).parked;
    REQUIRE(!parked.empty());
    CHECK(parked.front().in_effect);

    behind_the_back_of(scene, folder.path(), person, [](DeviceStore&) {});
    CHECK(!may_school_read());

    // The next statement does not lean on one that the server does not have.
    const auto refused = must(decode_statement(sent.front().bytes, scene.world.hasher()));
    scene.withdraw(scene.world.clinic);
    for (const Outgoing& one : outgoing_of(scene, person)) {
        if (one.kind != EntryKind::statement) continue;
        const auto next = must(decode_statement(one.bytes, scene.world.hasher()));
        CHECK(std::ranges::count(next.header.previous, refused.id) == 0);
    }
}

TEST_CASE("Device: a statement that the server delivers counts, though it refused it once",
          "[device]") {
    DeviceScene scene;
    Person& person = *scene.psychologist;
    scene.sync_everybody();
    const auto in_force = [&] {
        const auto all = must(person.device->consents(scene.family.case_id));
        return std::ranges::count_if(all, [](const auto& one) { return one.in_force; });
    };
    scene.consent(scene.world.school);
    const auto sent = outgoing_of(scene, person);
    REQUIRE(in_force() > 0);
    refuse_all(scene, person);
    REQUIRE(in_force() == 0);
    for (const Outgoing& one : sent) {
        if (one.kind != EntryKind::statement) continue;
        const auto statement = must(decode_statement(one.bytes, scene.world.hasher()));
        Deliver deliver;
        deliver.channel = Channel{statement.header.stream};
        deliver.entries.push_back({1000 + one.counter, EntryKind::statement, one.bytes});
        deliver.up_to = 1000 + one.counter;
        must(person.device->apply(Incarnation{}, deliver, scene.clock.now()));
    }
    CHECK(in_force() > 0);
    CHECK(must(person.device->status()).parked.empty());
}

TEST_CASE("Device: parked work is shown with its text, and leaves once it may", "[device]") {
    DeviceScene scene;
    const ItemId goal = scene.goal(*scene.psychologist, "Skolan");
    scene.consent(scene.world.school);
    scene.sync_everybody();
    scene.edit(*scene.counsellor, goal, "action", "Anpassad studiegång");
    // Still read, no longer written: it is no withdrawal, so nothing goes to escrow.
    const auto consents_of = [&](const PersonId& guardian) {
        std::vector<StatementId> ids;
        for (const ConsentView& view :
             must(scene.psychologist->device->consents(scene.family.case_id)))
            if (view.consent.grantor == guardian) ids.push_back(view.id);
        return ids;
    };
    for (const PersonId& guardian : scene.family.guardians) {
        NewConsent wish;
        wish.case_id = scene.family.case_id;
        wish.grantor = guardian;
        wish.capacity = Capacity::guardian;
        wish.subjects = {scene.family.child};
        wish.disclosing = {scene.world.team};
        wish.recipients = {Recipient{scene.world.school, std::nullopt, std::nullopt}};
        wish.categories.insert(Category::social);
        wish.categories.insert(Category::plan);
        wish.actions.insert(Action::read);
        wish.not_before = scene.clock.now();
        wish.not_after = scene.clock.now() + 24h * 100;
        wish.form = ConsentForm::written;
        wish.names = consents_of(guardian);
        (void)must(scene.psychologist->device->record_consent(wish));
    }
    scene.sync(*scene.psychologist);
    scene.sync(*scene.counsellor);
    CHECK(scene.text(*scene.counsellor, goal, "goal") == "Skolan");
    const auto parked = must(scene.counsellor->device->status()).parked;
    REQUIRE(parked.size() == 1);
    CHECK(parked.front().type == ItemType::plan_goal);
    REQUIRE(parked.front().texts.size() == 1);
    CHECK(parked.front().texts.front().field == "action");
    CHECK(parked.front().texts.front().text == "Anpassad studiegång");

    for (const PersonId& guardian : scene.family.guardians)
        (void)scene.consent_of(guardian, scene.world.school, Reach::present, consents_of(guardian));
    scene.sync_everybody();
    scene.sync_everybody();
    CHECK(must(scene.counsellor->device->status()).parked.empty());
    CHECK(scene.text(*scene.counsellor, goal, "action") == "Anpassad studiegång");
    CHECK(scene.text(*scene.psychologist, goal, "action") == "Anpassad studiegång");
}

TEST_CASE("Device: a change that fits no batch is parked and holds up no other", "[device]") {
    const TemporaryFolder folder;
    DeviceScene scene{folder.path()};
    Person& person = *scene.psychologist;
    const ItemId note = scene.note(person, "Först");
    scene.sync_everybody();
    const CompartmentId compartment = must(person.device->item(note)).compartment;
    behind_the_back_of(scene, folder.path(), person, [&](DeviceStore& store) {
        (void)must(store.put_pending(
            compartment, huge_change(note, HybridTime{1}, 60), scene.clock.now()));
    });
    const ItemId other = scene.note(person, "Efteråt");
    scene.sync_everybody();
    CHECK(scene.text(*scene.worker, other, "text") == "Efteråt");
    const auto status = must(person.device->status());
    CHECK(status.unsent_changes == 0);
    REQUIRE(status.parked.size() == 1);
    CHECK(status.parked.front().why.code == Errc::limit_exceeded);
}

TEST_CASE("Device: a version that fits no batch is restated in parts", "[device]") {
    const TemporaryFolder folder;
    DeviceScene scene{folder.path()};
    Person& person = *scene.psychologist;
    const ItemId note = scene.note(person, "Stor");
    scene.sync_everybody();
    const CompartmentId compartment = must(person.device->item(note)).compartment;
    behind_the_back_of(scene, folder.path(), person, [&](DeviceStore& store) {
        const Change huge = huge_change(note, HybridTime{1}, 60);
        (void)must(store.merge(compartment, huge, scene.worker->device->device()));
        Writer due;
        due.id(compartment);
        due.id(note);
        must(store.put_value("restate.due", due.view()));
    });
    everything_here(scene, person);
    std::size_t fields = 0;
    for (const Outgoing& one : outgoing_of(scene, person)) {
        if (one.kind != EntryKind::batch) continue;
        const auto batch = must(decode_batch(one.bytes, scene.world.hasher()));
        REQUIRE(batch.header.restatement);
        for (const BatchItem& item : batch.items)
            if (const auto* full = std::get_if<BatchItem::Full>(&item.content))
                if (full->header.time == HybridTime{1}) fields += full->header.writes.size();
    }
    CHECK(fields == 60);
}

TEST_CASE("Device: a copy or an old backup of a device sends nothing", "[device][attack]") {
    DeviceScene scene;
    (void)scene.note(*scene.psychologist, "Tuva sov dåligt");
    scene.sync_everybody();
    Device& device = *scene.psychologist->device;
    std::uint64_t last = 0;  // what the server has of it
    for (const auto kind : {EntryKind::statement, EntryKind::packet, EntryKind::batch})
        must(scene.storage->for_each(kind, [&](const LogEntry& entry) -> Result<void> {
            if (entry.author == device.device()) last = std::max(last, entry.counter);
            return {};
        }));
    REQUIRE(last > 0);
    Welcome welcome;
    welcome.greatest_counter = last;
    CHECK(device.on_welcome(welcome).has_value());
    ++welcome.greatest_counter;
    CHECK(device.on_welcome(welcome).error().code == Errc::counter_reused);
}

TEST_CASE("Device: a server whose time agrees and that still says clock_off is not asked for ever",
          "[device]") {
    DeviceScene scene;
    Person& person = *scene.psychologist;
    (void)scene.note(person, "Väntar");
    scene.consent(scene.world.school);
    everything_here(scene, person);
    Answer off = answer_of(AnswerOutcome::clock_off);
    std::size_t offered = 0;
    std::uint64_t answered = 0;
    for (int round = 0; round < 30; ++round) {
        off.server_time = scene.clock.now();
        const auto sent = outgoing_of(scene, person, answered);
        if (sent.empty()) break;
        offered += sent.size();
        for (const Outgoing& one : sent) {
            must(person.device->on_answer(one.counter, off, scene.clock.now()));
            answered = one.counter;
        }
    }
    CHECK(outgoing_of(scene, person, answered).empty());
    CHECK(offered < 30);
    CHECK(must(person.device->status()).unsent_changes > 0);
}

TEST_CASE("Device: a fault of our database is not taken for the entry's, and nothing moves past it",
          "[device]") {
    const TemporaryFolder folder;
    DeviceScene scene{folder.path()};
    Person& author = *scene.psychologist;
    Person& reader = *scene.worker;
    (void)scene.note(author, "Först");
    scene.sync_everybody();
    const ItemId note = scene.note(author, "Kommer fram");
    everything_here(scene, author);
    const auto sent = outgoing_of(scene, author);
    REQUIRE(sent.size() == 1);
    const auto batch = must(decode_batch(sent.front().bytes, scene.world.hasher()));
    // A constraint that breaks gives the code of a conflict, which entries have, too.
    behind_the_back_of(scene, folder.path(), reader, [](DeviceStore& store) {
        const std::string sql = "CREATE UNIQUE INDEX planted ON items(type) WHERE type = " +
                                std::to_string(static_cast<unsigned>(ItemType::observation));
        must(store.database().exec(sql.c_str()));
    });
    Deliver deliver;
    deliver.channel = Channel{batch.header.compartment};
    deliver.entries.push_back({1000, EntryKind::batch, sent.front().bytes});
    deliver.up_to = 1000;
    const Incarnation incarnation{};
    CHECK_FALSE(reader.device->apply(incarnation, deliver, scene.clock.now()).has_value());
    CHECK(reader.device->cursors(incarnation).empty());

    behind_the_back_of(scene, folder.path(), reader, [](DeviceStore& store) {
        must(store.database().exec("DROP INDEX planted"));
    });
    must(reader.device->apply(incarnation, deliver, scene.clock.now()));
    CHECK(scene.text(reader, note, "text") == "Kommer fram");
}

}  // namespace samsyn
