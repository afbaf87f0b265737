#pragma once

#include "core/policy/federation.hpp"

namespace samsyn {

// Private to core/policy.

/// A device keeps organisation, user and signing key: only its sealing key and end may change. Of a
/// tablet that the root has made an administrator's machine the certificates stay as they were.
inline bool renews(const DeviceCertified& was, const DeviceCertified& body) {
    const bool same_kind = was.kind == body.kind || was.kind == DeviceKind::administrator_machine;
    return was.organisation == body.organisation && was.user == body.user && same_kind &&
           was.signing_key == body.signing_key;
}

inline RecoveryKey recovery_key_in(const RecoveryKeyCertified& body) {
    return {.generation = body.generation,
            .key = body.key,
            .threshold = body.threshold,
            .commitments = body.commitments};
}

/// Who may say a kind in the federation log: a function of the body, over what is certified so far.
struct FederationRules {
    const Federation& federation;
    const DeviceId& author;
    Instant at;  ///< the statement's own time
    bool restricting = false;

    Result<void> root() const {
        if (federation.is_root(author)) return {};
        return fail(Errc::not_permitted, "the root signs this");
    }

    Result<void> administrator(const OrganisationId& organisation) const {
        if (federation.is_administrator(author, organisation)) return {};
        return fail(Errc::not_permitted, "an administrator of the organisation signs this");
    }

    Result<void> operator()(const Founding&) const { return root(); }

    Result<void> operator()(const OrganisationAdmitted&) const { return root(); }

    Result<void> operator()(const AdministratorCertified& body) const {
        if (!federation.organisations().contains(body.organisation))
            return fail(Errc::not_permitted, "the organisation is not admitted");
        SAMSYN_TRY(free_for_a_device(body.device));
        return root();
    }

    Result<void> operator()(const ServerCertified&) const { return root(); }

    Result<void> operator()(const UnitCertified& body) const {
        const auto* known = federation.unit(body.unit.unit);
        if (known && *known != body.unit)
            return fail(Errc::not_permitted, "the unit is certified otherwise");
        return administrator(body.unit.organisation);
    }

    Result<void> operator()(const UserCertified& body) const {
        if (!federation.has_unit(body.organisation, body.unit))
            return fail(Errc::not_permitted, "the unit is not the organisation's");
        return administrator(body.organisation);
    }

    Result<void> operator()(const DeviceCertified& body) const {
        SAMSYN_TRY(free_for_a_device(body.device));
        const auto* known = federation.device(body.device);
        if (known && !renews(known->certificate, body))
            return fail(Errc::not_permitted, "the device is certified otherwise");
        return administrator(body.organisation);
    }

    Result<void> operator()(const DeviceRevoked& body) const { return orders(body.device); }

    Result<void> operator()(const DeviceLocked& body) const { return orders(body.device); }

    Result<void> operator()(const DeviceWiped& body) const { return orders(body.device); }

    Result<void> orders(const DeviceId& device) const {
        const auto* known = federation.device(device);
        if (!known) return fail(Errc::unknown_device, "device");
        const bool machine = known->certificate.kind == DeviceKind::administrator_machine;
        if (machine && federation.is_root(author)) return {};
        for (const auto& rival : known->rivals)
            if (administrator(rival.organisation)) return {};
        return administrator(known->certificate.organisation);
    }

    Result<void> operator()(const RevocationPinned&) const {
        if (federation.is_certified_server(author)) return {};
        return fail(Errc::not_permitted, "a certified server signs this");
    }

    Result<void> operator()(const UserRemoved& body) const {
        return administrator(body.organisation);
    }

    /// With effect by the root (whose key is in shares), or by two administrators of whom none
    /// could have certified the other.
    Result<void> operator()(const LogRestored& body) const {
        if (!federation.is_root(author) && !federation.is_some_administrator(author))
            return fail(Errc::not_permitted, "the root or an administrator signs this");
        if (body.old_incarnation != body.new_incarnation) return {};
        return fail(Errc::not_permitted, "a restore begins a new incarnation");
    }

    /// Whom it takes for which statement, `may_countersign` says.
    Result<void> operator()(const Countersigned&) const {
        if (federation.signing_key(author)) return {};
        return fail(Errc::unknown_device, "author");
    }

    Result<void> operator()(const UnitLease& body) const {
        const auto* unit = federation.unit(body.unit);
        if (!unit) return fail(Errc::not_permitted, "the unit is not certified");
        const std::chrono::hours reading{body.reading_hours};
        if (reading < unit_lease_min || reading > unit_lease_max)
            return fail(Errc::not_permitted, "a lease of 24 to 720 hours");
        return administrator(unit->organisation);
    }

    /// Generations follow one another, and each is certified once: no jump to the last number could
    /// stop rotation for ever.
    Result<void> operator()(const RecoveryKeyCertified& body) const {
        SAMSYN_TRY(administrator(body.organisation));
        const std::size_t shares = body.commitments.size();
        if (shares > recovery_shares_max || body.threshold < 2 || body.threshold > shares)
            return fail(Errc::not_permitted, "a threshold of 2 to the number of shares");
        const auto* same = federation.recovery_key(body.organisation, body.generation);
        if (same && *same != recovery_key_in(body))
            return fail(Errc::not_permitted, "the generation is certified otherwise");
        const bool follows = body.generation == 1 ||
                             (body.generation > 1 &&
                              federation.recovery_key(body.organisation, body.generation - 1));
        if (follows) return {};
        return fail(Errc::not_permitted, "the generation before has no effect");
    }

    Result<void> operator()(const RecoveryUsed& body) const {
        SAMSYN_TRY(administrator(body.organisation));
        if (!federation.recovery_key(body.organisation, body.generation))
            return fail(Errc::not_permitted, "no recovery key of that generation");
        if (!federation.device(body.device)) return fail(Errc::unknown_device, "device");
        if (body.until > at && body.until <= at + recovery_use_max) return {};
        return fail(Errc::not_permitted, "a recovery ends within 72 hours");
    }

    Result<void> operator()(const DeviceSuspended& body) const { return orders(body.device); }

    Result<void> operator()(const DeviceResumed& body) const { return orders(body.device); }

    /// Nobody here knows who may say a kind that nobody here knows: every known author. One that
    /// stops all reading is believed only of those who may stop it in other ways too.
    Result<void> operator()(const Unknown&) const {
        if (!federation.signing_key(author)) return fail(Errc::unknown_device, "author");
        if (!restricting || federation.is_root(author) ||
            federation.is_some_administrator(author) || federation.is_certified_server(author))
            return {};
        return fail(Errc::not_permitted, "root, administrator or server restricts");
    }

    /// Whoever could certify the root or a server as a device could revoke it.
    Result<void> free_for_a_device(const DeviceId& id) const {
        if (!federation.is_root(id) && !federation.is_certified_server(id)) return {};
        return fail(Errc::not_permitted, "the id of the root or of a server");
    }

    template <class OfACase>
    Result<void> operator()(const OfACase&) const {
        return fail(Errc::not_permitted, "a statement of a case in the federation log");
    }
};

}  // namespace samsyn
