#include "tests/client-sdk/device/promise_scene.hpp"

using namespace samsyn;

namespace {

using enum CommitmentState;

/// "promised:, done:klart": what happened, oldest first.
std::string story_of(const CommitmentView& view) {
    std::string story;
    for (const CommitmentEvent& event : view.history)
        story.append(story.empty() ? "" : ", ")
            .append(event.state ? key_of(*event.state) : "?")
            .append(":")
            .append(event.note);
    return story;
}

}  // namespace

TEST_CASE("Commitments: say who promised what for which unit, and every step with who and when",
          "[device][commitments]") {
    PromiseScene scene;
    Person& ylva = *scene.psychologist;
    const ItemId item = scene.promise(ylva, "Ringa skolan", {{"due", Value{scene.in_days(3)}}});
    const Instant promised_at = scene.clock.now();
    const CommitmentView fresh = scene.seen(ylva, item);
    CHECK(fresh.owner == scene.counsellor->user);
    CHECK(fresh.owner_unit == scene.world.school);
    CHECK(fresh.days.state == promised);
    CHECK(fresh.standing.due_soon);

    must(scene.step(ylva, item, CommitmentStep::take_home, scene.in_days(1), "rektor frågar"));
    must(scene.step(ylva, item, CommitmentStep::answer, {}, "ja"));
    must(scene.step(ylva, item, CommitmentStep::finish));
    scene.sync_everybody();
    const CommitmentView view = scene.seen(*scene.worker, item);
    CHECK(view.days.state == done);
    CHECK(view.standing == CommitmentStanding{});
    CHECK(story_of(view) == "promised:, taken_home:" + to_text(scene.in_days(1)) +
                                " rektor frågar, answered:ja, done:");
    for (std::size_t i = 0; i < view.history.size(); ++i) {
        CHECK(view.history[i].by == ylva.user);
        CHECK(view.history[i].at == promised_at + 1s * i);
        CHECK(view.history[i].recorded);
    }
}

TEST_CASE("Commitments: what happened stays when, though other fields are edited before a sync",
          "[device][commitments]") {
    PromiseScene scene;
    Person& ylva = *scene.psychologist;
    const ItemId item = scene.promise(ylva, "Ringa skolan");
    scene.sync_everybody();
    must(scene.step(ylva, item, CommitmentStep::finish));
    const Instant done_at = scene.clock.now();
    scene.clock.advance(1h);
    scene.edit(ylva, item, "promised_to", "Eva");
    scene.sync_everybody();
    CHECK(scene.seen(*scene.worker, item).history.back().at == done_at);
}

TEST_CASE("Commitments: the same step twice is twice in the history", "[device][commitments]") {
    PromiseScene scene;
    Person& ylva = *scene.psychologist;
    const ItemId item = scene.promise(ylva, "Ringa skolan");
    for (int i = 0; i < 2; ++i) {
        must(scene.step(ylva, item, CommitmentStep::finish));
        must(scene.step(ylva, item, CommitmentStep::promise_again));
        scene.sync_everybody();
    }
    CHECK(story_of(scene.seen(*scene.worker, item)) ==
          "promised:, done:, promised:, done:, promised:");
}

TEST_CASE("Commitments: two who step at once are a visible conflict, and both are in the history",
          "[device][commitments][conflict]") {
    PromiseScene scene;
    Person& ylva = *scene.psychologist;
    Person& ake = *scene.worker;
    const ItemId item = scene.promise(ylva, "Ringa skolan");
    scene.sync_everybody();
    must(scene.step(ylva, item, CommitmentStep::finish, {}, "de ringde"));
    must(scene.step(ake, item, CommitmentStep::break_promise, {}, "ingen ringde"));
    scene.sync_everybody();
    for (Person* person : {&ylva, &ake}) {
        const CommitmentView view = scene.seen(*person, item);
        CHECK(view.state_conflict);
        CHECK(view.conflict);
        CHECK(story_of(view) == "promised:, done:de ringde, broken:ingen ringde");
        CHECK(view.history[1].by == ylva.user);
        CHECK(view.history[2].by == ake.user);
        // Nobody knows yet that it is over: it stays on the list.
        CHECK(must(commitments(*person->device, {}, scene.today())).size() == 1);
    }
    const auto refused = scene.step(ylva, item, CommitmentStep::promise_again);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == Errc::conflict);
    CHECK(refused.error().context == commitment_in_conflict);

    Settlement settlement{
        .item = item, .field = "state", .value = Value{std::int64_t{3}}, .seen = {}};
    for (const FieldView& field : must(ylva.device->item(item)).fields)
        if (field.conflict)
            for (const ValueView& value : field.values) settlement.seen.push_back(value.version);
    scene.clock.advance(1s);
    must(ylva.device->settle(settlement));
    scene.sync_everybody();
    const CommitmentView settled = scene.seen(ake, item);
    CHECK_FALSE(settled.state_conflict);
    CHECK(settled.days.state == done);
    CHECK(story_of(settled) == "promised:, done:de ringde, broken:ingen ringde, done:");
    CHECK_FALSE(settled.history.back().recorded);
}

