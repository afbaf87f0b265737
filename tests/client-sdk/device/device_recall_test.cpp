// Items that are taken back or moved: what goes, from where, and who may.

#include "tests/client-sdk/device/attachment_scene.hpp"
#include "tests/client-sdk/device/device_attacker.hpp"

#include <samsyn/recalls.hpp>
#include <samsyn/signed_notes.hpp>

#include <array>

namespace samsyn {

namespace {

struct RecallScene : AttachmentScene {
    static Result<void> try_to_recall(Person& person,
                                      const ItemId& item,
                                      RecallReason reason = RecallReason::wrong_family) {
        return Recalls{*person.device}.recall(item, reason);
    }

    void recall(Person& person, const ItemId& item) {
        clock.advance(1s);
        must(try_to_recall(person, item));
    }

    static std::size_t found(Person& person, const CaseId& case_id, std::string_view word) {
        return must(person.device->search(case_id, word, 10)).hits.size();
    }

    /// Not a word of it, by any way that a person has.
    void check_gone(Person& person, const ItemId& item, std::string_view word) const {
        INFO(person.name);
        const auto view = person.device->item(item);
        if (view) {
            CHECK(view->presence == ItemState::Presence::deleted);
            CHECK(view->title().empty());
            for (const FieldView& field : view->fields)
                if (!is_mark(field.number)) CHECK(field.values.empty());
        }
        for (const ItemView& each : must(person.device->items(family.case_id)))
            CHECK(each.id != item);
        CHECK(found(person, family.case_id, word) == 0);
    }

    /// A circle of one.
    AudienceId closed_circle(Person& person) const {
        Audience circle;
        circle.id = person.device->new_closed_id();
        circle.users = {person.user};
        Saying saying;
        saying.case_id = family.case_id;
        saying.body = circle;
        (void)must(person.device->say(std::move(saying)));
        return circle.id;
    }

    /// The devices that have said that it is gone, in the server's log.
    std::set<UserId> confirmed(const ItemId& item) const {
        std::set<UserId> users;
        const TreeHead tree = must(storage->log().tree()).value();
        for (std::uint64_t number = 0; number < tree.size; ++number) {
            const auto bytes = must(storage->log().row(number));
            const LogRow row = must(decode_log_row(bytes));
            const auto* const read = std::get_if<RowRead>(&row.act);
            if (read != nullptr && read->action == ReadAction::removed &&
                read->items == std::vector{item})
                users.insert(row.user);
        }
        return users;
    }

