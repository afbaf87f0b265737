#include "core/policy/second_signature.hpp"
#include "core/wire/statement_codec.hpp"
#include "sync-server/hub/hub.hpp"

#include <algorithm>

namespace samsyn {
namespace {

struct Seeds {
    std::vector<Statement> statements;
    FederationId federation;
};

Result<Seeds> decode_all(std::span<const Bytes> encoded, const Hasher& hasher) {
    Seeds seeds;
    for (const Bytes& bytes : encoded) {
        seeds.statements.push_back(SAMSYN_TRY(decode_statement(bytes, hasher)));
        const Statement& statement = seeds.statements.back();
        if (statement.header.stream != Stream{})
            return fail(Errc::malformed, "not of a federation");
        if (std::holds_alternative<Founding>(statement.body))
            seeds.federation = FederationId::from(statement.id.view());
    }
    return seeds;
}

/// Every statement must verify and have an effect: a storage never starts with nonsense in it.
Result<void> check_all(const Seeds& seeds, const Hasher& hasher, const Verifier& verifier) {
    StatementGraph log;
    for (const Statement& statement : seeds.statements)
        log.add(std::make_shared<const Statement>(statement));
    const auto federation = SAMSYN_TRY(Federation::build(log, seeds.federation, hasher));
    if (!federation.without_effect().empty())
        return fail(Errc::not_permitted, "a first statement has no effect");
    for (const Statement& statement : seeds.statements) {
        const SigningPublicKey* const key = federation.signing_key(statement.header.author);
        const auto second = SAMSYN_TRY(second_key(statement, federation));
        if (key == nullptr || !verify_statement(statement, *key, verifier, second))
            return fail(Errc::bad_signature, "first statement");
    }
    return {};
}

Result<void> append_all(Storage& storage, const Seeds& seeds) {
    for (const Statement& statement : seeds.statements) {
        const StatementHeader& header = statement.header;
        const Hash hash = Hash::from(statement.id.view());
        // Numbers concern devices that ask later.
        (void)SAMSYN_TRY(storage.append({{header.stream},
                                         0,
                                         EntryKind::statement,
                                         hash,
                                         header.author,
                                         header.counter,
                                         {},
                                         encode_statement(statement)}));
        SAMSYN_TRY(storage.record_offer(header.author, header.counter, hash));
    }
    return storage.commit();
}

}  // namespace

Result<FederationId> seed_federation(Storage& storage,
                                     const Hasher& hasher,
                                     const Verifier& verifier,
                                     std::span<const Bytes> statements) {
    if (SAMSYN_TRY(storage.last_number({Stream{}})) != 0)
        return fail(Errc::already_exists, "server database");
    const Seeds seeds = SAMSYN_TRY(decode_all(statements, hasher));
    SAMSYN_TRY(check_all(seeds, hasher, verifier));
    SAMSYN_TRY(storage.begin());
    const auto appended = append_all(storage, seeds);
    if (!appended) {
        storage.rollback();
        return std::unexpected{appended.error()};
    }
    return seeds.federation;
}

}  // namespace samsyn
