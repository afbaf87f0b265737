#include "sync-server/app/founding.hpp"

#include "core/base/codec.hpp"
#include "core/wire/statement_codec.hpp"

#include <algorithm>

namespace samsyn {

namespace {

constexpr std::size_t statements_max = 10'000;

Fallible<void> split(ByteView bytes, const Hasher& hasher, FoundingFile& file) {
    Reader in{bytes};
    while (!in.at_end()) {
        if (file.statements.size() == statements_max)
            return give_up(ServerExit::bad_founding, "The founding file is too long.");
        const auto blob = in.blob(statement_bytes_max, "founding file");
        if (!blob)
            return give_up(ServerExit::bad_founding,
                           "The founding file is cut short or is no founding file.");
        auto statement = decode_statement(*blob, hasher);
        if (!statement)
            return give_up(ServerExit::bad_founding,
                           "A statement in the founding file cannot be read: " +
                               to_string(statement.error()) + ".");
        file.statements.push_back(*std::move(statement));
        file.encoded.push_back(to_bytes(*blob));
    }
    return {};
}

/// A device id is the hash of its key, so that nobody can claim another's.
bool names_fit_keys(const Statement& statement, const Hasher& hasher) {
    const auto fits = [&](const DeviceId& device, const SigningPublicKey& key) {
        return device == hash_to<DeviceId>(hasher, Domain::device_id, {key.view()});
    };
    if (const auto* body = std::get_if<AdministratorCertified>(&statement.body))
        return fits(body->device, body->signing_key);
    if (const auto* body = std::get_if<DeviceCertified>(&statement.body))
        return fits(body->device, body->signing_key);
    if (const auto* body = std::get_if<Founding>(&statement.body))
        return fits(statement.header.author, body->root_key);
    return true;
}

Fallible<void> check(const FoundingFile& file, const Hasher& hasher, const Verifier& verifier) {
    StatementGraph graph;
    for (const Statement& statement : file.statements) {
        const bool is_founding = std::holds_alternative<Founding>(statement.body);
        if (statement.header.stream.kind != StreamKind::federation)
            return give_up(ServerExit::bad_founding,
                           "The founding file holds a statement of a case.");
        if (!is_founding && statement.header.federation != file.federation)
            return give_up(ServerExit::bad_founding,
                           "The founding file holds a statement of another federation.");
        graph.add(std::make_shared<const Statement>(statement));
    }
    const auto federation = Federation::build(graph, file.federation, hasher);
    if (!federation) return give_up(ServerExit::bad_founding, to_string(federation.error()) + ".");
    for (const Statement& statement : file.statements) {
        const SigningPublicKey* key = federation->signing_key(statement.header.author);
        if (key == nullptr || !verify_statement(statement, *key, verifier) ||
            !names_fit_keys(statement, hasher))
            return give_up(ServerExit::bad_founding,
                           "A signature in the founding file does not verify: it has been changed, "
                           "or is not what samsyn admin found wrote.");
    }
    if (!federation->without_effect().empty())
        return give_up(ServerExit::bad_founding,
                       "The founding file holds a statement by somebody who may not make it.");
    return {};
}

}  // namespace

Fallible<FoundingFile> parse_founding(ByteView bytes,
                                      const Hasher& hasher,
                                      const Verifier& verifier) {
    FoundingFile file;
    SAMSYN_TRY(split(bytes, hasher, file));
    std::size_t foundings = 0;
    for (const Statement& statement : file.statements) {
        if (std::holds_alternative<AdministratorCertified>(statement.body)) ++file.administrators;
        if (!std::holds_alternative<Founding>(statement.body)) continue;
        ++foundings;
        file.federation = FederationId::from(statement.id.view());
    }
    if (foundings != 1)
        return give_up(
            ServerExit::bad_founding,
            "The founding file must hold exactly one founding statement; this one holds " +
                std::to_string(foundings) + ".");
    if (file.administrators == 0)
        return give_up(ServerExit::bad_founding,
                       "The founding file names no administrator, so nobody could enrol a device.");
    SAMSYN_TRY(check(file, hasher, verifier));
    return file;
}

Result<void> seed_statements(Storage& storage, const FoundingFile& founding) {
    const auto append_all = [&]() -> Result<void> {
        for (std::size_t i = 0; i < founding.statements.size(); ++i) {
            const Statement& statement = founding.statements[i];
            LogEntry entry;
            entry.channel = Channel{statement.header.stream};
            entry.kind = EntryKind::statement;
            entry.hash = Hash::from(statement.id.view());
            entry.author = statement.header.author;
            entry.counter = statement.header.counter;
            entry.bytes = founding.encoded[i];
            SAMSYN_TRY(storage.append(entry));
            SAMSYN_TRY(storage.record_offer(entry.author, entry.counter, entry.hash));
        }
        return storage.commit();
    };
    SAMSYN_TRY(storage.begin());
    const auto done = append_all();
    if (!done) storage.rollback();
    return done;
}

}  // namespace samsyn
