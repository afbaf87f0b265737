#include "core/policy/claims.hpp"
#include "core/policy/federation_rules.hpp"

#include <algorithm>
#include <iterator>

namespace samsyn {

namespace {

template <class T>
const T* body_of(const StatementPtr& statement) {
    return std::get_if<T>(&statement->body);
}

}  // namespace

Result<void> Federation::may_sign(const StatementHeader& header,
                                  const StatementBody& body,
                                  const SecondSignature* second) const {
    if (header.stream.kind != StreamKind::federation)
        return fail(Errc::not_permitted, "not in the federation log");
    if (!signing_key(header.author)) return fail(Errc::unknown_device, "author");
    if (!counts(header.author, header.counter)) return fail(Errc::revoked_device, "author");
    return std::visit(FederationRules{*this, header.author, header.restricting, second}, body);
}

/// Reads the log one kind after the other, each resting on those before it.
class FederationBuilder {
public:
    FederationBuilder(const StatementGraph& graph, const Hasher& hasher)
        : graph_(graph),
          log_(graph.in({StreamKind::federation, {}, {}})),
          hasher_(hasher) {}

    Result<Federation> build(const FederationId& id) {
        SAMSYN_TRY(found(id));
        // Pins decide what their devices' later statements are worth, and rest on certificates
        // themselves: so certificates are read once for the pins, and then again under them.
        read_certificates();
        read_denials();
        start_again();
        read_certificates();
        mark_denied();
        each<UserRemoved>([&](const auto& body, const auto&) {
            built_.users_[body.user].removals.push_back(body);
        });
        each<LogRestored>([&](const auto& body, const auto&) { built_.restores_.push_back(body); });
        read_orders();
        each<Unknown>([&](const auto&, const StatementHeader& header) {
            built_.update_needed_ = built_.update_needed_ || header.restricting;
        });
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

    /// Hands every statement of one kind that may be signed to `apply`, in the order (time, id).
    template <class Kind, class Apply>
    void each(Apply apply) {
        for (const auto& statement : log_) {
            const auto* body = body_of<Kind>(statement);
            if (!body || !may(statement->header, statement->body, second_of(*statement))) continue;
            apply(*body, statement->header);
            with_effect_.insert(statement->id);
        }
    }

    static const SecondSignature* second_of(const Statement& statement) {
        return statement.second ? &*statement.second : nullptr;
    }

    bool may(const StatementHeader& header,
             const StatementBody& body,
             const SecondSignature* second = nullptr) const {
        if (const auto* machine = std::get_if<AdministratorCertified>(&body))
            if (!is_bound(machine->device, machine->signing_key)) return false;
        const bool denies =
            order_in({}, body).has_value() || std::holds_alternative<UserRemoved>(body);
        if (!denies) return built_.may_sign(header, body, second).has_value();
        return std::visit(FederationRules{built_, header.author, header.restricting}, body)
            .has_value();
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
        each<OrganisationAdmitted>([&](const auto& body, const auto&) {
            built_.organisations_[body.organisation] = body;
        });
        each<ServerCertified>([&](const auto& body, const auto&) { certify(body); });
        each<AdministratorCertified>([&](const auto& body, const auto&) { certify(body); });
        read_units();
        each<UserCertified>([&](const auto& body, const auto&) { certify(body); });
        read_devices();
        std::ranges::set_difference(
            with_effect_, before, std::inserter(certificates_, certificates_.end()));
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
    void certify(const UserCertified& body) {
        auto& memberships = built_.users_[body.user].memberships;
        std::erase_if(memberships, [&](const auto& old) {
            return old.unit == body.unit && old.organisation == body.organisation;
        });
        memberships.push_back({.organisation = body.organisation,
                               .unit = body.unit,
                               .role = body.role,
                               .from = body.from,
                               .until = body.until});
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
            if (!body || !is_bound(body->device, body->signing_key)) continue;
            if (const auto* machine = built_.device(body->device)) {
                renew_machine(*machine, *statement, *body);
                continue;
            }
            if (!may_claim(statement->header, body->organisation) || built_.is_root(body->device) ||
                built_.is_certified_server(body->device))
                continue;
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
        if (!may(statement.header, body)) return;
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
        each<DeviceRevoked>(
            [&](const auto& body, const auto&) { built_.revoked_.insert(body.device); });
        std::map<DeviceId, RevocationPinned> pins;
        each<RevocationPinned>([&](const auto& body, const auto&) {
            if (built_.revoked_.contains(body.device)) pins.emplace(body.device, body);
        });
        built_.pins_ = std::move(pins);  // at the end: no pin is read under another one
    }

    void read_orders() {
        for (const auto& statement : log_) {
            const auto order = order_in(statement->id, statement->body);
            if (!order || !may(statement->header, statement->body)) continue;
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
        built_ = std::move(fresh);
        std::erase_if(with_effect_, [&](const auto& id) { return certificates_.contains(id); });
    }

    void mark_denied() {
        for (auto& [id, device] : built_.devices_) {
            device.revoked = built_.revoked_.contains(id);
            if (const auto pin = built_.pins_.find(id); pin != built_.pins_.end())
                device.pin = pin->second;
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
};

Result<Federation> Federation::build(const StatementGraph& graph,
                                     const FederationId& id,
                                     const Hasher& hasher) {
    return FederationBuilder{graph, hasher}.build(id);
}

}  // namespace samsyn
