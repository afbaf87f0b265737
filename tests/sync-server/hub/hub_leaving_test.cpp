#include "core/wire/escrow.hpp"
#include "tests/sync-server/hub/scripted_client.hpp"

namespace samsyn {
namespace {

/// The team's case, shared with the school, with as many batches as a test wants.
struct Sharing : HubWorld {
    explicit Sharing(std::size_t batches = 1, HubLimits limits_used = {}) : HubWorld(limits_used) {
        team.start();
        team.push_all(EntryKind::statement, open_case());
        team.push_all(EntryKind::statement, consents());
        team.push_all(EntryKind::packet, {packet(lead, label)});
        epoch = newest_epoch;
        for (std::size_t i = 0; i < batches; ++i)
            team.push_all(EntryKind::batch, {batch(lead, label, epoch, fresh<ItemId>())});
    }

    EscrowBlob draft_escrow(Party& by, const std::vector<DeviceId>& recipients) {
        EscrowBlob blob;
        blob.federation = federation_id;
        blob.case_id = case_id;
        blob.label = label;
        blob.compartment = compartment(label);
        blob.author = by.device;
        blob.counter = ++by.counter;
        blob.written = blob.made = now;
        blob.why = Errc::not_permitted;
        blob.change.item = fresh<ItemId>();
        blob.change.type = ItemType::commitment;
        blob.change.time = HybridTime::at(now);
        blob.change.writes = {{make_field(1, MergeKind::single), {}}};
        for (const DeviceId& device : recipients) blob.keys.push_back(key_for(device));
        blob.body = Bytes(96, std::byte{0xe5});
        return blob;
    }

    Bytes escrow(Party& by, const std::vector<DeviceId>& recipients) {
        EscrowBlob blob = draft_escrow(by, recipients);
        prepare_escrow(blob);
        sign_escrow(blob, by.signer, hasher);
        newest_blob = blob;
        return encode_escrow(blob);
    }

    Bytes receipt(Party& by) {
        return say(by,
                   {StreamKind::notice, case_id, lead.unit.unit},
                   PurgeReceipt{{compartment(label)}, {}, now, now});
    }

    Bytes verdict(Party& by, const Hash& blob, bool released) {
        return say(
            by, {StreamKind::notice, case_id, lead.unit.unit}, EscrowVerdict{blob, released, {}});
    }

    Stream notices() const { return {StreamKind::notice, case_id, lead.unit.unit}; }

