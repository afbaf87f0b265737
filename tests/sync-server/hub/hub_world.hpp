#pragma once

#include "core/policy/decide.hpp"
#include "core/wire/statement_codec.hpp"
#include "sync-server/hub/hub.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/fake_signer.hpp"
#include "tests/support/seeded_random.hpp"

#include <algorithm>

namespace samsyn {

/// Somebody with a device that signs.
struct Party {
    explicit Party(std::uint64_t seed)
        : signer(seed),
          device(hash_to<DeviceId>(FakeHasher{}, Domain::device_id, {signer.public_key().view()})) {
    }

    FakeSigner signer;
    DeviceId device;
    UserId user;
    UnitRef unit;
    std::uint64_t counter = 0;
    std::map<CompartmentId, std::pair<std::uint64_t, BatchId>> sequences;
};

/// A family's case among a team in Nora and a school in Lindesberg, as signed bytes ready to be
/// pushed; and a hub over a storage that has only the federation. What `say` signs is known to
/// everybody here at once: statements that the hub has not seen are missing at the hub.
class HubWorld {
public:
    explicit HubWorld(HubLimits limits_used = {}, std::unique_ptr<Storage> engine = {})
        : limits(limits_used),
          storage(engine ? std::move(engine) : *open_memory_storage()) {
        first_.push_back(say(root, Stream{}, Founding{root.signer.public_key(), {}}));
        first_.push_back(say(root, Stream{}, ServerCertified{server.public_key(), {}}));
        nora = found_organisation(nora_admin);
        lindesberg = found_organisation(lindesberg_admin);
        certify(lead, nora_admin, nora, Regime::team, Role::psychologist);
        certify(counsellor, lindesberg_admin, lindesberg, Regime::school_other, Role::teacher);
        certify(outsider, lindesberg_admin, lindesberg, Regime::social, Role::case_officer);
        certify(reviewer, nora_admin, nora, Regime::social, Role::log_reviewer);
        const auto seeded = seed_federation(*storage, hasher, verifier, first_);
        REQUIRE(seeded);
        REQUIRE(*seeded == federation_id);
        restart();

        std::sort(guardians.begin(), guardians.end());
        label.subjects = {child};
        label.disclosing = lead.unit;
        label.category = Category::attendance;
        label.sensitivity = Sensitivity::normal;
        other_label = label;
        other_label.category = Category::parenting;
    }

    /// The process ends and starts again.
    void restart() {
        hub.reset();
        auto opened =
            Hub::open({*storage, server, verifier, hasher, random}, federation_id, limits);
        REQUIRE(opened);
        hub = *std::move(opened);
    }

    // --- Statements -------------------------------------------------------------------------

    Bytes say(Party& by, const Stream& stream, StatementBody body) {
        StatementGraph& graph = graph_of(stream);
        StatementHeader header;
        header.federation = federation_id;
        header.stream = stream;
        header.author = by.device;
        header.counter = ++by.counter;
        header.previous = graph.heads(stream);
        header.time = HybridTime::at(now, ++tick_);
        const auto statement = std::make_shared<const Statement>(
            sign_statement(header, std::move(body), by.signer, hasher));
        if (std::holds_alternative<Founding>(statement->body))
            federation_id = FederationId::from(statement->id.view());
        graph.add(statement);
        newest = statement->id;
        return encode_statement(*statement);
    }

    /// What a device has learnt from the server.
    void learn(const Bytes& encoded) {
        const auto statement =
            std::make_shared<const Statement>(*decode_statement(encoded, hasher));
        graph_of(statement->header.stream).add(statement);
    }

    Stream custody() const { return {StreamKind::custody, case_id, {}}; }

    Stream disclosing() const { return {StreamKind::disclosing, case_id, lead.unit.unit}; }

    Stream roster(const Party& who) const { return {StreamKind::roster, case_id, who.unit.unit}; }

    /// The case with both participants and custody; nobody has consented.
    std::vector<Bytes> open_case() {
        return {say(lead, custody(), CaseOpened{ServiceModel::famsam, lead.unit.unit, lead.user}),
                add_participant(lead, Duty::lead),
                add_participant(counsellor, Duty::member),
                say(lead,
                    custody(),
                    Custody{child,
                            guardians,
                            now + std::chrono::days{365},
                            now + std::chrono::days{3650}})};
    }

