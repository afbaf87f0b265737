#include "core/text/text_document.hpp"
#include "tests/client-sdk/device/device_attacker.hpp"

using namespace samsyn;

namespace {

/// A meeting whose minutes several people write.
struct MinutesScene : DeviceScene {
    ItemId call_meeting(Person& author, std::string_view minutes = {}) {
        clock.advance(1s);
        NewItem item;
        item.case_id = family.case_id;
        item.type = ItemType::meeting;
        item.about = {family.child};
        item.category = Category::social;
        item.fields = {{"title", Value{std::string{"Nätverksmöte"}}}};
        if (!minutes.empty()) item.fields.push_back({"minutes", Value{std::string{minutes}}});
        return must(author.device->add_item(item));
    }

    void write(Person& author, const ItemId& item, std::string_view minutes) {
        edit(author, item, "minutes", minutes);
    }

    static std::string minutes(Person& reader, const ItemId& item) {
        return text(reader, item, "minutes");
    }

    static std::size_t unsent(Person& person) {
        return must(person.device->status()).unsent_changes;
    }
};

}  // namespace

TEST_CASE("Device: two who write minutes offline lose nothing, and there is no conflict",
          "[device][text]") {
    MinutesScene scene;
    Person& ylva = *scene.psychologist;
    Person& ake = *scene.worker;
    const ItemId meeting = scene.call_meeting(ylva, "Närvarande:\nBeslut:\n");
    scene.sync_everybody();
    CHECK(scene.minutes(ake, meeting) == "Närvarande:\nBeslut:\n");

    scene.write(ylva, meeting, "Närvarande: Ylva, Åke\nBeslut:\n");
    scene.write(ake, meeting, "Närvarande:\nBeslut: skolan ringer\n");
    CHECK(scene.minutes(ylva, meeting) == "Närvarande: Ylva, Åke\nBeslut:\n");
    scene.sync_everybody();
    for (Person* person : {&ylva, &ake})
        CHECK(scene.minutes(*person, meeting) == "Närvarande: Ylva, Åke\nBeslut: skolan ringer\n");
    CHECK(must(ylva.device->conflicts()).empty());
    CHECK(scene.unsent(ylva) == 0);
    CHECK(scene.unsent(ake) == 0);
    CHECK(must(ake.device->search(scene.family.case_id, "skolan ringer", 9)).hits.size() == 1);
}

TEST_CASE("Device: an afternoon's edits leave as one change", "[device][text]") {
    MinutesScene scene;
    Person& ylva = *scene.psychologist;
    const ItemId meeting = scene.call_meeting(ylva, "1");
    const bool sent_before = GENERATE(true, false);
    CAPTURE(sent_before);
    if (sent_before) scene.sync_everybody();
    std::string text = "1";
    for (int stroke = 2; stroke < 40; ++stroke) {
        const std::string before = text;
        text += " " + std::to_string(stroke);
        const std::vector<FieldInput> fields{{"minutes", Value{text}, before}};
        must(ylva.device->edit_item(meeting, fields));
    }
    CHECK(scene.minutes(ylva, meeting) == text);
    scene.edit(ylva, meeting, "title", "Nätverksmöte 2");  // folded into the change that waits
    CHECK(scene.minutes(ylva, meeting) == text);
    CHECK(scene.unsent(ylva) == 1);
    scene.sync_everybody();
    CHECK(scene.minutes(*scene.worker, meeting) == text);
    CHECK(scene.unsent(ylva) == 0);
}

TEST_CASE("Device: an editor that was open while others wrote takes nothing from them",
          "[device][text]") {
    MinutesScene scene;
    Person& ylva = *scene.psychologist;
    const ItemId meeting = scene.call_meeting(ylva, "Beslut:\n");
    scene.sync_everybody();
    const std::string before = scene.minutes(ylva, meeting);
    scene.write(*scene.worker, meeting, "Beslut: skolan ringer\n");
    scene.sync_everybody();
    const std::vector<FieldInput> fields{
        {"minutes", Value{std::string{"Beslut:\nNästa möte: 3 maj\n"}}, before}};
    must(ylva.device->edit_item(meeting, fields));
    CHECK(scene.minutes(ylva, meeting) == "Beslut: skolan ringer\nNästa möte: 3 maj\n");
}

