#include "core/sync/order.hpp"

#include "core/policy/signing_keys.hpp"
#include "core/wire/statement_codec.hpp"

#include <algorithm>

namespace samsyn {

namespace {

/// As much of a message as a chain may take: the order and the message around them fit beside it.
constexpr std::size_t chain_bytes_max = message_bytes_max - statement_bytes_max - 1024;

Result<StatementPtr> parse(ByteView bytes, const PinnedFederation& pinned, const Hasher& hasher) {
    auto statement = SAMSYN_TRY(decode_statement(bytes, hasher));
    const bool founding = std::holds_alternative<Founding>(statement.body);
    const bool ours = founding ? equal(statement.id.view(), pinned.federation.view())
                               : statement.header.federation == pinned.federation;
    if (!ours) return fail(Errc::wrong_federation, "statement of an order");
    if (statement.header.stream != Stream{}) return fail(Errc::malformed, "stream of an order");
    return std::make_shared<const Statement>(std::move(statement));
}

Result<void> check_signature(const Statement& statement,
                             const SigningKeys& keys,
                             const Verifier& verifier) {
    const auto key = keys.find(statement.header.author);
    const auto* second = statement.second ? &*statement.second : nullptr;
    const auto second_key = second ? keys.find(second->device) : keys.end();
    if (key == keys.end()) return fail(Errc::bad_signature, "author of a statement in the chain");
    const SigningPublicKey* const other = second_key == keys.end() ? nullptr : &second_key->second;
    if (!verify_statement(statement, key->second, verifier, other))
        return fail(Errc::bad_signature, "statement of an order");
    return {};
}

/// The organisation that the device knows as its own must be the one that speaks.
Result<void> check_organisation(const Federation& federation,
                                const DeviceId& author,
                                const PinnedFederation& pinned) {
    if (!pinned.organisation || federation.is_root(author)) return {};
    const Federation::Device* const device = federation.device(pinned.device);
    const auto is_ours = [&](const DeviceCertified& certificate) {
        return certificate.organisation == *pinned.organisation;
    };
    const bool certified = device != nullptr && (is_ours(device->certificate) ||
                                                 std::ranges::any_of(device->rivals, is_ours));
    if (certified && federation.is_administrator(author, *pinned.organisation)) return {};
    return fail(Errc::not_permitted, "an administrator of the device's own organisation orders");
}

}  // namespace

Result<VerifiedOrder> verify_order(const Order& message,
                                   const PinnedFederation& pinned,
                                   const Verifier& verifier,
                                   const Hasher& hasher) {
    const StatementPtr said = SAMSYN_TRY(parse(message.statement, pinned, hasher));
    const auto order = order_in(said->id, said->body);
    if (!order) return fail(Errc::not_permitted, "a statement that orders nothing");
    if (order->device != pinned.device)
        return fail(Errc::unknown_device, "an order for another device");
    if (message.chain.size() > order_chain_max) return fail(Errc::limit_exceeded, "chain");

    std::vector<StatementPtr> chain;
    SigningKeys keys;
    for (const Bytes& bytes : message.chain) {
        chain.push_back(SAMSYN_TRY(parse(bytes, pinned, hasher)));
        collect_signing_keys(chain.back()->body, hasher, keys);
    }
    StatementGraph graph;
    for (const StatementPtr& statement : chain) {
        SAMSYN_TRY(check_signature(*statement, keys, verifier));
        graph.add(statement);
    }
    SAMSYN_TRY(check_signature(*said, keys, verifier));
    const auto federation = Federation::build(graph, pinned.federation, hasher);
    if (!federation) return fail(Errc::wrong_federation, "chain without the founding statement");

    const Federation::Device* const author = federation->device(said->header.author);
    const bool revoked = author != nullptr && author->revoked;
    // Without the server's pin nobody knows whether it was said before: better no wipe than that.
    if (revoked && !author->pin) return fail(Errc::revoked_device, "author of the order");
    SAMSYN_TRY(federation->may_sign(said->header, said->body));
    SAMSYN_TRY(check_organisation(*federation, said->header.author, pinned));
    return VerifiedOrder{*order, said->header.author};
}

namespace {

/// Picks statements for a chain, each once, within the limits of one message.
class ChainPicker {
public:
    explicit ChainPicker(const StatementGraph& graph) : graph_(graph), log_(graph.in(Stream{})) {}

    /// Every statement of this kind for which `wanted` is true.
    template <class Kind, class Wanted>
    void pick(Wanted wanted) {
        for (const StatementPtr& statement : log_) {
            const auto* const body = std::get_if<Kind>(&statement->body);
            if (body != nullptr && wanted(*body)) take(statement);
        }
    }

    /// Who confirmed the certificates of administrators that are picked, and who of those confirmed
    /// them, up to those who needed nobody. Each with what shows that the second person knew it.
    void pick_confirmations() {
        for (std::size_t i = 0; i < picked_.size(); ++i) {
            const StatementPtr act = picked_[i];  // `picked_` grows
            if (!wants_word(*act)) continue;
            if (act->second) take_administrator(act->second->device);
            const auto path = shortest_confirmation(act->id);
            for (const StatementPtr& statement : path) {
                take(statement);
                take_administrator(statement->header.author);
            }
        }
    }

