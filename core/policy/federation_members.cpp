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
    each<OrganisationAdmitted>([&](const auto& body, const auto& said) {
        const auto& header = said.header;
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
        if (body && built_.is_root(statement->header.author))
            named_[body->organisation].insert(body->device);
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
        built_.removals_said_.clear();
        each<UserCertified>([&](const auto& body, const auto& said) { certify(body, said); });
        each<UserRemoved>([&](const auto& body, const auto& said) {
            built_.users_[body.user].removals.push_back(body);
            built_.removals_said_[body.user].push_back(
                {body.organisation, std::max(body.from, said.header.time.instant())});
        });
        read_devices();
    } while (confirm_members());
}

bool FederationBuilder::confirm_members() {
    const auto known = [&] {
        return known_.size() + confirmed_.size() + built_.seen_.size() +
               built_.seen_with_role_.size();
    };
    const auto known_before = known();
    for (const auto& statement : log_) {
        const auto* user = body_of<UserCertified>(statement);
        const auto* device = body_of<DeviceCertified>(statement);
        const auto words = two_persons_.words(statement->id);
        if (words.empty() || !(user || device) || !may(*statement)) continue;
        for (const auto& word : words) {
            if (!two_persons_.confirms(word, *statement, built_)) continue;
            if (user) confirm(*user, statement->id, word);
            if (device) confirm(*device, word);
        }
    }
    return known() != known_before;
}

void FederationBuilder::confirm(const UserCertified& body,
                                const StatementId& act,
                                const policy::SecondWord& word) {
    confirmed_.insert(act);
    const auto certificates = device_certificates_.find({body.organisation, body.user});
    if (body.role != Role::head_of_unit || certificates == device_certificates_.end()) return;
    for (const auto& statement : certificates->second) {
        const auto& device = *body_of<DeviceCertified>(statement);
        if (known_.contains(holding_of(device)) && two_persons_.knows(word.said->id, statement->id))
            built_.seen_with_role_.insert({device.device, act});
    }
}

void FederationBuilder::confirm(const DeviceCertified& body, const policy::SecondWord& word) {
    known_.insert(holding_of(body));
    // A device that one administrator made up for somebody makes no other one better.
    if (built_.user_of(word.device) != body.user || built_.was_ever_seen(word.device))
        built_.seen_.insert({body.device, body.user, body.organisation});
}

bool FederationBuilder::is_claim(const Statement& statement, const DeviceCertified& body) const {
    return is_bound(body.device, body.signing_key) && may_claim(statement, body.organisation) &&
           !built_.is_root(body.device) && !built_.is_certified_server(body.device);
}

std::optional<FederationBuilder::Holding> FederationBuilder::claimed_by(
    const StatementPtr& statement) const {
    const auto& author = statement->header.author;
    if (const auto* device = body_of<DeviceCertified>(statement)) {
        const auto named = named_.find(device->organisation);
        if (named == named_.end() || !named->second.contains(author) ||
            !is_bound(device->device, device->signing_key))
            return std::nullopt;
        return holding_of(*device);
    }
    const auto* machine = body_of<AdministratorCertified>(statement);
    if (!machine || !built_.is_root(author) || !is_bound(machine->device, machine->signing_key))
        return std::nullopt;
    return Holding{machine->organisation, machine->user, machine->device, machine->sealing_key};
}

bool FederationBuilder::is_held(const StatementPtr& statement) const {
    const auto* device = body_of<DeviceCertified>(statement);
    return device ? is_claim(*statement, *device) : may(*statement);
}

void FederationBuilder::find_first_devices() {
    struct Certificate {
        Holding holding;
        StatementId id;
        bool held = false;
    };

    std::map<std::pair<OrganisationId, UserId>, std::vector<Certificate>> all;
    for (const auto& statement : log_) {
        const auto claimed = claimed_by(statement);
        if (!claimed) continue;
        const bool held = is_held(statement);
        if (held && (claimed->user.is_none() || confirmed_.contains(statement->id)))
            known_.insert(*claimed);
        if (claimed->user.is_none()) continue;
        const std::pair holder{claimed->organisation, claimed->user};
        all[holder].push_back({*claimed, statement->id, held});
        if (body_of<DeviceCertified>(statement)) device_certificates_[holder].push_back(statement);
    }
    for (const auto& [who, certificates] : all) {
        const auto came_first = [&](const Certificate& one) {
            return one.held && std::ranges::all_of(certificates, [&](const Certificate& other) {
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

void FederationBuilder::certify(const UserCertified& body, const Statement& said) {
    auto& memberships = built_.users_[body.user].memberships;
    std::erase_if(memberships, [&](const auto& old) {
        return old.unit == body.unit && old.organisation == body.organisation &&
               old.until > body.from;
    });
    memberships.push_back({.organisation = body.organisation,
                           .unit = body.unit,
                           .role = body.role,
                           .from = body.from,
                           .until = body.until});
    built_.roles_said_[{body.user, body.unit}].push_back(
        {said.id, said.header.time.instant(), memberships.back()});
}

void FederationBuilder::read_units() {
    policy::Claims<UnitId, UnitRef> claims;
    for (const auto& statement : log_) {
        const auto* body = body_of<UnitCertified>(statement);
        if (!body || !may_claim(*statement, body->unit.organisation)) continue;
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
