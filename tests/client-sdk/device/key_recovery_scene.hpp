#pragma once

#include "core/wire/recovery_context.hpp"
#include "core/wire/statement_codec.hpp"
#include "crypto/recovery/recovery_key.hpp"
#include "tests/client-sdk/device/device_attacker.hpp"

#include <samsyn/recovery.hpp>

namespace samsyn {

/// The team's organisation has a recovery key among three holders, two of whom open it; a head of
/// unit is the second person.
struct KeyRecoveryScene : DeviceScene {
    KeyRecoveryScene() : head(world.enrol("Kaj Chef", world.team, Role::head_of_unit)) {
        sync(world.administrator());
        sync_everybody();
        nora = psychologist->device->own_organisation().value();
        before = note(*psychologist, "Före nyckeln");
        sync_everybody();
    }

    Recovery administrator() { return Recovery{*world.administrator().device}; }

    /// Says something as the head of unit would, by hand: her own device takes no counter.
    Bytes said_by_head(const StatementBody& body, const StatementId& knowing) {
        clock.advance(1s);
        StatementHeader header;
        header.federation = world.federation();
        header.author = head->device->device();
        header.role = Role::head_of_unit;
        header.counter = ++head_counter;
        header.previous = {knowing};
        header.time = HybridTime::at(clock.now());
        return encode_statement(sign_statement(header, body, head->signing, world.hasher()));
    }

    void confirm(const StatementId& id) {
        must(world.administrator().device->import_statement(said_by_head(Countersigned{id}, id)));
        sync(world.administrator());
    }

    static RecoveryKeyCertified certificate(const RecoveryTerms& terms) {
        return {.organisation = terms.organisation,
                .generation = terms.generation,
                .key = terms.key,
                .threshold = terms.threshold,
                .commitments = terms.commitments};
    }

    StatementId certify_alone() {
        clock.advance(1s);
        const std::uint32_t generation = administrator().next_generation(nora);
        keys.push_back(must(make_recovery(nora, generation, 2, 3, world.random())));
        return must(administrator().certify(certificate(keys.back().terms)));
    }

    /// A new key, and everybody knows it.
    void certify() {
        confirm(certify_alone());
        sync_everybody();
    }

    /// A colleague in the team and the case, to whom nobody's device has given a key: all of them
    /// are gone from now on.
    void enrol_late() {
        late = world.enrol("Nils Ny", world.team, Role::psychologist);
        sync(world.administrator());
        sync(*psychologist);
        must(psychologist->device->add_participant(
            family.case_id, late->user, world.team, Duty::member, clock.now() + 24h * 100));
        carry_statements();
        sync(*late);
    }

    /// What the psychologist said goes out by another machine, so that her own device gives nobody
    /// a key by it.
    void carry_statements() {
        for (const Outgoing& one :
             must(psychologist->device->outgoing_after(0, 1 << 22, clock.now())))
            if (one.kind == EntryKind::statement)
                must(world.administrator().device->import_statement(one.bytes));
        sync(world.administrator());
    }

    StatementId permit_alone(const DeviceId& device) {
        clock.advance(1s);
        const auto id = must(administrator().permit(nora, device, "Brand i huset", 24h));
        sync(world.administrator());
        return id;
    }

    void permit(Person& person) {
        confirm(permit_alone(person.device->device()));
        sync(person);
    }

    static RecoveryShare share_of(const NewRecovery& made, std::size_t index) {
        const RecoveryShare& share = made.shares.at(index);
        return {.organisation = share.organisation,
                .generation = share.generation,
                .threshold = share.threshold,
                .point = {.x = share.point.x, .y = share.point.y.duplicate()}};
    }

    /// What the holders of the first and third share put together.
    static SodiumSealer opener(const NewRecovery& made) {
        std::vector<RecoveryShare> shares;
        shares.push_back(share_of(made, 0));
        shares.push_back(share_of(made, 2));
        SealingKey pair = must(open_shares(shares, made.terms));
        return SodiumSealer{std::move(pair)};
    }

    Result<RecoveredView> open(Person& person, const NewRecovery& made) {
        SodiumSealer sealer = opener(made);
        return Recovery{*person.device}.open(nora, made.terms.generation, sealer);
    }

    CompartmentId compartment_of(const ItemId& item) {
        const ItemView view = must(psychologist->device->item(item));
        return compartment_id(world.hasher(), view.case_id, view.label);
    }

    std::vector<KeyPacket> packets(const CompartmentId& compartment) {
        std::vector<KeyPacket> found;
        for (const LogEntry& entry : must(storage->read({compartment}, 0, 1 << 24)))
            if (entry.kind == EntryKind::packet)
                found.push_back(must(decode_packet(entry.bytes, world.hasher())));
        return found;
    }

    std::unique_ptr<Person> head;
    std::unique_ptr<Person> late;
    std::uint64_t head_counter = 0;
    OrganisationId nora;
    std::vector<NewRecovery> keys;  ///< by generation, from 1
    ItemId before;
};

}  // namespace samsyn