    Bytes add_participant(const Party& who, Duty duty) {
        ParticipantAdded added;
        added.user = who.user;
        added.unit = who.unit.unit;
        added.duty = duty;
        added.from = now - std::chrono::days{1};
        return say(lead, roster(who), added);
    }

    Consent consent_of(const PersonId& guardian) const {
        Consent consent;
        consent.grantor = guardian;
        consent.capacity = Capacity::guardian;
        consent.subject = child;
        consent.disclosing = lead.unit.unit;
        consent.recipient.unit = counsellor.unit.unit;
        consent.categories.insert(label.category);
        consent.actions.insert(Action::read);
        consent.actions.insert(Action::contribute);
        consent.not_before = now - std::chrono::hours{1};
        consent.not_after = now + std::chrono::days{180};
        consent.reach = Reach::present;
        return consent;
    }

    /// Both guardians let the school read what the team writes about attendance.
    std::vector<Bytes> consents(Reach reach = Reach::present) {
        std::vector<Bytes> said;
        for (const PersonId& guardian : guardians) {
            Consent consent = consent_of(guardian);
            consent.reach = reach;
            consent.names = consents_by(guardian);
            said.push_back(say(lead, disclosing(), consent));
        }
        return said;
    }

    /// What the person has consented to so far, for a consent that replaces it.
    std::vector<StatementId> consents_by(const PersonId& person) {
        std::vector<StatementId> ids;
        for (const auto& statement : cases[case_id].in(disclosing())) {
            const auto* const consent = std::get_if<Consent>(&statement->body);
            if (consent != nullptr && consent->grantor == person) ids.push_back(statement->id);
        }
        std::ranges::sort(ids);
        return ids;
    }

    Bytes withdrawal() {
        Closing closing;
        closing.kind = ClosingKind::withdrawal;
        closing.decider = guardians[0];
        closing.subject = child;
        closing.disclosing = lead.unit.unit;
        closing.recipient = Recipient{counsellor.unit.unit, {}, {}};
        closing.categories.insert(label.category);
        return say(lead, disclosing(), closing);
    }

    // --- Keys and content -------------------------------------------------------------------

    CompartmentId compartment(const Label& of) const { return compartment_id(hasher, case_id, of); }

    /// A packet whose recipients are what the policy says by all that was said so far.
    KeyPacket draft_packet(Party& by, const Label& of) {
        const auto federation = *Federation::build(log, federation_id, hasher);
        const auto view = CaseView::build(case_id, cases[case_id], federation);
        KeyPacket packet;
        packet.federation = federation_id;
        packet.case_id = case_id;
        packet.label = of;
        packet.compartment = compartment(of);
        packet.nonce = random_id<Nonce>(random);
        for (const Stream& stream : streams_of_decision(case_id, of, view))
            if (const auto heads = graph_of(stream).heads(stream); !heads.empty())
                packet.heads.push_back({stream, heads});
        packet.statute_version = current_statute_table().version;
        packet.instant = now;
        packet.author = by.device;
        for (const DeviceId& device :
             permitted_devices(of, {federation, view}, current_statute_table(), now))
            packet.keys.push_back(key_for(device));
        return packet;
    }

    static SealedKey key_for(const DeviceId& device) {
        return {device, 1, Bytes(sealed_key_size, std::byte{0x5e})};
    }

    Bytes sign(KeyPacket packet, Party& by) {
        packet.counter = ++by.counter;
        sign_packet(packet, by.signer, hasher);
        newest_epoch = packet.id;
        return encode_packet(packet);
    }

    Bytes packet(Party& by, const Label& of) { return sign(draft_packet(by, of), by); }

