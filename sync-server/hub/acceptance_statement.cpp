// Acceptance: statements.

#include "core/policy/second_signature.hpp"
#include "core/wire/statement_codec.hpp"
#include "sync-server/hub/acceptance.hpp"
#include "sync-server/hub/stored_number.hpp"
#include "sync-server/hub/unlocking.hpp"

namespace samsyn {
namespace {

constexpr std::uint16_t first_case_kind = 64;
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
        SAMSYN_TRY(or_fail(stored_number(storage, server_counter_key))) + 1;
    const std::uint64_t last_time = SAMSYN_TRY(or_fail(stored_number(storage, server_time_key)));

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
    SAMSYN_TRY(or_fail(put_stored_number(storage, server_counter_key, counter)));
    return or_fail(put_stored_number(storage, server_time_key, header.time.value));
}

}  // namespace samsyn
