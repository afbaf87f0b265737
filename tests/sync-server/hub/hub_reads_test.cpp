#include "core/wire/log_rows.hpp"
#include "tests/sync-server/hub/reading_device.hpp"
#include "tests/sync-server/hub/scripted_client.hpp"

namespace samsyn {
namespace {

/// A case with one item of the team's, which the school may read.
struct ReadScene {
    explicit ReadScene(HubLimits limits = {}) : world(limits) {
        team.start();
        team.push_all(EntryKind::statement, world.open_case());
        team.push_all(EntryKind::statement, world.consents());
        team.push_all(EntryKind::packet, {world.packet(world.lead, world.label)});
        school.start();
    }

    CompartmentId compartment() const { return world.compartment(world.label); }

    template <class Act>
    std::vector<LogRow> rows() {
        std::vector<LogRow> found;
        const std::uint64_t size = world.storage->log().tree()->value_or(TreeHead{}).size;
        for (std::uint64_t number = 0; number < size; ++number) {
            LogRow row = *decode_log_row(*world.storage->log().row(number));
            if (std::holds_alternative<Act>(row.act)) found.push_back(std::move(row));
        }
        return found;
    }

    HubWorld world;
    ScriptedClient team{world, world.lead, 1};
    ScriptedClient school{world, world.counsellor, 2};
    ReadingDevice device{world, world.counsellor};
    ItemId item = world.fresh<ItemId>();
};

}  // namespace

TEST_CASE("C-48: an item that is read offline twice is two rows of the access log",
          "[hub][log][scenario]") {
    ReadScene scene;
    const Instant first = scene.world.now;
    scene.device.read(scene.compartment(), scene.item);
    scene.world.now += std::chrono::hours{2};
    scene.device.read(scene.compartment(), scene.item);
    scene.world.now += std::chrono::hours{1};
    const Answer answer = scene.school.push(EntryKind::reads, scene.device.piece());
    CHECK(answer.outcome == AnswerOutcome::stored);
    CHECK(answer.number == 2);
    CHECK(answer.context.empty());

    const auto rows = scene.rows<RowRead>();
    REQUIRE(rows.size() == 2);
    for (const LogRow& row : rows) {
        const auto& act = std::get<RowRead>(row.act);
        CHECK(row.at == scene.world.now);
        CHECK(row.user == scene.world.counsellor.user);
        CHECK(row.unit == scene.world.counsellor.unit.unit);
        CHECK(row.case_id == scene.world.case_id);
        CHECK(row.disclosing == scene.world.lead.unit.unit);
        CHECK(act.items == std::vector{scene.item});
        CHECK(act.permitted);
        CHECK(act.ground.by.size() == 2);
    }
    CHECK(std::get<RowRead>(rows[0].act).device_time == first);
    CHECK(std::get<RowRead>(rows[1].act).device_time == first + std::chrono::hours{2});
}

TEST_CASE("Hub: reads whose answer was lost are not counted twice", "[hub][log]") {
    ReadScene scene;
    scene.device.read(scene.compartment(), scene.item);
    const Bytes piece = scene.device.piece();
    CHECK(scene.school.push(EntryKind::reads, piece).outcome == AnswerOutcome::stored);
    CHECK(scene.school.push(EntryKind::reads, piece).outcome == AnswerOutcome::duplicate);
    // The old one and a new one in one piece.
    scene.device.read(scene.compartment(), scene.item);
    CHECK(scene.school.push(EntryKind::reads, scene.device.piece()).number == 2);
    CHECK(scene.rows<RowRead>().size() == 2);
    CHECK(scene.rows<RowChainBroken>().empty());
}

TEST_CASE("Hub: a read after the consent ended is in the log as not permitted", "[hub][log]") {
    ReadScene scene;
    scene.device.read(scene.compartment(), scene.item);  // offline, before it could know
    scene.team.push_all(EntryKind::statement, {scene.world.withdrawal()});
    scene.school.pull();
    CHECK(scene.school.push(EntryKind::reads, scene.device.piece()).outcome ==
          AnswerOutcome::stored);
    const auto rows = scene.rows<RowRead>();
    REQUIRE(rows.size() == 1);
    CHECK_FALSE(std::get<RowRead>(rows[0].act).permitted);
    CHECK(std::get<RowRead>(rows[0].act).ground.reason == key_of(Reason::withdrawn));
}

TEST_CASE("Hub: a gap in a device's reads alarms, and what came is kept", "[hub][log][attack]") {
    ReadScene scene;
    scene.device.read(scene.compartment(), scene.item);
    (void)scene.school.push(EntryKind::reads, scene.device.take_piece());
    scene.device.read(scene.compartment(), scene.item);
    (void)scene.device.take_piece();  // never sent
    scene.device.read(scene.compartment(), scene.item);
    (void)scene.world.hub->take_notes();
    const Answer answer = scene.school.push(EntryKind::reads, scene.device.take_piece());
    CHECK(answer.outcome == AnswerOutcome::stored);
    CHECK(answer.context == "gap");
    const auto broken = scene.rows<RowChainBroken>();
    REQUIRE(broken.size() == 1);
    const auto& act = std::get<RowChainBroken>(broken[0].act);
    CHECK(act.how == RowChainBroken::How::gap);
    CHECK(act.expected == 2);
    CHECK(act.got == 3);
    CHECK(broken[0].device == scene.world.counsellor.device);
    CHECK(scene.rows<RowRead>().size() == 2);
    const auto notes = scene.world.hub->take_notes();
    REQUIRE(notes.size() == 1);
    CHECK(notes[0].event == "read_chain_broken");

    // It goes on from there without another alarm.
    scene.device.read(scene.compartment(), scene.item);
    (void)scene.school.push(EntryKind::reads, scene.device.take_piece());
    CHECK(scene.rows<RowChainBroken>().size() == 1);
}

TEST_CASE("Hub: two histories of one device's reads alarm, and both are kept",
          "[hub][log][attack]") {
    ReadScene scene;
    scene.device.read(scene.compartment(), scene.item);
    ReadingDevice copy = scene.device;  // yesterday's copy of the tablet
    scene.device.read(scene.compartment(), scene.item);
    (void)scene.school.push(EntryKind::reads, scene.device.take_piece());
    scene.world.now += std::chrono::hours{1};
    copy.read(scene.compartment(), scene.world.fresh<ItemId>());
    const Answer answer = scene.school.push(EntryKind::reads, copy.take_piece());
    CHECK(answer.context == "fork");
    const auto broken = scene.rows<RowChainBroken>();
    REQUIRE(broken.size() == 1);
    CHECK(std::get<RowChainBroken>(broken[0].act).how == RowChainBroken::How::fork);
    CHECK(scene.rows<RowRead>().size() == 3);
}

TEST_CASE("Hub: nobody adds to another device's reads", "[hub][log][attack]") {
    ReadScene scene;
    scene.device.read(scene.compartment(), scene.item);
    // The counsellor's own piece, brought by somebody else.
    const Answer others = scene.team.push(EntryKind::reads, scene.device.piece());
    CHECK(others.outcome == AnswerOutcome::refused);
    CHECK(others.why == Errc::not_permitted);

    // Signed by another key in the counsellor's name.
    ReadSegment forged{
        scene.world.federation_id, scene.world.counsellor.device, scene.device.waiting, {}};
    sign_read_segment(forged, scene.world.lead.signer, scene.world.hasher);
    const Answer answer = scene.school.push(EntryKind::reads, encode_read_segment(forged));
    CHECK(answer.why == Errc::bad_signature);

    // In another order.
    scene.device.read(scene.compartment(), scene.item);
    std::swap(scene.device.waiting[0], scene.device.waiting[1]);
    CHECK(scene.school.push(EntryKind::reads, scene.device.piece()).why == Errc::missing_parent);
    CHECK(scene.rows<RowRead>().empty());
    CHECK(scene.rows<RowRefused>().size() == 3);
}

TEST_CASE("Hub: a flood of reads is bounded, and what was taken of it stays",
          "[hub][log][attack]") {
    HubLimits limits;
    limits.reads_rate = {std::chrono::milliseconds{300}, 40};
    ReadScene scene{limits};
    std::size_t answered = 0;
    for (int piece = 0; piece < 100 && !scene.school.closed; ++piece) {
        for (std::size_t i = 0; i < read_segment_max; ++i)
            scene.device.read(scene.compartment(), scene.item);
        scene.school.send(scene.school.next_push(EntryKind::reads, scene.device.take_piece()));
        scene.school.pull();
        answered = scene.school.count<Answer>();
    }
    CHECK(scene.school.closed);
    CHECK(scene.school.last<Goodbye>()->why == Errc::rate_limited);
    CHECK(answered == 40);
    CHECK(scene.rows<RowRead>().size() == 40 * read_segment_max);
}

}  // namespace samsyn
