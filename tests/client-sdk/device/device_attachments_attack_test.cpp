// Attackers of attached files: the server, a colleague, somebody of another unit.

#include "tests/client-sdk/device/attachment_scene.hpp"

namespace samsyn {

namespace {

/// What goes wrong with the pieces that a reader gets.
using Meddle = std::function<void(AttachmentPiece& piece)>;

struct EvilServer : AttachmentScene {
    EvilServer() : file(content(3 * attachment_plain_bytes)) {
        item = attach(*psychologist, file);
        sync(*psychologist);
    }

    /// The reader's whole session, with every piece of a file passed through `meddle`.
    void read_through(const Meddle& meddle) {
        clock.advance(5s);
        Pump::Line& line = pump->connect(*worker->device);
        line.meddle = [&](Bytes& bytes) {
            Message message = must(decode_message(bytes, message_bytes_max));
            if (auto* const piece = std::get_if<AttachmentPiece>(&message)) {
                meddle(*piece);
                bytes = encode_message(message);
            }
        };
        REQUIRE(pump->run());
        pump->disconnect_all();
    }

    void check_nothing_shown() {
        CHECK_FALSE(try_to_read(*worker, item).has_value());
        CHECK_FALSE(state(*worker, item).is_here());
    }

    Bytes file;
    ItemId item;
};

AttachedFile file_in(const ItemView& view) {
    for (const FieldView& field : view.fields)
        if (field.info != nullptr && field.info->key == "content")
            return must(decode_attached_file(std::get<std::string>(field.values.front().value)));
    FAIL("no file");
    return {};
}

/// Says something to the hub in somebody's session, and hears what comes back about files.
std::vector<AttachmentState> say(AttachmentScene& scene,
                                 Person& person,
                                 const std::vector<Message>& messages) {
    Pump::Line& line = scene.pump->connect(*person.device);
    REQUIRE(scene.pump->run());
    std::vector<AttachmentState> states;
    line.meddle = [&](Bytes& bytes) {
        const Message message = must(decode_message(bytes, message_bytes_max));
        if (const auto* const state = std::get_if<AttachmentState>(&message))
            states.push_back(*state);
        CHECK_FALSE(std::holds_alternative<AttachmentPiece>(message));
    };
    for (const Message& message : messages) {
        line.to_server.push_back(encode_message(message));
        REQUIRE(scene.pump->run());
    }
    scene.pump->disconnect_all();
    return states;
}

}  // namespace

TEST_CASE("Attachments: a server that changes a byte shows nothing",
          "[device][attachment][attack]") {
    EvilServer scene;
    scene.read_through([](AttachmentPiece& piece) { piece.bytes.back() ^= std::byte{1}; });
    scene.check_nothing_shown();
    CHECK(EvilServer::state(*scene.worker, scene.item).refused == Errc::not_authentic);
    // And does no lasting harm.
    scene.sync(*scene.worker);
    CHECK(EvilServer::reads(*scene.worker, scene.item, scene.file));
}

TEST_CASE("Attachments: a server that swaps two chunks shows nothing",
          "[device][attachment][attack]") {
    EvilServer scene;
    const AttachedFile file = file_in(must(scene.psychologist->device->item(scene.item)));
    AttachmentKeeper& theirs = *scene.psychologist->device->attachment_keeper();
    scene.read_through([&](AttachmentPiece& piece) {
        const std::uint64_t chunk = piece.offset / attachment_chunk_bytes;
        if (chunk > 1) return;
        const std::uint64_t other = (1 - chunk) * attachment_chunk_bytes;
        piece.bytes = must(theirs.piece(
            piece.place, other + piece.offset % attachment_chunk_bytes, piece.bytes.size()));
    });
    scene.check_nothing_shown();
}

TEST_CASE("Attachments: who knows the key and owns the server puts no other file in its place",
          "[device][attachment][attack]") {
    EvilServer scene;
    const AttachedFile file = file_in(must(scene.psychologist->device->item(scene.item)));
    const Bytes other = EvilServer::content(scene.file.size(), 99);
    Bytes forged;
    for (std::uint64_t chunk = 0; chunk < chunk_count(file.size); ++chunk) {
        const ByteView rest = ByteView{other}.subspan(chunk * attachment_plain_bytes);
        const Bytes sealed = scene.psychologist->sealer.seal_chunk(
            file.key,
            chunk,
            chunk + 1 == chunk_count(file.size),
            rest.first(std::min(rest.size(), attachment_plain_bytes)));
        forged.insert(forged.end(), sealed.begin(), sealed.end());
    }
    scene.read_through([&](AttachmentPiece& piece) {
        piece.bytes = to_bytes(ByteView{forged}.subspan(piece.offset, piece.bytes.size()));
    });
    scene.check_nothing_shown();
}

TEST_CASE("Attachments: a server cannot end a file early", "[device][attachment][attack]") {
    EvilServer scene;
    scene.clock.advance(5s);
    Pump::Line& line = scene.pump->connect(*scene.worker->device);
    line.meddle = [](Bytes& bytes) {
        const Message message = must(decode_message(bytes, message_bytes_max));
        const auto* const piece = std::get_if<AttachmentPiece>(&message);
        if (piece == nullptr || piece->offset < attachment_chunk_bytes) return;
        bytes = encode_message(AttachmentState{piece->place, {}, piece->offset, true});
    };
    REQUIRE(scene.pump->run());
    scene.pump->disconnect_all();
    scene.check_nothing_shown();
}

TEST_CASE("Attachments: a piece of another place is passed over", "[device][attachment][attack]") {
    EvilServer scene;
    scene.read_through([](AttachmentPiece& piece) { piece.offset += 1; });
    scene.check_nothing_shown();
    scene.sync(*scene.worker);
    CHECK(EvilServer::reads(*scene.worker, scene.item, scene.file));
}

TEST_CASE("Attachments: a server that sends crumbs is asked for no more",
          "[device][attachment][attack]") {
    EvilServer scene;
    std::size_t pieces = 0;
    scene.read_through([&](AttachmentPiece& piece) {
        ++pieces;
        piece.bytes.resize(100);
    });
    scene.check_nothing_shown();
    CHECK(EvilServer::state(*scene.worker, scene.item).refused == Errc::malformed);
    CHECK(pieces < 5);
}

TEST_CASE("Attachments: nobody fills another's file with garbage", "[device][attachment][attack]") {
    AttachmentScene scene;
    const Bytes file = AttachmentScene::content(50'000);
    const ItemId item = scene.attach(*scene.psychologist, file);
    const AttachedFile real = file_in(must(scene.psychologist->device->item(item)));
    const AttachmentPlace place{scene.compartment_of(*scene.psychologist, item), real.id};
    scene.goal(*scene.psychologist, "så att platsen finns");
    // The item is at the server, the file is not: its sealed bytes are replaced on their way.
    AttachmentPiece garbage{place, 0, AttachmentScene::content(attachment_piece_bytes_max, 9)};
    AttachmentPiece rest{
        place,
        attachment_piece_bytes_max,
        AttachmentScene::content(sealed_size(real.size) - attachment_piece_bytes_max, 9)};
    scene.note(*scene.worker, "också i samma del");
    scene.sync(*scene.worker);
    const auto states =
        say(scene, *scene.worker, {AttachmentOffer{place, sealed_size(real.size)}, garbage, rest});
    REQUIRE(states.size() == 3);
    CHECK(states.back().refused == Errc::not_authentic);
    // Half of it, too, and with another size: the author's own bytes are not touched.
    (void)say(scene, *scene.worker, {AttachmentOffer{place, sealed_size(real.size)}, garbage});
    (void)say(scene, *scene.worker, {AttachmentOffer{place, 999}});
    scene.sync(*scene.psychologist);
    CHECK(AttachmentScene::state(*scene.psychologist, item).sent);
    scene.sync(*scene.worker);
    CHECK(AttachmentScene::reads(*scene.worker, item, file));
}

TEST_CASE("Attachments: a second item with the same file holds nothing up",
          "[device][attachment][attack]") {
    AttachmentScene scene;
    const Bytes file = AttachmentScene::content(50'000);
    const ItemId item = scene.attach(*scene.psychologist, file);
    scene.sync_everybody();
    const ItemView original = must(scene.psychologist->device->item(item));
    NewItem copy = scene.file_item("samma fil");
    copy.type = ItemType::attachment;
    for (const FieldView& field : original.fields)
        if (field.info->key == "content")
            copy.fields.push_back({"content", field.values.front().value});
    scene.clock.advance(1s);
    const ItemId second = must(scene.worker->device->add_item(copy));
    for (int round = 0; round < 2; ++round)
        for (Person* person : {scene.worker.get(), scene.psychologist.get()}) scene.sync(*person);
    CHECK(AttachmentScene::reads(*scene.worker, second, file));
    CHECK(AttachmentScene::reads(*scene.psychologist, second, file));
    CHECK(AttachmentScene::reads(*scene.psychologist, item, file));
}

TEST_CASE("Attachments: planted items with a file's name keep it from nobody",
          "[device][attachment][attack]") {
    AttachmentScene scene;
    const Bytes file = AttachmentScene::content(50'000);
    const ItemId item = scene.attach(*scene.psychologist, file);
    AttachedFile lie = file_in(must(scene.psychologist->device->item(item)));
    for (const std::uint64_t size : {std::uint64_t{100}, lie.size, std::uint64_t{60'000}}) {
        lie.size = size;
        NewItem planted = scene.file_item("planterad");
        planted.type = ItemType::attachment;
        planted.fields.push_back({"content", Value{encode_attached_file(lie)}});
        scene.clock.advance(1s);
        (void)must(scene.psychologist->device->add_item(planted));
    }
    // The items are at the server before the file is: readers ask in vain, and come to rest.
    Pump::Line& author = scene.pump->connect(*scene.psychologist->device);
    for (int i = 0; i < 1000 && must(scene.psychologist->device->item(item)).unsent; ++i)
        REQUIRE(scene.pump->turn());
    CHECK(!author.closed);
    scene.pump->disconnect_all();
    REQUIRE_FALSE(AttachmentScene::state(*scene.psychologist, item).sent);
    scene.sync(*scene.worker);
    scene.sync(*scene.psychologist);
    scene.sync(*scene.worker);
    scene.sync(*scene.worker);
    CHECK(AttachmentScene::reads(*scene.worker, item, file));
}

TEST_CASE("Attachments: a withdrawal stops a file that is on its way",
          "[device][attachment][attack]") {
    AttachmentScene scene;
    const Bytes file = AttachmentScene::content(900'000);
    const ItemId item = scene.attach(*scene.psychologist, file);
    scene.consent(scene.world.school);
    scene.sync_everybody();
    const AttachedFile wanted = file_in(must(scene.psychologist->device->item(item)));
    const AttachmentPlace place{scene.compartment_of(*scene.psychologist, item), wanted.id};
    Pump::Line& reader = scene.pump->connect(*scene.counsellor->device);
    Pump::Line& author = scene.pump->connect(*scene.psychologist->device);
    REQUIRE(scene.pump->run());
    std::size_t pieces = 0;
    bool refused = false;
    reader.meddle = [&](Bytes& bytes) {
        const Message message = must(decode_message(bytes, message_bytes_max));
        if (std::holds_alternative<AttachmentPiece>(message)) ++pieces;
        const auto* const state = std::get_if<AttachmentState>(&message);
        if (state != nullptr) refused = refused || state->refused == Errc::not_permitted;
    };
    reader.to_server.push_back(encode_message(AttachmentRequest{place, 0, 900'000}));
    while (pieces < 3) REQUIRE(scene.pump->turn());
    scene.withdraw(scene.world.school);
    author.session.poke(scene.clock.now());
    scene.pump->poke();
    REQUIRE(scene.pump->run());
    scene.pump->disconnect_all();
    CHECK(refused);
    CHECK(pieces < 20);
}

TEST_CASE("Attachments: an item that claims a larger file holds nothing up",
          "[device][attachment][attack]") {
    AttachmentScene scene;
    const Bytes file = AttachmentScene::content(50'000);
    const ItemId item = scene.attach(*scene.psychologist, file);
    scene.sync(*scene.psychologist);
    AttachedFile lie = file_in(must(scene.psychologist->device->item(item)));
    lie.size += 100;
    const std::vector<FieldInput> fields{{"content", Value{encode_attached_file(lie)}}};
    scene.clock.advance(1s);
    must(scene.psychologist->device->edit_item(item, fields));
    const Bytes other = AttachmentScene::content(60'000, 3);
    const ItemId second = scene.attach(*scene.psychologist, other);
    scene.sync(*scene.psychologist);
    scene.sync(*scene.worker);  // it ends, and the other file is there
    CHECK_FALSE(AttachmentScene::try_to_read(*scene.worker, item).has_value());
    CHECK(AttachmentScene::reads(*scene.worker, second, other));
}

TEST_CASE("Attachments: what was dropped takes nothing of the next file", "[device][attachment]") {
    AttachmentScene scene;
    Attachments attachments{*scene.psychologist->device};
    auto first = must(attachments.begin(scene.file_item("a")));
    must(attachments.append(first, AttachmentScene::content(200'000)));
    must(attachments.drop(first));
    const Bytes file = AttachmentScene::content(100'000, 5);
    const ItemId item = scene.attach(*scene.psychologist, file);
    CHECK_FALSE(attachments.append(first, AttachmentScene::content(200'000)).has_value());
    CHECK_FALSE(attachments.finish(first).has_value());
    must(attachments.drop(first));
    CHECK(AttachmentScene::reads(*scene.psychologist, item, file));
}

TEST_CASE("Attachments: who may not write in a compartment puts nothing there",
          "[device][attachment][attack]") {
    AttachmentScene scene;
    const ItemId item = scene.attach(*scene.psychologist, AttachmentScene::content(1000));
    scene.sync(*scene.psychologist);
    const CompartmentId compartment = scene.compartment_of(*scene.psychologist, item);
    const AttachmentPlace own{compartment, AttachmentId::from(Hash{}.view())};
    const auto offered = say(scene, *scene.counsellor, {AttachmentOffer{own, 1000}});
    REQUIRE(offered.size() == 1);
    CHECK(offered.front().refused == Errc::not_permitted);
    const auto pushed =
        say(scene, *scene.counsellor, {AttachmentPiece{own, 0, AttachmentScene::content(1000)}});
    REQUIRE(pushed.size() == 1);
    CHECK(pushed.front().refused == Errc::not_permitted);
    const auto asked =
        say(scene, *scene.counsellor, {AttachmentRequest{{compartment, AttachmentId{}}, 0, 1000}});
    REQUIRE(asked.size() == 1);
    CHECK(asked.front().refused == Errc::not_permitted);
}

TEST_CASE("Attachments: a piece out of its place changes nothing at the server",
          "[device][attachment][attack]") {
    AttachmentScene scene;
    const ItemId item = scene.attach(*scene.psychologist, AttachmentScene::content(1000));
    scene.sync(*scene.psychologist);
    AttachmentPlace place{scene.compartment_of(*scene.psychologist, item), {}};
    place.attachment.bytes.fill(std::byte{7});
    const auto states = say(scene,
                            *scene.psychologist,
                            {AttachmentOffer{place, 5000},
                             AttachmentPiece{place, 1000, AttachmentScene::content(4000)},
                             AttachmentPiece{place, 0, AttachmentScene::content(6000)},
                             AttachmentPiece{place, 0, AttachmentScene::content(4200)},
                             AttachmentPiece{place, 0, AttachmentScene::content(4200)},
                             AttachmentPiece{place, 4200, AttachmentScene::content(10)}});
    REQUIRE(states.size() == 6);
    CHECK(states[1].have == 0);
    CHECK(states[2].have == 0);
    CHECK(states[3].have == 4200);
    CHECK(states[4].have == 4200);
    CHECK(states[5].refused == Errc::malformed);
    CHECK_FALSE(states[4].whole);
}

}  // namespace samsyn