    Batch draft_batch(Party& by,
                      const Label& of,
                      const EpochId& epoch,
                      const ItemId& item,
                      ItemType type = ItemType::visit_note) {
        auto& [sequence, previous] = by.sequences[compartment(of)];
        Batch batch;
        batch.header.federation = federation_id;
        batch.header.compartment = compartment(of);
        batch.header.epoch = epoch;
        batch.header.author = by.device;
        batch.header.counter = by.counter + 1;
        batch.header.sequence = sequence + 1;
        batch.header.previous = previous;
        batch.header.time = HybridTime::at(now, ++tick_);
        ChangeHeader change;
        change.item = item;
        change.type = type;
        change.time = batch.header.time;
        change.writes = {{make_field(1, MergeKind::single), {}}};
        batch.items.push_back({BatchItem::Full{change, Bytes(96, std::byte{0xc0})}});
        return batch;
    }

    Bytes sign(Batch batch, Party& by) {
        by.counter = std::max(by.counter, batch.header.counter);
        sign_batch(batch, by.signer, hasher);
        by.sequences[batch.header.compartment] = {batch.header.sequence, batch.id};
        return encode_batch(batch);
    }

    /// A new visit note, or a change of one.
    Bytes batch(Party& by,
                const Label& of,
                const EpochId& epoch,
                const ItemId& item,
                ItemType type = ItemType::visit_note) {
        return sign(draft_batch(by, of, epoch, item, type), by);
    }

    template <class IdType>
    IdType fresh() {
        return random_id<IdType>(random);
    }

    StatementGraph& graph_of(const Stream& stream) {
        return stream.kind == StreamKind::federation ? log : cases[stream.case_id];
    }

    HubLimits limits;
    FakeHasher hasher;
    FakeVerifier verifier;
    SeededRandom random{2026};
    FakeSigner server{1};
    Instant now = std::chrono::sys_days{std::chrono::year{2026} / 5 / 4} + std::chrono::hours{9};

    Party root{10};
    Party nora_admin{11};
    Party lindesberg_admin{12};
    Party lead{13};
    Party counsellor{14};
    Party outsider{15};
    Party reviewer{16};  ///< of the team's organisation; takes part in nothing
    OrganisationId nora;
    OrganisationId lindesberg;
    FederationId federation_id;
    CaseId case_id = fresh<CaseId>();
    PersonId child = fresh<PersonId>();
    std::vector<PersonId> guardians{fresh<PersonId>(), fresh<PersonId>()};
    Label label;        ///< what the consents are about
    Label other_label;  ///< the team's own
    StatementId newest;
    EpochId newest_epoch;
    StatementGraph log;
    std::map<CaseId, StatementGraph> cases;
    std::unique_ptr<Storage> storage;
    std::unique_ptr<Hub> hub;

private:
    OrganisationId found_organisation(Party& admin) {
        const auto id = fresh<OrganisationId>();
        admin.user = fresh<UserId>();
        OrganisationAdmitted admitted;
        admitted.organisation = id;
        admitted.from = now - std::chrono::days{1000};
        first_.push_back(say(root, Stream{}, admitted));
        first_.push_back(say(root,
                             Stream{},
                             AdministratorCertified{id,
                                                    admin.user,
                                                    admin.device,
                                                    admin.signer.public_key(),
                                                    fresh<SealingPublicKey>()}));
        return id;
    }

    void certify(
        Party& who, Party& admin, const OrganisationId& organisation, Regime regime, Role role) {
        who.user = fresh<UserId>();
        who.unit = {organisation, fresh<UnitId>(), regime};
        first_.push_back(say(admin, Stream{}, UnitCertified{who.unit}));
        UserCertified user;
        user.user = who.user;
        user.organisation = organisation;
        user.unit = who.unit.unit;
        user.role = role;
        user.from = now - std::chrono::days{900};
        first_.push_back(say(admin, Stream{}, user));
        if (role == Role::log_reviewer)  // wants a second person
            first_.push_back(say(lindesberg_admin, Stream{}, Countersigned{newest}));
        DeviceCertified device;
        device.device = who.device;
        device.kind = DeviceKind::staff_tablet;
        device.organisation = organisation;
        device.user = who.user;
        device.signing_key = who.signer.public_key();
        device.sealing_key = fresh<SealingPublicKey>();
        first_.push_back(say(admin, Stream{}, device));
    }

    std::vector<Bytes> first_;
    std::uint16_t tick_ = 0;
};

}  // namespace samsyn