TEST_CASE("Device: minutes too long for one change arrive", "[device][text]") {
    MinutesScene scene;
    std::string text;
    for (int line = 0; line < 4000; ++line)
        text += "Rad " + std::to_string(line) + " om sömn och skola\n";
    const ItemId meeting = scene.call_meeting(*scene.psychologist, text);
    scene.sync_everybody();
    CHECK(scene.minutes(*scene.worker, meeting) == text);
    CHECK(scene.unsent(*scene.psychologist) == 0);
}

TEST_CASE("Device: whom consent lets in reads the minutes and goes on writing", "[device][text]") {
    MinutesScene scene;
    Person& ylva = *scene.psychologist;
    const ItemId meeting = scene.call_meeting(ylva, "Före samtycket\n");
    scene.sync_everybody();
    scene.write(*scene.worker, meeting, "Före samtycket, sa Åke\n");
    scene.sync_everybody();
    CHECK(scene.minutes(*scene.counsellor, meeting) == "-");

    scene.consent(scene.world.school);
    scene.sync_everybody();
    scene.sync_everybody();
    CHECK(scene.minutes(*scene.counsellor, meeting) == "Före samtycket, sa Åke\n");
    scene.write(*scene.counsellor, meeting, "Före samtycket, sa Åke\nSkolan ringer\n");
    scene.write(ylva, meeting, "Före samtycket, sa Åke. Ylva höll med.\n");
    scene.sync_everybody();
    for (Person* person : {&ylva, scene.worker.get(), scene.counsellor.get()})
        CHECK(scene.minutes(*person, meeting) ==
              "Före samtycket, sa Åke. Ylva höll med.\nSkolan ringer\n");
}

TEST_CASE("Device: minutes unsent at a withdrawal go to escrow and can be read there",
          "[device][text][escrow]") {
    MinutesScene scene;
    scene.consent(scene.world.school);
    const ItemId meeting = scene.call_meeting(*scene.psychologist, "Beslut:\n");
    scene.sync_everybody();
    scene.sync_everybody();
    REQUIRE(scene.minutes(*scene.counsellor, meeting) == "Beslut:\n");
    scene.write(*scene.counsellor, meeting, "Beslut:\nSkolans ord\n");
    scene.withdraw(scene.world.school);
    scene.sync(*scene.psychologist);
    scene.sync_everybody();
    CHECK(scene.minutes(*scene.counsellor, meeting) == "-");
    const auto entries = must(scene.psychologist->device->escrow());
    REQUIRE(entries.size() == 1);
    REQUIRE(entries[0].pieces.size() == 1);
    REQUIRE(entries[0].pieces[0].texts.size() == 1);
    CHECK(entries[0].pieces[0].texts[0].text == "Skolans ord\n");

    (void)must(scene.psychologist->device->release_escrow(entries[0].id));
    scene.sync_everybody();
    for (Person* person : {scene.psychologist.get(), scene.worker.get()})
        CHECK(scene.minutes(*person, meeting) == "Beslut:\nSkolans ord\n");
}

TEST_CASE("Device: minutes that somebody went on writing stay when another deletes the meeting",
          "[device][text]") {
    MinutesScene scene;
    const ItemId meeting = scene.call_meeting(*scene.psychologist, "Beslut:\n");
    scene.sync_everybody();
    must(scene.worker->device->delete_item(meeting));
    scene.write(*scene.psychologist, meeting, "Beslut: skolan ringer\n");
    scene.sync_everybody();
    for (Person* person : {scene.psychologist.get(), scene.worker.get()}) {
        const auto view = must(person->device->item(meeting));
        CHECK(view.presence == ItemState::Presence::deleted_but_edited);
        CHECK(view.text("minutes") == "Beslut: skolan ringer\n");
    }
}

