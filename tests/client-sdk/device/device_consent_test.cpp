#include "tests/client-sdk/device/device_scene.hpp"

namespace samsyn {

namespace {

std::size_t epochs_with_key(Person& person, const CaseId& case_id, Category category) {
    std::size_t count = 0;
    for (const CompartmentView& view : must(person.device->compartments(case_id)))
        if (view.label.category == category && view.has_key) ++count;
    return count;
}

}  // namespace

TEST_CASE("Device: C-01: one guardian's consent opens nothing, and the missing one is named",
          "[device][consent]") {
    DeviceScene scene;
    const ItemId note = scene.note(*scene.psychologist, "Besök hemma");
    scene.sync_everybody();
    scene.consent_of(scene.family.guardians[0], scene.world.school);
    scene.sync_everybody();
    CHECK(scene.text(*scene.counsellor, note, "text") == "-");

    const Label label = must(scene.psychologist->device->item(note)).label;
    const Decision answer = scene.psychologist->device->decide(
        scene.family.case_id,
        label,
        {scene.counsellor->user, scene.counsellor->device->device()},
        {});
    CHECK(answer.outcome == Outcome::needs);
    REQUIRE(answer.missing.size() == 1);
    CHECK(answer.missing.front().from == scene.family.guardians[1]);
}

TEST_CASE("Device: a grant opens exactly what it names, with what stood before it",
          "[device][consent]") {
    DeviceScene scene;
    const ItemId note = scene.visit_note(*scene.psychologist, "Första besöket");
    scene.edit(*scene.psychologist, note, "place", "Nora");
    const ItemId other = [&] {
        NewItem item;
        item.case_id = scene.family.case_id;
        item.type = ItemType::observation;
        item.about = {scene.family.child};
        item.category = Category::health;
        item.fields = {{"text", Value{std::string{"Sover dåligt"}}}};
        return must(scene.psychologist->device->add_item(item));
    }();
    scene.sync_everybody();
    REQUIRE(scene.text(*scene.counsellor, note, "text") == "-");

    scene.consent(scene.world.school);
    scene.sync_everybody();
    CHECK(scene.text(*scene.counsellor, note, "text") == "Första besöket");
    CHECK(scene.text(*scene.counsellor, note, "place") == "Nora");
    CHECK(scene.text(*scene.counsellor, other, "text") == "-");
    CHECK(scene.text(*scene.psychiatrist, note, "text") == "-");
    // Who wrote it stays who wrote it.
    const auto view = must(scene.counsellor->device->item(note));
    CHECK(view.fields.front().values.front().writer == scene.psychologist->user);
}

TEST_CASE("Device: who is permitted and has no key yet sees that it waits, and since when",
          "[device][consent]") {
    DeviceScene scene;
    const ItemId note = scene.note(*scene.psychologist, "Första besöket");
    scene.sync_everybody();
    scene.consent(scene.world.school);
    // The statements arrive; the device that answers them with a key goes away first.
    Pump::Line& line = scene.pump->connect(*scene.psychologist->device);
    for (int turn = 0; turn < 1000; ++turn) {
        (void)scene.pump->turn();
        if (must(scene.psychologist->device->status()).unsent_statements == 0) break;
    }
    CHECK(!line.closed);
    scene.pump->disconnect_all();
    scene.sync(*scene.counsellor);
    const auto waiting = must(scene.counsellor->device->status()).waiting_for_key;
    REQUIRE(!waiting.empty());
    CHECK(waiting.front().waiting_since);
    CHECK(waiting.front().mine.permitted());

    scene.sync_everybody();
    CHECK(must(scene.counsellor->device->status()).waiting_for_key.empty());
    CHECK(scene.text(*scene.counsellor, note, "text") == "Första besöket");
}

TEST_CASE("Device: a consent from now opens only what is written later", "[device][consent]") {
    DeviceScene scene;
    const ItemId before = scene.note(*scene.psychologist, "Före");
    scene.sync_everybody();
    scene.consent(scene.world.school, Reach::from_now);
    const ItemId after = scene.note(*scene.psychologist, "Efter");
    scene.sync_everybody();
    CHECK(scene.text(*scene.counsellor, before, "text") == "-");
    CHECK(scene.text(*scene.counsellor, after, "text") == "Efter");
}

TEST_CASE("Device: a consent with history opens earlier epochs by a supplement",
          "[device][consent]") {
    DeviceScene scene;
    const ItemId before = scene.note(*scene.psychologist, "Före");
    scene.sync_everybody();
    scene.consent(scene.world.school, Reach::history);
    scene.sync_everybody();
    CHECK(scene.text(*scene.counsellor, before, "text") == "Före");
}

TEST_CASE("Device: a withdrawal purges exactly what it closes, and later writes stay sealed",
          "[device][consent]") {
    DeviceScene scene;
    const ItemId note = scene.note(*scene.psychologist, "Delad anteckning");
    scene.consent(scene.world.school);
    scene.consent(scene.world.clinic);
    scene.sync_everybody();
    REQUIRE(scene.text(*scene.counsellor, note, "text") == "Delad anteckning");
    REQUIRE(scene.text(*scene.psychiatrist, note, "text") == "Delad anteckning");
    REQUIRE(epochs_with_key(*scene.psychiatrist, scene.family.case_id, Category::social) == 1);

    scene.withdraw(scene.world.clinic);
    scene.sync(*scene.psychologist);
    const ItemId later = scene.note(*scene.worker, "Efter återkallelsen");
    scene.sync_everybody();
    CHECK(scene.text(*scene.psychiatrist, note, "text") == "-");
    CHECK(scene.text(*scene.psychiatrist, later, "text") == "-");
    CHECK(epochs_with_key(*scene.psychiatrist, scene.family.case_id, Category::social) == 0);
    CHECK(scene.text(*scene.counsellor, note, "text") == "Delad anteckning");
    CHECK(scene.text(*scene.counsellor, later, "text") == "Efter återkallelsen");
    // Names are no case content and stay.
    const auto users = scene.psychiatrist->device->users();
    CHECK(std::ranges::count(users, std::string{"Ylva Ek"}, &UserView::name) == 1);
}

TEST_CASE("Device: what is opened again after a withdrawal comes again", "[device][consent]") {
    DeviceScene scene;
    const ItemId note = scene.note(*scene.psychologist, "Delad anteckning");
    scene.consent(scene.world.clinic);
    scene.sync_everybody();
    scene.withdraw(scene.world.clinic);
    scene.sync_everybody();
    const ItemId between = scene.note(*scene.psychologist, "Under tiden");
    scene.sync_everybody();
    REQUIRE(scene.text(*scene.psychiatrist, note, "text") == "-");

    std::vector<StatementId> closings;
    for (const auto& closing : must(scene.psychologist->device->closings(scene.family.case_id)))
        closings.push_back(closing.id);
    scene.consent_of(scene.family.guardians.front(), scene.world.clinic, Reach::present, closings);
    scene.sync_everybody();
    CHECK(scene.text(*scene.psychiatrist, note, "text") == "Delad anteckning");
    CHECK(scene.text(*scene.psychiatrist, between, "text") == "Under tiden");
}

TEST_CASE("Device: what comes late, while no key is open, reaches a newcomer all the same",
          "[device][consent]") {
    DeviceScene scene;
    scene.consent(scene.world.clinic);
    (void)scene.note(*scene.psychologist, "Först");
    scene.sync_everybody();
    Pump::Line& line = scene.pump->connect(*scene.psychologist->device);
    REQUIRE(scene.pump->run());
    line.hears = false;
    const ItemId late = scene.note(*scene.worker, "Skrivet hos kollegan");
    scene.pump->connect(*scene.worker->device);
    REQUIRE(scene.pump->run());

    // The newcomer gets a key and all that the psychologist has: the colleague's note is on its
    // way.
    scene.consent(scene.world.school);
    scene.pump->poke();
    REQUIRE(scene.pump->run());
    scene.pump->disconnect_all();
    REQUIRE(scene.text(*scene.psychologist, late, "text") == "-");
    // When it comes, that key is open no more.
    scene.withdraw(scene.world.clinic);
    scene.sync_everybody();
    scene.sync_everybody();
    CHECK(scene.text(*scene.psychologist, late, "text") == "Skrivet hos kollegan");
    CHECK(scene.text(*scene.counsellor, late, "text") == "Skrivet hos kollegan");
    CHECK(scene.text(*scene.psychiatrist, late, "text") == "-");
}

TEST_CASE("Device: a lead's status names who closed consents in six cases within an hour",
          "[device][consent]") {
    DeviceScene scene;
    const auto alarms = [&](Person& person) { return must(person.device->status()).mass_closings; };
    const std::vector<Participant> people{{scene.worker->user, scene.world.team}};
    for (int i = 0; i < 6; ++i) {
        CHECK(alarms(*scene.psychologist).empty());
        scene.family =
            open_family(*scene.psychologist->device, scene.world.team, people, scene.clock.now());
        scene.withdraw(scene.world.school);
    }
    scene.sync_everybody();
    for (Person* person : {scene.psychologist.get(), scene.worker.get()}) {
        const auto shown = alarms(*person);
        REQUIRE(shown.size() == 1);
        CHECK(shown[0].author == scene.psychologist->user);
        CHECK(shown[0].author_name == "Ylva Ek");
        CHECK(shown[0].cases == 6);
    }
    CHECK(alarms(*scene.counsellor).empty());  // leads none of these cases
    scene.clock.advance(24h * 8);
    CHECK(alarms(*scene.psychologist).empty());  // a week is enough
}

TEST_CASE("Device: C-16: a consent without parties, about-what or period says what is missing",
          "[device][consent]") {
    DeviceScene scene;
    NewConsent wish;
    wish.case_id = scene.family.case_id;
    const auto refused = scene.psychologist->device->record_consent(wish);
    REQUIRE(!refused);
    CHECK(refused.error().code == Errc::invalid_argument);
    for (const char* part :
         {"grantor", "subject", "disclosing unit", "recipient", "category", "end"})
        CHECK(refused.error().context.find(part) != std::string::npos);
}

TEST_CASE("Device: unsent work on withdrawn items is kept, and its author is told",
          "[device][consent]") {
    DeviceScene scene;
    const ItemId goal = scene.goal(*scene.psychologist, "Skolan");
    scene.consent(scene.world.school);
    scene.sync_everybody();
    REQUIRE(scene.text(*scene.counsellor, goal, "goal") == "Skolan");
    scene.edit(*scene.counsellor, goal, "action", "Anpassad studiegång");
    scene.withdraw(scene.world.school);
    scene.sync(*scene.psychologist);
    scene.sync(*scene.counsellor);
    CHECK(scene.text(*scene.counsellor, goal, "goal") == "-");
    const auto status = must(scene.counsellor->device->status());
    CHECK(status.unsent_changes == 0);
    CHECK(status.parked.empty());
    REQUIRE(must(scene.counsellor->device->escrowed()).size() == 1);
    CHECK(must(scene.counsellor->device->escrowed()).front().item == goal);
}

TEST_CASE("Device: a case that is opened again has its history, and none of its old consents",
          "[device][consent]") {
    DeviceScene scene;
    scene.consent(scene.world.school);
    const ItemId note = scene.note(*scene.psychologist, "Före avslutet");
    scene.sync_everybody();
    REQUIRE(scene.text(*scene.counsellor, note, "text") == "Före avslutet");
    CHECK(scene.psychologist->device->reopen_case(scene.family.case_id).error().code ==
          Errc::conflict);

    scene.clock.advance(1s);
    must(scene.psychologist->device->close_case(scene.family.case_id, 4));
    scene.sync_everybody();
    CHECK(scene.text(*scene.counsellor, note, "text") == "-");
    scene.clock.advance(24h * 30);
    CHECK_FALSE(scene.counsellor->device->reopen_case(scene.family.case_id));
    must(scene.psychologist->device->reopen_case(scene.family.case_id));
    scene.sync_everybody();
    CHECK(scene.text(*scene.worker, note, "text") == "Före avslutet");
    CHECK(scene.text(*scene.counsellor, note, "text") == "-");
    for (const ConsentView& consent :
         must(scene.psychologist->device->consents(scene.family.case_id)))
        CHECK_FALSE(consent.in_force);

    scene.consent(scene.world.school);
    const ItemId later = scene.note(*scene.psychologist, "Efter");
    scene.sync_everybody();
    scene.sync_everybody();
    CHECK(scene.text(*scene.counsellor, note, "text") == "Före avslutet");
    CHECK(scene.text(*scene.counsellor, later, "text") == "Efter");
    must(scene.psychologist->device->close_case(scene.family.case_id, 4));
    must(scene.psychologist->device->reopen_case(scene.family.case_id));  // a second time
}

}  // namespace samsyn