    static std::vector<RecalledItem> recalled(Person& person, const CaseId& case_id) {
        return must(Recalls{*person.device}.list(case_id));
    }
};

}  // namespace

TEST_CASE("Recalls: a note in the wrong family goes from every device, and each says so",
          "[device][recall]") {
    RecallScene scene;
    scene.consent(scene.world.school);
    const ItemId note = scene.note(*scene.psychologist, "Skrivet i fel familj");
    const ItemId minutes = scene.visit_note(*scene.psychologist, "Besöket i fel familj");
    scene.sync_everybody();
    REQUIRE(scene.text(*scene.counsellor, note, "text") == "Skrivet i fel familj");
    REQUIRE(scene.found(*scene.counsellor, scene.family.case_id, "fel") == 2);
    scene.edit(*scene.worker, note, "text", "Skrivet i fel familj, och ej skickat");
    scene.recall(*scene.worker, note);                                // who works in the unit, too
    CHECK(must(scene.worker->device->status()).unsent_changes == 1);  // the recall
    scene.recall(*scene.psychologist, minutes);
    scene.check_gone(*scene.worker, note, "skrivet");
    scene.sync_everybody();
    for (Person* person : {scene.psychologist.get(), scene.worker.get(), scene.counsellor.get()}) {
        scene.check_gone(*person, note, "skrivet");
        scene.check_gone(*person, minutes, "besöket");
        const auto list = scene.recalled(*person, scene.family.case_id);
        REQUIRE(list.size() == 2);
        CHECK(list[1].item == note);
        CHECK(list[1].by == scene.worker->user);
        CHECK(list[1].reason == RecallReason::wrong_family);
        CHECK(std::ranges::count(list[1].readers, scene.counsellor->user) == 1);
        CHECK_FALSE(list[1].unsent);
        CHECK(must(person->device->status()).parked.empty());
    }
    scene.sync_everybody();
    const std::set<UserId> all{
        scene.psychologist->user, scene.worker->user, scene.counsellor->user};
    CHECK(scene.confirmed(note) == all);
    CHECK(scene.confirmed(minutes) == all);
}

TEST_CASE("Recalls: who wrote on without knowing brings nothing back", "[device][recall]") {
    RecallScene scene;
    const ItemId note = scene.note(*scene.psychologist, "Början");
    const ItemId visit = scene.visit_note(*scene.psychologist, "Början");
    scene.sync_everybody();
    scene.edit(*scene.worker, note, "text", "Fortsättning");  // offline
    scene.edit(*scene.worker, visit, "text", "Början och fortsättning");
    scene.recall(*scene.psychologist, note);
    scene.recall(*scene.psychologist, visit);
    bool sent_before = false;
    SECTION("and sends it afterwards") {
        scene.sync(*scene.psychologist);
        scene.sync(*scene.worker);
    }
    SECTION("and has sent it before") {
        sent_before = true;
        scene.sync(*scene.worker);
        scene.sync(*scene.psychologist);
    }
    scene.sync_everybody();
    for (Person* person : {scene.psychologist.get(), scene.worker.get()}) {
        scene.check_gone(*person, note, "fortsättning");
        scene.check_gone(*person, visit, "fortsättning");
        CHECK(must(person->device->status()).unsent_changes == 0);
    }
    // What was written meanwhile is lost to nobody: its author has it, or who took it back.
    std::string words;
    const auto take = [&](const std::vector<ParkedView::Text>& texts) {
        REQUIRE(texts.size() == 1);
        words += texts.front().text + "|";
    };
    Recalls author{*scene.worker->device};
    Recalls recaller{*scene.psychologist->device};
    const auto parked = must(scene.worker->device->status()).parked;
    CHECK(must(scene.psychologist->device->status()).parked.empty());
    CHECK(parked.size() == (sent_before ? 0 : 2));
    for (const ParkedView& one : parked) {
        CHECK(one.why.context == Recalls::is_recalled);
        take(one.texts);
        must(author.drop_unsent(one.id));
        CHECK(author.drop_unsent(one.id).error().code == Errc::not_found);
    }
    for (const RecalledItem& one : must(recaller.list(scene.family.case_id)))
        for (const LateText& late : one.late) {
            CHECK(late.author == scene.worker->user);
            take(late.texts);
            CHECK(author.drop_late(late.number).error().code == Errc::not_found);
            must(recaller.drop_late(late.number));
        }
    CHECK(words ==
          (sent_before ? " och fortsättning|Fortsättning|" : "Fortsättning| och fortsättning|"));
    CHECK(must(scene.worker->device->status()).parked.empty());
    for (const RecalledItem& one : must(recaller.list(scene.family.case_id)))
        CHECK(one.late.empty());
    const std::vector<FieldInput> fields{{"text", Value{std::string{"Igen"}}}};
    const auto edited = scene.worker->device->edit_item(note, fields);
    REQUIRE_FALSE(edited);
    CHECK(edited.error().context == Recalls::is_recalled);
    CHECK(scene.try_to_recall(*scene.worker, note).error().context == Recalls::is_recalled);
}

TEST_CASE("Recalls: what waits for its answer is sealed no second time once its item is recalled",
          "[device][recall][attack]") {
    RecallScene scene;
    const ItemId note = scene.note(*scene.psychologist, "Början");
    scene.sync_everybody();
    scene.edit(*scene.worker, note, "text", "Fortsättning");
    Device& worker = *scene.worker->device;
    const Instant now = scene.clock.now();
    must(worker.on_caught_up(now, CaughtUp::Phase::everything, now));
    const auto sent = must(worker.outgoing_after(0, 1 << 20, now));
    REQUIRE(std::ranges::count(sent, EntryKind::batch, &Outgoing::kind) == 1);

    scene.recall(*scene.psychologist, note);
    scene.sync(*scene.psychologist);
    const Attacker server{scene, *scene.psychologist, note};
    server.deliver(*scene.worker,
                   EntryKind::batch,
                   must(scene.storage->read({server.channel()}, 0, 1 << 20)).back().bytes);
    scene.check_gone(*scene.worker, note, "fortsättning");
    Answer stale;
    stale.outcome = AnswerOutcome::stale_epoch;
    stale.server_time = now;
    for (const Outgoing& one : sent)
        if (one.kind == EntryKind::batch) must(worker.on_answer(one.counter, stale, now));
    for (const Outgoing& one : must(worker.outgoing_after(sent.back().counter, 1 << 20, now)))
        CHECK(one.kind != EntryKind::batch);
    const auto status = must(worker.status());
    REQUIRE(status.parked.size() == 1);
    CHECK(status.parked.front().why.context == Recalls::is_recalled);
    CHECK(status.parked.front().texts.front().text == "Fortsättning");
    CHECK(status.unsent_changes == 0);
}

TEST_CASE("Recalls: that a server calls something recalled drops nobody's words",
          "[device][recall][attack]") {
    RecallScene scene;
    const ItemId note = scene.note(*scene.psychologist, "Början");
    scene.sync_everybody();
    scene.edit(*scene.worker, note, "text", "Fortsättning");
    Device& worker = *scene.worker->device;
    const Instant now = scene.clock.now();
    must(worker.on_caught_up(now, CaughtUp::Phase::everything, now));
    Answer lie;
    lie.outcome = AnswerOutcome::refused;
    lie.why = Errc::conflict;
    lie.context = Recalls::is_recalled;
    for (const Outgoing& one : must(worker.outgoing_after(0, 1 << 20, now)))
        if (one.kind == EntryKind::batch) must(worker.on_answer(one.counter, lie, now));
    const auto parked = must(worker.status()).parked;
    REQUIRE(parked.size() == 1);
    CHECK(Recalls{worker}.drop_unsent(parked.front().id).error().code == Errc::not_found);
    CHECK(must(worker.status()).parked.size() == 1);
}

TEST_CASE("Recalls: words for an item that is gone reach no escrow, and leave none",
          "[device][recall][escrow]") {
    RecallScene scene;
    scene.consent(scene.world.school);
    const ItemId goal = scene.goal(*scene.psychologist, "I skolan varje dag");
    scene.sync_everybody();
    scene.edit(*scene.counsellor, goal, "action", "Anpassad studiegång");
    SECTION("taken back, then withdrawn") {
        scene.recall(*scene.psychologist, goal);
        scene.sync_everybody();
        REQUIRE(must(scene.counsellor->device->status()).parked.size() == 1);
        scene.withdraw(scene.world.school);
        scene.sync_everybody();
        CHECK(must(scene.counsellor->device->escrowed()).empty());
        CHECK(must(scene.counsellor->device->status()).parked.empty());
    }
    SECTION("withdrawn, then taken back") {
        scene.withdraw(scene.world.school);
        scene.sync_everybody();
        const auto escrow = must(scene.psychologist->device->escrow());
        REQUIRE(escrow.size() == 1);
        scene.recall(*scene.psychologist, goal);
        const auto released = scene.psychologist->device->release_escrow(escrow.front().id);
        REQUIRE_FALSE(released);
        CHECK(released.error().context == Recalls::is_recalled);
        CHECK(must(scene.psychologist->device->escrow()).front().state == EscrowState::held);
    }
}

TEST_CASE("Recalls: who comes later gets the mark, and nobody restates for ever",
          "[device][recall]") {
    RecallScene scene;
    const ItemId visit = scene.visit_note(*scene.psychologist, "Innan skolan fick läsa");
    scene.sync_everybody();
    scene.recall(*scene.psychologist, visit);
    scene.sync_everybody();
    scene.consent(scene.world.school);
    scene.sync_everybody();
    scene.sync_everybody();
    scene.check_gone(*scene.counsellor, visit, "skolan");
    CHECK(scene.recalled(*scene.counsellor, scene.family.case_id).size() == 1);
    const auto entries = [&] {
        return must(scene.storage->read(
                        {must(scene.psychologist->device->item(visit)).compartment}, 0, 1 << 20))
            .size();
    };
    const auto before = entries();
    scene.sync_everybody();
    CHECK(entries() == before);
    CHECK(scene.confirmed(visit).size() == 2);  // the counsellor never had it
}

TEST_CASE("Recalls: of what several units write, only its own unit takes back",
          "[device][recall][attack]") {
    RecallScene scene;
    scene.consent(scene.world.school);
    const ItemId goal = scene.goal(*scene.psychologist, "I skolan varje dag");
    scene.sync_everybody();
    scene.edit(*scene.counsellor, goal, "goal", "I skolan varje dag till jul");  // may
    const auto refused = scene.try_to_recall(*scene.counsellor, goal);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Errc::not_permitted);
    CHECK(refused.error().context == Recalls::of_others);
    scene.sync_everybody();

