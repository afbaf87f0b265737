#include "tests/support/generators.hpp"

namespace samsyn::gen {

rc::Gen<StatementHeader> statement_header() {
    return rc::gen::exec([] {
        StatementHeader header;
        header.federation = *id<FederationId>();
        header.stream = *stream();
        header.author = *id<DeviceId>();
        header.role = *enumerator(Role::last);
        header.counter = *rc::gen::arbitrary<std::uint64_t>();
        header.previous = *statement_ids(statement_previous_max);
        header.time = *hybrid_time();
        header.restricting = *rc::gen::arbitrary<bool>();
        return header;
    });
}

/// Signed by `FakeSigner{1}`, a `Founding` excepted, whose key is in its body.
rc::Gen<Statement> statement() {
    return rc::gen::exec([] {
        FakeSigner signer{1};
        StatementBody body = *rc::gen::oneOf(
            federation_body(), case_body(), custody_body(), secrecy_body(), notice_body());
        Statement statement = sign_statement(*statement_header(), body, signer, FakeHasher{});
        if (*rc::gen::arbitrary<bool>())
            statement.second = SecondSignature{*id<DeviceId>(), *id<Signature>()};
        return statement;
    });
}

/// Signed by `FakeSigner{1}`.
rc::Gen<KeyPacket> packet() {
    return rc::gen::exec([] {
        const FakeHasher hasher;
        KeyPacket packet;
        packet.federation = *id<FederationId>();
        packet.case_id = *id<CaseId>();
        packet.label = *label();
        packet.compartment = compartment_id(hasher, packet.case_id, packet.label);
        packet.nonce = *id<Nonce>();
        packet.check = *id<Hash>();
        packet.heads = *heads();
        packet.statute_version = *rc::gen::arbitrary<std::uint32_t>();
        packet.instant = *instant();
        packet.reason = *enumerator(PacketReason::last);
        packet.author = *id<DeviceId>();
        packet.counter = *rc::gen::arbitrary<std::uint64_t>();
        for (const DeviceId& device : *sorted_list(5, id<DeviceId>()))
            packet.keys.push_back({device, 1, Bytes(sealed_key_size, std::byte{7})});
        if (*rc::gen::arbitrary<bool>()) packet.recovery_box = Bytes(sealed_key_size, std::byte{9});
        FakeSigner signer{1};
        sign_packet(packet, signer, hasher);
        return packet;
    });
}

/// Signed by `FakeSigner{1}`.
rc::Gen<Supplement> supplement() {
    return rc::gen::exec([] {
        Supplement supplement;
        supplement.federation = *id<FederationId>();
        supplement.compartment = *id<CompartmentId>();
        supplement.author = *id<DeviceId>();
        supplement.counter = *rc::gen::arbitrary<std::uint64_t>();
        supplement.recipient = *id<DeviceId>();
        supplement.sealing_epoch = *rc::gen::arbitrary<std::uint32_t>();
        for (const EpochId& epoch : *sorted_list(5, id<EpochId>()))
            supplement.keys.push_back({epoch, Bytes(sealed_key_size, std::byte{7})});
        supplement.ground = *optional(id<StatementId>());
        FakeSigner signer{1};
        sign_supplement(supplement, signer, FakeHasher{});
        return supplement;
    });
}

rc::Gen<Version> version() {
    return rc::gen::map(rc::gen::pair(hybrid_time(), id<DeviceId>()),
                        [](const auto& pair) { return Version{pair.first, pair.second}; });
}

rc::Gen<ChangeHeader> change_header(bool restatement) {
    return rc::gen::exec([restatement] {
        ChangeHeader header;
        header.item = *id<ItemId>();
        header.type = static_cast<ItemType>(*rc::gen::inRange<std::uint16_t>(1, 40));
        header.time = *hybrid_time();
        if (restatement) header.restated_author = *id<DeviceId>();
        for (const auto number : sorted(*rc::gen::nonEmpty(list(4, up_to<std::uint16_t>(60))))) {
            FieldWrite write{static_cast<FieldNumber>(number), *sorted_list(3, version())};
            if (only_grows(merge_kind(write.field))) write.replaces.clear();
            header.writes.push_back(std::move(write));
        }
        return header;
    });
}

/// Signed by `FakeSigner{1}`; some items pruned.
rc::Gen<Batch> batch() {
    return rc::gen::exec([] {
        Batch batch;
        BatchHeader& header = batch.header;
        header.federation = *id<FederationId>();
        header.compartment = *id<CompartmentId>();
        header.epoch = *id<EpochId>();
        header.author = *id<DeviceId>();
        header.counter = *rc::gen::arbitrary<std::uint64_t>();
        header.sequence = *rc::gen::inRange<std::uint64_t>(1, 3);
        if (header.sequence > 1) header.previous = *id<BatchId>();
        header.replaces = *optional(id<BatchId>());
        header.heads = *heads();
        header.log_size = *rc::gen::arbitrary<std::uint64_t>();
        header.log_root = *id<Hash>();
        header.time = *hybrid_time();
        header.restatement = *rc::gen::arbitrary<bool>();
        const auto item_count = *up_to(5);
        for (int i = 0; i < item_count; ++i) {
            if (*up_to(3) == 0)
                batch.items.push_back({*id<Hash>()});
            else
                batch.items.push_back(
                    {BatchItem::Full{*change_header(header.restatement), *bytes(80)}});
        }
        FakeSigner signer{1};
        sign_batch(batch, signer, FakeHasher{});
        return batch;
    });
}

}  // namespace samsyn::gen
