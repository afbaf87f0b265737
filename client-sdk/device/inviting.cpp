// Letting a new device in, on an administrator's machine (docs/PROTOCOL.md, "Enrolment").

#include "client-sdk/device/directory_items.hpp"
#include "client-sdk/device/engine.hpp"
#include "client-sdk/device/enrolment.hpp"

#include <algorithm>

namespace samsyn {

namespace {

/// The first whole characters of a name.
std::string beginning_of(std::string_view name) {
    if (name.size() <= invitation_name_bytes_max) return std::string{name};
    std::size_t size = invitation_name_bytes_max;
    while (size > 0 && (static_cast<unsigned char>(name[size]) & 0xc0U) == 0x80) --size;
    return std::string{name.substr(0, size)};
}

bool is_code(std::string_view code) {
    return code.size() == 6 &&
           std::ranges::all_of(code, [](char c) { return c >= '0' && c <= '9'; });
}

/// "123 456" as people read it aloud.
std::string without_spaces(std::string_view code) {
    std::string digits{code};
    std::erase_if(digits, [](char c) { return c == ' ' || c == '-'; });
    return digits;
}

/// Invitations whose secrets are to be forgotten when they expire.
struct Forgettable {
    Nonce id;
    Instant expires;
};

Result<std::vector<Forgettable>> forgettable(DeviceStore& store) {
    std::vector<Forgettable> all;
    const auto bytes = SAMSYN_TRY(store.value(key_invitations));
    Reader in{bytes ? ByteView{*bytes} : ByteView{}};
    while (!in.at_end()) {
        const auto id = SAMSYN_TRY(in.id<Nonce>("invitations"));
        const Instant expires = SAMSYN_TRY(in.instant("invitations"));
        all.push_back({id, expires});
    }
    return all;
}

Result<void> put_forgettable(DeviceStore& store, std::span<const Forgettable> all) {
    Writer out;
    for (const Forgettable& one : all) {
        out.id(one.id);
        out.instant(one.expires);
    }
    return store.put_value(key_invitations, out.view());
}

Error wrong_code(std::uint8_t wrong) {
    if (wrong >= Inviting::wrong_codes_max)
        return {Errc::revoked_device, std::string{enrolment_dead}};
    return {Errc::not_authentic,
            std::string{wrong == 1 ? enrolment_wrong_code_2_left : enrolment_wrong_code_1_left}};
}

}  // namespace

/// What this machine remembers of an invitation, for ever: when it is good for nothing any more,
/// without the secrets.
struct Inviting::Record {
    enum class State : std::uint8_t { open, revealed, used, dead, expired, last = expired };

    Invitation invitation;
    RevealNonce nonce{};
    UnitId unit;       ///< of a room screen
    std::string room;  ///< its whole name
    State state{};
    Hash answer;  ///< MAC of the one that was taken, which covers all of it; from `revealed` on
    std::uint8_t wrong = 0;

    void forget_secrets() {
        nonce = {};
        invitation.secret = {};
    }

    Bytes encode() const {
        Writer out;
        out.blob(encode_invitation(invitation));
        out.raw(nonce);
        out.id(unit);
        out.text(room);
        out.enumerator(state);
        out.id(answer);
        out.number(wrong);
        return std::move(out).take();
    }

    static Result<Record> decode(ByteView bytes) {
        constexpr std::size_t invitation_bytes_max = 1024;
        Reader in{bytes};
        Record record;
        const ByteView invitation = SAMSYN_TRY(in.blob(invitation_bytes_max, "invitation"));
        record.invitation = SAMSYN_TRY(decode_invitation(invitation));
        const ByteView nonce = SAMSYN_TRY(in.raw(record.nonce.size(), "invitation"));
        std::ranges::copy(nonce, record.nonce.begin());
        record.unit = SAMSYN_TRY(in.id<UnitId>("invitation"));
        record.room = SAMSYN_TRY(in.text(directory_name_bytes_max, "invitation"));
        record.state = SAMSYN_TRY(in.enumerator(State::last, "invitation"));
        record.answer = SAMSYN_TRY(in.id<Hash>("invitation"));
        record.wrong = SAMSYN_TRY(in.number<std::uint8_t>("invitation"));
        SAMSYN_TRY(in.finish("invitation"));
        return record;
    }

    Result<void> keep(DeviceStore& store) const {
        return store.put_value(key_for("invitation", invitation.id), encode());
    }

