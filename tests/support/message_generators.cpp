#include "tests/support/message_generators.hpp"

namespace samsyn::gen {

rc::Gen<Channel> channel() {
    return rc::gen::exec([]() -> Channel {
        if (*rc::gen::arbitrary<bool>()) return Channel{*stream()};
        return Channel{*id<CompartmentId>()};
    });
}

rc::Gen<Deliver> deliver() {
    return rc::gen::exec([] {
        Deliver deliver;
        deliver.channel = *channel();
        const bool statements = std::holds_alternative<Stream>(deliver.channel.name);
        for (const auto number : *sorted_list(5, rc::gen::inRange<EntryNumber>(1, 1000))) {
            const auto kind =
                statements ? EntryKind::statement : static_cast<EntryKind>(*rc::gen::inRange(1, 4));
            deliver.entries.push_back({number, kind, *bytes(40)});
        }
        deliver.up_to = *rc::gen::inRange<EntryNumber>(1000, 2000);
        return deliver;
    });
}

rc::Gen<Answer> answer() {
    return rc::gen::exec([] {
        Answer answer;
        answer.ticket = *rc::gen::arbitrary<std::uint32_t>();
        answer.outcome = *enumerator(AnswerOutcome::last);
        answer.why = *rc::gen::element(Errc{}, Errc::not_permitted, Errc::missing_parent);
        answer.context = *text();
        answer.number = *rc::gen::arbitrary<std::uint64_t>();
        answer.server_time = *instant();
        return answer;
    });
}

rc::Gen<Resume> resume() {
    return rc::gen::exec([] {
        Resume resume;
        for (const Channel& one : *list(6, channel()))
            resume.cursors.push_back({one, *rc::gen::arbitrary<std::uint64_t>()});
        resume.last = *rc::gen::arbitrary<bool>();
        return resume;
    });
}

template <class Secret>
rc::Gen<Secret> secret() {
    return rc::gen::map(id<Hash>(), [](const Hash& hash) { return Secret::from(hash.bytes); });
}

rc::Gen<Message> unlocking_message() {
    return rc::gen::exec([]() -> Message {
        switch (*up_to(7)) {
            case 0:
                return UnlockRegister{*id<UnlockToken>(), *optional(secret<PinVerifier>())};
            case 1:
                return UnlockRegistered{{}, *optional(secret<PinSecret>())};
            case 2:
                return UnlockConfirm{*secret<PinVerifier>()};
            case 3:
                return UnlockConfirmed{*rc::gen::element(Errc{}, Errc::not_found)};
            case 4:
                return RestrictedProof{*id<UnlockToken>(), *optional(id<Hash>())};
            case 5: {
                const auto outcome = *enumerator(RestrictedOutcome::last);
                RestrictedAnswer answer{outcome, 0, {}};
                if (outcome == RestrictedOutcome::secret) answer.secret = *secret<PinSecret>();
                if (outcome == RestrictedOutcome::wrong)
                    answer.tries_left = *rc::gen::inRange<std::uint8_t>(1, 10);
                return answer;
            }
            case 6:
                return Order{*bytes(60), *list(5, bytes(40))};
            default:
                return OrderAnswer{*id<StatementId>(), *enumerator(OrderOutcome::last)};
        }
    });
}

rc::Gen<SignedCheckpoint> checkpoint() {
    return rc::gen::exec([] {
        return SignedCheckpoint{{*id<FederationId>(),
                                 *id<Incarnation>(),
                                 {*rc::gen::inRange<std::uint64_t>(0, 1U << 20U), *id<Hash>()},
                                 *instant()},
                                *id<SigningPublicKey>(),
                                *id<Signature>()};
    });
}

rc::Gen<LogRows> log_rows() {
    return rc::gen::exec([] {
        LogRows rows;
        rows.ticket = *rc::gen::arbitrary<std::uint32_t>();
        if (*rc::gen::arbitrary<bool>()) {
            rows.refused = Errc::not_permitted;
            return rows;
        }
        rows.checkpoint = *checkpoint();
        rows.growth = *list(6, id<Hash>());
        for (const auto number : *sorted_list(5, rc::gen::inRange<std::uint64_t>(0, 1000)))
            rows.rows.push_back({number, *bytes(60), *list(6, id<Hash>())});
        rows.more = !rows.rows.empty() && *rc::gen::arbitrary<bool>();
        return rows;
    });
}

rc::Gen<Receipts> receipts() {
    return rc::gen::exec([] {
        Receipts receipts;
        receipts.checkpoint = *checkpoint();
        receipts.backed_up = *rc::gen::arbitrary<std::uint64_t>();
        for (const Hash& entry : *list(4, id<Hash>()))
            receipts.rows.push_back(
                {entry, *rc::gen::arbitrary<std::uint64_t>(), *bytes(60), *list(6, id<Hash>())});
        return receipts;
    });
}

rc::Gen<Resend> resend() {
    return rc::gen::exec([] {
        Resend resend;
        resend.ticket = *rc::gen::arbitrary<std::uint32_t>();
        resend.kind = *rc::gen::element(EntryKind::packet, EntryKind::supplement, EntryKind::batch);
        resend.bytes = *bytes(90);
        resend.receipt = {
            *rc::gen::arbitrary<std::uint64_t>(), *bytes(60), *list(6, id<Hash>()), *checkpoint()};
        return resend;
    });
}

rc::Gen<Message> log_message() {
    return rc::gen::exec([]() -> Message {
        switch (*up_to(6)) {
            case 4:
                return ReceiptRequest{*list(5, id<Hash>())};
            case 5:
                return *receipts();
            case 6:
                return *resend();
            case 0:
                return LogProofRequest{*id<Incarnation>(), *rc::gen::arbitrary<std::uint64_t>()};
            case 1:
                return LogProof{*checkpoint(), *list(3, bytes(40)), *list(9, id<Hash>())};
            case 2:
                return LogQuery{*rc::gen::arbitrary<std::uint32_t>(),
                                *id<CaseId>(),
                                *id<UnitId>(),
                                *instant(),
                                *instant(),
                                *optional(rc::gen::arbitrary<std::uint64_t>()),
                                *rc::gen::arbitrary<std::uint64_t>()};
            default:
                return *log_rows();
        }
    });
}

rc::Gen<DeviceReport> device_report() {
    return rc::gen::exec([] {
        return DeviceReport{*rc::gen::element<std::string>("", "0.2.0", "1.0~rc1+b2"),
                            *rc::gen::arbitrary<std::uint32_t>(),
                            *instant(),
                            *rc::gen::arbitrary<std::uint32_t>(),
                            *rc::gen::arbitrary<std::uint32_t>(),
                            *instant()};
    });
}

rc::Gen<Message> fleet_message() {
    return rc::gen::exec([]() -> Message {
        switch (*up_to(2)) {
            case 0:
                return *device_report();
            case 1:
                return FleetQuery{*id<OrganisationId>(), *id<DeviceId>()};
            default:
                FleetRows rows{*rc::gen::element(Errc{}, Errc::not_permitted),
                               {},
                               *rc::gen::arbitrary<bool>()};
                for (const auto& device : *sorted_list(4, id<DeviceId>())) {
                    const bool reported = *rc::gen::arbitrary<bool>();
                    rows.rows.push_back({device,
                                         *instant(),
                                         *rc::gen::arbitrary<std::uint32_t>(),
                                         *rc::gen::arbitrary<bool>(),
                                         reported,
                                         reported ? *device_report() : DeviceReport{}});
                }
                return rows;
        }
    });
}

rc::Gen<Message> session_message() {
    return rc::gen::exec([]() -> Message {
        switch (*up_to(10)) {
            case 0:
                return Hello{SessionPurpose::session,
                             1,
                             *rc::gen::inRange<std::uint16_t>(1, 9),
                             *id<FederationId>(),
                             *id<DeviceId>(),
                             *id<Nonce>(),
                             *rc::gen::arbitrary<std::uint32_t>(),
                             *rc::gen::arbitrary<std::uint16_t>()};
            case 1:
                return Challenge{*rc::gen::arbitrary<std::uint16_t>(),
                                 *id<Nonce>(),
                                 *instant(),
                                 *id<Incarnation>(),
                                 *rc::gen::arbitrary<std::uint32_t>(),
                                 *id<SigningPublicKey>(),
                                 *id<Signature>()};
            case 2:
                return Proof{*statement_ids(statement_previous_max), *id<Signature>()};
            case 3:
                return Welcome{*rc::gen::arbitrary<std::uint64_t>(),
                               *sorted_list(9, rc::gen::arbitrary<std::uint64_t>()),
                               *rc::gen::arbitrary<std::uint64_t>(),
                               *id<Hash>()};
            case 4:
                return *resume();
            case 5:
                return Push{
                    *rc::gen::arbitrary<std::uint32_t>(), *enumerator(EntryKind::last), *bytes(60)};
            case 6:
                return *answer();
            case 7:
                return *deliver();
            case 8:
                return Withdrawn{*channel()};
            case 9:
                return CaughtUp{*enumerator(CaughtUp::Phase::last), *instant(), *id<Signature>()};
            default:
                return Goodbye{*rc::gen::element(Errc{}, Errc::rate_limited), *text()};
        }
    });
}

rc::Gen<Message> room_message() {
    return rc::gen::exec([]() -> Message {
        const auto session = *id<StatementId>();
        const auto room = *id<DeviceId>();
        const auto number = *rc::gen::arbitrary<std::uint32_t>();
        switch (*up_to(5)) {
            case 0:
                return RoomCall{session, room, *id<DeviceId>(), *id<CaseId>()};
            case 1:
                return RoomHello{session, room, *id<DeviceId>(), *id<Nonce>()};
            case 2:
                return RoomKey{session,
                               room,
                               *id<DeviceId>(),
                               number,
                               *id<Nonce>(),
                               *instant(),
                               *bytes(room_box_bytes_max),
                               *id<Signature>()};
            case 3:
                return RoomFrame{session,
                                 room,
                                 number,
                                 *rc::gen::arbitrary<std::uint64_t>(),
                                 *rc::gen::arbitrary<std::uint64_t>(),
                                 *sorted_list(room_compartments_max, id<CompartmentId>()),
                                 *bytes(90)};
            case 4:
                return RoomTick{session,
                                room,
                                number,
                                *rc::gen::arbitrary<std::uint64_t>(),
                                *rc::gen::arbitrary<std::uint64_t>(),
                                *bytes(room_box_bytes_max)};
            default:
                return RoomRefused{session, room, *rc::gen::element(Errc{}, Errc::not_permitted)};
        }
    });
}

rc::Gen<Message> attachment_message() {
    return rc::gen::exec([]() -> Message {
        const AttachmentPlace place{*id<CompartmentId>(), *id<AttachmentId>()};
        const auto extent = *rc::gen::inRange<std::uint64_t>(1, 1U << 29U);
        switch (*up_to(3)) {
            case 0:
                return AttachmentOffer{place, extent};
            case 1:
                return AttachmentState{place,
                                       *rc::gen::element(Errc{}, Errc::not_found),
                                       extent,
                                       *rc::gen::arbitrary<bool>()};
            case 2: {
                Bytes piece = *bytes(90);
                piece.push_back(std::byte{1});
                return AttachmentPiece{place, extent / 2, std::move(piece)};
            }
            default:
                return AttachmentRequest{
                    place, extent, *rc::gen::inRange<std::uint32_t>(1, 1U << 20U)};
        }
    });
}

rc::Gen<Message> presence_message() {
    return rc::gen::exec([]() -> Message {
        return Presence{*id<CompartmentId>(),
                        *id<DeviceId>(),
                        *id<EpochId>(),
                        *instant(),
                        *bytes(presence_sealed_bytes_max)};
    });
}

rc::Gen<Message> message() {
    return rc::gen::oneOf(session_message(),
                          unlocking_message(),
                          room_message(),
                          log_message(),
                          fleet_message(),
                          attachment_message(),
                          presence_message());
}

}  // namespace samsyn::gen
