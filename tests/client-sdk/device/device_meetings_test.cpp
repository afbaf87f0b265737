#include "tests/client-sdk/device/device_scene.hpp"

#include <samsyn/meetings.hpp>

using namespace samsyn;

namespace {

struct MeetingsScene : DeviceScene {
    MeetingsScene() {
        NewMeeting wish;
        wish.item.case_id = family.case_id;
        wish.item.about = {family.child};
        wish.item.fields = {{"title", Value{std::string{"Nätverksmöte"}}}};
        wish.points = {{"A", 10min, {}}, {"B", 20min, {}}, {"C", 5min, {}}};
        meeting = must(call_meeting(*psychologist->device, wish));
        sync_everybody();
    }

    MeetingView view(Person& person) {
        return must(meeting_view(*person.device, meeting, clock.now()));
    }

    void note(Person& by, const Attendee& who, Attendance how = Attendance::attended) {
        clock.advance(1s);
        must(note_attendance(*by.device, meeting, who, how));
    }

    std::vector<UserId> attending(Person& person) {
        std::vector<UserId> users;
        for (const RosterView& line : view(person).roster)
            if (line.attended) users.push_back(line.user);
        std::ranges::sort(users);
        return users;
    }

    static std::vector<UserId> both(const UserId& one, const UserId& other) {
        return {std::min(one, other), std::max(one, other)};
    }

    ItemId meeting;
};

}  // namespace

TEST_CASE("Meetings: those noted on two tablets at once all attend", "[device][meeting]") {
    MeetingsScene scene;
    scene.note(*scene.psychologist, scene.counsellor->user);
    scene.note(*scene.worker, scene.psychiatrist->user);
    scene.note(*scene.worker, scene.family.guardians[0]);
    scene.note(*scene.worker, std::string{"Tolken Amir"});
    scene.sync_everybody();
    for (Person* person : {scene.psychologist.get(), scene.worker.get()}) {
        CHECK(scene.attending(*person) ==
              scene.both(scene.counsellor->user, scene.psychiatrist->user));
        CHECK(scene.view(*person).guests == std::vector<std::string>{"Tolken Amir"});
        CHECK_FALSE(scene.view(*person).item.conflict);
    }
}

TEST_CASE("Meetings: taking one attendance back leaves the others, and one noted anew meanwhile",
          "[device][meeting]") {
    MeetingsScene scene;
    scene.note(*scene.psychologist, scene.counsellor->user);
    scene.note(*scene.psychologist, scene.psychiatrist->user);
    scene.sync_everybody();
    scene.note(*scene.psychologist, scene.counsellor->user, Attendance::never_came);
    CHECK(scene.attending(*scene.psychologist) == std::vector{scene.psychiatrist->user});

    SECTION("everywhere") {
        scene.sync_everybody();
        CHECK(scene.attending(*scene.worker) == std::vector{scene.psychiatrist->user});
    }
    SECTION("but for who was noted again after that") {
        scene.note(*scene.worker, scene.worker->user);
        scene.note(*scene.psychologist, scene.counsellor->user);
        scene.sync_everybody();
        CHECK(scene.attending(*scene.worker).size() == 3);
        CHECK(scene.attending(*scene.psychologist).size() == 3);
    }
}

TEST_CASE("Meetings: an element goes from a set only, and only in an edit", "[device][meeting]") {
    MeetingsScene scene;
    Device& device = *scene.psychologist->device;
    const FieldInput title{"title", Value{std::string{"Nätverksmöte"}}, {}, true};
    CHECK(device.edit_item(scene.meeting, {&title, 1}).error().code == Errc::invalid_argument);
    CHECK(scene.view(*scene.psychologist).item.text("title") == "Nätverksmöte");
    NewItem item;
    item.case_id = scene.family.case_id;
    item.type = ItemType::meeting;
    item.about = {scene.family.child};
    item.fields = {{"title", Value{std::string{"X"}}},
                   {"guests", Value{std::string{"Amir"}}, {}, true}};
    CHECK(device.add_item(item).error().code == Errc::invalid_argument);
}

