#include "sync-server/hub/acceptance.hpp"

#include "core/policy/recovery_recipient.hpp"
#include "core/policy/second_signature.hpp"
#include "core/wire/recovery_context.hpp"
#include "core/wire/statement_codec.hpp"
#include "sync-server/hub/unlocking.hpp"

#include <algorithm>

namespace samsyn {
namespace {

constexpr std::uint64_t counter_max = std::uint64_t{1} << 62U;
constexpr std::uint16_t first_case_kind = 64;
constexpr std::uint64_t gaps_max = 256;  // as many as a pin names
constexpr std::string_view server_time_key = "server/time";

/// A statement's stream must be named as its kind wants it, so that one stream has one name.
bool is_well_named(const Stream& stream, std::uint16_t kind) {
    const bool has_unit = !stream.unit.is_none();
    const bool has_case = !stream.case_id.is_none();
    if (stream.kind == StreamKind::federation)
        return kind < first_case_kind && !has_case && !has_unit;
    if (kind < first_case_kind || !has_case || stream.case_id == directory_case) return false;
    return has_unit == (stream.kind != StreamKind::custody);
}

Result<std::uint64_t> number_value(Storage& storage, std::string_view key) {
    const auto bytes = SAMSYN_TRY(storage.value(key));
    if (!bytes) return 0;
    Reader in{*bytes};
    return in.number<std::uint64_t>(key);
}

Result<void> put_number_value(Storage& storage, std::string_view key, std::uint64_t number) {
    Writer out;
    out.number(number);
    return storage.put_value(key, out.view());
}

}  // namespace

Result<Verdict> Acceptance::accept(EntryKind kind, ByteView bytes) {
    const auto judge = [&]() -> Checked<Verdict> {
        switch (kind) {
            case EntryKind::statement:
                return accept_statement(bytes);
            case EntryKind::packet:
                return accept_packet(bytes);
            case EntryKind::supplement:
                return accept_supplement(bytes);
            case EntryKind::batch:
                return accept_batch(bytes);
            case EntryKind::escrow:
                return accept_escrow(bytes);
            case EntryKind::reads:
                break;
        }
        return refuse(Errc::malformed, "kind of push");
    };
    return conclude(judge());
}

Result<Verdict> Acceptance::conclude(Checked<Verdict> judged) {
    if (!judged && judged.error().storage_failed) return std::unexpected{judged.error().why};
    Verdict verdict;
    if (judged) {
        verdict = *std::move(judged);
    } else {
        verdict.outcome = judged.error().outcome;
        verdict.why = judged.error().why;
        verdict.number = judged.error().number;
        verdict.touched = judged.error().touched;
    }
    verdict.about = about_;
    verdict.hash = hash_;
    verdict.statement_kind = statement_kind_;
    return verdict;
}

Checked<const SigningPublicKey*> Acceptance::key_of_author(const FederationId& federation,
                                                           const DeviceId& author) const {
    if (federation != ports_.registry.federation().id())
        return refuse(Errc::wrong_federation, "push");
    const SigningPublicKey* const key = ports_.registry.federation().signing_key(author);
    if (key == nullptr) return refuse(Errc::unknown_device, "author");
    return key;
}

Checked<void> Acceptance::admit_offer(const LogEntry& entry) {
    Storage& storage = ports_.storage;
    about_ = entry.channel;
    hash_ = entry.hash;
    const auto stored = SAMSYN_TRY(or_fail(storage.find(entry.hash)));
    if (stored) return std::unexpected{Stop{AnswerOutcome::duplicate, {}, stored->number}};
    if (entry.counter == 0 || entry.counter > counter_max)
        return refuse(Errc::malformed, "counter");
    const auto offered = SAMSYN_TRY(or_fail(storage.hash_at(entry.author, entry.counter)));
    if (offered && *offered != entry.hash) return refuse(Errc::counter_reused, "counter");
    SAMSYN_TRY(check_leap(entry.author, entry.counter));

    return or_fail(storage.record_offer(entry.author, entry.counter, entry.hash));
}

Checked<void> Acceptance::admit(const LogEntry& entry) {
    SAMSYN_TRY(admit_offer(entry));
    // What it said in time is stored. What comes now may have been made by whoever has its key
    // since, and what was offered before in vain is below the pin.
    const Federation& federation = ports_.registry.federation();
    const Federation::Device* const author = federation.device(entry.author);
    if ((author != nullptr && author->revoked) || !federation.counts(entry.author, entry.counter))
        return escrow(entry, "after the revocation of its author");
    return {};
}

/// A gap that no pin can name would be open to whoever has a revoked device's key.
Checked<void> Acceptance::check_leap(const DeviceId& author, std::uint64_t counter) const {
    const CounterState known = SAMSYN_TRY(or_fail(ports_.storage.counters(author)));
    if (counter <= known.greatest) return {};
    const std::uint64_t skipped = counter - known.greatest - 1;
    if (skipped > gaps_max || known.gaps.size() + skipped > gaps_max)
        return refuse(Errc::limit_exceeded, "gaps in the counter");
    return {};
}

Checked<void> Acceptance::escrow(const LogEntry& entry, std::string_view why) {
    SAMSYN_TRY(
        or_fail(ports_.storage.put_escrow(entry, Error{Errc::revoked_device, std::string{why}})));
    Stop stop{AnswerOutcome::escrowed, Error{{}, std::string{why}}};
    stop.touched = SAMSYN_TRY(show_held(entry));
    return std::unexpected{std::move(stop)};
}

Checked<Verdict> Acceptance::store(LogEntry entry) {
    const EntryNumber number = SAMSYN_TRY(or_fail(ports_.storage.append(entry)));
    return Verdict{.outcome = AnswerOutcome::stored,
                   .why = {},
                   .number = number,
                   .touched = {entry.channel},
                   .about = {},
                   .hash = {},
                   .statement_kind = 0,
                   .closing = {}};
}

Checked<void> Acceptance::check_clock(Instant time) const {
    if (time > now_ + clock_ahead_max)
        return answer(AnswerOutcome::clock_off, "more than 5 minutes ahead");
    return {};
}

// --- Statements --------------------------------------------------------------------------------

Checked<Verdict> Acceptance::accept_statement(ByteView bytes) {
    const auto statement = std::make_shared<const Statement>(
        SAMSYN_TRY(or_refuse(decode_statement(bytes, ports_.hasher))));
    const StatementHeader& header = statement->header;
    const bool founding = std::holds_alternative<Founding>(statement->body);
    // The founding statement cannot name the federation that its own hash is.
    const FederationId federation =
        founding ? FederationId::from(statement->id.view()) : header.federation;
    const SigningPublicKey* const key = SAMSYN_TRY(key_of_author(federation, header.author));
    if (!is_well_named(header.stream, statement_kind(statement->body)))
        return refuse(Errc::malformed, "stream of the statement");
    const SigningPublicKey* const second = SAMSYN_TRY(key_of_second(*statement));
    if (!verify_statement(*statement, *key, ports_.verifier, second))
        return refuse(Errc::bad_signature, "statement");

    LogEntry entry{{header.stream},
                   0,
                   EntryKind::statement,
                   Hash::from(statement->id.view()),
                   header.author,
                   header.counter,
                   {},
                   to_bytes(bytes)};
    statement_kind_ = statement_kind(statement->body);
    SAMSYN_TRY(admit(entry));
    SAMSYN_TRY(check_statement(*statement));
    SAMSYN_TRY(or_refuse(ports_.registry.add(statement)));
    Verdict verdict = SAMSYN_TRY(store(std::move(entry)));
    verdict.closing = closing_said(*statement, ports_.registry.federation());
    if (std::holds_alternative<DeviceRevoked>(statement->body))
        SAMSYN_TRY(pin_revocation(*statement));
    if (std::holds_alternative<EscrowVerdict>(statement->body))
        SAMSYN_TRY(record_release(*statement));
    const auto order = order_in(statement->id, statement->body);
    // In the same transaction: whoever has the tablet finds no secret behind its PIN any more.
    if (order && order->kind != OrderKind::lock)
        SAMSYN_TRY(or_fail(Unlocking::destroy(ports_.storage.unlocks(), order->device)));
    return verdict;
}

namespace {

/// A device's certificate: its id is that of its key, and something can be sealed to it. A key of
/// small order would let everybody open what is sealed for the device.
Result<void> check_certificate(const DeviceId& device,
                               const SigningPublicKey& signing_key,
                               const SealingPublicKey& sealing_key,
                               const Hasher& hasher,
                               const Verifier& verifier) {
    if (device != hash_to<DeviceId>(hasher, Domain::device_id, {signing_key.view()}))
        return fail(Errc::malformed, "device id of another key");
    if (!verifier.can_seal_to(sealing_key)) return fail(Errc::weak_key, "sealing key");
    return {};
}

}  // namespace

/// Nobody can tell when a second signature was made: that of a device which is no longer active is
/// not taken. Devices do not ask that: they take what the server took.
Checked<const SigningPublicKey*> Acceptance::key_of_second(const Statement& statement) const {
    const Federation& federation = ports_.registry.federation();
    const auto* const key = SAMSYN_TRY(or_refuse(second_key(statement, federation)));
    if (key == nullptr || federation.is_root(statement.second->device)) return key;
    if (!federation.in_good_standing(statement.second->device, now_))
        return refuse(Errc::revoked_device, "second signature");
    return key;
}

Checked<void> Acceptance::check_statement(const Statement& statement) const {
    // A later program may read in it what it may not say: not to be found out afterwards.
    if (std::holds_alternative<Unknown>(statement.body))
        return refuse(Errc::update_needed, "kind of the statement");
    // What denies is never refused for its time.
    if (opens(statement.body)) SAMSYN_TRY(check_clock(statement.header.time.instant()));
    // As with a second signature: nobody can tell when it was said.
    if (std::holds_alternative<Countersigned>(statement.body) &&
        !ports_.registry.federation().in_good_standing(statement.header.author, now_))
        return refuse(Errc::revoked_device, "second person");
    const auto check = [&](const auto& certificate) {
        return or_refuse(check_certificate(certificate.device,
                                           certificate.signing_key,
                                           certificate.sealing_key,
                                           ports_.hasher,
                                           ports_.verifier));
    };
    if (const auto* const device = std::get_if<DeviceCertified>(&statement.body))
        return check(*device);
    if (const auto* const machine = std::get_if<AdministratorCertified>(&statement.body))
        return check(*machine);
    const auto* const recovery = std::get_if<RecoveryKeyCertified>(&statement.body);
    // No epoch of the organisation could be started with it.
    if (recovery != nullptr && !ports_.verifier.can_seal_to(recovery->key))
        return refuse(Errc::weak_key, "recovery key");
    return {};
}

/// The server's signed acceptance of a revocation, in the same transaction: what the device says
/// after this counter has no effect, whatever time it claims (security.md, "Revocation").
Checked<void> Acceptance::pin_revocation(const Statement& revocation) {
    const DeviceId device = std::get<DeviceRevoked>(revocation.body).device;
    const Federation& federation = ports_.registry.federation();
    const Federation::Device* const known = federation.device(device);
    if (known != nullptr && known->pin) return {};  // the first in the log counts

    Storage& storage = ports_.storage;
    const CounterState counters = SAMSYN_TRY(or_fail(storage.counters(device)));
    const std::uint64_t counter =
        SAMSYN_TRY(or_fail(number_value(storage, server_counter_key))) + 1;
    const std::uint64_t last_time = SAMSYN_TRY(or_fail(number_value(storage, server_time_key)));

    StatementHeader header;
    header.federation = federation.id();
    header.author =
        hash_to<DeviceId>(ports_.hasher, Domain::device_id, {ports_.signer.public_key().view()});
    header.counter = counter;
    header.previous = ports_.registry.federation_log().heads(Stream{});
    header.time = HybridClock{HybridTime{last_time}}.tick(now_);
    const auto pin = std::make_shared<const Statement>(
        sign_statement(header,
                       RevocationPinned{revocation.id, device, counters.greatest, counters.gaps},
                       ports_.signer,
                       ports_.hasher));
    // A server that the log does not certify has nothing to say; the revocation stands all the
    // same.
    if (!ports_.registry.add(pin)) return {};

    const Hash hash = Hash::from(pin->id.view());
    // Its number in the log is nobody's answer.
    (void)SAMSYN_TRY(or_fail(storage.append({{Stream{}},
                                             0,
                                             EntryKind::statement,
                                             hash,
                                             header.author,
                                             counter,
                                             {},
                                             encode_statement(*pin)})));
    SAMSYN_TRY(or_fail(storage.record_offer(header.author, counter, hash)));
    SAMSYN_TRY(or_fail(put_number_value(storage, server_counter_key, counter)));
    return or_fail(put_number_value(storage, server_time_key, header.time.value));
}

// --- Packets and supplements -------------------------------------------------------------------

namespace {

/// Who may start an epoch or hand on old keys: the disclosing unit, and who may change anything.
constexpr Request contributing = [] {
    Request request;
    request.action = Action::contribute;
    request.shared_editing_type = true;
    return request;
}();

}  // namespace

Checked<Verdict> Acceptance::accept_packet(ByteView bytes) {
    const KeyPacket packet = SAMSYN_TRY(or_refuse(decode_packet(bytes, ports_.hasher)));
    const SigningPublicKey* const key = SAMSYN_TRY(key_of_author(packet.federation, packet.author));
    if (!verify_packet(packet, *key, ports_.verifier)) return refuse(Errc::bad_signature, "packet");
    if (packet.compartment != compartment_id(ports_.hasher, packet.case_id, packet.label))
        return refuse(Errc::malformed, "compartment of the packet");

    LogEntry entry{{packet.compartment},
                   0,
                   EntryKind::packet,
                   Hash::from(packet.id.view()),
                   packet.author,
                   packet.counter,
                   {},
                   to_bytes(bytes)};
    SAMSYN_TRY(admit(entry));
    SAMSYN_TRY(check_clock(packet.instant));
    const Registry& registry = ports_.registry;
    const Registry::Compartment info{packet.case_id, packet.label};
    if (!registry.may(packet.compartment, info, contributing, packet.author, now_).permitted)
        return refuse(Errc::not_permitted, "author of the packet");
    SAMSYN_TRY(or_refuse(registry.check_recipients(packet)));
    if (!registry.is_open(packet, now_))
        return answer(AnswerOutcome::stale_epoch, "a recipient is no longer permitted");

    Verdict verdict = SAMSYN_TRY(store(std::move(entry)));
    ports_.registry.add(packet);
    return verdict;
}

Checked<Verdict> Acceptance::accept_supplement(ByteView bytes) {
    const Supplement supplement = SAMSYN_TRY(or_refuse(decode_supplement(bytes, ports_.hasher)));
    const SigningPublicKey* const key =
        SAMSYN_TRY(key_of_author(supplement.federation, supplement.author));
    if (!verify_supplement(supplement, *key, ports_.verifier))
        return refuse(Errc::bad_signature, "supplement");
    LogEntry entry{{supplement.compartment},
                   0,
                   EntryKind::supplement,
                   supplement.id,
                   supplement.author,
                   supplement.counter,
                   {},
                   to_bytes(bytes)};
    SAMSYN_TRY(admit(entry));
    SAMSYN_TRY(check_supplement(supplement));
    Verdict verdict = SAMSYN_TRY(store(std::move(entry)));
    ports_.registry.add(supplement);
    return verdict;
}

Checked<void> Acceptance::check_supplement(const Supplement& supplement) const {
    const Registry& registry = ports_.registry;
    const Registry::Compartment* const info = registry.compartment(supplement.compartment);
    // One refusal for "not yours" and "not there".
    if (info == nullptr ||
        !registry.may(supplement.compartment, contributing, supplement.author, now_).permitted)
        return refuse(Errc::not_permitted, "author of the supplement");
    if (is_rewrapping(supplement)) return check_rewrapping(supplement, *info);
    const Federation::Device* const recipient = registry.federation().device(supplement.recipient);
    if (recipient == nullptr ||
        !registry.may(supplement.compartment, {}, supplement.recipient, now_).permitted)
        return refuse(Errc::not_permitted, "recipient of the supplement");
    const std::uint32_t newest = recipient->certificate.sealing_epoch;
    if (supplement.sealing_epoch > newest || supplement.sealing_epoch + 1 < newest)
        return refuse(Errc::malformed, "sealing key of the recipient");
    // Whoever two persons let put the recovery key together gives itself what that opens.
    const bool recovers =
        supplement.author == supplement.recipient &&
        may_recover_something(
            supplement.author, info->label.disclosing.organisation, registry.federation(), now_);
    for (const auto& old : supplement.keys) {
        const Registry::Epoch* const epoch = registry.epoch(old.epoch);
        if (epoch == nullptr || epoch->compartment != supplement.compartment)
            return refuse(Errc::not_permitted, "epoch in the supplement");
        if (!epoch->holders.contains(supplement.author) && !(recovers && epoch->is_recoverable))
            return refuse(Errc::not_permitted, "epoch in the supplement");
    }
    return check_ground(supplement, *info, supplement.recipient);
}

/// For the newest recovery key of the organisation, by those whose secrecy it is. Whether the boxes
/// open nobody here can tell.
Checked<void> Acceptance::check_rewrapping(const Supplement& supplement,
                                           const Registry::Compartment& compartment) const {
    const Registry& registry = ports_.registry;
    const RecoveryKey* const key = recovery_recipient(compartment.label, registry.federation());
    if (key == nullptr || key->generation != supplement.sealing_epoch || supplement.ground)
        return refuse(Errc::not_permitted, "recovery key of the supplement");
    if (compartment.case_id != directory_case &&
        !registry.federation().acts_in(supplement.author, compartment.label.disclosing.unit, now_))
        return refuse(Errc::not_permitted, "author of the supplement");
    for (const auto& old : supplement.keys) {
        const Registry::Epoch* const epoch = registry.epoch(old.epoch);
        if (epoch == nullptr || epoch->compartment != supplement.compartment ||
            !epoch->holders.contains(supplement.author))
            return refuse(Errc::not_permitted, "epoch in the supplement");
    }
    return {};
}

/// The own unit and the directory need no ground; anybody else a consent on which reading rests
/// now. Of several consents that open together the one that reaches least decides: all must say
/// *history*.
Checked<void> Acceptance::check_ground(const Supplement& supplement,
                                       const Registry::Compartment& compartment,
                                       const DeviceId& recipient) const {
    const Federation& federation = ports_.registry.federation();
    const UnitId disclosing = compartment.label.disclosing.unit;
    if (!supplement.ground) {
        if (compartment.case_id == directory_case ||
            federation.acts_in(recipient, disclosing, now_))
            return {};
        return refuse(Errc::not_permitted, "supplement without a ground");
    }
    const Decision decision = ports_.registry.decide_read(supplement.compartment, recipient, now_);
    if (!decision.permitted() || !std::ranges::binary_search(decision.by, *supplement.ground))
        return refuse(Errc::not_permitted, "ground of the supplement");
    const CaseView* const view = ports_.registry.view(compartment.case_id);
    SAMSYN_ASSERT(view != nullptr);  // the compartment's packet was accepted in this case
    for (const auto& consent : view->disclosing(disclosing).consents)
        if (std::ranges::binary_search(decision.by, consent.id) &&
            consent.body.reach != Reach::history)
            return refuse(Errc::not_permitted, "reach of the ground");
    return {};
}

}  // namespace samsyn
