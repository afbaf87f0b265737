#include "sync-server/hub/delivery.hpp"
#include "tests/sync-server/hub/scripted_client.hpp"

namespace samsyn {
namespace {

/// The case is open, nobody has consented; the team and the administrator of Nora are connected.
struct Attacked : HubWorld {
    explicit Attacked(HubLimits limits_used = {}) : HubWorld(limits_used) {
        team.start();
        team.push_all(EntryKind::statement, open_case());
        admin.start();
    }

    /// Both guardians let the school read and contribute, and the team makes a key.
    void share(Reach reach = Reach::present) {
        team.push_all(EntryKind::statement, consents(reach));
        team.push_all(EntryKind::packet, {packet(lead, label)});
        epoch = newest_epoch;
    }

    /// A new commitment of the team: what the school may change too. Its one version.
    Version write(const ItemId& item, std::vector<Version> replaces = {}) {
        auto draft = draft_batch(lead, label, epoch, item, ItemType::commitment);
        std::get<BatchItem::Full>(draft.items[0].content).header.writes[0].replaces = replaces;
        team.push_all(EntryKind::batch, {sign(draft, lead)});
        return {draft.header.time, lead.device};
    }

    Answer restate(Party& by,
                   ScriptedClient& client,
                   const ItemId& item,
                   const Version& version,
                   FieldWrite write = {make_field(1, MergeKind::single), {}},
                   ItemType type = ItemType::commitment) {
        auto draft = draft_batch(by, label, epoch, item, type);
        draft.header.restatement = true;
        auto& change = std::get<BatchItem::Full>(draft.items[0].content).header;
        change.time = version.time;
        change.restated_author = version.device;
        change.writes = {std::move(write)};
        return client.push(EntryKind::batch, sign(draft, by));
    }

    Bytes supplement(const EpochId& of, const DeviceId& recipient, const StatementId& ground) {
        Supplement draft;
        draft.federation = federation_id;
        draft.compartment = compartment(label);
        draft.author = lead.device;
        draft.counter = ++lead.counter;
        draft.recipient = recipient;
        draft.sealing_epoch = 1;
        draft.keys = {{of, Bytes(sealed_key_size, std::byte{1})}};
        draft.ground = ground;
        sign_supplement(draft, lead.signer, hasher);
        return encode_supplement(draft);
    }