TEST_CASE("Meetings: an agenda ordered on two tablets at once converges, and says where",
          "[device][meeting]") {
    MeetingsScene scene;
    const auto agenda = [&](Person& person) {
        std::string titles;
        for (const AgendaPointView& point : scene.view(person).agenda) titles += point.title;
        return titles;
    };
    const ItemId last = scene.view(*scene.psychologist).agenda[2].id;
    scene.clock.advance(1s);
    must(move_point(*scene.psychologist->device, last, 1, scene.clock.now()));
    CHECK(agenda(*scene.psychologist) == "CAB");
    scene.clock.advance(1s);
    must(move_point(*scene.worker->device, last, 2, scene.clock.now()));
    CHECK(agenda(*scene.worker) == "ACB");
    scene.sync_everybody();
    CHECK(agenda(*scene.psychologist) == agenda(*scene.worker));
    bool conflict = false;
    for (const AgendaPointView& point : scene.view(*scene.worker).agenda)
        conflict = conflict || point.conflict;
    CHECK(conflict);
}

TEST_CASE("Meetings: hostile numbers of another device order and time nothing wrongly",
          "[device][meeting][attack]") {
    MeetingsScene scene;
    const ItemId point = scene.view(*scene.worker).agenda[0].id;
    const std::vector<FieldInput> fields{{"position", Value{INT64_MAX}},
                                         {"minutes", Value{INT64_MIN}}};
    must(scene.worker->device->edit_item(point, fields));
    const std::vector<FieldInput> times{{"starts_at", Value{instant_max}},
                                        {"ends_at", Value{Instant{}}}};
    must(scene.worker->device->edit_item(scene.meeting, times));
    scene.sync_everybody();
    const MeetingView view = scene.view(*scene.psychologist);
    REQUIRE(view.agenda.size() == 3);
    CHECK(view.agenda.back().id == point);
    CHECK(view.agenda.back().minutes == 0min);
    CHECK(view.times.planned == 25min);
    must(move_point(*scene.psychologist->device, point, 1, scene.clock.now()));
    CHECK(scene.view(*scene.psychologist).agenda.front().id == point);
    NextMeeting next;
    next.after = scene.meeting;
    next.fields = {{"starts_at", Value{scene.clock.now()}}};
    CHECK(call_next_meeting(*scene.psychologist->device, next, scene.clock.now()).has_value());
}

TEST_CASE("Meetings: a parked point goes on to nobody who could not read it",
          "[device][meeting][attack]") {
    MeetingsScene scene;
    const auto park = [&](std::string_view title, std::optional<Sensitivity> sensitivity) {
        NewItem point;
        point.case_id = scene.family.case_id;
        point.type = ItemType::agenda_point;
        point.about = {scene.family.child};
        point.sensitivity = sensitivity;
        point.fields = {{"title", Value{std::string{title}}},
                        {"meeting", Value{ReferenceId::from(scene.meeting.view())}},
                        {"state", Value{std::int64_t{2}}}};
        must(scene.psychologist->device->add_item(point));
    };
    park("Halva dagar", {});
    park("Diagnosen", Sensitivity::far_reaching);
    NextMeeting next;
    next.after = scene.meeting;
    const ItemId id = must(call_next_meeting(*scene.psychologist->device, next, scene.clock.now()));
    const MeetingView called =
        must(meeting_view(*scene.psychologist->device, id, scene.clock.now()));
    REQUIRE(called.agenda.size() == 1);
    CHECK(called.agenda.front().title == "Halva dagar");
    CHECK(scene.view(*scene.psychologist).parked.size() == 2);
}

TEST_CASE("Meetings: a time that no device can read again is not written", "[device][meeting]") {
    MeetingsScene scene;
    Device& device = *scene.worker->device;
    for (const Instant time : {Instant::min(), Instant{-1ms}, instant_max - 1ms}) {
        const FieldInput start{"starts_at", Value{time}};
        CHECK(device.edit_item(scene.meeting, {&start, 1}).error().code == Errc::invalid_argument);
    }
    scene.sync_everybody();
    CHECK(device.items(scene.family.case_id).has_value());
}

TEST_CASE("Meetings: those who may not read a meeting are told nothing of it",
          "[device][meeting][attack]") {
    MeetingsScene scene;
    CHECK(meeting_view(*scene.counsellor->device, scene.meeting, scene.clock.now()).error().code ==
          Errc::not_found);
    CHECK(must(meetings_of(*scene.counsellor->device, scene.family.case_id, scene.clock.now()))
              .empty());
    CHECK(
        note_attendance(
            *scene.counsellor->device, scene.meeting, scene.counsellor->user, Attendance::attended)
            .error()
            .code == Errc::not_found);
}
