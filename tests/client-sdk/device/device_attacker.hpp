#pragma once

#include "core/wire/batch.hpp"
#include "core/wire/escrow.hpp"
#include "tests/client-sdk/device/device_scene.hpp"

namespace samsyn {

/// Somebody with a real device's keys who signs what an honest device would not, in the compartment
/// of `item`, which the psychologist of the scene has written.
class Attacker {
public:
    Attacker(DeviceScene& scene, Person& person, const ItemId& item)
        : scene_(scene),
          person_(person),
          author_(person.device->device()) {
        const ItemView view = must(scene.psychologist->device->item(item));
        case_id_ = view.case_id;
        label_ = view.label;
        compartment_ = view.compartment;
    }

    /// The same person, who signs with the own key and says that it was another device.
    Attacker in_the_name_of(const Person& other) const {
        Attacker liar = *this;
        liar.author_ = other.device->device();
        return liar;
    }

    struct Epoch {
        KeyPacket packet;
        ContentKey key;
    };

    Epoch packet(const std::vector<Person*>& recipients, Instant at) const {
        const Hasher& hasher = scene_.world.hasher();
        Epoch epoch{.packet = {}, .key = person_.sealer.random_key()};
        KeyPacket& packet = epoch.packet;
        packet.federation = scene_.world.federation();
        packet.case_id = case_id_;
        packet.label = label_;
        packet.compartment = compartment_;
        packet.nonce = random_id<Nonce>(scene_.world.random());
        packet.check = person_.sealer.check_value(epoch.key, compartment_, packet.nonce);
        packet.statute_version = current_statute_table().version;
        packet.instant = at;
        packet.author = author_;
        packet.counter = next_counter();
        for (const Person* recipient : recipients) {
            SealedKey sealed;
            sealed.device = recipient->device->device();
            sealed.sealing_epoch = 1;
            sealed.box =
                must(person_.sealer.seal_key(recipient->sealer.public_key(),
                                             packet_context(packet, sealed.device, 1, hasher),
                                             epoch.key));
            packet.keys.push_back(std::move(sealed));
        }
        sign_packet(packet, person_.signing, hasher);
        return epoch;
    }

    /// Its boxes hold another key than the one that it commits to.
    Epoch two_faced_packet(const std::vector<Person*>& recipients, Instant at) const {
        Epoch epoch = packet(recipients, at);
        epoch.packet.check = person_.sealer.check_value(
            person_.sealer.random_key(), compartment_, epoch.packet.nonce);
        sign_packet(epoch.packet, person_.signing, scene_.world.hasher());
        return epoch;
    }

    Bytes batch(const Epoch& epoch, const Change& change) const {
        Batch batch;
        batch.header.federation = scene_.world.federation();
        batch.header.compartment = compartment_;
        batch.header.epoch = epoch.packet.id;
        batch.header.author = author_;
        batch.header.counter = next_counter();
        batch.header.sequence = 1;
        batch.header.time = HybridTime::at(scene_.clock.now());
        batch.header.restatement = change.header.restated_author.has_value();
        BatchItem::Full item;
        item.header = change.header;
        item.sealed = person_.sealer.seal_item(
            epoch.key, item_aad(batch.header, change.header), encode_values(change.values));
        batch.items.push_back({std::move(item)});
        sign_batch(batch, person_.signing, scene_.world.hasher());
        return encode_batch(batch);
    }

