#include "sync-server/hub/delivery.hpp"
#include "tests/sync-server/hub/scripted_client.hpp"

namespace samsyn {
namespace {

/// Two compartments of the team with content; the guardians have consented to one of them.
struct Filled : HubWorld {
    explicit Filled(HubLimits limits_used = {}) : HubWorld(limits_used) {
        team.start();
        team.push_all(EntryKind::statement, open_case());
        own_packet = packet(lead, other_label);
        own_epoch = newest_epoch;
        own_batch = batch(lead, other_label, own_epoch, fresh<ItemId>());
        team.push_all(EntryKind::packet, {own_packet});
        team.push_all(EntryKind::batch, {own_batch});
    }

    void share() {
        team.push_all(EntryKind::statement, consents());
        shared_packet = packet(lead, label);
        shared_epoch = newest_epoch;
        shared_batch = batch(lead, label, shared_epoch, fresh<ItemId>());
        team.push_all(EntryKind::packet, {shared_packet});
        team.push_all(EntryKind::batch, {shared_batch});
    }

    Channel shared_channel() const { return {compartment(label)}; }

    ScriptedClient team{*this, lead, 1};
    ScriptedClient school{*this, counsellor, 2};
    Bytes own_packet;
    Bytes own_batch;
    EpochId own_epoch;
    Bytes shared_packet;
    Bytes shared_batch;
    EpochId shared_epoch;
};

}  // namespace

TEST_CASE("Hub: a newcomer gets exactly the compartment that is permitted", "[hub][delivery]") {
    Filled world;
    world.school.start();
    CHECK(world.school.entries(EntryKind::batch).empty());
    CHECK(world.school.entries(EntryKind::packet).empty());

    world.school.received.clear();
    world.share();
    world.school.pull();
    CHECK(world.school.entries(EntryKind::packet) == std::vector<Bytes>{world.shared_packet});
    CHECK(world.school.entries(EntryKind::batch) == std::vector<Bytes>{world.shared_batch});
}

TEST_CASE("Hub: somebody outside the case gets the federation log only", "[hub][delivery]") {
    Filled world;
    world.share();
    ScriptedClient stranger{world, world.outsider, 3};
    stranger.start();
    for (const Message& message : stranger.received) {
        if (const auto* const deliver = std::get_if<Deliver>(&message)) {
            CHECK(deliver->channel == Channel{Stream{}});
        }
    }
    CHECK(stranger.entries(EntryKind::statement).size() == world.log.size());
}

TEST_CASE("Hub: statements come first, then content, each phase with signed time",
          "[hub][delivery]") {
    Filled world;
    world.share();
    world.school.start();
    std::vector<int> order;
    for (const Message& message : world.school.received) {
        if (const auto* const deliver = std::get_if<Deliver>(&message))
            order.push_back(std::holds_alternative<Stream>(deliver->channel.name) ? 0 : 2);
        if (const auto* const caught_up = std::get_if<CaughtUp>(&message)) {
            order.push_back(caught_up->phase == CaughtUp::Phase::statements ? 1 : 3);
            CHECK(world.verifier.verify(world.server.public_key(),
                                        Domain::signed_time,
                                        signed_time_part(world.school.incarnation, caught_up->time),
                                        caught_up->signature));
        }
    }
    CHECK(std::ranges::is_sorted(order));
    CHECK(std::ranges::count(order, 1) == 1);
    CHECK(std::ranges::count(order, 3) == 1);
    CHECK(order.size() >= 4);
}

TEST_CASE("Hub: nothing is said when nothing is new", "[hub][delivery]") {
    Filled world;
    world.school.start();
    world.school.received.clear();
    world.school.pull();
    CHECK(world.school.received.empty());
}

TEST_CASE("Hub: what is stored wakes those who may have it", "[hub][delivery]") {
    Filled world;
    world.share();
    world.school.start();
    world.team.pull();
    (void)world.hub->take_awake();  // of what went before
    world.team.send(world.team.next_push(
        EntryKind::batch,
        world.batch(world.lead, world.other_label, world.own_epoch, world.fresh<ItemId>())));
    CHECK(world.hub->take_awake() == std::vector<LinkId>{LinkId{1}});
    world.team.send(world.team.next_push(
        EntryKind::batch,
        world.batch(world.lead, world.label, world.shared_epoch, world.fresh<ItemId>())));
    CHECK(world.hub->take_awake() == std::vector<LinkId>{LinkId{1}, LinkId{2}});
}

TEST_CASE("Hub: a session resumes after its cursors", "[hub][delivery]") {
    Filled world;
    world.share();
    world.school.start();
    std::map<Channel, EntryNumber> cursors;
    for (const Message& message : world.school.received)
        if (const auto* const deliver = std::get_if<Deliver>(&message))
            cursors[deliver->channel] = deliver->up_to;
    world.school.drop();

    std::vector<Resume::Cursor> resumed;
    for (const auto& [channel, number] : cursors) resumed.push_back({channel, number});
    world.school.start(resumed);
    CHECK(world.school.count<Deliver>() == 0);

    SECTION("and goes back where the client asks for it") {
        world.school.send(Resume{{{world.shared_channel(), 0}}, true});
        world.school.pull();
        CHECK(world.school.has(EntryKind::batch, world.shared_batch));
        CHECK(world.school.count<Deliver>() == 1);
    }
    SECTION("and a cursor ahead of the server misses nothing that comes") {
        world.school.send(Resume{{{world.shared_channel(), 1'000'000}}, true});
        world.school.pull();
        const Bytes batch =
            world.batch(world.lead, world.label, world.shared_epoch, world.fresh<ItemId>());
        world.team.push(EntryKind::batch, batch);
        world.school.pull();
        CHECK(world.school.has(EntryKind::batch, batch));
    }
}

TEST_CASE("Hub: nothing queued leaves after a withdrawal is committed", "[hub][delivery]") {
    HubLimits limits;
    limits.deliver_bytes_max = 100;  // one entry a message: many pulls
    Filled world{limits};
    world.share();
    for (int i = 0; i < 100; ++i)
        world.team.push(
            EntryKind::batch,
            world.batch(world.lead, world.label, world.shared_epoch, world.fresh<ItemId>()));
    REQUIRE(world.school.connect());
    world.school.send(Resume{});
    while (world.school.entries(EntryKind::batch).size() < 20) REQUIRE(world.school.pull_one());

    world.team.push(EntryKind::statement, world.withdrawal());
    world.school.received.clear();
    world.school.pull();
    CHECK(world.school.entries(EntryKind::batch).empty());
    CHECK(world.school.count<Withdrawn>() == 1);
    CHECK(world.school.last<Withdrawn>()->channel == world.shared_channel());

    world.school.received.clear();
    world.team.push_all(EntryKind::packet, {world.packet(world.lead, world.label)});
    world.team.push(
        EntryKind::batch,
        world.batch(world.lead, world.label, world.newest_epoch, world.fresh<ItemId>()));
    world.school.pull();
    CHECK(world.school.entries(EntryKind::batch).empty());
    CHECK(world.school.count<Withdrawn>() == 0);
}

TEST_CASE("Hub: who was away during a withdrawal gets nothing, and no word of the channel",
          "[hub][delivery]") {
    Filled world;
    world.share();
    world.team.push(EntryKind::statement, world.withdrawal());
    world.school.start({{world.shared_channel(), 2}});
    CHECK(world.school.count<Withdrawn>() == 0);
    CHECK(world.school.entries(EntryKind::batch).empty());
}

TEST_CASE("Hub: who resumed while it was permitted is told of the withdrawal", "[hub][delivery]") {
    Filled world;
    world.share();
    world.school.start({{world.shared_channel(), 2}});
    world.team.push(EntryKind::statement, world.withdrawal());
    world.school.pull();
    CHECK(world.school.count<Withdrawn>() == 1);
}

TEST_CASE("Hub: a consent that ends by itself ends delivery", "[hub][delivery]") {
    Filled world;
    world.share();
    world.school.start();
    world.school.received.clear();
    world.now += std::chrono::days{181};
    world.team.send(Resume{});  // any group: time is looked at with each
    const auto awake = world.hub->take_awake();
    CHECK(std::ranges::count(awake, LinkId{2}) == 1);
    world.school.pull();
    CHECK(world.school.count<Withdrawn>() == 1);
}

TEST_CASE("Hub: a batch is delivered to those who hold its key", "[hub][delivery]") {
    Filled world;
    // The team writes before the consent: under a key that the school never gets.
    world.team.push_all(EntryKind::packet, {world.packet(world.lead, world.label)});
    const EpochId early = world.newest_epoch;
    const Bytes old = world.batch(world.lead, world.label, early, world.fresh<ItemId>());
    world.team.push_all(EntryKind::batch, {old});
    world.share();
    world.school.start();
    CHECK_FALSE(world.school.has(EntryKind::batch, old));
    CHECK(world.school.has(EntryKind::batch, world.shared_batch));

    // A supplement opens it, once the client goes back.
    world.team.push_all(EntryKind::statement, world.consents(Reach::history));
    Supplement supplement;
    supplement.federation = world.federation_id;
    supplement.compartment = world.compartment(world.label);
    supplement.author = world.lead.device;
    supplement.counter = ++world.lead.counter;
    supplement.recipient = world.counsellor.device;
    supplement.sealing_epoch = 1;
    supplement.keys = {{early, Bytes(sealed_key_size, std::byte{1})}};
    supplement.ground = world.newest;
    sign_supplement(supplement, world.lead.signer, world.hasher);
    const Bytes encoded = encode_supplement(supplement);
    world.team.push_all(EntryKind::supplement, {encoded});
    world.school.pull();
    CHECK(world.school.has(EntryKind::supplement, encoded));
    world.school.send(Resume{{{world.shared_channel(), 0}}, true});
    world.school.pull();
    CHECK(world.school.has(EntryKind::batch, old));
}

TEST_CASE("Hub: the directory of names goes to every device in good standing", "[hub][delivery]") {
    HubWorld world;
    world.case_id = directory_case;
    Label names;
    names.disclosing = world.lead.unit;
    names.category = Category::directory;
    ScriptedClient admin{world, world.nora_admin, 1};
    admin.start();
    const KeyPacket draft = world.draft_packet(world.nora_admin, names);
    CHECK(draft.keys.size() >= 3);
    const Bytes packet = world.sign(draft, world.nora_admin);
    admin.push_all(EntryKind::packet, {packet});
    const Bytes batch = world.batch(world.nora_admin,
                                    names,
                                    world.newest_epoch,
                                    world.fresh<ItemId>(),
                                    ItemType::directory_user);
    admin.push_all(EntryKind::batch, {batch});

    ScriptedClient stranger{world, world.outsider, 2};
    stranger.start();
    CHECK(stranger.has(EntryKind::packet, packet));
    CHECK(stranger.has(EntryKind::batch, batch));

    // Names are written by the organisation's administrators, not by those who read them.
    const Answer answer = stranger.push(EntryKind::batch,
                                        world.batch(world.outsider,
                                                    names,
                                                    world.newest_epoch,
                                                    world.fresh<ItemId>(),
                                                    ItemType::directory_user));
    CHECK(answer.outcome == AnswerOutcome::refused);
    CHECK(answer.why == Errc::not_permitted);
}

TEST_CASE("Hub: messages stay within their limit and lose nothing", "[hub][delivery]") {
    HubLimits limits;
    limits.deliver_bytes_max = 2000;
    Filled world{limits};
    world.share();
    std::vector<Bytes> batches{world.shared_batch};
    for (int i = 0; i < 50; ++i) {
        batches.push_back(
            world.batch(world.lead, world.label, world.shared_epoch, world.fresh<ItemId>()));
        world.team.push_all(EntryKind::batch, {batches.back()});
    }
    world.school.start();
    CHECK(world.school.entries(EntryKind::batch) == batches);
    for (const Message& message : world.school.received)
        CHECK(encode_message(message).size() < 2500);
}

TEST_CASE("Hub: a cursor that goes back while reading is denied for a moment loses nothing",
          "[hub][delivery]") {
    Filled world;
    world.share();
    const auto load = [&] {
        return *Registry::load(*world.storage, world.federation_id, world.hasher);
    };
    const auto permitted = load();
    world.team.push(EntryKind::statement, world.withdrawal());
    const auto denied = load();

    Delivery delivery{world.counsellor.device};
    delivery.resume({{{world.shared_channel(), 2}}, true}, permitted, world.now);
    delivery.resume({{{world.shared_channel(), 0}}, true}, denied, world.now);
    std::size_t entries = 0;
    for (;;) {
        const auto message = *delivery.next(
            Delivery::Phase::everything, permitted, *world.storage, 60'000, world.now);
        if (!message) break;
        const auto* const deliver = std::get_if<Deliver>(&*message);
        if (deliver != nullptr && deliver->channel == world.shared_channel())
            entries += deliver->entries.size();
    }
    CHECK(entries == 2);
}

}  // namespace samsyn