TEST_CASE("Device: nobody writes minutes in another's name, nor what is no run",
          "[device][text][attack]") {
    MinutesScene scene;
    const ItemId meeting = scene.call_meeting(*scene.psychologist, "Beslut:\n");
    scene.sync_everybody();
    const Attacker worker{scene, *scene.worker, meeting};
    const auto epoch =
        worker.packet({scene.psychologist.get(), scene.worker.get()}, scene.clock.now());
    worker.deliver(*scene.psychologist, EntryKind::packet, encode_packet(epoch.packet));

    const auto run_of = [](const DeviceId& writer, std::string_view text) {
        TextDocument document{writer};
        must(document.insert(0, text));
        return Value{encode(must(document.take_runs()).front())};
    };
    std::uint64_t later = 0;
    const auto say = [&](std::string_view field, Value value) {
        Change change = worker.change_of(*scene.psychologist, meeting, field, {});
        change.header.time.value += ++later;
        change.values = {std::move(value)};
        worker.deliver(*scene.psychologist, EntryKind::batch, worker.batch(epoch, change));
        return MinutesScene::minutes(*scene.psychologist, meeting);
    };
    const DeviceId ylva = scene.psychologist->device->device();
    CHECK(say("minutes", run_of(ylva, "I Ylvas namn. ")) == "Beslut:\n");
    CHECK(say("minutes", Value{std::string{"Bara text"}}) == "Beslut:\n");
    CHECK(say("minutes", Value{Bytes{}}) == "Beslut:\n");
    CHECK(say("minutes", Value{Bytes(40, std::byte{1})}) == "Beslut:\n");
    const DeviceId ake = scene.worker->device->device();
    CHECK(say("title", run_of(ake, "En rad som rubrik")) == "Beslut:\n");
    CHECK(scene.text(*scene.psychologist, meeting, "title") == "Nätverksmöte");
    CHECK(must(scene.psychologist->device->conflicts()).empty());
    // In one's own name it is what it is.
    CHECK(say("minutes", run_of(ake, "Av Åke. ")).find("Av Åke. ") != std::string::npos);
}

TEST_CASE("Device: minutes written by a clock that is ahead arrive, and the device goes on",
          "[device][text]") {
    MinutesScene scene;
    Person& ylva = *scene.psychologist;
    const ItemId meeting = scene.call_meeting(ylva, "Beslut:\n");
    scene.sync_everybody();
    const Instant real = scene.clock.now();
    scene.clock.advance(1h);  // the tablet's alone
    scene.write(ylva, meeting, "Beslut: skolan ringer\n");
    const Instant ahead = scene.clock.now();
    scene.clock.set(real + 10s);
    must(ylva.device->on_caught_up(real + 10s, CaughtUp::Phase::everything, real + 10s));
    const auto sent = must(ylva.device->outgoing_after(0, 1 << 20, real + 10s));
    REQUIRE_FALSE(sent.empty());
    Answer off;
    off.outcome = AnswerOutcome::clock_off;
    off.server_time = real + 10s;
    for (const Outgoing& one : sent) must(ylva.device->on_answer(one.counter, off, ahead));
    CHECK(must(ylva.device->status()).parked.empty());
    CHECK(scene.minutes(ylva, meeting) == "Beslut: skolan ringer\n");
    scene.write(ylva, meeting, "Beslut: skolan ringer i maj\n");
    scene.sync_everybody();
    CHECK(scene.minutes(*scene.worker, meeting) == "Beslut: skolan ringer i maj\n");
}