    /// A change that goes to escrow, sealed for `lead`.
    Bytes escrow(const Person& lead, const Change& change) const {
        const Hasher& hasher = scene_.world.hasher();
        EscrowBlob blob;
        blob.federation = scene_.world.federation();
        blob.case_id = case_id_;
        blob.label = label_;
        blob.compartment = compartment_;
        blob.author = person_.device->device();
        blob.counter = next_counter();
        blob.written = blob.made = scene_.clock.now();
        blob.why = Errc::not_permitted;
        blob.change = change.header;
        prepare_escrow(blob);
        const ContentKey key = person_.sealer.random_key();
        SealedKey sealed;
        sealed.device = lead.device->device();
        sealed.sealing_epoch = 1;
        sealed.box = must(person_.sealer.seal_key(
            lead.sealer.public_key(), escrow_context(blob, sealed.device, 1, hasher), key));
        blob.keys.push_back(std::move(sealed));
        blob.body = person_.sealer.seal_item(key, escrow_aad(blob), encode_values(change.values));
        sign_escrow(blob, person_.signing, hasher);
        return encode_escrow(blob);
    }

    Channel escrow_channel() const { return {escrow_stream(case_id_, label_)}; }

    Bytes supplement(const Person& recipient,
                     const EpochId& epoch,
                     const ContentKey& key,
                     const std::optional<StatementId>& ground = {}) const {
        Supplement supplement;
        supplement.federation = scene_.world.federation();
        supplement.compartment = compartment_;
        supplement.author = person_.device->device();
        supplement.counter = next_counter();
        supplement.recipient = recipient.device->device();
        supplement.sealing_epoch = 1;
        supplement.ground = ground;
        const Hash context = supplement_context(supplement, epoch, scene_.world.hasher());
        supplement.keys.push_back(
            {epoch, must(person_.sealer.seal_key(recipient.sealer.public_key(), context, key))});
        sign_supplement(supplement, person_.signing, scene_.world.hasher());
        return encode_supplement(supplement);
    }

    /// A write of one field under the version that `author` shows for it.
    Change change_of(Person& author,
                     const ItemId& item,
                     std::string_view field,
                     std::string_view text) const {
        const ItemView view = must(author.device->item(item));
        Change change;
        change.header.item = item;
        change.header.type = view.type;
        change.header.time = version_of(author, item, field).time;
        change.header.writes = {{field_of(view, field).number, {}}};
        change.values = {Value{std::string{text}}};
        return change;
    }

    static Version version_of(Person& reader, const ItemId& item, std::string_view field) {
        return field_of(must(reader.device->item(item)), field).values.front().version;
    }

    Channel channel() const { return {compartment_}; }

    /// As the server would, or as a dishonest one does.
    void deliver(Person& to, EntryKind kind, Bytes bytes) const {
        static const Incarnation incarnation{};
        Deliver deliver;
        deliver.channel = kind == EntryKind::escrow ? escrow_channel() : channel();
        deliver.entries.push_back({.number = 1, .kind = kind, .bytes = std::move(bytes)});
        deliver.up_to = 1;
        must(to.device->apply(incarnation, deliver, scene_.clock.now()));
    }

    /// The epoch of what somebody seals now. It stays with him: nothing is sent.
    EpochId epoch_written_by(Person& writer) const {
        const Instant now = scene_.clock.now();
        must(writer.device->on_caught_up(now, CaughtUp::Phase::everything, now));
        EpochId epoch;
        for (const Outgoing& one : must(writer.device->outgoing_after(0, 1 << 20, now))) {
            if (one.kind != EntryKind::batch) continue;
            const Batch batch = must(decode_batch(one.bytes, scene_.world.hasher()));
            if (batch.header.compartment == compartment_) epoch = batch.header.epoch;
        }
        REQUIRE(!epoch.is_none());
        return epoch;
    }

private:
    static FieldView field_of(const ItemView& view, std::string_view key) {
        for (const FieldView& field : view.fields)
            if (field.info && field.info->key == key) return field;
        FAIL("no such field: " << key);
        return {};
    }

    /// Far above what the person's own device takes.
    static std::uint64_t next_counter() {
        static std::uint64_t counter = 1'000'000;
        return ++counter;
    }

    DeviceScene& scene_;
    Person& person_;
    DeviceId author_;
    CaseId case_id_;
    Label label_;
    CompartmentId compartment_;
};

}  // namespace samsyn
