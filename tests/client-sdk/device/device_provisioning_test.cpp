// The life of users and devices, between an administrator's machine and tablets.

#include "client-sdk/device/directory_items.hpp"
#include "core/wire/statement_codec.hpp"
#include "tests/client-sdk/device/life_scene.hpp"

namespace samsyn {

// --- Names ---------------------------------------------------------------------------------------

TEST_CASE("Provisioning: a new name of a user, a unit and a device reaches everybody",
          "[provisioning]") {
    LifeScene scene;
    const DeviceId tablet = scene.counsellor->device->device();
    must(scene.admin.rename_user(scene.counsellor->user, "Mårten Öst-Lind"));
    must(scene.admin.rename_unit(scene.world.school, "Elevhälsa F-6"));
    must(scene.admin.rename_device(tablet, "Surfplatta 7"));
    scene.sync_admin();
    scene.sync_everybody();
    CHECK(scene.name_of_user(*scene.psychologist, scene.counsellor->user) == "Mårten Öst-Lind");
    CHECK(scene.name_of_device(*scene.psychologist, tablet) == "Surfplatta 7");
    must(scene.admin.rename_device(tablet, "Surfplatta 8"));
    scene.sync_admin();
    scene.sync_everybody();
    CHECK(scene.name_of_device(*scene.psychologist, tablet) == "Surfplatta 8");
    bool found = false;
    for (const UnitView& unit : scene.worker->device->units())
        found = found || unit.name == "Elevhälsa F-6";
    CHECK(found);
}

TEST_CASE("Provisioning: no name moves a cursor or turns the writing round",
          "[provisioning][attack]") {
    LifeScene scene;
    for (const std::string_view name : {"\x1b[2J\x1b[H",
                                        "Anna\nEk",
                                        "Anna\x7f",
                                        "Anna \xc2\x9b"
                                        "31m",
                                        "Anna \xe2\x80\xae kE",
                                        "Anna \xe2\x81\xa6 kE",
                                        "Anna \xd8\x9c kE",
                                        "",
                                        "Anna\xff"}) {
        CAPTURE(name.size());
        CHECK(scene.admin.rename_user(scene.worker->user, name).error().code ==
              Errc::invalid_argument);
        CHECK(scene.admin.rename_unit(scene.world.team, name).error().code ==
              Errc::invalid_argument);
        CHECK(scene.admin.rename_device(scene.worker->device->device(), name).error().code ==
              Errc::invalid_argument);
        CHECK_FALSE(scene.world.administrator().device->add_user(
            scene.world.team, Role::social_worker, name));
    }
    CHECK(check_directory_name("Åsa Ek – Öst/2 (grön)").has_value());
}

TEST_CASE("Provisioning: who is no administrator renames, moves and suspends nothing",
          "[provisioning][attack]") {
    LifeScene scene;
    Provisioning worker{*scene.worker->device};
    const DeviceId tablet = scene.counsellor->device->device();
    CHECK_FALSE(worker.rename_user(scene.counsellor->user, "Ny"));
    CHECK_FALSE(worker.rename_device(tablet, "Ny"));
    CHECK_FALSE(worker.report_lost(tablet));
    CHECK_FALSE(worker.renew_device(tablet, scene.clock.now() + 24h));
    CHECK_FALSE(worker.set_unit_lease(scene.world.team, 24h));
    CHECK_FALSE(worker.change_role(scene.worker->user, scene.world.team, Role::psychologist));
    CHECK_FALSE(worker.fleet(must(scene.admin.certificate(tablet)).organisation));
}

// --- People --------------------------------------------------------------------------------------

TEST_CASE("Provisioning: who moves works in the old unit until the day, and in the new one from it",
          "[provisioning]") {
    LifeScene scene;
    const auto person = scene.world.enrol("Ulla Norr", scene.world.school, Role::school_counsellor);
    scene.sync_admin();
    scene.sync(*person);
    const auto units = [&] {
        for (const UserView& view : person->device->users())
            if (view.id == person->user) return view.units;
        return std::vector<UnitId>{};
    };
    const Instant day = scene.clock.now() + 24h * 10;
    must(scene.admin.move_user(
        {person->user, scene.world.school, scene.world.social, Role::case_officer, day}));
    scene.sync_admin();
    scene.sync(*person);
    CHECK(units() == std::vector{scene.world.school});
    scene.clock.advance(24h * 5);
    scene.sync(*person);
    scene.clock.advance(24h * 6);
    scene.sync(*person);
    CHECK(units() == std::vector{scene.world.social});

    // And back: the time there before is not forgotten, and the time between not made up for.
    must(scene.admin.move_user({person->user, scene.world.social, scene.world.school, {}, {}}));
    scene.sync_admin();
    scene.sync(*person);
    CHECK(units() == std::vector{scene.world.school});
    UserCertified back{};
    for (const LogEntry& entry : must(scene.storage->read({Stream{}}, 0, 1 << 20))) {
        const auto said = must(decode_statement(entry.bytes, scene.world.hasher()));
        if (const auto* const one = std::get_if<UserCertified>(&said.body);
            one != nullptr && one->user == person->user && one->unit == scene.world.school)
            back = *one;
    }
    CHECK(back.from > day);
    CHECK(scene.admin.move_user({person->user, scene.world.school, scene.world.team, {}, {}})
              .error()
              .code == Errc::invalid_argument);  // of another organisation
}

TEST_CASE("Provisioning: a role changes at once", "[provisioning]") {
    LifeScene scene;
    must(scene.admin.change_role(scene.worker->user, scene.world.team, Role::psychologist));
    scene.sync_admin();
    scene.sync(*scene.worker);
    for (const UserView& view : scene.psychologist->device->users())
        if (view.id == scene.worker->user) CHECK(view.role == Role::social_worker);
    scene.sync(*scene.psychologist);
    for (const UserView& view : scene.psychologist->device->users())
        if (view.id == scene.worker->user) CHECK(view.role == Role::psychologist);
}

TEST_CASE("Provisioning: who leaves on a day reads until then; drafts go to escrow, and no further",
          "[provisioning][leaving]") {
    LifeScene scene;
    const OrganisationId employer =
        must(scene.admin.certificate(scene.worker->device->device())).organisation;
    const Instant last_day = scene.clock.now() + 24h * 2;
    must(scene.admin.remove_user(scene.worker->user, employer, last_day));
    scene.sync_admin();
    scene.sync(*scene.worker);  // it knows
    scene.sync(*scene.psychologist);
    CHECK(scene.text(*scene.worker, scene.note_id, "text") == "Delad anteckning");
    const ItemId draft = scene.note(*scene.worker, "Ett sista utkast");
    scene.clock.advance(24h * 3);
    CHECK(scene.text(*scene.worker, scene.note_id, "text") == "-");
    scene.hand_in(*scene.worker);
    CHECK(must(scene.worker->device->status()).unsent_changes == 0);
    REQUIRE(must(scene.worker->device->escrowed()).size() == 1);
    CHECK(must(scene.worker->device->escrowed()).front().state == EscrowState::held);
    scene.sync(*scene.psychologist);
    CHECK(scene.is_in_escrow(draft, "Ett sista utkast"));
    CHECK(scene.text(*scene.psychologist, draft, "text") == "-");  // until somebody releases it
}

TEST_CASE("Provisioning: a tablet that did not hear that its user has left is told, and purges",
          "[provisioning][leaving]") {
    LifeScene scene;
    const OrganisationId employer =
        must(scene.admin.certificate(scene.worker->device->device())).organisation;
    const ItemId draft = scene.note(*scene.worker, "Osänt utkast");
    must(scene.admin.remove_user(scene.worker->user, employer, Instant{}));
    scene.sync_admin();
    scene.sync(*scene.psychologist);
    CHECK(scene.text(*scene.worker, scene.note_id, "text") == "Delad anteckning");  // knows nothing
    scene.hand_in(*scene.worker);
    CHECK(scene.text(*scene.worker, scene.note_id, "text") == "-");
    CHECK(scene.text(*scene.worker, draft, "text") == "-");
    CHECK(must(scene.worker->device->status()).unsent_changes == 0);
    scene.sync(*scene.psychologist);
    CHECK(scene.is_in_escrow(draft, "Osänt utkast"));
}

TEST_CASE("Device: nobody but an administrator makes a tablet purge by saying that its user left",
          "[provisioning][leaving][attack]") {
    LifeScene scene;
    Device& tablet = *scene.worker->device;
    const OrganisationId employer = must(scene.admin.certificate(tablet.device())).organisation;
    StatementHeader header;
    header.federation = scene.world.federation();
    header.author = scene.counsellor->device->device();
    header.counter = 9000;
    header.previous = scene.counsellor->device->federation_heads();
    header.time = HybridTime::at(scene.clock.now());
    const Statement forged = sign_statement(header,
                                            UserRemoved{scene.worker->user, employer, Instant{}},
                                            scene.counsellor->signing,
                                            scene.world.hasher());
    const auto answer =
        must(tablet.on_order(Order{encode_statement(forged), {}}, scene.clock.now()));
    REQUIRE(answer);
    CHECK(answer->outcome == OrderOutcome::ignored);
    CHECK(scene.text(*scene.worker, scene.note_id, "text") == "Delad anteckning");
    // Nor by an administrator's true word about somebody else.
    const auto ignored =
        must(tablet.on_order(Order{encode_statement(sign_statement(
                                       header,
                                       UserRemoved{scene.counsellor->user, employer, Instant{}},
                                       scene.counsellor->signing,
                                       scene.world.hasher())),
                                   {}},
                             scene.clock.now()));
    CHECK_FALSE(ignored);
}

// --- Devices -------------------------------------------------------------------------------------

TEST_CASE("Provisioning: a lost tablet gets nothing; found, it goes on where it was",
          "[provisioning]") {
    LifeScene scene;
    const DeviceId tablet = scene.counsellor->device->device();
    must(scene.admin.report_lost(tablet));
    CHECK(scene.admin.report_lost(tablet).error().code == Errc::already_exists);
    scene.sync_admin();
    scene.sync(*scene.psychologist);
    const ItemId later = scene.note(*scene.psychologist, "Efter förlusten");
    scene.sync(*scene.psychologist);
    CHECK(scene.is_turned_away(*scene.counsellor));
    CHECK(scene.text(*scene.counsellor, later, "text") == "-");

    must(scene.admin.report_found(tablet));
    CHECK(scene.admin.report_found(tablet).error().code == Errc::not_found);
    scene.sync_admin();
    scene.sync_everybody();
    scene.sync_everybody();
    CHECK(scene.text(*scene.counsellor, later, "text") == "Efter förlusten");
    CHECK(scene.text(*scene.counsellor, scene.note_id, "text") == "Delad anteckning");
    const auto orders = must(scene.counsellor->device->pending_orders());
    REQUIRE(orders.size() == 1);
    CHECK(orders.front().kind == OrderKind::lock);
}

TEST_CASE(
    "Provisioning: a lost tablet that is unlocked hears that it is to lock, and keeps its work",
    "[provisioning]") {
    LifeScene scene;
    Device& tablet = *scene.worker->device;
    const ItemId draft = scene.note(*scene.worker, "Osänt utkast");
    must(scene.admin.report_lost(tablet.device()));
    scene.sync_admin();
    scene.hand_in(*scene.worker);
    const auto orders = must(tablet.pending_orders());
    REQUIRE(orders.size() == 1);
    CHECK(orders.front().kind == OrderKind::lock);
    CHECK(must(tablet.status()).unsent_changes == 1);
    must(scene.admin.report_found(tablet.device()));
    scene.sync_admin();
    scene.sync(*scene.worker);
    scene.sync(*scene.psychologist);
    CHECK(scene.text(*scene.psychologist, draft, "text") == "Osänt utkast");
}

TEST_CASE("Provisioning: an administrator does not lock the own machine out", "[provisioning]") {
    LifeScene scene;
    const DeviceId own = scene.world.administrator().device->device();
    CHECK(scene.admin.report_lost(own).error().code == Errc::invalid_argument);
}

TEST_CASE("Provisioning: a unit's lease is what its tablets go by, and nobody else's",
          "[provisioning][lease]") {
    LifeScene scene;
    must(scene.admin.set_unit_lease(scene.world.school, 24h));
    CHECK(scene.admin.set_unit_lease(scene.world.school, 23h).error().code ==
          Errc::invalid_argument);
    CHECK(scene.admin.set_unit_lease(scene.world.school, 721h).error().code ==
          Errc::invalid_argument);
    scene.sync_admin();
    scene.sync_everybody();
    scene.clock.advance(23h);
    CHECK(scene.counsellor->device->item(scene.note_id));
    scene.clock.advance(2h);
    const auto locked = scene.counsellor->device->item(scene.note_id);
    REQUIRE_FALSE(locked);
    CHECK(locked.error().code == Errc::lease_ended);
    CHECK(scene.worker->device->item(scene.note_id));
    scene.sync(*scene.counsellor);
    CHECK(scene.counsellor->device->item(scene.note_id));
}

TEST_CASE("Device: a certificate that ends soon is renewed by the administrator's sync",
          "[provisioning][fleet]") {
    LifeScene scene;
    const DeviceId tablet = scene.worker->device->device();
    const auto ends = [&] { return must(scene.admin.certificate(tablet)).until; };
    must(scene.admin.renew_device(tablet, scene.clock.now() + 24h * 80));
    scene.sync_admin();
    CHECK(ends() > scene.clock.now() + 24h * 79);  // not due yet

    SECTION("while it is in use") {
        scene.clock.advance(24h * 25);
        scene.sync(*scene.worker);
        scene.sync_admin();
        CHECK(ends() > scene.clock.now() + 24h * 300);
        scene.clock.advance(24h * 70);  // past the old end
        scene.sync(*scene.worker);
    }
    SECTION("not where it was silent for a month") {
        scene.clock.advance(24h * 31);
        scene.sync_admin();
        CHECK(ends() < scene.clock.now() + 24h * 60);
    }
    SECTION("not one that is lost") {
        scene.clock.advance(24h * 25);
        scene.sync(*scene.worker);
        must(scene.admin.report_lost(tablet));
        scene.sync_admin();
        scene.sync_admin();
        CHECK(ends() < scene.clock.now() + 24h * 60);
    }
    SECTION("not one that is to wipe itself") {
        scene.clock.advance(24h * 25);
        scene.sync(*scene.worker);
        must(scene.world.administrator().device->wipe_device(tablet, UnsentWork::keep));
        scene.sync_admin();
        scene.sync_admin();
        CHECK(ends() < scene.clock.now() + 24h * 60);
    }
}

}  // namespace samsyn
