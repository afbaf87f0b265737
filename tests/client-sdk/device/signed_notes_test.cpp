#include "core/model/signed_note.hpp"
#include "tests/client-sdk/device/device_attacker.hpp"

#include <samsyn/signed_notes.hpp>

namespace samsyn {

namespace {

struct SigningScene : DeviceScene {
    SigningScene() {
        visit = visit_note(*psychologist, "Elin sover bättre.\n");
        sync_everybody();
    }

    static SignatureView signature(Person& reader, const ItemId& item, std::size_t number = 0) {
        const ItemView view = must(reader.device->item(item));
        REQUIRE(view.signatures.size() > number);
        return view.signatures[number];
    }

    static bool locked(Person& reader, const ItemId& item) {
        return must(reader.device->item(item)).locked;
    }

    Result<void> try_to_sign(Person& author) {
        clock.advance(1s);
        SignedNotes notes{*author.device};
        return notes.sign(visit, must(notes.content(visit)));
    }

    void sign(Person& author) { must(try_to_sign(author)); }

    static std::string signed_text(Person& reader, const ItemId& item) {
        const auto content = SignedNotes{*reader.device}.signed_content(item, 0);
        return content ? content->texts.front().second : to_string(content.error());
    }

    Result<void> try_to_edit(Person& author, std::string_view field, Value value) {
        clock.advance(1s);
        const std::vector<FieldInput> fields{{std::string{field}, std::move(value)}};
        return author.device->edit_item(visit, fields);
    }