    ScriptedClient team{*this, lead, 1};
    ScriptedClient school{*this, counsellor, 2};
    EpochId epoch;
    EscrowBlob newest_blob;
};

/// Entries of content, and bytes of them, among what was received.
std::size_t content_entries(const ScriptedClient& client) {
    return client.entries(EntryKind::batch).size() + client.entries(EntryKind::packet).size();
}

}  // namespace

TEST_CASE("Hub: C-22: with hundreds of frames to go, nothing leaves after the withdrawal commits",
          "[hub][leaving][attack]") {
    HubLimits limits;
    limits.deliver_bytes_max = 1;  // one entry a frame
    Sharing world{300, limits};
    REQUIRE(world.school.connect());
    world.school.send(Resume{{}, true});
    while (content_entries(world.school) < 20) REQUIRE(world.school.pull_one());
    const auto before = content_entries(world.school);

    const auto end = [&] {
        SECTION("withdrawal") {
            world.team.send(world.team.next_push(EntryKind::statement, world.withdrawal()));
        }
        SECTION("removal of the participant") {
            world.team.send(world.team.next_push(
                EntryKind::statement,
                world.say(world.lead,
                          world.roster(world.counsellor),
                          ParticipantRemoved{world.counsellor.user, world.counsellor.unit.unit})));
        }
        SECTION("expiry, without a statement") {
            world.now += std::chrono::days{181};
        }
    };
    end();
    world.school.pull();
    CHECK(content_entries(world.school) == before);
    REQUIRE(world.school.last<Withdrawn>() != nullptr);
    // Nor later, nor from the start.
    world.school.drop();
    world.school.start({{Channel{world.compartment(world.label)}, 0}});
    CHECK(content_entries(world.school) == 0);
}

TEST_CASE("Hub: who is removed learns that, in a session or after, and nothing else of the roster",
          "[hub][leaving]") {
    Sharing world;
    const bool live = GENERATE(true, false);
    if (live) world.school.start();
    const Bytes removal =
        world.say(world.lead,
                  world.roster(world.counsellor),
                  ParticipantRemoved{world.counsellor.user, world.counsellor.unit.unit});
    const Bytes other = world.add_participant(world.counsellor, Duty::member);
    (void)other;  // never pushed
    world.team.push_all(EntryKind::statement, {removal});
    world.school.received.clear();
    if (live)
        world.school.pull();
    else
        world.school.start();
    CHECK(world.school.has(EntryKind::statement, removal));
    std::size_t of_case = 0;
    for (const Message& message : world.school.received)
        if (const auto* const deliver = std::get_if<Deliver>(&message);
            deliver != nullptr && deliver->channel != Channel{Stream{}})
            of_case += deliver->entries.size();
    CHECK(of_case == 1);
    // The next session says it again, since nobody knows whether it arrived; and only once.
    world.school.drop();
    world.school.start();
    CHECK(world.school.entries(EntryKind::statement).size() >= 1);
    CHECK(world.school.has(EntryKind::statement, removal));
}

TEST_CASE("Hub: a revoked device's session ends at the commit, with frames to go",
          "[hub][leaving][attack]") {
    HubLimits limits;
    limits.deliver_bytes_max = 1;
    Sharing world{50, limits};
    ScriptedClient admin{world, world.lindesberg_admin, 3};
    admin.start();
    REQUIRE(world.school.connect());
    world.school.send(Resume{{}, true});
    while (content_entries(world.school) < 5) REQUIRE(world.school.pull_one());
    admin.push_all(
        EntryKind::statement,
        {world.say(world.lindesberg_admin, Stream{}, DeviceRevoked{world.counsellor.device})});
    const auto before = world.school.received.size();
    world.school.pull();
    CHECK(world.school.closed);
    CHECK(world.school.received.size() == before + 1);  // the goodbye
    CHECK(world.school.last<Goodbye>()->why == Errc::revoked_device);
}

TEST_CASE("Hub: escrow is answered escrowed, kept, and given to its recipients of the unit alone",
          "[hub][leaving]") {
    Sharing world;
    world.school.start();
    world.team.push_all(EntryKind::statement, {world.withdrawal()});
    const Bytes blob = world.escrow(world.counsellor, {world.lead.device});
    const Answer kept = world.school.push(EntryKind::escrow, blob);
    INFO(kept.context);
    CHECK(kept.outcome == AnswerOutcome::escrowed);
    CHECK(world.school.push(EntryKind::escrow, blob).outcome == AnswerOutcome::duplicate);
    world.team.pull();
    CHECK(world.team.has(EntryKind::escrow, blob));
    CHECK(world.school.entries(EntryKind::escrow).empty());

    world.restart();
    ScriptedClient again{world, world.lead, 7};
    again.start();
    CHECK(again.has(EntryKind::escrow, blob));
    ScriptedClient author{world, world.counsellor, 8};
    author.start();
    CHECK(author.entries(EntryKind::escrow).empty());
}

TEST_CASE("Hub: escrow sealed for somebody who may not read it reaches nobody",
          "[hub][leaving][attack]") {
    Sharing world;
    world.school.start();
    ScriptedClient stranger{world, world.outsider, 5};
    stranger.start();
    const Bytes blob =
        world.escrow(world.counsellor, {world.outsider.device, world.counsellor.device});
    world.team.push_all(EntryKind::statement, {world.withdrawal()});
    CHECK(world.school.push(EntryKind::escrow, blob).outcome == AnswerOutcome::escrowed);
    stranger.pull();
    world.team.pull();
    CHECK(stranger.entries(EntryKind::escrow).empty());
    CHECK(world.team.entries(EntryKind::escrow).empty());
    CHECK(world.school.entries(EntryKind::escrow).empty());
}

TEST_CASE("Hub: escrow by a stranger, with a false signature or another's label is refused",
          "[hub][leaving][attack]") {
    Sharing world;
    world.school.start();
    ScriptedClient stranger{world, world.outsider, 5};
    stranger.start();
    CHECK(stranger.push(EntryKind::escrow, world.escrow(world.outsider, {world.lead.device})).why ==
          Errc::not_permitted);
    EscrowBlob blob = world.draft_escrow(world.counsellor, {world.lead.device});
    sign_escrow(blob, world.outsider.signer, world.hasher);
    CHECK(world.school.push(EntryKind::escrow, encode_escrow(blob)).why == Errc::bad_signature);
    blob = world.draft_escrow(world.counsellor, {world.lead.device});
    blob.label = world.other_label;
    sign_escrow(blob, world.counsellor.signer, world.hasher);
    CHECK(world.school.push(EntryKind::escrow, encode_escrow(blob)).why == Errc::malformed);
    CHECK(world.school
              .push(EntryKind::escrow, encode_escrow(HeldEntry{EntryKind::batch, Bytes(10), {}}))
              .why == Errc::malformed);
}

TEST_CASE("Hub: only a released change may be restated under its author's name",
          "[hub][leaving][attack]") {
    Sharing world;
    world.school.start();
    world.team.push_all(EntryKind::statement, {world.withdrawal()});
    (void)world.school.push(EntryKind::escrow, world.escrow(world.counsellor, {world.lead.device}));
    const EscrowBlob blob = world.newest_blob;
    world.team.push_all(EntryKind::packet, {world.packet(world.lead, world.label)});
    const EpochId epoch = world.newest_epoch;
    const auto restatement = [&] {
        Batch batch = world.draft_batch(world.lead, world.label, epoch, blob.change.item);
        batch.header.restatement = true;
        auto& full = std::get<BatchItem::Full>(batch.items.front().content);
        full.header = blob.change;
        full.header.restated_author = blob.author;
        return world.sign(std::move(batch), world.lead);
    };
    CHECK(world.team.push(EntryKind::batch, restatement()).why == Errc::not_permitted);
    SECTION("not by the school's own verdict") {
        CHECK(
            world.school.push(EntryKind::statement, world.verdict(world.counsellor, blob.id, true))
                .outcome == AnswerOutcome::refused);
        CHECK(world.team.push(EntryKind::batch, restatement()).why == Errc::not_permitted);
    }
    SECTION("not by a refusal") {
        world.team.push_all(EntryKind::statement, {world.verdict(world.lead, blob.id, false)});
        CHECK(world.team.push(EntryKind::batch, restatement()).why == Errc::not_permitted);
    }
    SECTION("by the lead's release, of which its author hears") {
        const Bytes said = world.verdict(world.lead, blob.id, true);
        world.team.push_all(EntryKind::statement, {said});
        const Answer stored = world.team.push(EntryKind::batch, restatement());
        INFO(stored.context);
        CHECK(stored.outcome == AnswerOutcome::stored);
        world.school.pull();
        CHECK(world.school.has(EntryKind::statement, said));
    }
}

TEST_CASE("Hub: a receipt reaches the unit that it is for, its author, and nobody else",
          "[hub][leaving]") {
    Sharing world;
    world.school.start();
    world.team.push_all(EntryKind::statement, {world.withdrawal()});
    const Bytes receipt = world.receipt(world.counsellor);
    world.school.push_all(EntryKind::statement, {receipt});
    const Bytes of_team = world.receipt(world.lead);
    world.team.push_all(EntryKind::statement, {of_team});
    CHECK(world.team.has(EntryKind::statement, receipt));
    world.school.pull();
    CHECK_FALSE(world.school.has(EntryKind::statement, of_team));
    ScriptedClient stranger{world, world.outsider, 5};
    stranger.start();
    CHECK_FALSE(stranger.has(EntryKind::statement, receipt));
}

TEST_CASE("Hub: a revoked device hands in escrow and receipts, and gets answers and orders alone",
          "[hub][leaving][attack]") {
    Sharing world;
    ScriptedClient admin{world, world.lindesberg_admin, 3};
    admin.start();
    const Bytes revocation =
        world.say(world.lindesberg_admin, Stream{}, DeviceRevoked{world.counsellor.device});
    admin.push_all(EntryKind::statement, {revocation});
    REQUIRE_FALSE(world.school.connect());

    ScriptedClient hand_in{world, world.counsellor, 9, SessionPurpose::hand_in};
    REQUIRE(hand_in.connect());
    REQUIRE(hand_in.count<Order>() == 1);
    CHECK(hand_in.last<Order>()->statement == revocation);
    const Bytes blob = world.escrow(world.counsellor, {world.lead.device});
    CHECK(hand_in.push(EntryKind::escrow, blob).outcome == AnswerOutcome::escrowed);
    CHECK(hand_in.push(EntryKind::statement, world.receipt(world.counsellor)).outcome ==
          AnswerOutcome::escrowed);
    CHECK(hand_in.count<Deliver>() == 0);
    CHECK(hand_in.count<CaughtUp>() == 0);
    CHECK_FALSE(hand_in.closed);
    world.team.pull();
    CHECK(world.team.has(EntryKind::escrow, blob));
    // The receipt counts for nothing by itself: what a revoked device says late is shown, as held.
    CHECK(world.team.entries(EntryKind::escrow).size() == 2);

    SECTION("it asks for entries") {
        hand_in.send(Resume{{}, true});
    }
    SECTION("it pushes content") {
        hand_in.send(
            Push{90,
                 EntryKind::batch,
                 world.batch(world.counsellor, world.label, world.epoch, world.fresh<ItemId>())});
    }
    SECTION("it says something that closes") {
        hand_in.send(Push{
            90, EntryKind::statement, world.say(world.counsellor, world.custody(), CaseClosed{})});
    }
    hand_in.pull();
    CHECK(hand_in.closed);
    CHECK(hand_in.count<Deliver>() == 0);
}

TEST_CASE("Hub: a device hands in on two links; a third closes the oldest", "[hub][leaving]") {
    Sharing world;
    ScriptedClient first{world, world.counsellor, 9, SessionPurpose::hand_in};
    ScriptedClient second{world, world.counsellor, 10, SessionPurpose::hand_in};
    ScriptedClient third{world, world.counsellor, 11, SessionPurpose::hand_in};
    world.school.start();  // is counted by itself
    REQUIRE(first.connect());
    REQUIRE(second.connect());
    first.pull();
    CHECK_FALSE(first.closed);
    REQUIRE(third.connect());
    for (ScriptedClient* const client : {&first, &second, &third, &world.school}) client->pull();
    CHECK(first.closed);
    CHECK_FALSE(second.closed);
    CHECK_FALSE(third.closed);
    CHECK_FALSE(world.school.closed);
}

TEST_CASE("Hub: nobody hands in under another's name", "[hub][leaving][attack]") {
    Sharing world;
    Party thief{99};
    thief.device = world.counsellor.device;
    ScriptedClient forged{world, thief, 9, SessionPurpose::hand_in};
    CHECK_FALSE(forged.connect());
    Party unknown{98};
    ScriptedClient stranger{world, unknown, 10, SessionPurpose::hand_in};
    CHECK_FALSE(stranger.connect());
}

TEST_CASE("Hub: what a revoked device said too late is shown to the case leads, once",
          "[hub][leaving]") {
    Sharing world;
    ScriptedClient admin{world, world.lindesberg_admin, 3};
    admin.start();
    admin.push_all(
        EntryKind::statement,
        {world.say(world.lindesberg_admin, Stream{}, DeviceRevoked{world.counsellor.device})});
    const Bytes late =
        world.batch(world.counsellor, world.label, world.epoch, world.fresh<ItemId>());
    CHECK(world.team.push(EntryKind::batch, late).outcome == AnswerOutcome::escrowed);
    CHECK(world.team.push(EntryKind::batch, late).outcome == AnswerOutcome::escrowed);
    world.team.pull();
    const auto shown = world.team.entries(EntryKind::escrow);
    REQUIRE(shown.size() == 1);
    const auto entry = *decode_escrow(shown.front(), world.hasher);
    REQUIRE(std::holds_alternative<HeldEntry>(entry));
    CHECK(std::get<HeldEntry>(entry).bytes == late);
}

}  // namespace samsyn
