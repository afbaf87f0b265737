// Revocations, suspensions and orders.

#include "core/policy/contains.hpp"
#include "core/policy/federation_builder.hpp"

#include <algorithm>

namespace samsyn {

void FederationBuilder::read_denials() {
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

void FederationBuilder::read_suspensions() {
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
        if (!may(*statement)) return false;
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

void FederationBuilder::read_orders() {
    for (const auto& statement : log_) {
        const auto order = order_in(statement->id, statement->body);
        if (!order || !may(*statement)) continue;
        built_.orders_[order->device].push_back(*order);
        with_effect_.insert(statement->id);
    }
}

bool FederationBuilder::is_settled() {
    // Once more: who ends one is judged by who counts in the end.
    auto under = std::move(built_.suspensions_);
    built_.suspensions_.clear();
    read_suspensions();
    bool settled = true;
    for (const auto& [device, suspensions] : built_.suspensions_) {
        for (const auto& id : suspensions) {
            if (policy::contains(under[device], id)) continue;
            under[device].push_back(id);
            settled = false;
        }
    }
    if (!settled) built_.suspensions_ = std::move(under);
    return settled;
}

void FederationBuilder::mark_denied() {
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

}  // namespace samsyn