TEST_CASE("Commitments: is open while one of two who stepped at once says that it is",
          "[device][commitments][conflict]") {
    PromiseScene scene;
    Person& ylva = *scene.psychologist;
    const ItemId item = scene.promise(ylva, "Ringa skolan");
    scene.sync_everybody();
    must(scene.step(*scene.worker, item, CommitmentStep::take_home, scene.in_days(3)));
    must(scene.step(ylva, item, CommitmentStep::finish));
    CHECK_FALSE(is_open_commitment(must(ylva.device->item(item))));
    scene.sync_everybody();
    CHECK(scene.seen(ylva, item).days.state == done);  // as it is shown
    CHECK(scene.seen(ylva, item).state_conflict);
    CHECK(is_open_commitment(must(ylva.device->item(item))));
}

TEST_CASE("Commitments: whom consent lets in sees all that happened, by whom, and takes it home",
          "[device][commitments]") {
    PromiseScene scene;
    Person& ylva = *scene.psychologist;
    Person& school = *scene.counsellor;
    const ItemId item = scene.promise(ylva, "Ringa skolan");
    scene.sync_everybody();
    must(scene.step(*scene.worker, item, CommitmentStep::break_promise, {}, "ingen ringde"));
    must(scene.step(*scene.worker, item, CommitmentStep::promise_again));
    scene.sync_everybody();
    const CommitmentView before = scene.seen(ylva, item);
    CHECK(commitment(*school.device, item, scene.today()).error().code == Errc::not_found);

    scene.consent(scene.world.school);
    scene.sync_everybody();
    scene.sync_everybody();
    const CommitmentView view = scene.seen(school, item);
    REQUIRE(story_of(view) == story_of(before));
    for (std::size_t i = 0; i < view.history.size(); ++i) {
        CHECK(view.history[i].by == before.history[i].by);
        CHECK(view.history[i].at == before.history[i].at);
    }
    must(scene.step(school, item, CommitmentStep::take_home, scene.in_days(2), "rektor frågar"));
    scene.sync_everybody();
    CHECK(scene.seen(ylva, item).days.state == taken_home);
    CHECK(scene.seen(ylva, item).history.back().by == school.user);
}

TEST_CASE("Commitments: two who say the same at once agree, and both have said it",
          "[device][commitments]") {
    PromiseScene scene;
    const ItemId item = scene.promise(*scene.psychologist, "Ringa skolan");
    scene.sync_everybody();
    must(scene.step(*scene.psychologist, item, CommitmentStep::finish));
    must(scene.step(*scene.worker, item, CommitmentStep::finish));
    scene.sync_everybody();
    for (Person* person : {scene.psychologist.get(), scene.worker.get()}) {
        CHECK_FALSE(scene.seen(*person, item).conflict);
        CHECK(story_of(scene.seen(*person, item)) == "promised:, done:, done:");
    }
}

TEST_CASE("Commitments: steps that make no sense are refused, and write nothing",
          "[device][commitments]") {
    PromiseScene scene;
    Person& ylva = *scene.psychologist;
    const ItemId item = scene.promise(ylva, "Ringa skolan");
    const ItemId note = scene.note(ylva, "Sover bättre");
    scene.sync_everybody();
    const auto why = [&](const ItemId& id, CommitmentStep step, std::optional<Date> day = {}) {
        const auto refused = scene.step(ylva, id, step, day);
        REQUIRE_FALSE(refused.has_value());
        return refused.error().context;
    };
    CHECK(why(item, CommitmentStep::answer) == commitment_not_taken_home);
    CHECK(why(item, CommitmentStep::take_home) == commitment_needs_answer_by);
    CHECK(why(item, CommitmentStep::take_home, scene.in_days(-1)) == commitment_day_passed);
    CHECK(why(item, CommitmentStep::finish, scene.in_days(1)).starts_with("day"));
    CHECK(why(note, CommitmentStep::finish).starts_with("item"));
    const auto too_long = scene.step(
        ylva, item, CommitmentStep::finish, {}, std::string(history_note_bytes_max + 1, 'x'));
    CHECK(too_long.error().code == Errc::limit_exceeded);
    CHECK(must(ylva.device->status()).unsent_changes == 0);
    CHECK(story_of(scene.seen(ylva, item)) == "promised:");
    must(ylva.device->delete_item(item));
    CHECK(scene.step(ylva, item, CommitmentStep::finish).error().code == Errc::not_found);
}

