#pragma once

#include "tests/support/catch.hpp"
#include "tests/support/founded.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/pump.hpp"

#include <samsyn/leaving.hpp>

#include <algorithm>

namespace samsyn {

using namespace std::chrono_literals;

/// A founded federation, a hub, five people with devices, and a case of a family.
struct DeviceScene {
    explicit DeviceScene(std::filesystem::path folder = {})
        : storage((static_cast<void>(must(start_sodium())), must(open_memory_storage()))),
          world(clock, *storage, "localhost:4430", std::move(folder)),
          hub(world.make_hub()),
          pump(std::make_unique<Pump>(*hub, clock, world.random(), world.verifier())),
          psychologist(world.enrol("Ylva Ek", world.team, Role::psychologist)),
          worker(world.enrol("Åke Ström", world.team, Role::social_worker)),
          counsellor(world.enrol("Mårten Öst", world.school, Role::school_counsellor)),
          psychiatrist(world.enrol("Siv Ljung", world.clinic, Role::child_psychiatrist)) {
        sync(world.administrator());
        sync_everybody();
        const std::vector<Participant> people{{worker->user, world.team},
                                              {counsellor->user, world.school},
                                              {psychiatrist->user, world.clinic}};
        family = open_family(*psychologist->device, world.team, people, clock.now());
        sync_everybody();
    }

    /// One connection of one device, from nothing to synced.
    void sync(Person& person) {
        clock.advance(5s);
        Pump::Line& line = pump->connect(*person.device);
        INFO(person.name);
        REQUIRE(pump->run());
        if (line.closed) FAIL(to_string(*line.closed));
        REQUIRE(line.synced);
        pump->disconnect_all();
    }

    std::vector<Person*> everybody() const {
        return {psychologist.get(), worker.get(), counsellor.get(), psychiatrist.get()};
    }

    /// One after the other, twice: what the last one writes reaches the first.
    void sync_everybody() {
        for (int round = 0; round < 2; ++round)
            for (Person* person : everybody()) sync(*person);
    }

    /// What one person writes: a register.
    ItemId note(Person& author, std::string_view text) {
        return add(author, ItemType::observation, text);
    }

    /// What several write: a text.
    ItemId visit_note(Person& author, std::string_view text) {
        return add(author, ItemType::visit_note, text);
    }

    ItemId add(Person& author, ItemType type, std::string_view text) {
        clock.advance(1s);
        NewItem item;
        item.case_id = family.case_id;
        item.type = type;
        item.about = {family.child};
        item.category = Category::social;
        item.fields = {{"text", Value{std::string{text}}}};
        return must(author.device->add_item(item));
    }

    ItemId goal(Person& author, std::string_view text) {
        clock.advance(1s);
        NewItem item;
        item.case_id = family.case_id;
        item.type = ItemType::plan_goal;
        item.about = {family.child};
        item.fields = {{"goal", Value{std::string{text}}}};
        return must(author.device->add_item(item));
    }

    void edit(Person& author, const ItemId& item, std::string_view field, std::string_view text) {
        clock.advance(1s);
        const std::vector<FieldInput> fields{{std::string{field}, Value{std::string{text}}}};
        must(author.device->edit_item(item, fields));
    }

    /// The shown text of a field, or "-" where the device has nothing to show.
    static std::string text(Person& reader, const ItemId& item, std::string_view field) {
        const auto view = reader.device->item(item);
        return view ? view->text(field) : "-";
    }

    void consent(const UnitId& recipient, Reach reach = Reach::present) {
        for (const PersonId& guardian : family.guardians) consent_of(guardian, recipient, reach);
    }

    std::vector<StatementId> consent_of(const PersonId& guardian,
                                        const UnitId& recipient,
                                        Reach reach = Reach::present,
                                        std::vector<StatementId> names = {}) {
        clock.advance(1s);
        NewConsent wish;
        wish.case_id = family.case_id;
        wish.grantor = guardian;
        wish.capacity = Capacity::guardian;
        wish.subjects = {family.child};
        wish.disclosing = {world.team};
        wish.recipients = {Recipient{recipient, std::nullopt, std::nullopt}};
        wish.categories.insert(Category::social);
        wish.categories.insert(Category::plan);
        wish.actions.insert(Action::read);
        wish.actions.insert(Action::contribute);
        wish.not_before = clock.now();
        wish.not_after = clock.now() + 24h * 200;
        wish.reach = reach;
        wish.form = ConsentForm::written;
        wish.names = std::move(names);
        return must(psychologist->device->record_consent(wish));
    }

    void withdraw(const UnitId& recipient) {
        clock.advance(1s);
        NewClosing no;
        no.case_id = family.case_id;
        no.kind = ClosingKind::withdrawal;
        no.decider = family.guardians.front();
        no.subjects = {family.child};
        no.disclosing = {world.team};
        no.recipient = Recipient{recipient, std::nullopt, std::nullopt};
        must(psychologist->device->record_closing(no));
    }

    ManualClock clock;
    std::unique_ptr<Storage> storage;
    Founded4 world;
    std::unique_ptr<Hub> hub;
    std::unique_ptr<Pump> pump;
    std::unique_ptr<Person> psychologist, worker, counsellor, psychiatrist;
    Family family;
};

}  // namespace samsyn