    /// Of renewals by one author only the newest.
    void pick_certificates(const DeviceId& device) {
        std::map<DeviceId, StatementPtr> newest;
        for (const StatementPtr& statement : log_) {
            const auto* const body = std::get_if<DeviceCertified>(&statement->body);
            if (body != nullptr && body->device == device)
                newest[statement->header.author] = statement;
        }
        for (const auto& [author, statement] : newest) take(statement);
    }

    bool is_picked_author(const DeviceId& device) const { return authors_.contains(device); }

    bool names(const OrganisationId& organisation) const {
        return organisations_.contains(organisation);
    }

    void name_author(const DeviceId& device) { authors_.insert(device); }

    std::vector<StatementPtr> take_all() { return std::move(picked_); }

private:
    /// The ordered device needs none, as it is the only one of its user in the chain: unless its
    /// user is an administrator who is in the chain too.
    bool wants_word(const Statement& act) const {
        if (std::holds_alternative<AdministratorCertified>(act.body)) return true;
        const auto* const device = std::get_if<DeviceCertified>(&act.body);
        return device != nullptr && administrators_.contains(device->user);
    }

    void take_administrator(const DeviceId& device) {
        pick<AdministratorCertified>([&](const auto& body) { return body.device == device; });
    }

    bool is_administrator(const DeviceId& device) const {
        return std::ranges::any_of(log_, [&](const StatementPtr& statement) {
            const auto* const machine = std::get_if<AdministratorCertified>(&statement->body);
            return machine != nullptr && machine->device == device;
        });
    }

    /// A confirmation by an administrator, and how it knew `act`: all in between.
    std::vector<StatementPtr> shortest_confirmation(const StatementId& act) const {
        std::vector<StatementPtr> shortest;
        for (const StatementPtr& statement : log_) {
            const auto* const word = std::get_if<Countersigned>(&statement->body);
            if (word == nullptr || word->statement != act ||
                !is_administrator(statement->header.author))
                continue;
            const auto path = path_to(act, statement);
            if (!path.empty() && (shortest.empty() || path.size() < shortest.size()))
                shortest = path;
        }
        return shortest;
    }

    /// From `from` by `previous` to what names `act`; empty where it did not know it.
    std::vector<StatementPtr> path_to(const StatementId& act, const StatementPtr& from) const {
        std::map<StatementId, StatementPtr> reached_by{{from->id, nullptr}};
        std::vector<StatementPtr> open{from};
        for (std::size_t i = 0; i < open.size(); ++i) {
            const StatementPtr at = open[i];  // `open` grows
            for (const StatementId& previous : at->header.previous) {
                if (previous == act) {
                    std::vector<StatementPtr> path;
                    for (auto step = at; step; step = reached_by.at(step->id)) path.push_back(step);
                    return path;
                }
                const StatementPtr before = graph_.find(previous);
                if (before && reached_by.emplace(previous, at).second) open.push_back(before);
            }
        }
        return {};
    }

    void take(const StatementPtr& statement) {
        const std::size_t size = encode_statement(*statement).size() + sizeof(std::uint32_t);
        if (picked_.size() == order_chain_max || bytes_ + size > chain_bytes_max) return;
        if (!ids_.insert(statement->id).second) return;
        bytes_ += size;
        authors_.insert(statement->header.author);
        if (const auto* device = std::get_if<DeviceCertified>(&statement->body))
            organisations_.insert(device->organisation);
        if (const auto* machine = std::get_if<AdministratorCertified>(&statement->body)) {
            organisations_.insert(machine->organisation);
            administrators_.insert(machine->user);
        }
        picked_.push_back(statement);
    }

    const StatementGraph& graph_;
    std::span<const StatementPtr> log_;
    std::vector<StatementPtr> picked_;
    std::set<StatementId> ids_;
    std::set<DeviceId> authors_;
    std::set<OrganisationId> organisations_;
    std::set<UserId> administrators_;
    std::size_t bytes_ = 0;
};

}  // namespace

std::vector<StatementPtr> chain_of_order(const Statement& order, const StatementGraph& graph) {
    const auto said = order_in(order.id, order.body);
    SAMSYN_ASSERT(said.has_value());
    return chain_for(said->device, order.header.author, graph);
}

std::vector<StatementPtr> chain_for(const DeviceId& device,
                                    const DeviceId& author,
                                    const StatementGraph& graph) {
    ChainPicker chain{graph};
    chain.name_author(author);
    chain.name_author(device);  // an administrator's machine is certified by the root
    chain.pick<Founding>([](const auto&) { return true; });
    chain.pick_certificates(device);
    chain.pick<DeviceRevoked>([&](const auto& body) { return body.device == author; });
    chain.pick<RevocationPinned>([&](const auto& body) { return body.device == author; });
    chain.pick<ServerCertified>([](const auto&) { return true; });
    chain.pick<AdministratorCertified>(
        [&](const auto& body) { return chain.is_picked_author(body.device); });
    chain.pick_confirmations();
    chain.pick<OrganisationAdmitted>(
        [&](const auto& body) { return chain.names(body.organisation); });
    return chain.take_all();
}

}  // namespace samsyn
