#include "core/wire/statement_codec.hpp"

#include <samsyn/provisioning.hpp>

#include <algorithm>

namespace samsyn {

namespace {

/// Signs as the root: its own counter, one statement after the other.
class RootLog {
public:
    RootLog(Signer& root, const Hasher& hasher, Instant now)
        : root_(root),
          hasher_(hasher),
          clock_(HybridTime::at(now)),
          now_(now) {
        header_.stream.kind = StreamKind::federation;
        header_.author = hash_to<DeviceId>(hasher, Domain::device_id, {root.public_key().view()});
    }

    /// What was signed before, in another run.
    void continue_after(const FederationId& federation,
                        std::uint64_t counter,
                        std::span<const StatementId> previous) {
        header_.federation = federation;
        header_.counter = counter;
        header_.previous.assign(previous.begin(), previous.end());
        std::ranges::sort(header_.previous);
    }

    Statement sign(StatementBody body) {
        ++header_.counter;
        header_.time = clock_.tick(now_);
        Statement statement = sign_statement(header_, std::move(body), root_, hasher_);
        header_.previous = {statement.id};
        if (header_.federation.is_none())
            header_.federation = FederationId::from(statement.id.view());
        return statement;
    }

private:
    Signer& root_;
    const Hasher& hasher_;
    HybridClock clock_;
    Instant now_;
    StatementHeader header_;
};

}  // namespace

// NOLINTNEXTLINE(readability-function-size): once per federation; no two parameters are of one type
Founded found_federation(std::string_view name,
                         std::span<const std::string> organisations,
                         Signer& root,
                         const SigningPublicKey& admin_signing,
                         const SealingPublicKey& admin_sealing,
                         Random& random,
                         const Hasher& hasher,
                         Instant now) {
    RootLog log{root, hasher, now};
    Founded founded;
    founded.administrator = random_id<UserId>(random);
    const auto device = hash_to<DeviceId>(hasher, Domain::device_id, {admin_signing.view()});

    const Hash name_hash = hasher.hash(Domain::evidence, {as_bytes(name)});
    const Statement founding = log.sign(Founding{root.public_key(), name_hash});
    founded.federation = FederationId::from(founding.id.view());
    founded.statements.push_back(encode_statement(founding));

    for (const std::string& organisation : organisations) {
        const auto id = random_id<OrganisationId>(random);
        founded.organisations.push_back({organisation, id});
        founded.statements.push_back(
            encode_statement(log.sign(OrganisationAdmitted{.organisation = id, .from = now})));
        founded.statements.push_back(encode_statement(log.sign(AdministratorCertified{
            id, founded.administrator, device, admin_signing, admin_sealing})));
    }
    return founded;
}

// NOLINTNEXTLINE(readability-function-size): as for found_federation
Bytes certify_server(const FederationId& federation,
                     const SigningPublicKey& server_key,
                     std::uint64_t root_counter,
                     std::span<const StatementId> previous,
                     Signer& root,
                     const Hasher& hasher,
                     Instant now) {
    RootLog log{root, hasher, now};
    log.continue_after(federation, root_counter, previous);
    return encode_statement(log.sign(ServerCertified{.key = server_key, .successor = {}}));
}

// NOLINTNEXTLINE(readability-function-size): as for found_federation
std::vector<Bytes> sign_as_root(const FederationId& federation,
                                std::span<const StatementBody> bodies,
                                std::uint64_t root_counter,
                                std::span<const StatementId> previous,
                                Signer& root,
                                const Hasher& hasher,
                                Instant now) {
    RootLog log{root, hasher, now};
    log.continue_after(federation, root_counter, previous);
    std::vector<Bytes> statements;
    statements.reserve(bodies.size());
    for (const StatementBody& body : bodies) statements.push_back(encode_statement(log.sign(body)));
    return statements;
}

}  // namespace samsyn
