#pragma once

#include "core/policy/federation_rules.hpp"
#include "core/policy/two_persons.hpp"

namespace samsyn {

// Private to core/policy.

template <class T>
const T* body_of(const StatementPtr& statement) {
    return std::get_if<T>(&statement->body);
}

/// Reads the log one kind after the other, each resting on those before it.
class FederationBuilder {
public:
    FederationBuilder(const StatementGraph& graph, const Hasher& hasher)
        : graph_(graph),
          log_(graph.in({StreamKind::federation, {}, {}})),
          hasher_(hasher),
          two_persons_(log_) {}

    Result<Federation> build(const FederationId& id) {
        SAMSYN_TRY(found(id));
        // Pins decide what their devices' later statements are worth, and rest on certificates
        // themselves: so certificates are read once for the pins, and then again under them.
        read_certificates();
        read_denials();
        do {
            start_again();
            read_certificates();
        } while (!is_settled());
        mark_denied();
        read_provisions();
        read_orders();
        each<Unknown>([&](const auto&, const Statement& said) {
            built_.update_needed_ = built_.update_needed_ || said.header.restricting;
        });
        list_waiting();
        read_confirmations();
        collect_boundaries();
        list_without_effect();
        return std::move(built_);
    }

private:
    /// What somebody reads with: a device, and a key that is sealed to.
    struct Holding {
        OrganisationId organisation;
        UserId user;
        DeviceId device;
        SealingPublicKey key;
        friend auto operator<=>(const Holding&, const Holding&) = default;
    };

    Result<void> found(const FederationId& id);

    /// Hands every statement of one kind that has effect to `apply`, in the order (time, id).
    template <class Kind, class Apply>
    void each(Apply apply) {
        for (const auto& statement : log_) {
            const auto* body = body_of<Kind>(statement);
            if (!body || !may(*statement) || !has_second(*statement)) continue;
            apply(*body, *statement);
            with_effect_.insert(statement->id);
        }
    }

    /// What denies is taken from whoever was an administrator, at any time; what opens only where
    /// nothing ended its author's device before (`TwoPersons::stands`).
    bool may(const Statement& statement) const;

    /// True where it wants no second person, or one has confirmed it. Certificates rest on one
    /// another and are confirmed step by step; the rest rests on them.
    bool has_second(const Statement& statement) const;

    static bool is_certificate(const StatementBody& body) {
        return std::holds_alternative<AdministratorCertified>(body) ||
               std::holds_alternative<UserCertified>(body) ||
               std::holds_alternative<DeviceCertified>(body);
    }

    /// Whoever could certify another key under a device's id would speak in its name.
    bool is_bound(const DeviceId& device, const SigningPublicKey& key) const;

    bool may_claim(const Statement& statement, const OrganisationId& organisation) const;

    void read_certificates();

    /// The root's newest word by its own counter counts, whatever times it claims. Two with one
    /// counter are signed by two who hold its key: what both allow.
    void read_organisations();

    /// The first of each organisation, by the root's counter, counts by itself; others as soon as
    /// one who counts has confirmed them.
    void read_administrators();

    /// The same machine of the same person, certified once more.
    bool repeats(const AdministratorCertified& body) const;

    /// Users and devices, until nobody more is confirmed by those who count.
    void read_members();

    /// True where somebody was confirmed, or seen, that was not before.
    bool confirm_members();

    void confirm(const UserCertified& body, const StatementId& act, const policy::SecondWord& word);

    void confirm(const DeviceCertified& body, const policy::SecondWord& word);

    static Holding holding_of(const DeviceCertified& body) {
        return {body.organisation, body.user, body.device, body.sealing_key};
    }

    bool is_claim(const Statement& statement, const DeviceCertified& body) const;

    /// What a certificate says somebody has, where it is by the root or by any machine that the
    /// root ever named for the organisation.
    std::optional<Holding> claimed_by(const StatementPtr& statement) const;

    /// True where the author of such a certificate may say so.
    bool is_held(const StatementPtr& statement) const;

    /// Somebody's first device counts by itself: the one of which all certificates of others knew,
    /// also those without effect. Else whoever ends the effect of the first could make a later one
    /// the first. Counters and times decide nothing: whoever signs chooses them. What the root
    /// certified, or was going to, is a device too.
    void find_first_devices();

    void certify(const AdministratorCertified& body);

    void certify(const ServerCertified& body);

    /// The newest certificate of a user in a unit replaces the one before.
    void certify(const UserCertified& body, const Statement& said);

    void read_units();

    void read_devices();

    /// The root has said whose machine it is: administrators renew that, and claim nothing else.
    void renew_machine(const Federation::Device& machine,
                       const Statement& statement,
                       const DeviceCertified& body);

    /// A claim in dispute has no effect of its own that anybody could rely on.
    template <class Claimants>
    void note(const Claimants& claimants);

    void read_denials();

    /// A suspension stands until somebody ends it who may and is not suspended: of two who suspend
    /// each other, neither ends anything.
    void read_suspensions();

    void read_orders();

    void start_again();

    /// False where a suspension stands, by who counts in the end, under which certificates were not
    /// read: who ended it does not count.
    bool is_settled();

    void mark_denied();

    /// What rests on who belongs, and nothing else on it.
    void read_provisions();

    /// In the order of their generations: each wants the one before. Of two of one generation the
    /// first stays, as said (time, id).
    void read_recovery_keys();

    /// What may be said, and wants somebody who confirms it.
    void list_waiting();

    void read_confirmations();

    void collect_boundaries();

    void list_without_effect();

    const StatementGraph& graph_;
    std::span<const StatementPtr> log_;
    const Hasher& hasher_;
    Federation built_;
    std::set<StatementId> with_effect_;
    std::set<StatementId> certificates_;
    policy::TwoPersons two_persons_;
    std::set<StatementId> confirmed_;  ///< certificates that count, of those that may want a second
    std::set<Holding> known_;          ///< devices that count, as far as second persons go
    std::set<StatementId> resumed_;
    /// Every machine that the root named, whatever has become of it.
    std::map<OrganisationId, std::set<DeviceId>> named_;
    /// For each user of an organisation.
    std::map<std::pair<OrganisationId, UserId>, std::vector<StatementPtr>> device_certificates_;
};

}  // namespace samsyn
