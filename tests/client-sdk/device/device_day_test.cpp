#include "tests/client-sdk/device/promise_scene.hpp"

using namespace samsyn;

TEST_CASE("The day: says whose tablet can give the key that is waited for", "[device][day]") {
    PromiseScene scene;
    scene.promise(*scene.psychologist, "Ringa skolan");
    scene.sync_everybody();
    scene.consent(scene.world.school);
    // The statements arrive; the device that answers them with a key goes away first.
    (void)scene.pump->connect(*scene.psychologist->device);
    for (int turn = 0; turn < 1000; ++turn) {
        (void)scene.pump->turn();
        if (must(scene.psychologist->device->status()).unsent_statements == 0) break;
    }
    scene.pump->disconnect_all();
    scene.sync(*scene.counsellor);
    const DayView day = must(day_of(*scene.counsellor->device, scene.clock.now()));
    REQUIRE(day.waiting.size() == 1);
    std::vector<UserId> team{scene.psychologist->user, scene.worker->user};
    std::ranges::sort(team);
    CHECK(day.waiting.front().holders == team);
    CHECK(day.this_week.empty());

    scene.sync_everybody();
    CHECK(must(day_of(*scene.counsellor->device, scene.clock.now())).waiting.empty());
}

TEST_CASE("The day: has its visits and meetings, what is late, due or to be remembered",
          "[device][day]") {
    PromiseScene scene;
    Person& ylva = *scene.psychologist;
    const Instant noon = at_local_time(scene.today(), 12h);
    const auto add = [&](ItemType type, std::vector<FieldInput> fields) {
        NewItem item;
        item.case_id = scene.family.case_id;
        item.type = type;
        item.about = {scene.family.child};
        item.fields = std::move(fields);
        return must(ylva.device->add_item(item));
    };
    const auto text = [](std::string_view words) { return Value{std::string{words}}; };
    const ItemId meeting =
        add(ItemType::meeting, {{"title", text("Nätverksmöte")}, {"starts_at", Value{noon}}});
    add(ItemType::meeting, {{"title", text("Imorgon")}, {"starts_at", Value{noon + 24h}}});
    const ItemId visit =
        add(ItemType::visit_note, {{"text", text("Hembesök")}, {"date", Value{scene.today()}}});
    const auto on = [&](const char* field, int days) {
        return std::vector<FieldInput>{{field, Value{scene.in_days(days)}}};
    };
    scene.promise(ylva, "sen", on("due", -1));
    scene.promise(ylva, "idag", on("due", 0));
    scene.promise(ylva, "minns", on("remind_on", 0));
    scene.promise(ylva, "nästa månad", on("due", 30));

    const DayView day = must(day_of(*ylva.device, scene.clock.now()));
    CHECK(day.today == scene.today());
    REQUIRE(day.meetings.size() == 2);
    CHECK(day.meetings[0].item == visit);
    CHECK(day.meetings[1].item == meeting);
    CHECK(day.meetings[1].title == "Nätverksmöte");
    using Names = std::vector<std::string>;
    CHECK(scene.names_of(day.late) == Names{"sen"});
    CHECK(scene.names_of(day.this_week) == Names{"idag"});
    CHECK(scene.names_of(day.reminders) == Names{"minns"});
    CHECK(day.status.unsent_changes == 7);
    CHECK(day.days_since_sync == 0);
    scene.clock.advance(24h * 3);
    CHECK(must(day_of(*ylva.device, scene.clock.now())).days_since_sync == 3);
}

TEST_CASE("The day: the crisis team's clock alarms offline, and stops when it has met the family",
          "[device][day]") {
    PromiseScene scene;
    Person& ylva = *scene.psychologist;
    const CaseId crisis = must(
        ylva.device->open_case(ServiceModel::familjesupporten, "Familjen Alm", scene.world.team));
    const PersonId child = must(ylva.device->add_person(crisis, "Elin Alm", {}));
    const auto clocks = [&] {
        std::string all;
        for (const DayClock& row : must(day_of(*ylva.device, scene.clock.now())).clocks)
            all.append(key_of(row.clock.kind))
                .append(" ")
                .append(key_of(row.clock.alarm))
                .append(";");
        return all;
    };
    CHECK(clocks() == "first_contact running;");
    scene.clock.advance(13h);
    CHECK(clocks() == "first_contact passed;");
    NewItem visit;
    visit.case_id = crisis;
    visit.type = ItemType::visit_note;
    visit.about = {child};
    visit.fields = {{"text", Value{std::string{}}}};
    must(ylva.device->add_item(visit));
    CHECK(clocks() == "first_contact passed;");  // begun in an editor, and nothing written
    visit.fields = {{"text", Value{std::string{"Träffade familjen"}}}};
    must(ylva.device->add_item(visit));
    CHECK(clocks().empty());
    const auto all = must(case_clocks(*ylva.device, crisis, scene.clock.now()));
    REQUIRE(all.size() == 1);
    CHECK(all.front().clock.kind == ClockKind::crisis_weeks);
    must(ylva.device->close_case(crisis, 0));
    CHECK(must(case_clocks(*ylva.device, crisis, scene.clock.now())).empty());
}

TEST_CASE("The day: reports of concern, goals and consents have their days", "[device][day]") {
    PromiseScene scene;
    Person& ylva = *scene.psychologist;
    const auto add = [&](ItemType type, std::vector<FieldInput> fields) {
        NewItem item;
        item.case_id = scene.family.case_id;
        item.type = type;
        item.about = {scene.family.child};
        item.fields = std::move(fields);
        return must(ylva.device->add_item(item));
    };
    const auto text = [](std::string_view words) { return Value{std::string{words}}; };
    const ItemId report = add(ItemType::concern_report,
                              {{"text", text("Oro")},
                               {"about", text("Tuva")},
                               {"reporter", text("Skolan")},
                               {"date", Value{scene.today()}}});
    const ItemId goal =
        add(ItemType::plan_goal,
            {{"goal", text("Skolan varje dag")}, {"follow_up", Value{scene.in_days(3)}}});
    DayView day = must(day_of(*ylva.device, scene.clock.now()));
    REQUIRE(day.clocks.size() == 2);
    CHECK(day.clocks[0].clock.item == goal);
    CHECK(day.clocks[0].about == "Skolan varje dag");
    CHECK(day.clocks[1].clock.item == report);
    CHECK(day.clocks[1].clock.kind == ClockKind::concern_assessment);

    add(ItemType::decision, {{"text", text("Ingen utredning")}, {"date", Value{scene.today()}}});
    const std::vector<FieldInput> reached{{"state", Value{std::int64_t{1}}}};
    must(ylva.device->edit_item(goal, reached));
    CHECK(must(day_of(*ylva.device, scene.clock.now())).clocks.empty());

    scene.consent(scene.world.school);  // for 200 days
    CHECK(must(day_of(*ylva.device, scene.clock.now())).consents.empty());
    scene.clock.advance(24h * 171);
    scene.sync(ylva);  // long without contact, reading is locked
    CHECK(must(day_of(*ylva.device, scene.clock.now())).consents.size() == 2);
    scene.withdraw(scene.world.school);
    CHECK(must(day_of(*ylva.device, scene.clock.now())).consents.size() == 1);
}
