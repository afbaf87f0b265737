#include "tests/sync-server/hub/scripted_client.hpp"

namespace samsyn {
namespace {

/// The case is open, the guardians have consented, and a key is there; the team is connected.
struct Ready : HubWorld {
    Ready() {
        team.start();
        team.push_all(EntryKind::statement, open_case());
        team.push_all(EntryKind::statement, consents());
        team.push_all(EntryKind::packet, {packet(lead, label)});
        epoch = newest_epoch;
        team.received.clear();
    }

    Answer push(const Bytes& bytes) { return team.push(EntryKind::batch, bytes); }

    /// A second compartment with a key of its own.
    EpochId other_epoch() {
        team.push_all(EntryKind::packet, {packet(lead, other_label)});
        return newest_epoch;
    }

    ScriptedClient team{*this, lead, 1};
    ScriptedClient school{*this, counsellor, 2};
    EpochId epoch;
};

}  // namespace

TEST_CASE("Hub: stores a batch once, whatever is sent again", "[hub][push]") {
    Ready world;
    const Bytes batch = world.batch(world.lead, world.label, world.epoch, world.fresh<ItemId>());
    const Answer stored = world.push(batch);
    CHECK(stored.outcome == AnswerOutcome::stored);
    const Answer again = world.push(batch);
    CHECK(again.outcome == AnswerOutcome::duplicate);
    CHECK(again.number == stored.number);
    CHECK(world.hub->counts().duplicates == 1);
}

TEST_CASE("Hub: a lost answer costs a duplicate, also across a restart", "[hub][push]") {
    Ready world;
    const Bytes batch = world.batch(world.lead, world.label, world.epoch, world.fresh<ItemId>());
    world.team.send(world.team.next_push(EntryKind::batch, batch));
    world.restart();  // committed, never answered
    ScriptedClient back{world, world.lead, 5};
    back.start();
    CHECK(back.push(EntryKind::batch, batch).outcome == AnswerOutcome::duplicate);
}

TEST_CASE("Hub: a bad push does not block those behind it", "[hub][push]") {
    Ready world;
    const Bytes good = world.batch(world.lead, world.label, world.epoch, world.fresh<ItemId>());
    Bytes bad = world.batch(world.lead, world.label, world.epoch, world.fresh<ItemId>());
    bad.back() ^= std::byte{1};
    world.team.send_all({world.team.next_push(EntryKind::batch, to_bytes(as_bytes("rubbish"))),
                         world.team.next_push(EntryKind::batch, bad),
                         world.team.next_push(EntryKind::batch, good)});
    world.team.pull();
    CHECK(world.team.count<Answer>() == 3);
    CHECK(world.team.last<Answer>()->outcome == AnswerOutcome::stored);
}

TEST_CASE("Hub: a tampered batch is refused", "[hub][push]") {
    Ready world;
    Bytes batch = world.batch(world.lead, world.label, world.epoch, world.fresh<ItemId>());
    SECTION("in the signature") {
        Batch altered = *decode_batch(batch, world.hasher);
        altered.signature.bytes[5] ^= std::byte{1};
        batch = encode_batch(altered);
        check_refused(world.push(batch), Errc::bad_signature);
    }
    SECTION("in a body") {
        const auto body = std::find(batch.begin(), batch.end(), std::byte{0xc0});
        const auto at = std::search_n(body, batch.end(), 96, std::byte{0xc0});
        REQUIRE(at != batch.end());
        *at ^= std::byte{1};
        CHECK(world.push(batch).outcome == AnswerOutcome::refused);
    }
    SECTION("signed by somebody else") {
        auto draft = world.draft_batch(world.lead, world.label, world.epoch, world.fresh<ItemId>());
        check_refused(world.push(world.sign(draft, world.counsellor)), Errc::bad_signature);
    }
}

TEST_CASE("Hub: a counter used twice is refused and proves a clone", "[hub][push]") {
    Ready world;
    auto first = world.draft_batch(world.lead, world.label, world.epoch, world.fresh<ItemId>());
    auto second = first;
    std::get<BatchItem::Full>(second.items[0].content).sealed.assign(80, std::byte{1});
    CHECK(world.push(world.sign(first, world.lead)).outcome == AnswerOutcome::stored);
    check_refused(world.push(world.sign(second, world.lead)), Errc::counter_reused);

    // The sequence within the compartment is as good a proof.
    second.header.counter = world.lead.counter + 1;
    check_refused(world.push(world.sign(second, world.lead)), Errc::counter_reused);
}

TEST_CASE("Hub: refused offers count too", "[hub][push]") {
    Ready world;
    auto draft =
        world.draft_batch(world.lead, world.label, world.fresh<EpochId>(), world.fresh<ItemId>());
    const auto counter = draft.header.counter;
    CHECK(world.push(world.sign(draft, world.lead)).outcome == AnswerOutcome::stale_epoch);
    CHECK(world.storage->counters(world.lead.device)->greatest == counter);
    CHECK(*world.storage->hash_at(world.lead.device, counter));
}

TEST_CASE("Hub: a clock more than five minutes ahead is told the time", "[hub][push]") {
    Ready world;
    auto draft = world.draft_batch(world.lead, world.label, world.epoch, world.fresh<ItemId>());
    SECTION("of the batch") {
        draft.header.time = HybridTime::at(world.now + std::chrono::minutes{6});
    }
    SECTION("of a change in it") {
        std::get<BatchItem::Full>(draft.items[0].content).header.time =
            HybridTime::at(world.now + std::chrono::minutes{6});
    }
    const Answer answer = world.push(world.sign(draft, world.lead));
    CHECK(answer.outcome == AnswerOutcome::clock_off);
    CHECK(answer.server_time == world.now);
}

TEST_CASE("Hub: a clock that is behind has no limit", "[hub][push]") {
    Ready world;
    auto draft = world.draft_batch(world.lead, world.label, world.epoch, world.fresh<ItemId>());
    draft.header.time = HybridTime::at(world.now - std::chrono::days{400});
    std::get<BatchItem::Full>(draft.items[0].content).header.time = draft.header.time;
    CHECK(world.push(world.sign(draft, world.lead)).outcome == AnswerOutcome::stored);
}

TEST_CASE("Hub: a batch under another compartment's epoch is refused", "[hub][push]") {
    Ready world;
    const EpochId other = world.other_epoch();
    const Bytes batch = world.batch(world.lead, world.label, other, world.fresh<ItemId>());
    check_refused(world.push(batch), Errc::not_permitted);
}

TEST_CASE("Hub: an item lives in one compartment and keeps its type", "[hub][push]") {
    Ready world;
    const EpochId other = world.other_epoch();
    const auto item = world.fresh<ItemId>();
    CHECK(world.push(world.batch(world.lead, world.label, world.epoch, item)).outcome ==
          AnswerOutcome::stored);
    SECTION("moved elsewhere") {
        check_refused(world.push(world.batch(world.lead, world.other_label, other, item)),
                      Errc::already_exists);
    }
    SECTION("with another type") {
        check_refused(world.push(world.batch(
                          world.lead, world.label, world.epoch, item, ItemType::commitment)),
                      Errc::invalid_argument);
    }
}

TEST_CASE("Hub: another unit changes what is edited together, and nothing else", "[hub][push]") {
    Ready world;
    const auto note = world.fresh<ItemId>();
    const auto commitment = world.fresh<ItemId>();
    world.push(world.batch(world.lead, world.label, world.epoch, note));
    world.push(world.batch(world.lead, world.label, world.epoch, commitment, ItemType::commitment));
    world.school.start();
    const auto push = [&](const ItemId& item, ItemType type) {
        return world.school.push(
            EntryKind::batch, world.batch(world.counsellor, world.label, world.epoch, item, type));
    };
    CHECK(push(commitment, ItemType::commitment).outcome == AnswerOutcome::stored);
    check_refused(push(note, ItemType::visit_note), Errc::not_permitted);
    check_refused(push(world.fresh<ItemId>(), ItemType::commitment), Errc::not_permitted);
    check_refused(push(world.fresh<ItemId>(), static_cast<ItemType>(999)), Errc::not_permitted);
}

TEST_CASE("Hub: another unit takes back nothing of what is edited together",
          "[hub][push][recall][attack]") {
    Ready world;
    const auto commitment = world.fresh<ItemId>();
    world.push(world.batch(world.lead, world.label, world.epoch, commitment, ItemType::commitment));
    world.school.start();
    const auto recall = [&](Party& who) {
        auto draft =
            world.draft_batch(who, world.label, world.epoch, commitment, ItemType::commitment);
        std::get<BatchItem::Full>(draft.items[0].content).header.writes = {{recalled_field, {}}};
        return world.sign(draft, who);
    };
    check_refused(world.school.push(EntryKind::batch, recall(world.counsellor)),
                  Errc::not_permitted);
    CHECK(world.push(recall(world.lead)).outcome == AnswerOutcome::stored);
}

TEST_CASE("Hub: the disclosing unit may restate what is here, and only that", "[hub][push]") {
    Ready world;
    const auto note = world.fresh<ItemId>();
    const auto written = world.draft_batch(world.lead, world.label, world.epoch, note);
    world.push(world.sign(written, world.lead));
    const auto restate = [&](const ItemId& item) {
        auto draft = world.draft_batch(world.lead, world.label, world.epoch, item);
        draft.header.restatement = true;
        auto& change = std::get<BatchItem::Full>(draft.items[0].content).header;
        change.time = written.header.time;
        change.restated_author = world.lead.device;
        return world.push(world.sign(draft, world.lead));
    };
    CHECK(restate(note).outcome == AnswerOutcome::stored);
    check_refused(restate(world.fresh<ItemId>()), Errc::not_permitted);
}

TEST_CASE("Hub: a batch after a withdrawal is stale until it is sealed anew", "[hub][push]") {
    Ready world;
    world.team.push_all(EntryKind::statement, {world.withdrawal()});
    const auto item = world.fresh<ItemId>();
    auto draft = world.draft_batch(world.lead, world.label, world.epoch, item);
    const Answer stale = world.push(world.sign(draft, world.lead));
    CHECK(stale.outcome == AnswerOutcome::stale_epoch);
    CHECK(stale.server_time == world.now);

    world.team.push_all(EntryKind::packet, {world.packet(world.lead, world.label)});
    CHECK(world.push(world.batch(world.lead, world.label, world.newest_epoch, item)).outcome ==
          AnswerOutcome::stored);
}

TEST_CASE("Hub: who may write and was given no key writes nothing under it",
          "[hub][push][attack]") {
    HubWorld world;
    ScriptedClient team{world, world.lead, 1};
    ScriptedClient school{world, world.counsellor, 2};
    team.start();
    team.push_all(EntryKind::statement, world.open_case());
    team.push_all(EntryKind::packet, {world.packet(world.lead, world.label)});
    const EpochId before = world.newest_epoch;
    team.push_all(EntryKind::statement, world.consents());
    school.start();
    const auto goal = world.fresh<ItemId>();
    const auto push = [&](ScriptedClient& link, Party& by, const EpochId& epoch) {
        Batch batch = world.draft_batch(by, world.label, epoch, goal, ItemType::plan_goal);
        auto& change = std::get<BatchItem::Full>(batch.items[0].content).header;
        change.writes = {{make_field(2, MergeKind::single), {}}};
        return link.push(EntryKind::batch, world.sign(batch, by));
    };
    REQUIRE(push(team, world.lead, before).outcome == AnswerOutcome::stored);
    check_refused(push(school, world.counsellor, before), Errc::not_permitted);
    team.push_all(EntryKind::packet, {world.packet(world.lead, world.label)});
    const Answer taken = push(school, world.counsellor, world.newest_epoch);
    INFO(taken.context);
    CHECK(taken.outcome == AnswerOutcome::stored);
}

TEST_CASE("Hub: a packet's recipients are exactly those of the policy", "[hub][push]") {
    Ready world;
    auto draft = world.draft_packet(world.lead, world.label);
    REQUIRE(draft.keys.size() == 2);
    SECTION("one too many") {
        draft.keys.push_back(HubWorld::key_for(world.outsider.device));
        std::ranges::sort(draft.keys, {}, &SealedKey::device);
    }
    SECTION("one too few") {
        draft.keys.pop_back();
    }
    SECTION("another one instead") {
        draft.keys[0] = HubWorld::key_for(world.outsider.device);
        std::ranges::sort(draft.keys, {}, &SealedKey::device);
    }
    check_refused(world.team.push(EntryKind::packet, world.sign(draft, world.lead)),
                  Errc::not_permitted);
}

TEST_CASE("Hub: a packet by somebody outside the case is refused", "[hub][push]") {
    Ready world;
    auto draft = world.draft_packet(world.lead, world.label);
    draft.author = world.outsider.device;
    ScriptedClient stranger{world, world.outsider, 9};
    stranger.start();
    check_refused(stranger.push(EntryKind::packet, world.sign(draft, world.outsider)),
                  Errc::not_permitted);
}

TEST_CASE("Hub: a packet by heads from before a withdrawal is stale", "[hub][push]") {
    Ready world;
    const auto draft = world.draft_packet(world.lead, world.label);
    world.team.push_all(EntryKind::statement, {world.withdrawal()});
    const Answer answer = world.team.push(EntryKind::packet, world.sign(draft, world.lead));
    CHECK(answer.outcome == AnswerOutcome::stale_epoch);
}

TEST_CASE("Hub: a packet that names statements which are not here is refused", "[hub][push]") {
    Ready world;
    world.withdrawal();  // said, and not pushed
    const Answer answer = world.team.push(EntryKind::packet, world.packet(world.lead, world.label));
    check_refused(answer, Errc::missing_parent);
}

TEST_CASE("Hub: a ghost device certified by nobody who may has no effect", "[hub][push]") {
    Ready world;
    Party ghost{77};
    DeviceCertified certificate;
    certificate.device = ghost.device;
    certificate.organisation = world.nora;
    certificate.user = world.lead.user;
    certificate.signing_key = ghost.signer.public_key();
    certificate.sealing_key = world.fresh<SealingPublicKey>();
    const Bytes statement = world.say(world.lead, Stream{}, certificate);
    check_refused(world.team.push(EntryKind::statement, statement), Errc::not_permitted);
    ScriptedClient intruder{world, ghost, 9};
    CHECK_FALSE(intruder.connect());
}

TEST_CASE("Hub: a statement is taken whatever its clock says", "[hub][push]") {
    Ready world;
    world.now += std::chrono::days{30};
    const Bytes statement = world.withdrawal();
    world.now -= std::chrono::days{30};
    CHECK(world.team.push(EntryKind::statement, statement).outcome == AnswerOutcome::stored);
}

TEST_CASE("Hub: a statement of another federation, or of an unknown author, is refused",
          "[hub][push]") {
    Ready world;
    SECTION("federation") {
        const auto own = world.federation_id;
        world.federation_id = world.fresh<FederationId>();
        const Bytes statement = world.withdrawal();
        world.federation_id = own;
        check_refused(world.team.push(EntryKind::statement, statement), Errc::wrong_federation);
    }
    SECTION("author") {
        Party nobody{78};
        check_refused(
            world.team.push(EntryKind::statement, world.say(nobody, world.custody(), CaseClosed{})),
            Errc::unknown_device);
    }
}

TEST_CASE("Hub: a supplement needs a recipient who may read, and a ground", "[hub][push]") {
    Ready world;
    const auto supplement = [&](const DeviceId& recipient,
                                std::optional<StatementId> ground) -> Bytes {
        Supplement draft;
        draft.federation = world.federation_id;
        draft.compartment = world.compartment(world.label);
        draft.author = world.lead.device;
        draft.counter = ++world.lead.counter;
        draft.recipient = recipient;
        draft.sealing_epoch = 1;
        draft.keys = {{world.epoch, Bytes(sealed_key_size, std::byte{1})}};
        draft.ground = ground;
        sign_supplement(draft, world.lead.signer, world.hasher);
        return encode_supplement(draft);
    };
    const auto push = [&](const Bytes& bytes) {
        return world.team.push(EntryKind::supplement, bytes);
    };
    check_refused(push(supplement(world.outsider.device, {})), Errc::not_permitted);
    check_refused(push(supplement(world.counsellor.device, {})), Errc::not_permitted);
    CHECK(push(supplement(world.lead.device, {})).outcome == AnswerOutcome::stored);

    check_refused(push(supplement(world.counsellor.device, world.newest)), Errc::not_permitted);
    world.team.push_all(EntryKind::statement, world.consents(Reach::history));
    CHECK(push(supplement(world.counsellor.device, world.newest)).outcome == AnswerOutcome::stored);
}

}  // namespace samsyn
