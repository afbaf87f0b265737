#include "sync-server/hub/unlocking.hpp"

namespace samsyn {

Result<UnlockRegistered> Unlocking::enrol(const DeviceId& device,
                                          const UnlockRegister& request,
                                          bool is_to_be_wiped) {
    const Hash token_hash = ports_.hasher.hash(Domain::unlock_token, {request.token.view()});
    const auto holder = SAMSYN_TRY(ports_.records.find_by_token(token_hash));
    if (holder && holder->device != device) return UnlockRegistered{Errc::conflict, {}};
    if (request.verifier && is_to_be_wiped) return UnlockRegistered{Errc::not_permitted, {}};

    auto known = SAMSYN_TRY(ports_.records.find(device));
    UnlockRecord record = std::move(known).value_or(UnlockRecord{});
    record.device = device;
    record.token_hash = token_hash;
    UnlockRegistered answer;
    if (request.verifier) {
        // A lost answer costs nothing: the same PIN slot gets the same secret.
        for (const auto* const slot : {&record.pending, &record.current})
            if (*slot && (*slot)->verifier == *request.verifier) answer.secret = (*slot)->secret;
        if (!answer.secret) {
            UnlockRecord::Slot fresh{*request.verifier, {}};
            ports_.random.fill(fresh.secret.bytes);
            answer.secret = fresh.secret;
            // After ten wrong tries nothing is left that more of them could be about.
            if (!record.current && !record.pending) record.wrong_tries = 0;
            record.pending = fresh;
        }
    }
    SAMSYN_TRY(ports_.records.put(record));
    return answer;
}

Result<UnlockConfirmed> Unlocking::confirm(const DeviceId& device, const UnlockConfirm& request) {
    auto record = SAMSYN_TRY(ports_.records.find(device));
    if (record && record->pending && record->pending->verifier == request.verifier) {
        record->current = record->pending;
        record->pending.reset();
        record->wrong_tries = 0;
        SAMSYN_TRY(ports_.records.put(*record));
        return UnlockConfirmed{};
    }
    const bool confirmed_before =
        record && record->current && record->current->verifier == request.verifier;
    return UnlockConfirmed{confirmed_before ? Errc{} : Errc::not_found};
}

Result<std::optional<DeviceId>> Unlocking::device_of(const UnlockToken& token) {
    const auto record = SAMSYN_TRY(
        ports_.records.find_by_token(ports_.hasher.hash(Domain::unlock_token, {token.view()})));
    if (!record) return std::nullopt;
    return record->device;
}

Result<RestrictedAnswer> Unlocking::prove(const DeviceId& device,
                                          const ServerHandshake::Restricted& offered,
                                          const Hash& exporter) {
    if (!offered.proof.pin_proof) return RestrictedAnswer{};
    auto record = SAMSYN_TRY(ports_.records.find(device));
    if (!record || (!record->current && !record->pending))
        return RestrictedAnswer{RestrictedOutcome::destroyed, 0, {}};

    RestrictedAnswer answer;
    for (const auto* const slot : {&record->current, &record->pending}) {
        if (!*slot) continue;
        const Hash expected = pin_proof(
            ports_.hasher, (*slot)->verifier, offered.server_nonce, offered.client_nonce, exporter);
        if (equal_secrets(expected.view(), offered.proof.pin_proof->view()))
            answer = {RestrictedOutcome::secret, 0, (*slot)->secret};
    }
    if (answer.secret) {
        if (record->wrong_tries == 0) return answer;
        record->wrong_tries = 0;
    } else if (++record->wrong_tries >= pin_proofs_max) {
        record->current.reset();
        record->pending.reset();
        answer.outcome = RestrictedOutcome::destroyed;
    } else {
        answer.outcome = RestrictedOutcome::wrong;
        answer.tries_left = static_cast<std::uint8_t>(pin_proofs_max - record->wrong_tries);
    }
    SAMSYN_TRY(ports_.records.put(*record));
    return answer;
}

Result<void> Unlocking::destroy(UnlockRecords& records, const DeviceId& device) {
    auto record = SAMSYN_TRY(records.find(device));
    if (!record) return {};
    record->current.reset();
    record->pending.reset();
    return records.put(*record);
}

}  // namespace samsyn
