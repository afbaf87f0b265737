#include "sync-server/app/founding.hpp"

#include "core/base/codec.hpp"
#include "core/wire/statement_codec.hpp"
#include "sync-server/hub/hub.hpp"

namespace samsyn {

namespace {

constexpr std::size_t statements_max = 10'000;

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

Fallible<Statement> read_statement(ByteView bytes, const Hasher& hasher) {
    auto statement = decode_statement(bytes, hasher);
    if (!statement)
        return give_up(ServerExit::bad_founding,
                       "A statement in the founding file cannot be read: " +
                           to_string(statement.error()) + ".");
    if (!names_fit_keys(*statement, hasher))
        return give_up(ServerExit::bad_founding,
                       "A device in the founding file has an id that does not belong to its key.");
    return *std::move(statement);
}

}  // namespace

Fallible<FoundingFile> parse_founding(ByteView bytes, const Hasher& hasher) {
    FoundingFile file;
    std::size_t foundings = 0;
    for (Reader in{bytes}; !in.at_end();) {
        if (file.statements.size() == statements_max)
            return give_up(ServerExit::bad_founding, "The founding file is too long.");
        const auto blob = in.blob(statement_bytes_max, "founding file");
        if (!blob)
            return give_up(ServerExit::bad_founding,
                           "The founding file is cut short or is no founding file.");
        const Statement statement = SAMSYN_TRY(read_statement(*blob, hasher));
        file.statements.push_back(to_bytes(*blob));
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
    return file;
}

Fallible<void> seed_database(Storage& storage,
                             const FoundingFile& founding,
                             const Hasher& hasher,
                             const Verifier& verifier) {
    const auto seeded = seed_federation(storage, hasher, verifier, founding.statements);
    if (seeded) return {};
    switch (seeded.error().code) {
        case Errc::bad_signature:
            return give_up(ServerExit::bad_founding,
                           "A signature in the founding file does not verify: it has been changed, "
                           "or is not what samsyn admin found wrote.");
        case Errc::not_permitted:
            return give_up(ServerExit::bad_founding,
                           "The founding file holds a statement by somebody who may not make it.");
        case Errc::malformed:
            return give_up(ServerExit::bad_founding,
                           "The founding file holds a statement that does not belong there.");
        default:
            return give_up(ServerExit::disk,
                           "The database cannot be written: " + to_string(seeded.error()) + ".");
    }
}

}  // namespace samsyn