TEST_CASE("Device: who comes back reads what escrow gave of theirs, and writes no number twice",
          "[device][text][escrow]") {
    MinutesScene scene;
    Person& counsellor = *scene.counsellor;
    scene.consent(scene.world.school);
    const ItemId meeting = scene.call_meeting(*scene.psychologist, "Beslut:\n");
    scene.sync_everybody();
    scene.sync_everybody();
    scene.write(counsellor, meeting, "Beslut:\nSkolans ord\n");
    scene.withdraw(scene.world.school);
    scene.sync(*scene.psychologist);
    scene.sync_everybody();
    const bool released_first = GENERATE(true, false);
    CAPTURE(released_first);
    const auto release = [&] {
        const auto entries = must(scene.psychologist->device->escrow());
        REQUIRE(entries.size() == 1);
        (void)must(scene.psychologist->device->release_escrow(entries[0].id));
        scene.sync_everybody();
        scene.sync_everybody();
    };
    if (released_first) release();
    std::vector<StatementId> closings;
    for (const auto& closing : must(scene.psychologist->device->closings(scene.family.case_id)))
        closings.push_back(closing.id);
    scene.consent_of(scene.family.guardians.front(), scene.world.school, Reach::present, closings);
    scene.sync_everybody();
    scene.sync_everybody();
    if (!released_first) {
        const std::vector<FieldInput> fields{{"minutes", Value{std::string{"Beslut:\nIgen\n"}}}};
        CHECK(counsellor.device->edit_item(meeting, fields).error().code == Errc::conflict);
        release();
    }
    REQUIRE(scene.minutes(counsellor, meeting) == "Beslut:\nSkolans ord\n");
    scene.write(counsellor, meeting, "Beslut:\nSkolans ord, igen\n");
    scene.sync_everybody();
    for (Person* person : {scene.psychologist.get(), scene.worker.get(), &counsellor})
        CHECK(scene.minutes(*person, meeting) == "Beslut:\nSkolans ord, igen\n");
}

TEST_CASE("Device: minutes of a meeting of several changes are announced once", "[device][text]") {
    MinutesScene scene;
    Person& ylva = *scene.psychologist;
    scene.clock.advance(1s);
    NewItem item;
    item.case_id = scene.family.case_id;
    item.type = ItemType::meeting;
    item.about = {scene.family.child};
    item.category = Category::social;
    item.fields = {{"title", Value{std::string{"Möte"}}},
                   {"minutes", Value{std::string{"1"}}},
                   {"participants", Value{ReferenceId::from(ylva.user.view())}},
                   {"participants", Value{ReferenceId::from(scene.worker->user.view())}}};
    const ItemId meeting = must(ylva.device->add_item(item));
    const std::size_t unsent = scene.unsent(ylva);
    scene.write(ylva, meeting, "1 2");
    scene.write(ylva, meeting, "1 2 3");
    CHECK(scene.unsent(ylva) == unsent);
    scene.sync_everybody();
    must(scene.worker->device->delete_item(meeting));
    scene.sync_everybody();
    CHECK(must(ylva.device->item(meeting)).presence == ItemState::Presence::deleted);
}

TEST_CASE("Device: minutes behind some that the server refused wait for a person with them",
          "[device][text]") {
    MinutesScene scene;
    Person& ylva = *scene.psychologist;
    const ItemId meeting = scene.call_meeting(ylva, "Beslut:\n");
    scene.sync_everybody();
    std::uint64_t answered = 0;
    const auto sealed_now = [&] {
        const Instant now = scene.clock.now();
        must(ylva.device->on_caught_up(now, CaughtUp::Phase::everything, now));
        return must(ylva.device->outgoing_after(answered, 1 << 20, now));
    };
    scene.write(ylva, meeting, "Beslut: ett\n");
    Answer no;
    no.outcome = AnswerOutcome::refused;
    no.why = Errc::limit_exceeded;
    for (const Outgoing& one : sealed_now()) {
        must(ylva.device->on_answer(one.counter, no, scene.clock.now()));
        answered = one.counter;
    }
    REQUIRE(must(ylva.device->status()).parked.size() == 1);
    // Nobody could read what comes behind it.
    scene.write(ylva, meeting, "Beslut: ett, två\n");
    CHECK(sealed_now().empty());
    CHECK(must(ylva.device->status()).parked.size() == 2);
    CHECK(scene.minutes(ylva, meeting) == "Beslut: ett, två\n");
}