    // Whoever signs it all the same, and a server that lets it through.
    const Attacker attacker{scene, *scene.counsellor, goal};
    const auto epoch = attacker.packet(
        {scene.psychologist.get(), scene.worker.get(), scene.counsellor.get()}, scene.clock.now());
    Change recall = attacker.change_of(*scene.psychologist, goal, "goal", "");
    recall.header.time = HybridTime::at(scene.clock.now());
    recall.header.writes = {{recalled_field, {}}};
    recall.values = {Value{std::int64_t{1}}};
    attacker.deliver(*scene.worker, EntryKind::packet, encode_packet(epoch.packet));
    attacker.deliver(*scene.worker, EntryKind::batch, attacker.batch(epoch, recall));
    CHECK(scene.text(*scene.worker, goal, "goal") == "I skolan varje dag till jul");
    CHECK(scene.recalled(*scene.worker, scene.family.case_id).empty());

    // By way of escrow, where a lead sees no word of it, and releases it.
    attacker.deliver(
        *scene.psychologist, EntryKind::escrow, attacker.escrow(*scene.psychologist, recall));
    const auto escrow = must(scene.psychologist->device->escrow());
    REQUIRE(escrow.size() == 1);
    REQUIRE(escrow.front().opened);
    const auto released = scene.psychologist->device->release_escrow(escrow.front().id);
    REQUIRE_FALSE(released);
    CHECK(released.error().code == Errc::not_permitted);
    CHECK(scene.text(*scene.psychologist, goal, "goal") == "I skolan varje dag till jul");
}

