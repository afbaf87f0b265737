#include "core/policy/federation_builder.hpp"

#include "core/policy/case_view.hpp"

#include <algorithm>

namespace samsyn {

Result<void> FederationBuilder::found(const FederationId& id) {
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

bool FederationBuilder::may(const Statement& statement) const {
    const auto& [id, header, body, signature, second] = statement;
    if (const auto* machine = std::get_if<AdministratorCertified>(&body))
        if (!is_bound(machine->device, machine->signing_key)) return false;
    const bool denies = order_in({}, body).has_value() ||
                        std::holds_alternative<UserRemoved>(body) ||
                        std::holds_alternative<DeviceSuspended>(body);
    if (!denies)
        return built_.may_say(header, body).has_value() &&
               (!opens(body) || two_persons_.stands(header.author, statement, built_));
    return std::visit(
               FederationRules{built_, header.author, header.time.instant(), header.restricting},
               body)
        .has_value();
}

bool FederationBuilder::has_second(const Statement& statement) const {
    if (!policy::is_two_person_kind(statement.body)) return true;
    if (std::holds_alternative<LogRestored>(statement.body) &&
        built_.is_root(statement.header.author))
        return true;
    return confirmed_.contains(statement.id) ||
           (!is_certificate(statement.body) && two_persons_.is_confirmed(statement, built_));
}

bool FederationBuilder::is_bound(const DeviceId& device, const SigningPublicKey& key) const {
    return device == hash_to<DeviceId>(hasher_, Domain::device_id, {key.view()});
}

bool FederationBuilder::may_claim(const Statement& statement,
                                  const OrganisationId& organisation) const {
    const auto& header = statement.header;
    return built_.is_administrator(header.author, organisation) &&
           built_.counts(header.author, header.counter) &&
           two_persons_.stands(header.author, statement, built_);
}

void FederationBuilder::start_again() {
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
    device_certificates_.clear();
    std::erase_if(with_effect_, [&](const auto& id) { return certificates_.contains(id); });
}

void FederationBuilder::read_provisions() {
    each<LogRestored>([&](const auto& body, const auto&) { built_.restores_.push_back(body); });
    each<UnitLease>([&](const auto& body, const auto&) {
        built_.leases_[body.unit] = std::chrono::hours{body.reading_hours};
    });
    read_recovery_keys();
    each<RecoveryUsed>([&](const auto& body, const auto& said) {
        built_.recovery_uses_.push_back({body, said.header.time.instant()});
    });
}

void FederationBuilder::read_recovery_keys() {
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

void FederationBuilder::list_waiting() {
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

void FederationBuilder::read_confirmations() {
    for (const auto& statement : log_) {
        const auto* body = body_of<Countersigned>(statement);
        if (!body) continue;
        const auto act = built_.two_person_acts_.find(body->statement);
        if (act != built_.two_person_acts_.end() &&
            two_persons_.confirms({statement->header.author, statement}, *act->second, built_))
            with_effect_.insert(statement->id);
    }
}

void FederationBuilder::collect_boundaries() {
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

void FederationBuilder::list_without_effect() {
    for (const auto& statement : log_)
        if (!with_effect_.contains(statement->id)) built_.without_effect_.push_back(statement->id);
}

Result<Federation> Federation::build(const StatementGraph& graph,
                                     const FederationId& id,
                                     const Hasher& hasher) {
    return FederationBuilder{graph, hasher}.build(id);
}

}  // namespace samsyn
