#include "sync-server/hub/restored.hpp"

#include "core/wire/log_rows.hpp"
#include "core/wire/restore_request.hpp"
#include "core/wire/statement_codec.hpp"
#include "sync-server/hub/acceptance.hpp"
#include "sync-server/hub/access_log.hpp"
#include "sync-server/hub/stored_number.hpp"

#include <algorithm>

namespace samsyn {

namespace {

constexpr std::string_view backed_up_key = "server/backed-up";
constexpr std::string_view restored_key = "server/restored";

/// Pins of the lost tail come back from devices under the counters that they had: what this life
/// signs must not take those. As many as a counter may leave out.
constexpr std::uint64_t lost_pins_max = 200;

/// Runs `body` in one transaction, which is undone where it fails.
template <class Body>
Result<void> in_transaction(Storage& storage, Body body) {
    SAMSYN_TRY(storage.begin());
    const Result<void> done = body();
    if (!done) {
        storage.rollback();
        return done;
    }
    return storage.commit();
}

/// Takes one statement, with its row.
Result<void> take_confirming(Storage& storage,
                             Registry& registry,
                             AccessLog& log,
                             const ConfirmPorts& ports,
                             const Bytes& bytes,
                             Instant now) {
    Acceptance acceptance{{storage, registry, ports.signer, ports.verifier, ports.hasher}, now};
    const Verdict verdict = SAMSYN_TRY(acceptance.accept(EntryKind::statement, bytes));
    if (verdict.outcome != AnswerOutcome::stored || !verdict.about) return {};
    LogRow row;
    row.salt = random_id<RowSalt>(ports.random);
    row.at = now;
    const auto statement = SAMSYN_TRY(decode_statement(bytes, ports.hasher));
    row.device = statement.header.author;
    row.user = registry.federation().user_of(row.device);
    row.act = RowAccepted{
        *verdict.about, EntryKind::statement, verdict.number, verdict.hash, verdict.statement_kind};
    SAMSYN_TRY(storage.put_log_row(verdict.hash, log.next_number()));
    return log.append(row);
}

}  // namespace

Result<std::uint64_t> backed_up_rows(Storage& storage) {
    return stored_number(storage, backed_up_key);
}

Result<void> note_backed_up(Storage& storage, std::uint64_t rows) {
    if (SAMSYN_TRY(backed_up_rows(storage)) >= rows) return {};
    return in_transaction(storage, [&] { return put_stored_number(storage, backed_up_key, rows); });
}

Result<std::optional<LogRestored>> unconfirmed_restore(Storage& storage) {
    const auto bytes = SAMSYN_TRY(storage.value(restored_key));
    if (!bytes || bytes->empty()) return std::nullopt;
    return SAMSYN_TRY(decode_restored(*bytes));
}

Result<void> begin_new_life(Storage& storage, const LogRestored& restored) {
    const auto life = SAMSYN_TRY(storage.value(incarnation_key));
    if (!life || !equal(*life, restored.old_incarnation.view()))
        return fail(Errc::conflict, "another life of the log");
    if (SAMSYN_TRY(unconfirmed_restore(storage)))
        return fail(Errc::conflict, "a restore waits to be confirmed");
    const auto counter = SAMSYN_TRY(stored_number(storage, server_counter_key));
    return in_transaction(storage, [&]() -> Result<void> {
        SAMSYN_TRY(storage.put_value(restored_key, encode_restored(restored)));
        SAMSYN_TRY(storage.put_value(incarnation_key, restored.new_incarnation.view()));
        SAMSYN_TRY(put_stored_number(storage, server_counter_key, counter + lost_pins_max));
        return put_stored_number(storage, backed_up_key, restored.size);
    });
}

Result<bool> confirm_restore(Storage& storage,
                             const FederationId& federation,
                             const ConfirmPorts& ports,
                             std::span<const Bytes> statements,
                             Instant now) {
    const auto wanted = SAMSYN_TRY(unconfirmed_restore(storage));
    if (!wanted) return fail(Errc::not_found, "a restore that waits to be confirmed");
    auto registry = SAMSYN_TRY(Registry::load(storage, federation, ports.hasher));
    auto log = SAMSYN_TRY(AccessLog::load(storage.log(), ports.hasher));
    bool confirmed = false;
    const auto done = in_transaction(storage, [&]() -> Result<void> {
        for (const Bytes& bytes : statements)
            SAMSYN_TRY(take_confirming(storage, registry, log, ports, bytes, now));
        const auto& restores = registry.federation().restores();
        confirmed = std::ranges::count(restores, *wanted) > 0;
        if (!confirmed) return fail(Errc::not_permitted, "a second person has yet to sign");
        SAMSYN_TRY(storage.put_value(restored_key, ByteView{}));
        return log.seal();
    });
    if (!done && !confirmed && done.error().code == Errc::not_permitted) return false;
    if (!done) return std::unexpected{done.error()};
    return true;
}

}  // namespace samsyn
