#include "sync-server/hub/acceptance.hpp"

namespace samsyn {
namespace {

constexpr std::uint64_t counter_max = std::uint64_t{1} << 62U;
constexpr std::uint64_t gaps_max = 256;  // as many as a pin names

}  // namespace

Result<Verdict> Acceptance::accept(EntryKind kind, ByteView bytes) {
    const auto judge = [&]() -> Checked<Verdict> {
        switch (kind) {
            case EntryKind::statement:
                return accept_statement(bytes);
            case EntryKind::packet:
                return accept_packet(bytes);
            case EntryKind::supplement:
                return accept_supplement(bytes);
            case EntryKind::batch:
                return accept_batch(bytes);
            case EntryKind::escrow:
                return accept_escrow(bytes);
            case EntryKind::reads:
                break;
        }
        return refuse(Errc::malformed, "kind of push");
    };
    return conclude(judge());
}

Result<Verdict> Acceptance::conclude(Checked<Verdict> judged) {
    if (!judged && judged.error().storage_failed) return std::unexpected{judged.error().why};
    Verdict verdict;
    if (judged) {
        verdict = *std::move(judged);
    } else {
        verdict.outcome = judged.error().outcome;
        verdict.why = judged.error().why;
        verdict.number = judged.error().number;
        verdict.touched = judged.error().touched;
    }
    verdict.about = about_;
    verdict.hash = hash_;
    verdict.statement_kind = statement_kind_;
    return verdict;
}

Checked<const SigningPublicKey*> Acceptance::key_of_author(const FederationId& federation,
                                                           const DeviceId& author) const {
    if (federation != ports_.registry.federation().id())
        return refuse(Errc::wrong_federation, "push");
    const SigningPublicKey* const key = ports_.registry.federation().signing_key(author);
    if (key == nullptr) return refuse(Errc::unknown_device, "author");
    return key;
}

Checked<void> Acceptance::admit_offer(const LogEntry& entry) {
    Storage& storage = ports_.storage;
    about_ = entry.channel;
    hash_ = entry.hash;
    const auto stored = SAMSYN_TRY(or_fail(storage.find(entry.hash)));
    if (stored) return std::unexpected{Stop{AnswerOutcome::duplicate, {}, stored->number}};
    if (entry.counter == 0 || entry.counter > counter_max)
        return refuse(Errc::malformed, "counter");
    const auto offered = SAMSYN_TRY(or_fail(storage.hash_at(entry.author, entry.counter)));
    if (offered && *offered != entry.hash) return refuse(Errc::counter_reused, "counter");
    SAMSYN_TRY(check_leap(entry.author, entry.counter));

    return or_fail(storage.record_offer(entry.author, entry.counter, entry.hash));
}

Checked<void> Acceptance::admit(const LogEntry& entry) {
    SAMSYN_TRY(admit_offer(entry));
    // What it said in time is stored. What comes now may have been made by whoever has its key
    // since, and what was offered before in vain is below the pin.
    const Federation& federation = ports_.registry.federation();
    const Federation::Device* const author = federation.device(entry.author);
    if ((author != nullptr && author->revoked) || !federation.counts(entry.author, entry.counter))
        return escrow(entry, "after the revocation of its author");
    return {};
}

/// A gap that no pin can name would be open to whoever has a revoked device's key.
Checked<void> Acceptance::check_leap(const DeviceId& author, std::uint64_t counter) const {
    const CounterState known = SAMSYN_TRY(or_fail(ports_.storage.counters(author)));
    if (counter <= known.greatest) return {};
    const std::uint64_t skipped = counter - known.greatest - 1;
    if (skipped > gaps_max || known.gaps.size() + skipped > gaps_max)
        return refuse(Errc::limit_exceeded, "gaps in the counter");
    return {};
}

Checked<void> Acceptance::escrow(const LogEntry& entry, std::string_view why) {
    SAMSYN_TRY(
        or_fail(ports_.storage.put_escrow(entry, Error{Errc::revoked_device, std::string{why}})));
    Stop stop{AnswerOutcome::escrowed, Error{{}, std::string{why}}};
    stop.touched = SAMSYN_TRY(show_held(entry));
    return std::unexpected{std::move(stop)};
}

Checked<Verdict> Acceptance::store(LogEntry entry) {
    const EntryNumber number = SAMSYN_TRY(or_fail(ports_.storage.append(entry)));
    return Verdict{.outcome = AnswerOutcome::stored,
                   .why = {},
                   .number = number,
                   .touched = {entry.channel},
                   .about = {},
                   .hash = {},
                   .statement_kind = 0,
                   .closing = {}};
}

Checked<void> Acceptance::check_clock(Instant time) const {
    if (time > now_ + clock_ahead_max)
        return answer(AnswerOutcome::clock_off, "more than 5 minutes ahead");
    return {};
}

}  // namespace samsyn
