#include "core/policy/claims.hpp"
#include "core/policy/federation_rules.hpp"
#include "core/policy/two_persons.hpp"

#include <algorithm>
#include <iterator>

namespace samsyn {

namespace {

template <class T>
const T* body_of(const StatementPtr& statement) {
    return std::get_if<T>(&statement->body);
}

}  // namespace

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
        start_again();
        read_certificates();
        mark_denied();
        read_provisions();
        read_orders();
        each<Unknown>([&](const auto&, const StatementHeader& header) {
            built_.update_needed_ = built_.update_needed_ || header.restricting;
        });
        list_waiting();
        read_confirmations();
        collect_boundaries();
        list_without_effect();
        return std::move(built_);
    }

private:
    Result<void> found(const FederationId& id) {
        for (const auto& statement : log_) {
            const auto* founding = body_of<Founding>(statement);
            if (!founding || !equal(statement->id.view(), id.view())) continue;
            built_.id_ = id;
            built_.root_key_ = founding->root_key;
            built_.root_device_ = statement->header.author;
            with_effect_.insert(statement->id);
            return {};
        }
        return fail(Errc::malformed, "founding statement");
    }

    /// Hands every statement of one kind that has effect to `apply`, in the order (time, id).
    template <class Kind, class Apply>
    void each(Apply apply) {
        for (const auto& statement : log_) {
            const auto* body = body_of<Kind>(statement);
            if (!body || !may(*statement) || !has_second(*statement)) continue;
            apply(*body, statement->header);
            with_effect_.insert(statement->id);
        }
    }

    bool may(const Statement& statement) const {
        const auto& [id, header, body, signature, second] = statement;
        if (const auto* machine = std::get_if<AdministratorCertified>(&body))
            if (!is_bound(machine->device, machine->signing_key)) return false;
        const bool denies = order_in({}, body).has_value() ||
                            std::holds_alternative<UserRemoved>(body) ||
                            std::holds_alternative<DeviceSuspended>(body);
        if (!denies) return built_.may_say(header, body).has_value();
        return std::visit(
                   FederationRules{
                       built_, header.author, header.time.instant(), header.restricting},
                   body)
            .has_value();
    }

    /// True where it wants no second person, or one has confirmed it. Certificates rest on one
    /// another and are confirmed step by step; the rest rests on them.
    bool has_second(const Statement& statement) const {
        if (!policy::is_two_person_kind(statement.body)) return true;
        if (std::holds_alternative<LogRestored>(statement.body) &&
            built_.is_root(statement.header.author))
            return true;
        return confirmed_.contains(statement.id) ||
               (!is_certificate(statement.body) && two_persons_.is_confirmed(statement, built_));
    }

    static bool is_certificate(const StatementBody& body) {
        return std::holds_alternative<AdministratorCertified>(body) ||
               std::holds_alternative<UserCertified>(body) ||
               std::holds_alternative<DeviceCertified>(body);
    }

    /// Whoever could certify another key under a device's id would speak in its name.
    bool is_bound(const DeviceId& device, const SigningPublicKey& key) const {
        return device == hash_to<DeviceId>(hasher_, Domain::device_id, {key.view()});
    }

    bool may_claim(const StatementHeader& header, const OrganisationId& organisation) const {
        return built_.is_administrator(header.author, organisation) &&
               built_.counts(header.author, header.counter);
    }

    void read_certificates() {
        const auto before = with_effect_;
        read_organisations();
        each<ServerCertified>([&](const auto& body, const auto&) { certify(body); });
        read_administrators();
        read_units();
        find_first_devices();
        read_members();
        std::ranges::set_difference(
            with_effect_, before, std::inserter(certificates_, certificates_.end()));
    }

    /// The root's newest word by its own counter counts, whatever times it claims. Two with one
    /// counter are signed by two who hold its key: what both allow.
    void read_organisations() {
        std::map<OrganisationId, std::uint64_t> newest;
        each<OrganisationAdmitted>([&](const auto& body, const auto& header) {
            auto& known = built_.organisations_[body.organisation];
            auto& counter = newest[body.organisation];
            if (counter > header.counter) return;
            const bool forked = counter == header.counter && counter != 0;
            const auto was = known;
            known = body;
            if (forked) {
                known.from = std::max(was.from, body.from);
                known.until = std::min(was.until, body.until);
            }
            counter = header.counter;
        });
    }

    /// The first of each organisation, by the root's counter, counts by itself; others as soon as
    /// one who counts has confirmed them.
    void read_administrators() {
        std::vector<StatementPtr> waiting;
        std::map<OrganisationId, StatementPtr> first;
        for (const auto& statement : log_) {
            const auto* body = body_of<AdministratorCertified>(statement);
            if (!body || !may(*statement)) continue;
            waiting.push_back(statement);
            auto& least = first[body->organisation];
            if (!least || statement->header.counter < least->header.counter) least = statement;
        }
        const auto counts = [&](const StatementPtr& statement) {
            const auto& body = *body_of<AdministratorCertified>(statement);
            const bool free = statement == first[body.organisation] || repeats(body);
            if (!free && !two_persons_.is_confirmed(*statement, built_)) return false;
            certify(body);
            confirmed_.insert(statement->id);
            with_effect_.insert(statement->id);
            return true;
        };
        while (std::erase_if(waiting, counts) != 0) {
        }
    }

    /// The same machine of the same person, certified once more.
    bool repeats(const AdministratorCertified& body) const {
        const auto* known = built_.device(body.device);
        return known && built_.is_administrator(body.device, body.organisation) &&
               known->certificate.user == body.user &&
               known->certificate.signing_key == body.signing_key &&
               known->certificate.sealing_key == body.sealing_key;
    }

    /// Users and devices, until nobody more is confirmed by those who count.
    void read_members() {
        const auto before = with_effect_;
        const auto machines = built_.devices_;
        do {
            with_effect_ = before;
            built_.devices_ = machines;
            built_.users_.clear();
            built_.roles_said_.clear();
            each<UserCertified>(
                [&](const auto& body, const auto& header) { certify(body, header); });
            each<UserRemoved>([&](const auto& body, const auto&) {
                built_.users_[body.user].removals.push_back(body);
            });
            read_devices();
        } while (confirm_members());
    }

    /// True where somebody was confirmed that was not before.
    bool confirm_members() {
        const auto known_before = known_.size() + confirmed_.size();
        for (const auto& statement : log_) {
            if (!two_persons_.has_words(statement->id)) continue;
            const auto* user = body_of<UserCertified>(statement);
            const auto* device = body_of<DeviceCertified>(statement);
            if ((user && confirmed_.contains(statement->id)) ||
                (device && known_.contains(holding_of(*device))) || !(user || device))
                continue;
            if (!may(*statement) || !two_persons_.is_confirmed(*statement, built_)) continue;
            if (user) confirmed_.insert(statement->id);
            if (device) known_.insert(holding_of(*device));
        }
        return known_.size() + confirmed_.size() != known_before;
    }

    /// What somebody reads with: a device, and a key that is sealed to.
    struct Holding {
        OrganisationId organisation;
        UserId user;
        DeviceId device;
        SealingPublicKey key;
        friend auto operator<=>(const Holding&, const Holding&) = default;
    };

    static Holding holding_of(const DeviceCertified& body) {
        return {body.organisation, body.user, body.device, body.sealing_key};
    }

    bool is_claim(const Statement& statement, const DeviceCertified& body) const {
        return is_bound(body.device, body.signing_key) &&
               may_claim(statement.header, body.organisation) && !built_.is_root(body.device) &&
               !built_.is_certified_server(body.device);
    }

    /// Somebody's first device counts by itself: the one of which all certificates of others knew.
    /// Counters and times decide nothing: whoever signs chooses them. What the root certified, or
    /// was going to, is a device too.
    void find_first_devices() {
        struct Certificate {
            Holding holding;
            StatementId id;
        };

        std::map<std::pair<OrganisationId, UserId>, std::vector<Certificate>> all;
        for (const auto& statement : log_) {
            std::optional<Holding> held;
            if (const auto* body = body_of<DeviceCertified>(statement);
                body && is_claim(*statement, *body)) {
                held = holding_of(*body);
            } else if (const auto* machine = body_of<AdministratorCertified>(statement);
                       machine && may(*statement)) {
                held = Holding{
                    machine->organisation, machine->user, machine->device, machine->sealing_key};
                if (confirmed_.contains(statement->id)) known_.insert(*held);
            }
            if (held && held->user.is_none())
                known_.insert(*held);
            else if (held)
                all[{held->organisation, held->user}].push_back({*held, statement->id});
        }
        for (const auto& [who, certificates] : all) {
            const auto is_other = [&](const Certificate& other) {
                return other.holding != certificates.front().holding;
            };
            const auto others = std::ranges::find_if(certificates, is_other);
            const auto came_first = [&](const Certificate& one) {
                return std::all_of(others, certificates.end(), [&](const Certificate& other) {
                    return !is_other(other) || two_persons_.knows(other.id, one.id);
                });
            };
            if (std::any_of(certificates.begin(), others, came_first))
                known_.insert(certificates.front().holding);
        }
    }

    void certify(const AdministratorCertified& body) {
        built_.administrators_[body.organisation].insert(body.device);
        built_.devices_.try_emplace(
            body.device,
            Federation::Device{.certificate = {.device = body.device,
                                               .kind = DeviceKind::administrator_machine,
                                               .organisation = body.organisation,
                                               .user = body.user,
                                               .signing_key = body.signing_key,
                                               .sealing_key = body.sealing_key},
                               .revoked = false,
                               .pin = {}});
    }

    void certify(const ServerCertified& body) {
        const auto add = [&](const SigningPublicKey& key) {
            built_.server_keys_.push_back(key);
            const auto id = hash_to<DeviceId>(hasher_, Domain::device_id, {key.view()});
            built_.servers_.emplace(id, key);
        };
        add(body.key);
        if (body.successor) add(*body.successor);
    }

    /// The newest certificate of a user in a unit replaces the one before.
    void certify(const UserCertified& body, const StatementHeader& header) {
        auto& memberships = built_.users_[body.user].memberships;
        std::erase_if(memberships, [&](const auto& old) {
            return old.unit == body.unit && old.organisation == body.organisation;
        });
        memberships.push_back({.organisation = body.organisation,
                               .unit = body.unit,
                               .role = body.role,
                               .from = body.from,
                               .until = body.until});
        built_.roles_said_[{body.user, body.unit}].push_back(
            {header.time.instant(), memberships.back()});
    }

    void read_units() {
        policy::Claims<UnitId, UnitRef> claims;
        for (const auto& statement : log_) {
            const auto* body = body_of<UnitCertified>(statement);
            if (!body || !may_claim(statement->header, body->unit.organisation)) continue;
            auto& claim = claims[body->unit.unit][body->unit.organisation];
            if (!claim.said.empty() && claim.body != body->unit) continue;
            claim.body = body->unit;
            claim.said.push_back(statement->id);
        }
        for (auto& [id, claimants] : claims) {
            policy::drop_those_who_knew(claimants, graph_);
            note(claimants);
            built_.units_.emplace(id, claimants.begin()->second.body);
            if (claimants.size() == 1) continue;
            for (const auto& [organisation, claim] : claimants)
                built_.disputed_units_[id].insert(organisation);
        }
    }

    void read_devices() {
        policy::Claims<DeviceId, DeviceCertified> claims;
        for (const auto& statement : log_) {
            const auto* body = body_of<DeviceCertified>(statement);
            if (!body || !known_.contains(holding_of(*body))) continue;
            if (const auto* machine = built_.device(body->device)) {
                renew_machine(*machine, *statement, *body);
                continue;
            }
            if (!is_claim(*statement, *body)) continue;
            auto& claim = claims[body->device][body->organisation];
            if (claim.said.empty()) claim.body = *body;
            if (!renews(claim.body, *body)) continue;
            if (body->sealing_epoch >= claim.body.sealing_epoch) claim.body = *body;
            claim.said.push_back(statement->id);
        }
        for (auto& [id, claimants] : claims) {
            policy::drop_those_who_knew(claimants, graph_);
            note(claimants);
            auto& device = built_.devices_[id];
            device.certificate = claimants.begin()->second.body;
            for (auto rival = std::next(claimants.begin()); rival != claimants.end(); ++rival)
                device.rivals.push_back(rival->second.body);
        }
    }

    /// The root has said whose machine it is: administrators renew that, and claim nothing else.
    void renew_machine(const Federation::Device& machine,
                       const Statement& statement,
                       const DeviceCertified& body) {
        if (!is_bound(body.device, body.signing_key) || !may(statement)) return;
        if (body.sealing_epoch >= machine.certificate.sealing_epoch)
            built_.devices_[body.device].certificate = body;
        with_effect_.insert(statement.id);
    }

    /// A claim in dispute has no effect of its own that anybody could rely on.
    template <class Claimants>
    void note(const Claimants& claimants) {
        if (claimants.size() != 1) return;
        const auto& said = claimants.begin()->second.said;
        with_effect_.insert(said.begin(), said.end());
    }

    void read_denials() {
        for (const auto& statement : log_) {
            const auto* body = body_of<DeviceRevoked>(statement);
            if (!body || !may(*statement)) continue;
            built_.revoked_[body->device].push_back(statement->id);
            with_effect_.insert(statement->id);
        }
        std::map<DeviceId, RevocationPinned> pins;
        each<RevocationPinned>([&](const auto& body, const auto&) {
            if (built_.revoked_.contains(body.device)) pins.emplace(body.device, body);
        });
        built_.pins_ = std::move(pins);  // at the end: no pin is read under another one
        read_suspensions();
    }

    /// A suspension stands until somebody ends it who may and is not suspended: of two who suspend
    /// each other, neither ends anything.
    void read_suspensions() {
        auto& standing = built_.suspensions_;
        std::vector<StatementPtr> resumptions;
        for (const auto& statement : log_) {
            if (const auto* body = body_of<DeviceSuspended>(statement); body && may(*statement)) {
                standing[body->device].push_back(statement->id);
                with_effect_.insert(statement->id);
            }
            if (body_of<DeviceResumed>(statement)) resumptions.push_back(statement);
        }
        const auto ends_some = [&](const StatementPtr& statement) {
            if (!may(*statement) ||
                !two_persons_.stands(statement->header.author, statement, built_))
                return false;
            const auto& body = *body_of<DeviceResumed>(statement);
            std::erase_if(standing[body.device],
                          [&](const auto& id) { return policy::contains(body.names, id); });
            resumed_.insert(statement->id);
            return true;
        };
        while (std::erase_if(resumptions, ends_some) != 0) {
        }
        std::erase_if(standing, [](const auto& device) { return device.second.empty(); });
    }

    void read_orders() {
        for (const auto& statement : log_) {
            const auto order = order_in(statement->id, statement->body);
            if (!order || !may(*statement)) continue;
            built_.orders_[order->device].push_back(*order);
            with_effect_.insert(statement->id);
        }
    }

    void start_again() {
        Federation fresh;
        fresh.id_ = built_.id_;
        fresh.root_key_ = built_.root_key_;
        fresh.root_device_ = built_.root_device_;
        fresh.revoked_ = std::move(built_.revoked_);
        fresh.pins_ = std::move(built_.pins_);
        fresh.suspensions_ = std::move(built_.suspensions_);
        built_ = std::move(fresh);
        confirmed_.clear();
        known_.clear();
        resumed_.clear();
        std::erase_if(with_effect_, [&](const auto& id) { return certificates_.contains(id); });
    }

    void mark_denied() {
        // Once more: who ends one is judged by who counts in the end.
        built_.suspensions_.clear();
        read_suspensions();
        with_effect_.insert(resumed_.begin(), resumed_.end());
        for (auto& [id, device] : built_.devices_) {
            device.revoked = built_.revoked_.contains(id);
            if (const auto pin = built_.pins_.find(id); pin != built_.pins_.end())
                device.pin = pin->second;
            if (const auto lost = built_.suspensions_.find(id); lost != built_.suspensions_.end()) {
                device.suspensions = lost->second;
                std::ranges::sort(device.suspensions);
            }
        }
    }

    /// What rests on who belongs, and nothing else on it.
    void read_provisions() {
        each<LogRestored>([&](const auto& body, const auto&) { built_.restores_.push_back(body); });
        each<UnitLease>([&](const auto& body, const auto&) {
            built_.leases_[body.unit] = std::chrono::hours{body.reading_hours};
        });
        read_recovery_keys();
        each<RecoveryUsed>([&](const auto& body, const auto& header) {
            built_.recovery_uses_.push_back({body, header.time.instant()});
        });
    }

    /// In the order of their generations: each wants the one before. Of two of one generation the
    /// first stays, as said (time, id).
    void read_recovery_keys() {
        std::map<std::uint32_t, std::vector<StatementPtr>> by_generation;
        for (const auto& statement : log_)
            if (const auto* body = body_of<RecoveryKeyCertified>(statement))
                by_generation[body->generation].push_back(statement);
        for (const auto& [generation, statements] : by_generation) {
            for (const auto& statement : statements) {
                const auto& body = *body_of<RecoveryKeyCertified>(statement);
                if (!may(*statement) || !has_second(*statement)) continue;
                built_.recovery_keys_[body.organisation].emplace(generation, recovery_key_in(body));
                with_effect_.insert(statement->id);
            }
        }
    }

    /// What may be said, and wants somebody who confirms it.
    void list_waiting() {
        for (const auto& statement : log_) {
            if (!policy::is_two_person_kind(statement->body)) continue;
            const bool has_effect = with_effect_.contains(statement->id);
            const auto* device = body_of<DeviceCertified>(statement);
            if (!has_effect &&
                (!may(*statement) || (device && !is_bound(device->device, device->signing_key))))
                continue;
            if (!has_effect && device && known_.contains(holding_of(*device))) continue;
            built_.two_person_acts_.emplace(statement->id, statement);
            if (has_effect) continue;
            built_.waiting_.push_back(
                {statement->id, statement->header.time.instant() + countersigning_max});
        }
    }

    void read_confirmations() {
        for (const auto& statement : log_) {
            const auto* body = body_of<Countersigned>(statement);
            if (!body) continue;
            const auto act = built_.two_person_acts_.find(body->statement);
            if (act != built_.two_person_acts_.end() &&
                two_persons_.confirms({statement->header.author, statement}, *act->second, built_))
                with_effect_.insert(statement->id);
        }
    }

    void collect_boundaries() {
        auto& all = built_.boundaries_;
        for (const auto& [id, organisation] : built_.organisations_)
            all.insert(all.end(), {organisation.from, organisation.until});
        for (const auto& [id, user] : built_.users_) {
            for (const auto& membership : user.memberships)
                all.insert(all.end(), {membership.from, membership.until});
            for (const auto& removal : user.removals) all.push_back(removal.from);
        }
        for (const auto& [id, device] : built_.devices_) all.push_back(device.certificate.until);
        for (const auto& use : built_.recovery_uses_) all.push_back(use.body.until);
        std::ranges::sort(all);
    }

    void list_without_effect() {
        for (const auto& statement : log_)
            if (!with_effect_.contains(statement->id))
                built_.without_effect_.push_back(statement->id);
    }

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
};

Result<Federation> Federation::build(const StatementGraph& graph,
                                     const FederationId& id,
                                     const Hasher& hasher) {
    return FederationBuilder{graph, hasher}.build(id);
}

}  // namespace samsyn