TEST_CASE("Recalls: what is signed is taken back, moved or reclosed by who signed it, or by a lead",
          "[device][recall][signed][attack]") {
    RecallScene scene;
    // A unit that neither opened the case nor leads it.
    const auto colleague =
        scene.world.enrol("Kurt Ask", scene.world.school, Role::school_counsellor);
    scene.sync(scene.world.administrator());
    scene.sync(*colleague);
    scene.sync_everybody();
    must(scene.psychologist->device->add_participant(scene.family.case_id,
                                                     colleague->user,
                                                     scene.world.school,
                                                     Duty::member,
                                                     scene.clock.now() + 24h * 100));
    const ItemId visit = scene.visit_note(*scene.counsellor, "Elin sover bättre.");
    for (int round = 0; round < 2; ++round) {
        scene.sync_everybody();
        scene.sync(*colleague);
    }
    REQUIRE(scene.text(*colleague, visit, "text") == "Elin sover bättre.");
    SignedNotes notes{*scene.counsellor->device};
    must(notes.sign(visit, must(notes.content(visit))));
    scene.sync_everybody();
    scene.sync(*colleague);

    NewItem target;
    target.case_id = scene.family.case_id;
    target.about = {scene.family.child};
    target.category = Category::attendance;
    scene.clock.advance(1s);
    const std::array items{visit};
    const AudienceId circle = scene.closed_circle(*colleague);
    const std::array<Error, 3> refusals{scene.try_to_recall(*colleague, visit).error(),
                                        Recalls{*colleague->device}.move(visit, target).error(),
                                        colleague->device->reclose(items, circle).error()};
    for (const Error& refused : refusals) {
        CHECK(refused.code == Errc::not_permitted);
        CHECK(refused.context == signed_note_refused);
    }
    CHECK(scene.text(*colleague, visit, "text") == "Elin sover bättre.");
    scene.recall(*scene.counsellor, visit);
    scene.sync_everybody();
    scene.sync(*colleague);
    scene.check_gone(*colleague, visit, "bättre");

    const ItemId of_team = scene.visit_note(*scene.worker, "Elin sover sämre.");
    SignedNotes workers{*scene.worker->device};
    must(workers.sign(of_team, must(workers.content(of_team))));
    scene.sync_everybody();
    scene.recall(*scene.psychologist, of_team);  // leads the case
    scene.sync_everybody();
    scene.check_gone(*scene.worker, of_team, "sämre");
}

