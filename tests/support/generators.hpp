#pragma once

#include "core/wire/batch.hpp"
#include "core/wire/statement_codec.hpp"
#include "tests/support/fake_signer.hpp"

#include <rapidcheck.h>

#include <algorithm>

namespace samsyn::gen {

// RapidCheck generators of well-formed values: what `decode_*` accepts and `encode_*` writes.

/// A number of at most `last`.
template <class Integer>
rc::Gen<Integer> up_to(Integer last) {
    return rc::gen::inRange<Integer>(0, static_cast<Integer>(last + 1));
}

/// An id other than "none", from 64 bits, so that it shrinks.
template <class IdType>
rc::Gen<IdType> id() {
    return rc::gen::map(rc::gen::arbitrary<std::uint64_t>(), [](std::uint64_t seed) {
        IdType result;
        for (std::byte& b : result.bytes) {
            b = static_cast<std::byte>(seed >> 56);
            seed = seed * 6364136223846793005U + 1442695040888963407U;
        }
        result.bytes.front() |= std::byte{1};
        return result;
    });
}

template <class Value>
rc::Gen<std::optional<Value>> optional(rc::Gen<Value> value) {
    return rc::gen::map(rc::gen::pair(rc::gen::arbitrary<bool>(), std::move(value)),
                        [](const std::pair<bool, Value>& pair) {
                            return pair.first ? std::optional<Value>{pair.second} : std::nullopt;
                        });
}

template <class Value>
std::vector<Value> sorted(std::vector<Value> list) {
    std::ranges::sort(list);
    const auto doubles = std::ranges::unique(list);
    list.erase(doubles.begin(), doubles.end());
    return list;
}

/// A list of at most `size_max`.
template <class Value>
rc::Gen<std::vector<Value>> list(std::size_t size_max, rc::Gen<Value> value) {
    return rc::gen::mapcat(up_to<std::size_t>(size_max), [value](std::size_t size) {
        return rc::gen::container<std::vector<Value>>(size, value);
    });
}

template <class Value>
rc::Gen<std::vector<Value>> sorted_list(std::size_t size_max, rc::Gen<Value> value) {
    return rc::gen::map(list(size_max, std::move(value)),
                        [](std::vector<Value> all) { return sorted(std::move(all)); });
}

template <class Enum>
rc::Gen<Enum> enumerator(Enum last) {
    return rc::gen::map(up_to<unsigned>(static_cast<unsigned>(last)),
                        [](unsigned number) { return static_cast<Enum>(number); });
}

/// Between 1970 and 9999, or the end of time.
inline rc::Gen<Instant> instant() {
    return rc::gen::map(up_to<std::int64_t>(253'402'300'800'000), [](std::int64_t ms) {
        if (ms == 253'402'300'800'000) return instant_max;
        return Instant{std::chrono::milliseconds{ms}};
    });
}

inline rc::Gen<HybridTime> hybrid_time() {
    return rc::gen::map(rc::gen::arbitrary<std::uint64_t>(),
                        [](std::uint64_t value) { return HybridTime{value}; });
}

inline rc::Gen<Bytes> bytes(std::size_t size_max) {
    return list(size_max, rc::gen::map(rc::gen::arbitrary<std::uint8_t>(), [](std::uint8_t b) {
                    return static_cast<std::byte>(b);
                }));
}

/// Short Swedish texts without control characters.
inline rc::Gen<std::string> text() {
    return rc::gen::element<std::string>(
        "", "å", "hembesök på tisdag", "Örebro län", "för många poster", "\xf0\x9f\x8f\xa0");
}

inline rc::Gen<UnitRef> unit_ref() {
    return rc::gen::map(
        rc::gen::tuple(id<OrganisationId>(), id<UnitId>(), enumerator(Regime::last)),
        [](const auto& t) { return UnitRef{std::get<0>(t), std::get<1>(t), std::get<2>(t)}; });
}

inline rc::Gen<Label> label() {
    return rc::gen::exec([] {
        Label label;
        label.disclosing = *unit_ref();
        label.category = *enumerator(Category::last);
        label.sensitivity = *enumerator(Sensitivity::last);
        label.closed = *optional(id<AudienceId>());
        if (label.category != Category::directory) {
            label.subjects = *list(label_subjects_max - 1, id<PersonId>());
            label.subjects.push_back(*id<PersonId>());
            normalise(label);
        }
        return label;
    });
}

inline rc::Gen<Stream> stream() {
    return rc::gen::exec([] {
        Stream stream;
        stream.kind = *enumerator(StreamKind::last);
        if (stream.kind != StreamKind::federation) stream.case_id = *id<CaseId>();
        if (stream.kind != StreamKind::federation && stream.kind != StreamKind::custody)
            stream.unit = *id<UnitId>();
        return stream;
    });
}

inline rc::Gen<std::vector<StatementId>> statement_ids(std::size_t size_max) {
    return sorted_list(size_max, id<StatementId>());
}

inline rc::Gen<std::vector<StreamHeads>> heads() {
    return rc::gen::exec([] {
        std::vector<StreamHeads> all;
        for (const Stream& one : *sorted_list(5, stream()))
            all.push_back({one, *statement_ids(statement_previous_max)});
        return all;
    });
}

inline rc::Gen<Recipient> recipient() {
    return rc::gen::map(
        rc::gen::tuple(id<UnitId>(), optional(enumerator(Role::last)), optional(id<UserId>())),
        [](const auto& t) { return Recipient{std::get<0>(t), std::get<1>(t), std::get<2>(t)}; });
}

inline rc::Gen<Categories> categories() {
    return rc::gen::map(rc::gen::arbitrary<std::uint64_t>(),
                        [](std::uint64_t bits) { return Categories{bits & Categories::known}; });
}

inline rc::Gen<Consent> consent() {
    return rc::gen::exec([] {
        Consent body;
        body.grantor = *id<PersonId>();
        body.capacity = *enumerator(Capacity::last);
        body.subject = *id<PersonId>();
        body.disclosing = *id<UnitId>();
        body.recipient = *recipient();
        body.categories = *categories();
        body.purpose = static_cast<Purpose>(*rc::gen::arbitrary<std::uint16_t>());
        body.actions.bits = *up_to<std::uint8_t>(Actions::known);
        body.not_before = *instant();
        body.not_after = *instant();
        body.reach = *enumerator(Reach::last);
        body.form = *enumerator(ConsentForm::last);
        body.reserved = *categories();
        body.evidence = *id<Hash>();
        body.names = *statement_ids(statement_names_max);
        return body;
    });
}

inline rc::Gen<Closing> closing() {
    return rc::gen::exec([] {
        Closing body;
        body.kind = *enumerator(ClosingKind::last);
        body.decider = *id<PersonId>();
        body.subject = *id<PersonId>();
        body.disclosing = *optional(id<UnitId>());
        body.recipient = *optional(recipient());
        body.categories.bits = *rc::gen::arbitrary<std::uint64_t>();
        body.evidence = *id<Hash>();
        return body;
    });
}

inline rc::Gen<StatementBody> federation_body() {
    return rc::gen::exec([]() -> StatementBody {
        switch (*up_to(11)) {
            case 0:
                return Founding{*id<SigningPublicKey>(), *id<Hash>()};
            case 1:
                return OrganisationAdmitted{*id<OrganisationId>(), *instant(), *instant()};
            case 2:
                return AdministratorCertified{*id<OrganisationId>(),
                                              *id<UserId>(),
                                              *id<DeviceId>(),
                                              *id<SigningPublicKey>(),
                                              *id<SealingPublicKey>()};
            case 3:
                return UnitCertified{*unit_ref()};
            case 4:
                return UserCertified{*id<UserId>(),
                                     *id<OrganisationId>(),
                                     *id<UnitId>(),
                                     *enumerator(Role::last),
                                     *instant(),
                                     *instant()};
            case 5:
                return DeviceCertified{*id<DeviceId>(),
                                       *enumerator(DeviceKind::last),
                                       *id<OrganisationId>(),
                                       *id<UserId>(),
                                       *id<SigningPublicKey>(),
                                       *id<SealingPublicKey>(),
                                       *rc::gen::arbitrary<std::uint32_t>(),
                                       *instant()};
            case 6:
                return DeviceRevoked{*id<DeviceId>()};
            case 7:
                return RevocationPinned{*id<StatementId>(),
                                        *id<DeviceId>(),
                                        *rc::gen::arbitrary<std::uint64_t>(),
                                        *sorted_list(8, rc::gen::arbitrary<std::uint64_t>())};
            case 8:
                return UserRemoved{*id<UserId>(), *id<OrganisationId>(), *instant()};
            case 9:
                return DeviceLocked{*id<DeviceId>()};
            case 10:
                return DeviceWiped{*id<DeviceId>(), *enumerator(UnsentWork::last)};
            default:
                return ServerCertified{*id<SigningPublicKey>(), *optional(id<SigningPublicKey>())};
        }
    });
}

inline rc::Gen<StatementBody> case_body() {
    return rc::gen::exec([]() -> StatementBody {
        switch (*up_to(10)) {
            case 0:
                return CaseOpened{*enumerator(ServiceModel::last), *id<UnitId>(), *id<UserId>()};
            case 1:
                return CaseClosed{*rc::gen::arbitrary<std::uint8_t>()};
            case 2:
                return ParticipantAdded{
                    *id<UserId>(), *id<UnitId>(), *enumerator(Duty::last), *instant(), *instant()};
            case 3:
                return ParticipantRemoved{*id<UserId>(), *id<UnitId>()};
            case 4: {
                auto guardians = *list(7, id<PersonId>());
                guardians.push_back(*id<PersonId>());
                return Custody{*id<PersonId>(), sorted(guardians), *instant(), *instant()};
            }
            case 5:
                return AdultRecorded{*id<PersonId>()};
            case 6:
                return *consent();
            case 7:
                return Confirmation{*id<StatementId>(), *statement_ids(statement_names_max)};
            case 8:
                return *closing();
            case 9:
                return Ended{*id<StatementId>()};
            default:
                return Unknown{*rc::gen::inRange<std::uint16_t>(200, 9000), *bytes(64)};
        }
    });
}

inline rc::Gen<StatementHeader> statement_header() {
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
inline rc::Gen<Statement> statement() {
    return rc::gen::exec([] {
        FakeSigner signer{1};
        StatementBody body = *rc::gen::oneOf(federation_body(), case_body());
        Statement statement = sign_statement(*statement_header(), body, signer, FakeHasher{});
        if (*rc::gen::arbitrary<bool>())
            statement.second = SecondSignature{*id<DeviceId>(), *id<Signature>()};
        return statement;
    });
}

/// Signed by `FakeSigner{1}`.
inline rc::Gen<KeyPacket> packet() {
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
inline rc::Gen<Supplement> supplement() {
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

inline rc::Gen<Version> version() {
    return rc::gen::map(rc::gen::pair(hybrid_time(), id<DeviceId>()),
                        [](const auto& pair) { return Version{pair.first, pair.second}; });
}

inline rc::Gen<ChangeHeader> change_header(bool restatement) {
    return rc::gen::exec([restatement] {
        ChangeHeader header;
        header.item = *id<ItemId>();
        header.type = static_cast<ItemType>(*rc::gen::inRange<std::uint16_t>(1, 40));
        header.time = *hybrid_time();
        if (restatement) header.restated_author = *id<DeviceId>();
        for (const auto field : sorted(*rc::gen::nonEmpty(list(4, up_to<std::uint16_t>(60)))))
            header.writes.push_back({static_cast<FieldNumber>(field), *sorted_list(3, version())});
        return header;
    });
}

/// Signed by `FakeSigner{1}`; some items pruned.
inline rc::Gen<Batch> batch() {
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