    ItemId visit;
};

void check_refused(const Result<void>& result, Errc code, std::string_view context) {
    REQUIRE(!result);
    CHECK(result.error().code == code);
    CHECK(result.error().context == context);
}

}  // namespace

TEST_CASE("Device: a signed note takes addenda only, on every device", "[device][signed]") {
    SigningScene scene;
    scene.sign(*scene.psychologist);
    scene.sync_everybody();
    const Instant signed_at = scene.signature(*scene.psychologist, scene.visit).at;
    CHECK(signed_at <= scene.clock.now());

    for (Person* person : {scene.psychologist.get(), scene.worker.get()}) {
        INFO(person->name);
        const SignatureView signature = scene.signature(*person, scene.visit);
        CHECK(signature.user == scene.psychologist->user);
        CHECK(signature.at == signed_at);
        CHECK(signature.standing == SignatureStanding::stands);
        CHECK(scene.locked(*person, scene.visit));
        check_refused(scene.try_to_edit(*person, "text", Value{std::string{"Annat.\n"}}),
                      Errc::not_permitted,
                      signed_note_refused);
        check_refused(scene.try_to_edit(*person, "place", Value{std::string{"Nora"}}),
                      Errc::not_permitted,
                      signed_note_refused);
        check_refused(
            person->device->delete_item(scene.visit), Errc::not_permitted, signed_note_refused);
    }
    must(SignedNotes{*scene.worker->device}.add(scene.visit, "Det var den 4 maj."));
    scene.sync_everybody();
    CHECK(scene.text(*scene.psychologist, scene.visit, "addenda") == "Det var den 4 maj.");
    CHECK(scene.text(*scene.psychologist, scene.visit, "text") == "Elin sover bättre.\n");
    CHECK(scene.signature(*scene.psychologist, scene.visit).standing == SignatureStanding::stands);
}

TEST_CASE("Device: signed minutes still say when one meets next", "[device][signed]") {
    SigningScene scene;
    NewItem called;
    called.case_id = scene.family.case_id;
    called.type = ItemType::meeting;
    called.about = {scene.family.child};
    called.fields = {{"title", Value{std::string{"Möte"}}},
                     {"minutes", Value{std::string{"Beslut: inga.\n"}}}};
    scene.visit = must(scene.psychologist->device->add_item(called));
    scene.sign(*scene.psychologist);
    const ReferenceId next = ReferenceId::from(scene.visit.view());
    must(scene.try_to_edit(*scene.psychologist, "next_meeting", Value{next}));
    CHECK(scene.signature(*scene.psychologist, scene.visit).standing == SignatureStanding::stands);
    check_refused(scene.try_to_edit(*scene.psychologist, "title", Value{std::string{"Annat"}}),
                  Errc::not_permitted,
                  signed_note_refused);
}

TEST_CASE("Device: one signs what one was shown", "[device][signed]") {
    SigningScene scene;
    SignedNotes notes{*scene.psychologist->device};
    const Hash shown = must(notes.content(scene.visit));
    scene.edit(*scene.worker, scene.visit, "text", "Elin sover bättre. Inte sant.\n");
    scene.sync_everybody();
    const auto refused = notes.sign(scene.visit, shown);
    REQUIRE(!refused);
    CHECK(refused.error().code == Errc::conflict);
    CHECK(must(scene.psychologist->device->item(scene.visit)).signatures.empty());

    scene.sign(*scene.psychologist);
    CHECK(scene.try_to_sign(*scene.psychologist).error().code == Errc::already_exists);
    check_refused(SignedNotes{*scene.psychologist->device}.add(
                      scene.visit_note(*scene.psychologist, "Ny"), "x"),
                  Errc::conflict,
                  SignedNotes::not_signed);
}

TEST_CASE("Device: what another wrote meanwhile hides nothing of what was signed",
          "[device][signed]") {
    SigningScene scene;
    scene.sign(*scene.psychologist);
    scene.edit(*scene.worker, scene.visit, "text", "Elin sover inte bättre.\n");  // offline
    scene.sync_everybody();
    for (Person* person : {scene.psychologist.get(), scene.worker.get()}) {
        INFO(person->name);
        CHECK(scene.text(*person, scene.visit, "text") == "Elin sover inte bättre.\n");
        CHECK(scene.signature(*person, scene.visit).standing == SignatureStanding::changed);
        CHECK(scene.signed_text(*person, scene.visit) == "Elin sover bättre.\n");
        CHECK(scene.locked(*person, scene.visit));
    }
}

TEST_CASE("Device: words typed and signed at once are signed together", "[device][signed]") {
    SigningScene scene;
    scene.edit(*scene.psychologist, scene.visit, "text", "Elin sover mycket bättre.\n");
    scene.sign(*scene.psychologist);  // before anything was sealed
    CHECK(scene.signed_text(*scene.psychologist, scene.visit) == "Elin sover mycket bättre.\n");
    scene.sync_everybody();
    CHECK(scene.signature(*scene.worker, scene.visit).standing == SignatureStanding::stands);
    CHECK(scene.signed_text(*scene.worker, scene.visit) == "Elin sover mycket bättre.\n");
}

TEST_CASE("Device: a value written beside a signed one is settled to what was signed",
          "[device][signed]") {
    SigningScene scene;
    scene.edit(*scene.psychologist, scene.visit, "place", "Nora");
    scene.sign(*scene.psychologist);
    scene.edit(*scene.worker, scene.visit, "place", "Lindesberg");  // offline
    scene.sync_everybody();
    const auto settle = [&](std::string_view value) {
        Settlement settlement{scene.visit, "place", Value{std::string{value}}, {}};
        for (const FieldView& field : must(scene.worker->device->item(scene.visit)).fields)
            if (field.info && field.info->key == "place")
                for (const ValueView& each : field.values) settlement.seen.push_back(each.version);
        return scene.worker->device->settle(settlement);
    };
    REQUIRE(must(scene.worker->device->item(scene.visit)).conflict);
    // What nobody signed stands beside it.
    CHECK(scene.signature(*scene.worker, scene.visit).standing == SignatureStanding::changed);
    check_refused(settle("Lindesberg"), Errc::not_permitted, signed_note_refused);
    check_refused(settle("Kopparberg"), Errc::not_permitted, signed_note_refused);
    must(settle("Nora"));
    scene.sync_everybody();
    CHECK(scene.signature(*scene.psychologist, scene.visit).standing == SignatureStanding::stands);
    CHECK(!must(scene.psychologist->device->item(scene.visit)).conflict);
}

TEST_CASE("Device: who wrote nothing in a note signs it after its author only",
          "[device][signed]") {
    SigningScene scene;
    scene.edit(*scene.worker, scene.visit, "place", "Nora");  // not in its text
    check_refused(scene.try_to_sign(*scene.worker), Errc::not_permitted, SignedNotes::not_author);
    scene.sync_everybody();
    scene.sign(*scene.psychologist);
    scene.sync_everybody();
    scene.sign(*scene.worker);
    scene.sync_everybody();
    CHECK(scene.signature(*scene.psychologist, scene.visit, 1).user == scene.worker->user);
    CHECK(scene.signature(*scene.psychologist, scene.visit, 1).standing ==
          SignatureStanding::stands);
}

TEST_CASE("Device: whom consent lets in later verifies the signature", "[device][signed]") {
    SigningScene scene;
    scene.sign(*scene.psychologist);
    scene.sync_everybody();
    scene.consent(scene.world.school);
    scene.sync_everybody();
    scene.sync_everybody();
    CHECK(scene.signature(*scene.counsellor, scene.visit).standing == SignatureStanding::stands);
    CHECK(scene.signature(*scene.counsellor, scene.visit).user == scene.psychologist->user);
    CHECK(scene.locked(*scene.counsellor, scene.visit));
    CHECK(scene.signed_text(*scene.counsellor, scene.visit) == "Elin sover bättre.\n");
}

TEST_CASE("Device: no signature counts that its author did not give for this note",
          "[device][signed][attack]") {
    SigningScene scene;
    const ItemId other = scene.visit_note(*scene.psychologist, "En annan anteckning.\n");
    const Attacker worker{scene, *scene.worker, scene.visit};
    const auto epoch =
        worker.packet({scene.psychologist.get(), scene.worker.get()}, scene.clock.now());
    worker.deliver(*scene.psychologist, EntryKind::packet, encode_packet(epoch.packet));
    const FieldInfo* field = find_field(*find_type(ItemType::visit_note), "signatures");
    REQUIRE(field);

    std::uint64_t later = 0;
    const auto standing_of = [&](const std::string& value) {
        Change change = worker.change_of(*scene.psychologist, scene.visit, "text", "");
        change.header.time.value += ++later;
        change.header.writes = {{field->number, {}}};
        change.values = {Value{value}};
        worker.deliver(*scene.psychologist, EntryKind::batch, worker.batch(epoch, change));
        const auto signatures = must(scene.psychologist->device->item(scene.visit)).signatures;
        REQUIRE(signatures.size() == later);
        return signatures.back().standing;
    };
    SignedNote note;
    note.item = scene.visit;
    note.user = scene.psychologist->user;
    note.device = scene.psychologist->device->device();
    note.at = scene.clock.now();

    // In the author's name, and in one's own for the author's device.
    CHECK(standing_of(must(sign_note(note, scene.worker->signing))) ==
          SignatureStanding::not_authentic);
    note.device = scene.worker->device->device();
    CHECK(standing_of(must(sign_note(note, scene.worker->signing))) ==
          SignatureStanding::not_authentic);
    CHECK(standing_of("") == SignatureStanding::not_authentic);
    CHECK(standing_of("inte ens hex") == SignatureStanding::not_authentic);

    // The author's own, for another note, and the same with another item's id put in.
    SignedNotes notes{*scene.psychologist->device};
    must(notes.sign(other, must(notes.content(other))));
    note.device = scene.psychologist->device->device();
    note.item = other;
    std::string genuine = must(sign_note(note, scene.psychologist->signing));
    CHECK(standing_of(genuine) == SignatureStanding::copied);
    const std::string forged = to_hex(scene.visit);
    genuine.replace(2, forged.size(), forged);
    CHECK(standing_of(genuine) == SignatureStanding::not_authentic);
    CHECK(!scene.locked(*scene.psychologist, scene.visit));
    must(scene.try_to_edit(*scene.psychologist, "text", Value{std::string{"Går att ändra.\n"}}));

    // One's own, under what another wrote: it is what it is, and locks nothing.
    note.item = scene.visit;
    note.user = scene.worker->user;
    note.device = scene.worker->device->device();
    CHECK(standing_of(must(sign_note(note, scene.worker->signing))) == SignatureStanding::changed);
    CHECK(!scene.locked(*scene.psychologist, scene.visit));
}

TEST_CASE("Device: who tells a newcomer of others' words makes up no signature",
          "[device][signed][attack]") {
    SigningScene scene;
    scene.consent(scene.world.clinic);
    scene.sync_everybody();
    scene.sync_everybody();
    Person& newcomer = *scene.psychiatrist;
    REQUIRE(scene.text(newcomer, scene.visit, "text") == "Elin sover bättre.\n");
    const Attacker worker{scene, *scene.worker, scene.visit};
    const auto epoch =
        worker.packet({scene.psychologist.get(), scene.worker.get(), &newcomer}, scene.clock.now());
    worker.deliver(newcomer, EntryKind::packet, encode_packet(epoch.packet));
    const FieldInfo* field = find_field(*find_type(ItemType::visit_note), "signatures");
    REQUIRE(field);
    SignedNote note;
    note.item = scene.visit;
    note.user = scene.psychologist->user;
    note.device = scene.psychologist->device->device();
    note.at = scene.clock.now();
    Change lie = worker.change_of(*scene.psychologist, scene.visit, "text", "");
    lie.header.time.value += 1;
    lie.header.restated_author = note.device;
    lie.header.writes = {{field->number, {}}};
    lie.values = {Value{must(sign_note(note, scene.worker->signing))}};
    worker.deliver(newcomer, EntryKind::batch, worker.batch(epoch, lie));
    CHECK(scene.signature(newcomer, scene.visit).standing == SignatureStanding::not_authentic);
    CHECK(!scene.locked(newcomer, scene.visit));

    // Nor hides a flood of them, dated back, the one that the author gives.
    for (std::uint64_t i = 1; i <= 20; ++i) {
        lie.header.time.value = i;
        worker.deliver(newcomer, EntryKind::batch, worker.batch(epoch, lie));
    }
    scene.sign(*scene.psychologist);
    scene.sync_everybody();
    const auto signatures = must(newcomer.device->item(scene.visit)).signatures;
    CHECK(signatures.size() < 20);
    CHECK(std::ranges::count(signatures, SignatureStanding::stands, &SignatureView::standing) == 1);
    CHECK(scene.locked(newcomer, scene.visit));
}

TEST_CASE("Device: others who carry one's signature keep nobody from signing",
          "[device][signed][attack]") {
    SigningScene scene;
    const Attacker worker{scene, *scene.worker, scene.visit};
    const auto epoch =
        worker.packet({scene.psychologist.get(), scene.worker.get()}, scene.clock.now());
    worker.deliver(*scene.psychologist, EntryKind::packet, encode_packet(epoch.packet));
    const FieldInfo* field = find_field(*find_type(ItemType::visit_note), "signatures");
    SignedNote note;
    note.item = scene.visit;
    note.user = scene.psychologist->user;
    note.device = scene.psychologist->device->device();
    for (std::uint64_t i = 1; i <= 10; ++i) {
        note.at = scene.clock.now() + std::chrono::milliseconds{i};
        Change change = worker.change_of(*scene.psychologist, scene.visit, "text", "");
        change.header.time.value += i;
        change.header.writes = {{field->number, {}}};
        change.values = {Value{must(sign_note(note, scene.worker->signing))}};
        worker.deliver(*scene.psychologist, EntryKind::batch, worker.batch(epoch, change));
    }
    scene.sign(*scene.psychologist);
    CHECK(scene.locked(*scene.psychologist, scene.visit));
}

TEST_CASE("Device: a flood of signatures is read in part, and hides none that its author gave",
          "[device][signed][attack]") {
    SigningScene scene;
    scene.sign(*scene.psychologist);
    const Attacker worker{scene, *scene.worker, scene.visit};
    const auto epoch =
        worker.packet({scene.psychologist.get(), scene.worker.get()}, scene.clock.now());
    worker.deliver(*scene.psychologist, EntryKind::packet, encode_packet(epoch.packet));
    const FieldInfo* field = find_field(*find_type(ItemType::visit_note), "signatures");
    for (std::uint64_t i = 1; i <= 40; ++i) {
        Change change = worker.change_of(*scene.psychologist, scene.visit, "text", "");
        change.header.time.value = i;  // before the author's
        change.header.writes = {{field->number, {}}};
        change.values = {Value{std::to_string(i)}};
        worker.deliver(*scene.psychologist, EntryKind::batch, worker.batch(epoch, change));
    }
    const ItemView view = must(scene.psychologist->device->item(scene.visit));
    CHECK(view.signatures.size() < 20);
    CHECK(view.signatures.back().standing == SignatureStanding::stands);
    CHECK(view.locked);
}

TEST_CASE("Device: a signed note that is moved says whose signature it had", "[device][signed]") {
    SigningScene scene;
    scene.sign(*scene.psychologist);
    Device& device = *scene.psychologist->device;
    Audience circle;
    circle.id = device.new_closed_id();
    circle.users = {scene.psychologist->user};
    must(device.say({.case_id = scene.family.case_id, .body = circle}));
    const std::vector<ItemId> items{scene.visit};
    const auto moved = must(device.reclose(items, circle.id));
    REQUIRE(moved.size() == 1);
    const ItemView view = must(scene.psychologist->device->item(moved.front()));
    REQUIRE(view.signatures.size() == 1);
    CHECK(view.signatures.front().standing == SignatureStanding::copied);
    CHECK(view.signatures.front().user == scene.psychologist->user);
    CHECK(!view.locked);
}

}  // namespace samsyn