    AnsweredInvitation shown() const {
        return {.user = invitation.user,
                .name = room.empty() ? invitation.name : room,
                .kind = invitation.kind,
                .until = invitation.until};
    }
};

std::string Inviting::fingerprint() const {
    const auto& my = *device_.impl_;
    return federation_fingerprint(my.config.federation, my.config.root_key, my.ports.hasher);
}

/// Who or which room it is for, and whether this machine may say so.
Result<Invitation> Inviting::fill(const NewInvitation& wish) {
    auto& my = *device_.impl_;
    const Federation& federation = my.federation();
    const bool screen = wish.kind == DeviceKind::room_screen;
    if (wish.kind == DeviceKind::administrator_machine || screen != wish.user.is_none())
        return fail(Errc::invalid_argument, "kind");
    if (wish.valid_for <= std::chrono::hours{0}) return fail(Errc::invalid_argument, "validity");
    const Instant now = my.corrected(my.now());
    const bool endless_loan = wish.kind == DeviceKind::loaner && wish.until == instant_max;
    if (endless_loan || wish.until <= now) return fail(Errc::invalid_argument, "until");

    Invitation invitation;
    if (screen) {
        if (!check_directory_name(wish.room)) return fail(Errc::invalid_argument, "room");
        const UnitRef* unit = federation.unit(wish.unit);
        if (!unit) return fail(Errc::not_found, "unit");
        if (!federation.is_administrator(my.self, unit->organisation))
            return fail(Errc::not_permitted, "not an administrator of the unit's organisation");
        invitation.name = beginning_of(wish.room);
    } else {
        const Federation::User* user = federation.user(wish.user);
        if (!user) return fail(Errc::not_found, "user");
        const bool ours = std::ranges::any_of(user->memberships, [&](const auto& membership) {
            return federation.is_administrator(my.self, membership.organisation);
        });
        if (!ours)
            return fail(Errc::not_permitted, "not an administrator of the user's organisation");
        invitation.name =
            beginning_of(my.directory_text(same_bytes<ReferenceId>(wish.user), "name"));
    }
    invitation.server = my.config.server;
    invitation.federation = my.config.federation;
    invitation.root_key = my.config.root_key;
    invitation.server_key = my.config.server_key;
    invitation.user = wish.user;
    invitation.kind = wish.kind;
    invitation.until = wish.until;
    invitation.expires = now + wish.valid_for;
    return invitation;
}

Result<Invitation> Inviting::invite(const NewInvitation& wish) {
    auto& my = *device_.impl_;
    Record record;
    record.invitation = SAMSYN_TRY(fill(wish));
    record.unit = wish.unit;
    record.room = wish.room;
    record.invitation.id = random_id<Nonce>(my.ports.random);
    my.ports.random.fill(record.invitation.secret);
    my.ports.random.fill(record.nonce);
    record.invitation.commitment = commit_to(record.nonce, record.invitation.id, my.ports.hasher);
    return my.transact([&]() -> Result<Invitation> {
        SAMSYN_TRY(record.keep(my.store));
        auto all = SAMSYN_TRY(forgettable(my.store));
        all.push_back({record.invitation.id, record.invitation.expires});
        SAMSYN_TRY(put_forgettable(my.store, all));
        return record.invitation;
    });
}

Result<void> Inviting::forget_expired() {
    auto& my = *device_.impl_;
    const Instant now = my.corrected(my.now());
    const auto is_over = [now](const Forgettable& one) { return one.expires <= now; };
    auto all = SAMSYN_TRY(forgettable(my.store));
    if (std::ranges::none_of(all, is_over)) return {};
    return my.transact([&]() -> Result<void> {
        for (const Forgettable& one : all) {
            if (!is_over(one)) continue;
            const auto bytes = SAMSYN_TRY(my.store.value(key_for("invitation", one.id)));
            if (!bytes) continue;
            Record record = SAMSYN_TRY(Record::decode(*bytes));
            if (record.state == Record::State::used || record.state == Record::State::dead)
                continue;
            record.state = Record::State::expired;
            record.forget_secrets();
            SAMSYN_TRY(record.keep(my.store));
        }
        std::erase_if(all, is_over);
        return put_forgettable(my.store, all);
    });
}

/// The record of an answer that may still become a device.
Result<Inviting::Record> Inviting::record_of(const EnrolmentAnswer& answer) {
    auto& my = *device_.impl_;
    if (answer.federation != my.config.federation)
        return fail(Errc::wrong_federation, enrolment_foreign);
    const auto bytes = SAMSYN_TRY(my.store.value(key_for("invitation", answer.invitation)));
    if (!bytes) return fail(Errc::not_found, enrolment_unknown);
    Record record = SAMSYN_TRY(Record::decode(*bytes));
    if (record.state == Record::State::used) return fail(Errc::already_exists, enrolment_used);
    if (record.state == Record::State::dead) return fail(Errc::revoked_device, enrolment_dead);
    if (record.state == Record::State::expired) return fail(Errc::timed_out, enrolment_expired);
    if (!is_authentic(answer, record.invitation.secret, my.ports.hasher))
        return fail(Errc::not_authentic, enrolment_wrong_secret);
    if (record.invitation.expires <= my.corrected(my.now()))
        return fail(Errc::timed_out, enrolment_expired);
    // Who has heard the nonce could now search for keys whose code agrees: they come too late.
    if (record.state == Record::State::revealed && record.answer != answer.mac)
        return fail(Errc::conflict, enrolment_second_answer);
    if (!my.ports.verifier.can_seal_to(answer.sealing_key))
        return fail(Errc::weak_key, "sealing key");
    return record;
}

Result<AnsweredInvitation> Inviting::reveal(std::string_view text) {
    auto& my = *device_.impl_;
    const EnrolmentAnswer answer = SAMSYN_TRY(enrolment_answer_from_text(text));
    Record record = SAMSYN_TRY(record_of(answer));
    AnsweredInvitation answered = record.shown();
    answered.reveal = reveal_text(record.nonce);
    if (record.state == Record::State::revealed) return answered;
    record.state = Record::State::revealed;
    record.answer = answer.mac;
    return my.transact([&]() -> Result<AnsweredInvitation> {
        SAMSYN_TRY(record.keep(my.store));
        return answered;
    });
}

Result<AnsweredInvitation> Inviting::accept(std::string_view text, std::string_view code) {
    auto& my = *device_.impl_;
    const std::string digits = without_spaces(code);
    if (!is_code(digits)) return fail(Errc::invalid_argument, enrolment_no_code);
    const EnrolmentAnswer answer = SAMSYN_TRY(enrolment_answer_from_text(text));
    Record record = SAMSYN_TRY(record_of(answer));
    if (record.state != Record::State::revealed)
        return fail(Errc::conflict, enrolment_not_revealed);

    const Hash transcript = enrolment_transcript(record.invitation, answer, my.ports.hasher);
    if (code_of(transcript, record.nonce, my.ports.hasher) == digits)
        return certify(answer, record);
    if (++record.wrong >= wrong_codes_max) {
        record.state = Record::State::dead;
        record.forget_secrets();
    }
    // Committed before anybody hears that it was wrong.
    SAMSYN_TRY(my.transact([&]() -> Result<void> { return record.keep(my.store); }));
    return std::unexpected{wrong_code(record.wrong)};
}

Result<AnsweredInvitation> Inviting::certify(const EnrolmentAnswer& answer, Record& record) {
    auto& my = *device_.impl_;
    DeviceCertified certificate;
    certificate.device =
        hash_to<DeviceId>(my.ports.hasher, Domain::device_id, {answer.signing_key.view()});
    certificate.kind = record.invitation.kind;
    certificate.user = record.invitation.user;
    certificate.signing_key = answer.signing_key;
    certificate.sealing_key = answer.sealing_key;
    certificate.until = record.invitation.until;
    std::optional<UnitRef> room_unit;
    if (const UnitRef* unit = my.federation().unit(record.unit)) {
        room_unit = *unit;
        certificate.organisation = unit->organisation;
    }
    if (const Federation::User* user = my.federation().user(certificate.user))
        for (const Federation::Membership& membership : user->memberships)
            if (my.federation().is_administrator(my.self, membership.organisation))
                certificate.organisation = membership.organisation;
    if (certificate.organisation.is_none()) return fail(Errc::not_found, "user");
    if (my.federation().device(certificate.device)) return fail(Errc::already_exists, "device");

    AnsweredInvitation accepted = record.shown();
    accepted.device = certificate.device;
    record.state = Record::State::used;
    record.forget_secrets();
    return my.transact([&]() -> Result<AnsweredInvitation> {
        const StatementId said = SAMSYN_TRY(my.author(Stream{}, certificate));
        if (room_unit && !record.room.empty()) {
            Device::Impl::Draft draft;
            draft.case_id = directory_case;
            draft.label = directory_label(*room_unit);
            draft.item = same_bytes<ItemId>(certificate.device);
            draft.type = ItemType::directory_device;
            draft.fields = {{"name", Value{record.room}}};
            SAMSYN_TRY(my.create_item(draft));
        }
        SAMSYN_TRY(record.keep(my.store));
        accepted.waits = my.federation().is_waiting(said);
        return accepted;
    });
}

}  // namespace samsyn
