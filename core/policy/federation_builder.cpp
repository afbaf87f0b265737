#include "core/policy/claims.hpp"
#include "core/policy/federation.hpp"

#include <algorithm>
#include <iterator>

namespace samsyn {

namespace {

/// A device keeps organisation, user and signing key: only its sealing key and end may change.
bool renews(const DeviceCertified& was, const DeviceCertified& body) {
    return was.organisation == body.organisation && was.user == body.user &&
           was.kind == body.kind && was.signing_key == body.signing_key;
}

/// Who may say a kind in the federation log: a function of the body, over what is certified so far.
struct MaySign {
    const Federation& federation;
    const DeviceId& author;
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

template <class T>
const T* body_of(const StatementPtr& statement) {
    return std::get_if<T>(&statement->body);
}

}  // namespace

Result<void> Federation::may_sign(const StatementHeader& header, const StatementBody& body) const {
    if (header.stream.kind != StreamKind::federation)
        return fail(Errc::not_permitted, "not in the federation log");
    if (!signing_key(header.author)) return fail(Errc::unknown_device, "author");
    if (!counts(header.author, header.counter)) return fail(Errc::revoked_device, "author");
    return std::visit(MaySign{*this, header.author, header.restricting}, body);
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
            if (!body || !may(statement->header, statement->body)) continue;
            apply(*body, statement->header);
            with_effect_.insert(statement->id);
        }
    }

    bool may(const StatementHeader& header, const StatementBody& body) const {
        if (const auto* machine = std::get_if<AdministratorCertified>(&body))
            if (!is_bound(machine->device, machine->signing_key)) return false;
        const bool denies =
            order_in({}, body).has_value() || std::holds_alternative<UserRemoved>(body);
        if (!denies) return built_.may_sign(header, body).has_value();
        return std::visit(MaySign{built_, header.author, header.restricting}, body).has_value();
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