TEST_CASE("Recalls: a moved note stands in the other family, without the first one's people",
          "[device][recall]") {
    RecallScene scene;
    NewItem called;
    called.case_id = scene.family.case_id;
    called.type = ItemType::commitment;
    called.about = {scene.family.child};
    called.category = Category::social;
    called.sensitivity = Sensitivity::far_reaching;
    const ItemId meeting = scene.note(*scene.psychologist, "Ett möte");
    called.fields = {{"what", Value{std::string{"Ge besked"}}},
                     {"owner", Value{ReferenceId::from(scene.psychologist->user.view())}},
                     {"meeting", Value{ReferenceId::from(meeting.view())}}};
    const ItemId visit = must(scene.psychologist->device->add_item(called));
    const std::vector<Participant> people{{scene.worker->user, scene.world.team}};
    const Family right =
        open_family(*scene.psychologist->device, scene.world.team, people, scene.clock.now());
    scene.sync_everybody();

    NewItem target;
    target.case_id = right.case_id;
    target.about = {right.child};
    scene.clock.advance(1s);
    const ItemId moved = must(Recalls{*scene.psychologist->device}.move(visit, target));
    scene.sync_everybody();
    for (Person* person : {scene.psychologist.get(), scene.worker.get()}) {
        scene.check_gone(*person, visit, "besked");
        const ItemView view = must(person->device->item(moved));
        CHECK(view.case_id == right.case_id);
        CHECK(view.label.category == Category::social);
        CHECK(view.label.sensitivity == Sensitivity::far_reaching);
        CHECK(view.text("what") == "Ge besked");
        for (const FieldView& field : view.fields)
            CHECK((field.info->key != "meeting" || field.values.empty()));
        CHECK(scene.found(*person, right.case_id, "besked") == 1);
        CHECK(scene.recalled(*person, scene.family.case_id).front().reason == RecallReason::moved);
    }
}

TEST_CASE("Recalls: a move that cannot be done leaves everything as it was", "[device][recall]") {
    RecallScene scene;
    const ItemId note = scene.note(*scene.psychologist, "Står kvar");
    NewItem target;
    target.case_id = scene.family.case_id;
    Recalls recalls{*scene.psychologist->device};
    CHECK_FALSE(recalls.move(note, target));  // about nobody
    target.about = {scene.family.child};
    target.case_id = random_id<CaseId>(scene.world.random());
    CHECK_FALSE(recalls.move(note, target));
    NewItem meeting;
    meeting.case_id = scene.family.case_id;
    meeting.type = ItemType::meeting;
    meeting.about = {scene.family.child};
    meeting.fields = {{"title", Value{std::string{"Möte"}}}};
    const ItemId called = must(scene.psychologist->device->add_item(meeting));
    target.case_id = scene.family.case_id;
    NewItem point = meeting;
    point.type = ItemType::agenda_point;
    point.fields.push_back({"meeting", Value{ReferenceId::from(called.view())}});
    const ItemId named = must(scene.psychologist->device->add_item(point));
    for (const ItemId& item : {called, named})
        CHECK(recalls.move(item, target).error().context == Recalls::not_movable);
    CHECK(scene.text(*scene.psychologist, note, "text") == "Står kvar");
    CHECK(scene.try_to_recall(*scene.psychologist, ItemId::from(scene.family.child.view()))
              .error()
              .code == Errc::invalid_argument);
    CHECK(scene.recalled(*scene.psychologist, scene.family.case_id).empty());
}