    ScriptedClient team{*this, lead, 1};
    ScriptedClient school{*this, counsellor, 2};
    ScriptedClient admin{*this, nora_admin, 3};
    EpochId epoch;
};

constexpr FieldNumber a_field = make_field(1, MergeKind::single);

}  // namespace

// --- The federation log ------------------------------------------------------------------------

TEST_CASE("Hub: a back-dated certificate does not take over another organisation's unit",
          "[hub][attack]") {
    Attacked world;
    ScriptedClient rival{world, world.lindesberg_admin, 4};
    rival.start();
    UnitRef taken = world.lead.unit;
    taken.organisation = world.lindesberg;
    const Instant today = world.now;
    world.now -= std::chrono::days{900};
    const Bytes statement = world.say(world.lindesberg_admin, Stream{}, UnitCertified{taken});
    world.now = today;
    check_refused(rival.push(EntryKind::statement, statement), Errc::not_permitted);
}

TEST_CASE("Hub: a certificate with a sealing key that everybody opens is refused",
          "[hub][attack]") {
    Attacked world;
    const Party fresh{90};
    DeviceCertified device;
    device.device = fresh.device;
    device.organisation = world.nora;
    device.user = world.lead.user;
    device.signing_key = fresh.signer.public_key();
    check_refused(
        world.admin.push(EntryKind::statement, world.say(world.nora_admin, Stream{}, device)),
        Errc::weak_key);

    const AdministratorCertified machine{
        world.nora, world.fresh<UserId>(), fresh.device, fresh.signer.public_key(), {}};
    check_refused(world.admin.push(EntryKind::statement, world.say(world.root, Stream{}, machine)),
                  Errc::weak_key);
}

TEST_CASE("Hub: a certificate of a device under an id that is not its key's is refused",
          "[hub][attack]") {
    Attacked world;
    const Party fresh{90};
    DeviceCertified device;
    device.device = world.fresh<DeviceId>();
    device.organisation = world.nora;
    device.user = world.lead.user;
    device.signing_key = fresh.signer.public_key();
    device.sealing_key = world.fresh<SealingPublicKey>();
    CHECK(world.admin.push(EntryKind::statement, world.say(world.nora_admin, Stream{}, device))
              .outcome == AnswerOutcome::refused);
    const AdministratorCertified machine{world.nora,
                                         world.fresh<UserId>(),
                                         world.fresh<DeviceId>(),
                                         fresh.signer.public_key(),
                                         world.fresh<SealingPublicKey>()};
    CHECK(
        world.admin.push(EntryKind::statement, world.say(world.root, Stream{}, machine)).outcome ==
        AnswerOutcome::refused);
}

TEST_CASE("Hub: what a revoked device offered in vain is not taken when it comes again",
          "[hub][attack]") {
    Attacked world;
    // A stolen administrator's machine prepares a colleague for a unit that is not there yet.
    UnitRef unit{world.nora, world.fresh<UnitId>(), Regime::team};
    UserCertified ghost;
    ghost.user = world.fresh<UserId>();
    ghost.organisation = world.nora;
    ghost.unit = unit.unit;
    ghost.role = Role::psychologist;
    const Bytes prepared = world.say(world.nora_admin, Stream{}, ghost);
    check_refused(world.admin.push(EntryKind::statement, prepared), Errc::not_permitted);
    world.admin.push_all(EntryKind::statement,
                         {world.say(world.nora_admin, Stream{}, UnitCertified{unit})});
    world.team.push_all(EntryKind::statement,
                        {world.say(world.root, Stream{}, DeviceRevoked{world.nora_admin.device})});
    CHECK(world.team.push(EntryKind::statement, prepared).outcome == AnswerOutcome::escrowed);
}

TEST_CASE("Hub: a counter does not leap over more gaps than a pin can name", "[hub][attack]") {
    Attacked world;
    const std::uint64_t before = world.lead.counter;
    world.lead.counter = before + 257;  // 257 unused, then one that is used
    const Bytes leap = world.say(world.lead, world.custody(), AdultRecorded{world.child});
    check_refused(world.team.push(EntryKind::statement, leap), Errc::limit_exceeded);
    CHECK(world.storage->counters(world.lead.device)->greatest == before);

    world.lead.counter = before + 256;
    const Bytes fits =
        world.say(world.lead, world.disclosing(), world.consent_of(world.guardians[0]));
    CHECK(world.team.push(EntryKind::statement, fits).outcome == AnswerOutcome::stored);
    CHECK(world.storage->counters(world.lead.device)->gaps.size() == 256);
    world.lead.counter += 1;
    const Bytes one_more =
        world.say(world.lead, world.disclosing(), world.consent_of(world.guardians[1]));
    check_refused(world.team.push(EntryKind::statement, one_more), Errc::limit_exceeded);
}

TEST_CASE("Hub: what opens is not dated ahead, what denies is taken whatever its clock says",
          "[hub][attack]") {
    Attacked world;
    const auto ahead = [&](auto say) {
        world.now += std::chrono::minutes{6};
        const Bytes statement = say();
        world.now -= std::chrono::minutes{6};
        return world.team.push(EntryKind::statement, statement);
    };
    const Answer consent = ahead([&] {
        return world.say(world.lead, world.disclosing(), world.consent_of(world.guardians[0]));
    });
    CHECK(consent.outcome == AnswerOutcome::clock_off);
    CHECK(consent.server_time == world.now);
    CHECK(ahead([&] { return world.withdrawal(); }).outcome == AnswerOutcome::stored);
}

TEST_CASE("Hub: a statement of a kind that this program does not know is refused",
          "[hub][attack]") {
    Attacked world;
    check_refused(world.team.push(EntryKind::statement,
                                  world.say(world.lead, world.custody(), Unknown{200, Bytes(10)})),
                  Errc::update_needed);
}

// --- Restatements ------------------------------------------------------------------------------

TEST_CASE("Hub: a reader who may not change an item does not restate it", "[hub][attack]") {
    Attacked world;
    world.share();
    const auto note = world.fresh<ItemId>();
    auto draft = world.draft_batch(world.lead, world.label, world.epoch, note);
    world.team.push_all(EntryKind::batch, {world.sign(draft, world.lead)});
    world.school.start();
    check_refused(world.restate(world.counsellor,
                                world.school,
                                note,
                                {draft.header.time, world.lead.device},
                                {a_field, {}},
                                ItemType::visit_note),
                  Errc::not_permitted);
}

TEST_CASE("Hub: a restatement says only what its author wrote", "[hub][attack]") {
    Attacked world;
    world.share();
    world.school.start();
    const auto item = world.fresh<ItemId>();
    const Version written = world.write(item);
    const auto restate = [&](const Version& version, FieldWrite write = {a_field, {}}) {
        return world.restate(world.counsellor, world.school, item, version, std::move(write));
    };
    SECTION("not at another time") {
        Version later = written;
        later.time = HybridTime::at(world.now, 4000);
        check_refused(restate(later), Errc::not_permitted);
    }
    SECTION("not by another author") {
        check_refused(restate({written.time, world.outsider.device}), Errc::not_permitted);
    }
    SECTION("not in another field") {
        check_refused(restate(written, {make_field(2, MergeKind::single), {}}),
                      Errc::not_permitted);
    }
    SECTION("not a deletion that nobody made") {
        check_refused(restate(written, {deleted_field, {written}}), Errc::not_permitted);
    }
    SECTION("not without naming who wrote it") {
        auto draft = world.draft_batch(
            world.counsellor, world.label, world.epoch, item, ItemType::commitment);
        draft.header.restatement = true;
        check_refused(world.school.push(EntryKind::batch, world.sign(draft, world.counsellor)),
                      Errc::malformed);
    }
    SECTION("and that is stored, after a restart too") {
        CHECK(restate(written).outcome == AnswerOutcome::stored);
        world.restart();
        ScriptedClient back{world, world.counsellor, 7};
        back.start();
        CHECK(world.restate(world.counsellor, back, item, written).outcome ==
              AnswerOutcome::stored);
    }
}

TEST_CASE("Hub: a restatement does not hide what nobody replaced", "[hub][attack]") {
    Attacked world;
    world.share();
    world.school.start();
    const auto item = world.fresh<ItemId>();
    const Version first = world.write(item);
    const Version second = world.write(item, {first});
    const Version concurrent = world.write(item);
    const auto restate = [&](std::vector<Version> replaces) {
        std::ranges::sort(replaces);
        return world.restate(
            world.counsellor, world.school, item, second, {a_field, std::move(replaces)});
    };
    check_refused(restate({concurrent}), Errc::not_permitted);
    check_refused(restate({first, concurrent}), Errc::not_permitted);
    check_refused(restate({{HybridTime{5}, world.outsider.device}}), Errc::not_permitted);
    CHECK(restate({first}).outcome == AnswerOutcome::stored);
    CHECK(restate({}).outcome == AnswerOutcome::stored);
}

// --- Keys --------------------------------------------------------------------------------------

TEST_CASE("Hub: an epoch is closed once somebody who was given its key later may not read",
          "[hub][attack]") {
    Attacked world;
    world.team.push_all(EntryKind::packet, {world.packet(world.lead, world.label)});
    const EpochId early = world.newest_epoch;
    world.share(Reach::history);
    world.team.push_all(EntryKind::supplement,
                        {world.supplement(early, world.counsellor.device, world.newest)});
    const auto write = [&] {
        return world.team.push(EntryKind::batch,
                               world.batch(world.lead, world.label, early, world.fresh<ItemId>()));
    };
    CHECK(write().outcome == AnswerOutcome::stored);
    world.team.push_all(EntryKind::statement, {world.withdrawal()});
    CHECK(write().outcome == AnswerOutcome::stale_epoch);
}

TEST_CASE("Hub: the ground of a supplement is a consent that permits, with reach history",
          "[hub][attack]") {
    Attacked world;
    world.share();
    const auto give = [&] {
        return world.team.push(
            EntryKind::supplement,
            world.supplement(world.epoch, world.counsellor.device, world.newest));
    };
    check_refused(give(), Errc::not_permitted);  // reach present

    auto for_another_role = world.consent_of(world.guardians[0]);
    for_another_role.reach = Reach::history;
    for_another_role.recipient.role = Role::principal;
    world.team.push_all(EntryKind::statement,
                        {world.say(world.lead, world.disclosing(), for_another_role)});
    check_refused(give(), Errc::not_permitted);

    // One guardian is not both.
    auto of_one = world.consent_of(world.guardians[0]);
    of_one.reach = Reach::history;
    of_one.names = world.consents_by(world.guardians[0]);
    world.team.push_all(EntryKind::statement, {world.say(world.lead, world.disclosing(), of_one)});
    check_refused(give(), Errc::not_permitted);

    auto of_the_other = world.consent_of(world.guardians[1]);
    of_the_other.reach = Reach::history;
    of_the_other.names = world.consents_by(world.guardians[1]);
    world.team.push_all(EntryKind::statement,
                        {world.say(world.lead, world.disclosing(), of_the_other)});
    CHECK(give().outcome == AnswerOutcome::stored);
}

TEST_CASE("Hub: a packet that names an earlier one's key makes nobody a holder of the earlier one",
          "[hub][attack]") {
    Attacked world;
    const auto nonce = world.fresh<Nonce>();
    auto early = world.draft_packet(world.lead, world.label);
    early.nonce = nonce;
    world.team.push_all(EntryKind::packet, {world.sign(early, world.lead)});
    const Bytes old =
        world.batch(world.lead, world.label, world.newest_epoch, world.fresh<ItemId>());
    world.team.push_all(EntryKind::batch, {old});

    world.team.push_all(EntryKind::statement, world.consents(Reach::from_now));
    auto again = world.draft_packet(world.lead, world.label);
    again.nonce = nonce;
    REQUIRE(again.keys.size() > early.keys.size());
    world.team.push_all(EntryKind::packet, {world.sign(again, world.lead)});
    world.school.start();
    CHECK(world.school.entries(EntryKind::packet).size() == 2);
    CHECK_FALSE(world.school.has(EntryKind::batch, old));
}

// --- Cursors and rates -------------------------------------------------------------------------

TEST_CASE("Hub: naming a channel does not tell whether it exists", "[hub][attack]") {
    Attacked world;
    world.share();
    ScriptedClient stranger{world, world.outsider, 5};
    stranger.start({{{world.disclosing()}, 1},
                    {{Stream{StreamKind::custody, directory_case, {}}}, 1},
                    {{world.compartment(world.label)}, 1},
                    {{world.fresh<CompartmentId>()}, 1}});
    CHECK(stranger.count<Withdrawn>() == 0);
    for (const Message& message : stranger.received)
        if (const auto* const deliver = std::get_if<Deliver>(&message))
            CHECK(deliver->channel == Channel{Stream{}});
}

TEST_CASE("Hub: cursors are remembered only of channels that the device may receive",
          "[hub][attack]") {
    Attacked world;
    world.share();
    const auto registry = *Registry::load(*world.storage, world.federation_id, world.hasher);
    Resume flood;
    for (int i = 0; i < 400; ++i) {
        flood.cursors.push_back(
            {{Stream{StreamKind::roster, world.case_id, world.fresh<UnitId>()}}, 1});
        flood.cursors.push_back({{Stream{StreamKind::custody, world.fresh<CaseId>(), {}}}, 1});
        flood.cursors.push_back(
            {{Stream{StreamKind::roster, directory_case, world.fresh<UnitId>()}}, 1});
        flood.cursors.push_back({{world.fresh<CompartmentId>()}, 1});
    }
    flood.cursors.push_back({{Stream{}}, 1});
    flood.cursors.push_back({{world.custody()}, 1});
    flood.cursors.push_back({{world.compartment(world.label)}, 1});
    Delivery reader{world.lead.device};
    reader.resume(flood, registry, world.now);
    CHECK(reader.cursor_count() == 3);
    Delivery stranger{world.outsider.device};
    stranger.resume(flood, registry, world.now);
    CHECK(stranger.cursor_count() == 1);
}

TEST_CASE("Hub: a session with too many cursors is closed", "[hub][attack]") {
    HubLimits limits;
    limits.cursors_max = 2;
    Attacked world{limits};
    world.share();
    REQUIRE(world.school.connect());
    world.school.send(Resume{{{{Stream{}}, 1}, {{world.custody()}, 1}}, false});
    world.school.pull();
    CHECK_FALSE(world.school.closed);
    world.school.send(Resume{{{{world.compartment(world.label)}, 1}}, true});
    world.school.pull();
    CHECK(world.school.closed);
    REQUIRE(world.school.last<Goodbye>() != nullptr);
    CHECK(world.school.last<Goodbye>()->why == Errc::limit_exceeded);
}

TEST_CASE("Hub: a device that pushes too fast gets its answers, is closed, and loses nothing",
          "[hub][attack]") {
    HubLimits limits;
    limits.batch_rate = {std::chrono::seconds{1}, 5};
    Attacked world{limits};
    world.share();
    std::vector<Bytes> batches;
    std::vector<Message> pushes;
    for (int i = 0; i < 8; ++i) {
        batches.push_back(world.batch(world.lead, world.label, world.epoch, world.fresh<ItemId>()));
        pushes.push_back(world.team.next_push(EntryKind::batch, batches.back()));
    }
    world.team.received.clear();
    world.team.send_all(pushes);
    world.team.pull();
    CHECK(world.team.count<Answer>() == 5);
    CHECK(world.team.closed);
    REQUIRE(world.team.last<Goodbye>() != nullptr);
    CHECK(world.team.last<Goodbye>()->why == Errc::rate_limited);

    // Another link of the same device has no more; time brings it back.
    world.team.start();
    world.team.send(world.team.next_push(EntryKind::batch, batches[5]));
    world.team.pull();
    CHECK(world.team.closed);
    world.now += std::chrono::seconds{3};
    world.team.start();
    world.team.push_all(EntryKind::batch, {batches[5], batches[6], batches[7]});
    CHECK(*world.storage->last_number({world.compartment(world.label)}) == 9);
}

TEST_CASE("Hub: statements have a rate of their own", "[hub][attack]") {
    HubLimits limits;
    limits.statement_rate = {std::chrono::seconds{1}, 6};
    Attacked world{limits};  // 4 statements
    world.team.push_all(EntryKind::statement, world.consents());
    world.team.send(world.team.next_push(EntryKind::statement, world.withdrawal()));
    world.team.pull();
    CHECK(world.team.closed);
    REQUIRE(world.team.last<Goodbye>() != nullptr);
    CHECK(world.team.last<Goodbye>()->why == Errc::rate_limited);
}

}  // namespace samsyn
