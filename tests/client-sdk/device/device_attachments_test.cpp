#include "tests/client-sdk/device/attachment_scene.hpp"
#include "tests/support/temporary_folder.hpp"

namespace samsyn {

namespace {

/// Connects again and again, for so many messages each time, until it is synced. How often.
std::size_t sync_in_pieces(AttachmentScene& scene, Person& person, std::size_t messages) {
    for (std::size_t links = 1; links < 2000; ++links) {
        scene.clock.advance(5s);
        Pump::Line& line = scene.pump->connect(*person.device);
        for (std::size_t i = 0; i < messages && scene.pump->turn(); ++i) {
        }
        const bool synced = line.synced;
        if (line.closed) FAIL(to_string(*line.closed));
        scene.pump->disconnect_all();
        if (synced) return links;
    }
    FAIL("it never gets through");
    return 0;
}

}  // namespace

TEST_CASE("Attachments: a file arrives as it was, whatever its size", "[device][attachment]") {
    AttachmentScene scene;
    for (const std::size_t size : {std::size_t{0},
                                   std::size_t{1},
                                   attachment_plain_bytes - 1,
                                   attachment_plain_bytes,
                                   attachment_plain_bytes + 1,
                                   3 * attachment_plain_bytes}) {
        INFO(size);
        const Bytes file = AttachmentScene::content(size, size);
        const ItemId item = scene.attach(*scene.psychologist, file);
        CHECK(AttachmentScene::reads(*scene.psychologist, item, file));
        CHECK_FALSE(AttachmentScene::state(*scene.psychologist, item).sent);
        CHECK(must(scene.psychologist->device->status()).unsent_changes >= 2);
        scene.sync(*scene.psychologist);
        CHECK(AttachmentScene::state(*scene.psychologist, item).sent);
        CHECK(must(scene.psychologist->device->status()).unsent_changes == 0);
        scene.sync(*scene.worker);
        CHECK(AttachmentScene::reads(*scene.worker, item, file));
        CHECK(AttachmentScene::state(*scene.worker, item).size == size);
    }
}

TEST_CASE("Attachments: how it is read from the disk makes no difference", "[device][attachment]") {
    AttachmentScene scene;
    const Bytes file = AttachmentScene::content(2 * attachment_plain_bytes + 77);
    for (const std::size_t step : {std::size_t{1000}, attachment_plain_bytes, file.size()}) {
        INFO(step);
        const ItemId item = must(scene.try_to_attach(*scene.psychologist, file, step));
        CHECK(AttachmentScene::reads(*scene.psychologist, item, file));
    }
}

TEST_CASE("Attachments: a large file comes when it is asked for", "[device][attachment]") {
    AttachmentScene scene;
    const Bytes file = AttachmentScene::content(1'100'000);
    const ItemId item = scene.attach(*scene.psychologist, file);
    scene.sync(*scene.psychologist);
    scene.sync(*scene.worker);
    CHECK(AttachmentScene::state(*scene.worker, item).here == 0);
    const auto absent = AttachmentScene::try_to_read(*scene.worker, item);
    REQUIRE(!absent);
    CHECK(absent.error().context == Attachments::not_here);

    scene.fetch(*scene.worker, item);
    scene.sync(*scene.worker);
    CHECK(AttachmentScene::reads(*scene.worker, item, file));

    must(Attachments{*scene.worker->device}.give_up(item));
    CHECK(AttachmentScene::state(*scene.worker, item).here == 0);
    scene.sync(*scene.worker);
    CHECK(AttachmentScene::state(*scene.worker, item).here == 0);
    scene.fetch(*scene.worker, item);
    scene.sync(*scene.worker);
    CHECK(AttachmentScene::reads(*scene.worker, item, file));
    // The author's device may give up what the server has, and fetch it again.
    must(Attachments{*scene.psychologist->device}.give_up(item));
    scene.fetch(*scene.psychologist, item);
    scene.sync(*scene.psychologist);
    CHECK(AttachmentScene::reads(*scene.psychologist, item, file));
}

TEST_CASE("Attachments: a link that breaks all the time is enough", "[device][attachment]") {
    AttachmentScene scene;
    const Bytes file = AttachmentScene::content(1'000'000);
    const ItemId item = scene.attach(*scene.psychologist, file);
    CHECK(sync_in_pieces(scene, *scene.psychologist, 16) > 3);
    CHECK(AttachmentScene::state(*scene.psychologist, item).sent);
    CHECK(sync_in_pieces(scene, *scene.worker, 16) > 3);
    CHECK(AttachmentScene::reads(*scene.worker, item, file));
}

TEST_CASE("Attachments: who asks before it is at the server gets it when it is",
          "[device][attachment]") {
    AttachmentScene scene;
    const Bytes file = AttachmentScene::content(200'000);
    const ItemId item = scene.attach(*scene.psychologist, file);
    Pump::Line& author = scene.pump->connect(*scene.psychologist->device);
    while (!must(scene.storage->count(EntryKind::batch)) || !author.synced) {
        // Cut off as soon as the item is there, before the file is.
        if (!scene.pump->turn()) break;
        if (author.session.is_live() && scene.psychologist->device->item(item)->unsent == false)
            break;
    }
    scene.pump->disconnect_all();
    REQUIRE_FALSE(AttachmentScene::state(*scene.psychologist, item).sent);

    scene.pump->connect(*scene.worker->device);
    REQUIRE(scene.pump->run());
    CHECK(AttachmentScene::state(*scene.worker, item).refused == Errc::not_found);
    scene.pump->connect(*scene.psychologist->device);  // the reader is still there
    REQUIRE(scene.pump->run());
    scene.pump->disconnect_all();
    CHECK(AttachmentScene::reads(*scene.worker, item, file));
}

TEST_CASE("Attachments: what a killed process was attaching is gone", "[device][attachment]") {
    const TemporaryFolder folder;
    AttachmentScene scene{folder.path()};
    Person& author = *scene.psychologist;
    {
        Attachments attachments{*author.device};
        auto fresh = must(attachments.begin(scene.file_item("film.mp4")));
        must(attachments.append(fresh, AttachmentScene::content(300'000)));
    }
    author.device.reset();
    author.device = scene.world.open(author, DeviceKind::staff_tablet);
    CHECK(must(Attachments{*author.device}.list(scene.family.case_id)).empty());
    const ItemId item = scene.attach(author, AttachmentScene::content(300'000));
    scene.sync(author);
    CHECK(AttachmentScene::state(author, item).sent);
}

TEST_CASE("Attachments: a file goes with its item into a closed circle", "[device][attachment]") {
    AttachmentScene scene;
    const Bytes file = AttachmentScene::content(150'000);
    const ItemId item = scene.attach(*scene.psychologist, file);
    scene.sync(*scene.psychologist);
    Device& device = *scene.psychologist->device;
    Audience circle;
    circle.id = device.new_closed_id();
    circle.users = {scene.psychologist->user};
    must(device.say({.case_id = scene.family.case_id, .body = circle}));
    const std::vector<ItemId> items{item};
    const auto moved = must(device.reclose(items, circle.id));
    REQUIRE(moved.size() == 1);
    CHECK(AttachmentScene::reads(*scene.psychologist, moved.front(), file));
    scene.sync(*scene.psychologist);
    CHECK(AttachmentScene::state(*scene.psychologist, moved.front()).sent);
    // And back, with the first still on the device: nothing goes round in circles.
    const auto again = must(device.reclose(moved, std::nullopt));
    scene.sync(*scene.psychologist);
    scene.sync(*scene.worker);
    CHECK(AttachmentScene::reads(*scene.worker, again.front(), file));
}

TEST_CASE("Attachments: a file that is not here is not lost by a move", "[device][attachment]") {
    AttachmentScene scene;
    const Bytes file = AttachmentScene::content(1'100'000);
    const ItemId item = scene.attach(*scene.worker, file);
    scene.sync_everybody();
    REQUIRE(AttachmentScene::state(*scene.psychologist, item).here == 0);
    Device& device = *scene.psychologist->device;
    Audience circle;
    circle.id = device.new_closed_id();
    circle.users = {scene.psychologist->user};
    must(device.say({.case_id = scene.family.case_id, .body = circle}));
    const std::vector<ItemId> items{item};
    const auto moved = device.reclose(items, circle.id);
    REQUIRE(!moved);
    CHECK(moved.error().context == Attachments::not_here);
    scene.fetch(*scene.psychologist, item);
    scene.sync(*scene.psychologist);
    CHECK(AttachmentScene::reads(*scene.psychologist, item, file));
}

TEST_CASE("Attachments: the file of a deleted item goes, and does not come again",
          "[device][attachment]") {
    AttachmentScene scene;
    const ItemId item = scene.attach(*scene.psychologist, AttachmentScene::content(50'000));
    scene.sync_everybody();
    REQUIRE(AttachmentScene::state(*scene.worker, item).is_here());
    scene.clock.advance(1s);
    must(scene.psychologist->device->delete_item(item));
    scene.sync_everybody();
    for (int session = 0; session < 2; ++session) {
        scene.sync(*scene.worker);
        CHECK(AttachmentScene::state(*scene.worker, item).here == 0);
    }
    CHECK(must(scene.psychologist->device->status()).unsent_changes == 0);
}

TEST_CASE("Attachments: what a restored server may lack is not given up", "[device][attachment]") {
    AttachmentScene scene;
    const Bytes file = AttachmentScene::content(50'000);
    const ItemId item = scene.attach(*scene.psychologist, file);
    Attachments attachments{*scene.psychologist->device};
    const auto unsent = attachments.give_up(item);
    REQUIRE(!unsent);
    CHECK(unsent.error().context == Attachments::not_sent);
    scene.sync(*scene.psychologist);
    REQUIRE(scene.state(*scene.psychologist, item).sent);
    // A word from another life of the server.
    Deliver nothing;
    nothing.channel = Channel{Stream{}};
    must(scene.psychologist->device->apply(
        random_id<Incarnation>(scene.world.random()), nothing, scene.clock.now()));
    CHECK_FALSE(scene.state(*scene.psychologist, item).sent);
    CHECK_FALSE(attachments.give_up(item).has_value());
    CHECK(AttachmentScene::reads(*scene.psychologist, item, file));
}

TEST_CASE("Attachments: a withdrawal takes the file away", "[device][attachment][attack]") {
    AttachmentScene scene;
    const Bytes file = AttachmentScene::content(300'000);
    const ItemId item = scene.attach(*scene.psychologist, file);
    scene.consent(scene.world.school);
    scene.sync_everybody();
    REQUIRE(AttachmentScene::reads(*scene.counsellor, item, file));
    const CompartmentId compartment = scene.compartment_of(*scene.psychologist, item);

    scene.withdraw(scene.world.school);
    scene.sync_everybody();
    CHECK_FALSE(scene.counsellor->device->item(item).has_value());
    CHECK_FALSE(AttachmentScene::try_to_read(*scene.counsellor, item).has_value());
    CHECK(AttachmentScene::reads(*scene.worker, item, file));

    // A device that asks all the same gets nothing.
    Pump::Line& line = scene.pump->connect(*scene.counsellor->device);
    REQUIRE(scene.pump->run());
    const AttachedFile wanted = [&] {
        const ItemView view = must(scene.psychologist->device->item(item));
        for (const FieldView& field : view.fields)
            if (field.info->key == "content")
                return must(
                    decode_attached_file(std::get<std::string>(field.values.front().value)));
        return AttachedFile{};
    }();
    std::vector<Message> answers;
    line.meddle = [&](Bytes& message) {
        answers.push_back(must(decode_message(message, message_bytes_max)));
    };
    line.to_server.push_back(
        encode_message(AttachmentRequest{{compartment, wanted.id}, 0, 100'000}));
    REQUIRE(scene.pump->run());
    scene.pump->disconnect_all();
    REQUIRE(answers.size() == 1);
    const auto& state = std::get<AttachmentState>(answers.front());
    CHECK(state.refused == Errc::not_permitted);
}

TEST_CASE("Attachments: a server that lost them gets them again", "[device][attachment]") {
    AttachmentScene scene;
    const Bytes file = AttachmentScene::content(100'000);
    const ItemId item = scene.attach(*scene.psychologist, file);
    scene.sync(*scene.psychologist);
    Attachments attachments{*scene.psychologist->device};
    AttachmentKeeper& keeper = *scene.psychologist->device->attachment_keeper();
    const auto another_life = random_id<Incarnation>(scene.world.random());
    const auto offer = must(keeper.wanted_upload(another_life));
    REQUIRE(offer);
    CHECK(offer->size == sealed_size(file.size()));
    CHECK(must(attachments.state(item)).sent);
}

}  // namespace samsyn