TEST_CASE("Recalls: a file goes with its item, and moves with it", "[device][recall]") {
    RecallScene scene;
    const Bytes file = RecallScene::content(50'000);
    const ItemId wrong = scene.attach(*scene.psychologist, file);
    const ItemId misplaced = scene.attach(*scene.psychologist, file);
    scene.sync_everybody();
    REQUIRE(RecallScene::reads(*scene.worker, wrong, file));
    scene.recall(*scene.psychologist, wrong);
    NewItem target;
    target.case_id = scene.family.case_id;
    target.about = {scene.family.guardians.front()};
    scene.clock.advance(1s);
    const ItemId moved = must(Recalls{*scene.psychologist->device}.move(misplaced, target));
    scene.sync_everybody();
    scene.sync_everybody();
    for (Person* person : {scene.psychologist.get(), scene.worker.get()}) {
        for (const ItemId& gone : {wrong, misplaced})
            CHECK_FALSE(RecallScene::try_to_read(*person, gone));
        CHECK(RecallScene::reads(*person, moved, file));
    }
}

TEST_CASE("Recalls: a note in two parts, each read by its own, and no word of one in the other",
          "[device][recall]") {
    RecallScene scene;
    scene.consent(scene.world.school);  // social and plan, not health
    const ItemId visit = scene.visit_note(
        *scene.psychologist, "Elin kommer till skolan.\n\nHon tar ny medicin.\nMamma hör av sig.");
    scene.sync_everybody();
    REQUIRE(scene.text(*scene.counsellor, visit, "text").contains("medicin"));
    NewItem target;
    target.category = Category::health;
    Recalls recalls{*scene.psychologist->device};
    const auto shown = [&](const ItemId& item) { return must(recalls.paragraphs(item)).content; };
    CHECK(must(recalls.paragraphs(visit)).lines.size() == 3);
    CHECK(recalls.paragraphs(scene.note(*scene.psychologist, "x")).error().context ==
          Recalls::only_notes);
    const Hash before = shown(visit);
    const std::size_t none[] = {7};
    const std::size_t all[] = {0, 1, 2};
    CHECK_FALSE(recalls.split(visit, shown(visit), none, target));
    CHECK_FALSE(recalls.split(visit, shown(visit), all, target));
    CHECK_FALSE(recalls.split(visit, shown(visit), {}, target));
    scene.edit(*scene.psychologist, visit, "place", "Hemma hos familjen");
    const std::size_t second[] = {1};
    CHECK(recalls.split(visit, before, second, target).error().context == changed_since_shown);
    scene.clock.advance(1s);
    const SplitNote split = must(recalls.split(visit, shown(visit), second, target));
    scene.sync_everybody();
    scene.check_gone(*scene.counsellor, visit, "medicin");
    CHECK(scene.text(*scene.counsellor, split.rest, "text") ==
          "Elin kommer till skolan.\nMamma hör av sig.\n");
    CHECK(scene.text(*scene.counsellor, split.part, "text") == "-");
    CHECK(scene.text(*scene.worker, split.part, "text") == "Hon tar ny medicin.\n");
    CHECK(must(scene.worker->device->item(split.part)).label.category == Category::health);
    CHECK(scene.text(*scene.worker, split.part, "place").empty());
    CHECK(scene.text(*scene.worker, split.rest, "place") == "Hemma hos familjen");
    // What is signed is not parted.
    SignedNotes notes{*scene.psychologist->device};
    must(notes.sign(split.rest, must(notes.content(split.rest))));
    const std::size_t first[] = {0};
    CHECK(recalls.split(split.rest, shown(split.rest), first, target).error().context ==
          signed_note_refused);
}

TEST_CASE("Recalls: what is closed to a circle stays so when it moves, and leaves no case",
          "[device][recall][attack]") {
    RecallScene scene;
    Device& device = *scene.psychologist->device;
    const AudienceId circle = scene.closed_circle(*scene.psychologist);
    NewItem closed;
    closed.case_id = scene.family.case_id;
    closed.type = ItemType::observation;
    closed.about = {scene.family.child};
    closed.closed = circle;
    closed.sensitivity = Sensitivity::far_reaching;
    closed.fields = {{"text", Value{std::string{"bara för en"}}}};
    scene.clock.advance(1s);
    const ItemId secret = must(device.add_item(closed));
    NewItem target;
    target.case_id = scene.family.case_id;
    target.about = {scene.family.guardians.front()};
    target.category = Category::social;
    scene.clock.advance(1s);
    const ItemId moved = must(Recalls{device}.move(secret, target));
    CHECK(must(device.item(moved)).label.closed == circle);
    // Another category makes nothing less sensitive by itself.
    CHECK(must(device.item(moved)).label.sensitivity == Sensitivity::far_reaching);
    scene.sync_everybody();
    CHECK(scene.text(*scene.worker, moved, "text") == "-");

    const Family other = open_family(device, scene.world.team, {}, scene.clock.now());
    target.case_id = other.case_id;
    target.about = {other.child};
    const auto refused = Recalls{device}.move(moved, target);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().context == "closed");
}

}  // namespace samsyn
