// Organisations, administrators, units, users and devices, as certified.

#include "core/policy/claims.hpp"
#include "core/policy/federation_builder.hpp"

#include <algorithm>
#include <iterator>

namespace samsyn {

void FederationBuilder::read_certificates() {
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

void FederationBuilder::read_organisations() {
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

void FederationBuilder::read_administrators() {
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

bool FederationBuilder::repeats(const AdministratorCertified& body) const {
    const auto* known = built_.device(body.device);
    return known && built_.is_administrator(body.device, body.organisation) &&
           known->certificate.user == body.user &&
           known->certificate.signing_key == body.signing_key &&
           known->certificate.sealing_key == body.sealing_key;
}

void FederationBuilder::read_members() {
    const auto before = with_effect_;
    const auto machines = built_.devices_;
    do {
        with_effect_ = before;
        built_.devices_ = machines;
        built_.users_.clear();
        built_.roles_said_.clear();
        each<UserCertified>([&](const auto& body, const auto& header) { certify(body, header); });
        each<UserRemoved>([&](const auto& body, const auto&) {
            built_.users_[body.user].removals.push_back(body);
        });
        read_devices();
    } while (confirm_members());
}

bool FederationBuilder::confirm_members() {
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

bool FederationBuilder::is_claim(const Statement& statement, const DeviceCertified& body) const {
    return is_bound(body.device, body.signing_key) &&
           may_claim(statement.header, body.organisation) && !built_.is_root(body.device) &&
           !built_.is_certified_server(body.device);
}

std::optional<FederationBuilder::Holding> FederationBuilder::held_by(
    const StatementPtr& statement) const {
    const auto* device = body_of<DeviceCertified>(statement);
    if (device && is_claim(*statement, *device)) return holding_of(*device);
    const auto* machine = body_of<AdministratorCertified>(statement);
    if (!machine || !may(*statement)) return std::nullopt;
    return Holding{machine->organisation, machine->user, machine->device, machine->sealing_key};
}

void FederationBuilder::find_first_devices() {
    struct Certificate {
        Holding holding;
        StatementId id;
    };

    std::map<std::pair<OrganisationId, UserId>, std::vector<Certificate>> all;
    for (const auto& statement : log_) {
        const auto held = held_by(statement);
        if (!held) continue;
        if (held->user.is_none() || confirmed_.contains(statement->id)) known_.insert(*held);
        if (!held->user.is_none())
            all[{held->organisation, held->user}].push_back({*held, statement->id});
    }
    for (const auto& [who, certificates] : all) {
        const auto came_first = [&](const Certificate& one) {
            return std::ranges::all_of(certificates, [&](const Certificate& other) {
                return other.holding == one.holding || two_persons_.knows(other.id, one.id);
            });
        };
        const auto first = std::ranges::find_if(certificates, came_first);
        if (first != certificates.end()) known_.insert(first->holding);
    }
}

void FederationBuilder::certify(const AdministratorCertified& body) {
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

void FederationBuilder::certify(const ServerCertified& body) {
    const auto add = [&](const SigningPublicKey& key) {
        built_.server_keys_.push_back(key);
        const auto id = hash_to<DeviceId>(hasher_, Domain::device_id, {key.view()});
        built_.servers_.emplace(id, key);
    };
    add(body.key);
    if (body.successor) add(*body.successor);
}

void FederationBuilder::certify(const UserCertified& body, const StatementHeader& header) {
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

void FederationBuilder::read_units() {
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

void FederationBuilder::read_devices() {
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

void FederationBuilder::renew_machine(const Federation::Device& machine,
                                      const Statement& statement,
                                      const DeviceCertified& body) {
    if (!is_bound(body.device, body.signing_key) || !may(statement)) return;
    if (body.sealing_epoch >= machine.certificate.sealing_epoch) {
        auto& certificate = built_.devices_[body.device].certificate;
        certificate = body;
        certificate.kind = DeviceKind::administrator_machine;
    }
    with_effect_.insert(statement.id);
}

template <class Claimants>
void FederationBuilder::note(const Claimants& claimants) {
    if (claimants.size() != 1) return;
    const auto& said = claimants.begin()->second.said;
    with_effect_.insert(said.begin(), said.end());
}

}  // namespace samsyn