TEST_CASE("Commitments: whatever a colleague's program wrote into the history is shown, bounded",
          "[device][commitments][attack]") {
    PromiseScene scene;
    Person& ake = *scene.worker;
    const ItemId item = scene.promise(*scene.psychologist, "Ringa skolan");
    scene.sync_everybody();
    scene.edit(ake, item, "history", "klart enligt mig");
    for (int i = 0; i < 220; ++i) scene.edit(ake, item, "history", "\x1b[2J" + std::to_string(i));
    scene.edit(ake, item, "history", "done " + std::string(20'000, 'x'));
    scene.sync_everybody();
    scene.sync_everybody();
    const CommitmentView view = scene.seen(*scene.psychologist, item);
    CHECK(view.days.state == promised);  // the history does not say how it stands
    CHECK(view.history.size() == history_entries_max);
    CHECK(view.history_left_out == 23);
    CHECK(view.history.back().state == done);
    CHECK(view.history.back().by == ake.user);
    const CommitmentEvent& strange = view.history[history_entries_max - 2];
    CHECK_FALSE(strange.state.has_value());
    CHECK(strange.note == "\x1b[2J219");
    for (const CommitmentEvent& event : view.history)
        CHECK(event.note.size() <= history_note_bytes_max + 3);
}

TEST_CASE("Commitments: are listed over all cases, what is late first, by owner and until over",
          "[device][commitments]") {
    PromiseScene scene;
    Person& ylva = *scene.psychologist;
    const auto due = [&](int days) { return FieldInput{"due", Value{scene.in_days(days)}}; };
    scene.promise(ylva, "om en månad", {due(30)});
    scene.promise(ylva, "utan dag");
    const ItemId over = scene.promise(ylva, "klart", {due(-9)});
    scene.promise(ylva, "sedan tre dagar", {due(-3)});
    scene.promise(ylva, "imorgon", {due(1), PromiseScene::owned_by(ylva)});
    must(scene.step(ylva, over, CommitmentStep::finish));
    const Family other = open_family(*ylva.device, scene.world.team, {}, scene.clock.now());
    const CaseId first = scene.family.case_id;
    scene.family = other;
    const ItemId home = scene.promise(ylva, "svar sedan igår", {due(20)});
    must(scene.step(ylva, home, CommitmentStep::take_home, scene.in_days(0)));
    scene.clock.advance(24h);

    const auto list = [&](const CommitmentFilter& filter) {
        return scene.names_of(must(commitments(*ylva.device, filter, scene.today())));
    };
    using Names = std::vector<std::string>;
    CHECK(list({}) ==
          Names{"sedan tre dagar", "svar sedan igår", "imorgon", "om en månad", "utan dag"});
    CHECK(list({.case_id = other.case_id}) == Names{"svar sedan igår"});
    CHECK(list({.case_id = first, .owner = ylva.user}) == Names{"imorgon"});
    CHECK(list({.case_id = first, .owner = scene.counsellor->user, .open_only = false}) ==
          Names{"sedan tre dagar", "om en månad", "utan dag", "klart"});
}

TEST_CASE("Commitments: the family is shown what each of them may see, and nobody else is family",
          "[device][commitments]") {
    PromiseScene scene;
    Person& ylva = *scene.psychologist;
    const PersonId one = scene.family.guardians[0];
    const PersonId other = scene.family.guardians[1];
    const ItemId shared = scene.promise(ylva, "Ringa skolan");
    NewItem own;
    own.case_id = scene.family.case_id;
    own.about = {one};
    own.fields = {PromiseScene::owned_by(ylva), {"what", Value{std::string{"Boka samtal"}}}};
    scene.clock.advance(1s);
    must(add_commitment(*ylva.device, own));

    const auto list = [&](const PersonId& person) {
        return scene.names_of(must(commitments(
            *ylva.device, {.case_id = scene.family.case_id, .family = person}, scene.today())));
    };
    using Names = std::vector<std::string>;
    CHECK(list(other) == Names{"Ringa skolan"});
    CHECK(list(one).size() == 2);
    CHECK(list(scene.family.child) == Names{"Ringa skolan"});
    auto family = scene.family.guardians;
    family.push_back(scene.family.child);
    std::ranges::sort(family);
    CHECK(scene.seen(ylva, shared).family == family);
    CHECK(std::ranges::count(scene.seen(ylva, shared).readers, ylva.user) == 1);

    const PersonId uncle = must(ylva.device->add_person(scene.family.case_id, "Bo Ekstubbe", {}));
    CHECK(
        commitments(*ylva.device, {.case_id = scene.family.case_id, .family = uncle}, scene.today())
            .error()
            .code == Errc::not_found);
    CHECK(commitments(*ylva.device, {.family = one}, scene.today()).error().code ==
          Errc::invalid_argument);
}

TEST_CASE("Commitments: an owner who takes part for two units is given neither",
          "[device][commitments]") {
    PromiseScene scene;
    Person& ylva = *scene.psychologist;
    CHECK_FALSE(
        scene
            .seen(ylva,
                  scene.promise(ylva, "x", {PromiseScene::owned_by(scene.world.administrator())}))
            .owner_unit.has_value());
    const ItemId named = scene.promise(
        ylva, "y", {{"owner_unit", Value{ReferenceId::from(scene.world.clinic.view())}}});
    CHECK(scene.seen(ylva, named).owner_unit == scene.world.clinic);
}
