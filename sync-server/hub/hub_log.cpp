// Hub: the access log (docs/PROTOCOL.md, "Access log").

#include "core/policy/log_access.hpp"
#include "sync-server/hub/hub_impl.hpp"

#include <algorithm>

namespace samsyn {

namespace {

constexpr std::size_t log_rows_bytes_max = 48 * 1024;  // with their paths within one message

/// Every device has the federation log, from whatever server: its delivery says nothing of anybody.
bool is_logged(const Channel& channel) {
    const auto* const stream = std::get_if<Stream>(&channel.name);
    return stream == nullptr || stream->kind != StreamKind::federation;
}

}  // namespace

RowGround ground_of(const Decision& decision) {
    RowGround ground;
    if (!decision.reasons.empty()) ground.reason = key_of(decision.reasons.front());
    ground.by = decision.by;
    if (ground.by.size() > row_statements_max) ground.by.resize(row_statements_max);
    return ground;
}

// --- Rows ----------------------------------------------------------------------------------------

LogRow Hub::Impl::row_by(const DeviceId& device, const Channel& about, Instant now, RowAct act) {
    LogRow row;
    row.salt = random_id<RowSalt>(ports.random);
    row.at = now;
    row.device = device;
    row.user = registry.federation().user_of(device);
    if (const auto* const stream = std::get_if<Stream>(&about.name)) {
        row.case_id = stream->case_id;
        row.disclosing = stream->unit;
    } else if (const auto* const info = registry.compartment(std::get<CompartmentId>(about.name))) {
        row.case_id = info->case_id;
        row.disclosing = info->label.disclosing.unit;
    }
    row.unit =
        acting_unit(device, row.disclosing, registry.view(row.case_id), registry.federation(), now);
    row.act = std::move(act);
    return row;
}

Result<void> Hub::Impl::log_push(const DeviceId& device,
                                 EntryKind kind,
                                 const Verdict& verdict,
                                 Instant now) {
    const Channel about = verdict.about.value_or(Channel{Stream{}});
    switch (verdict.outcome) {
        case AnswerOutcome::stored:
            SAMSYN_TRY(ports.storage.put_log_row(verdict.hash, access_log.next_number()));
            return access_log.append(row_by(
                device,
                about,
                now,
                RowAccepted{about, kind, verdict.number, verdict.hash, verdict.statement_kind}));
        case AnswerOutcome::refused:
            return access_log.append(
                row_by(device, about, now, RowRefused{RefusedWhat::push, kind, verdict.why.code}));
        case AnswerOutcome::escrowed:
            return access_log.append(
                row_by(device, about, now, RowRefused{RefusedWhat::push, kind, Errc::escrowed}));
        case AnswerOutcome::duplicate:
        case AnswerOutcome::stale_epoch:
        case AnswerOutcome::clock_off:
            break;  // comes again, and is logged then
    }
    return {};
}

/// The row of something that is about to leave for a device; none for what says nothing.
std::optional<LogRow> Hub::Impl::row_of(const DeviceId& device,
                                        const Message& message,
                                        Instant now) {
    if (const auto* const withdrawn = std::get_if<Withdrawn>(&message))
        return row_by(device, withdrawn->channel, now, RowWithdrawn{withdrawn->channel});
    const auto* const deliver = std::get_if<Deliver>(&message);
    if (deliver == nullptr || deliver->entries.empty() || !is_logged(deliver->channel))
        return std::nullopt;
    RowDelivered act;
    act.channel = deliver->channel;
    act.first = deliver->entries.front().number;
    act.last = deliver->entries.back().number;
    act.count = static_cast<std::uint16_t>(deliver->entries.size());
    if (const auto* const compartment = std::get_if<CompartmentId>(&deliver->channel.name))
        act.ground = ground_of(registry.decide_read(*compartment, device, now));
    return row_by(device, deliver->channel, now, std::move(act));
}

// --- Durable before it leaves --------------------------------------------------------------------

/// Opens the transaction of a round of messages with its first row. On an error nothing of the
/// round is durable, and none of what it logged may leave.
Result<void> Hub::Impl::log_in_round(Round& round, const LogRow& row) {
    if (round.failed) return std::unexpected{*round.failed};
    Result<void> done;
    if (!round.open) done = ports.storage.begin();
    if (done) {
        round.open = true;
        done = access_log.append(row);
    }
    if (!done) fail_round(round, done.error());
    return done;
}

void Hub::Impl::fail_round(Round& round, const Error& why) {
    round.failed = why;
    if (round.open) ports.storage.rollback();
    round.open = false;
    access_log.rolled_back();
    // Somebody else's rows may be there now: begin again from what is stored.
    if (auto loaded = AccessLog::load(ports.storage.log(), ports.hasher))
        access_log = *std::move(loaded);
}

Result<void> Hub::Impl::commit_round(Round& round) {
    if (round.failed) return std::unexpected{*round.failed};
    if (!round.open) return {};
    auto done = access_log.seal();
    if (done) {
        round.open = false;  // a failed commit has undone itself
        done = ports.storage.commit();
    }
    if (!done) {
        fail_round(round, done.error());
        return done;
    }
    access_log.committed();
    return {};
}

// --- What devices ask ----------------------------------------------------------------------------

void Hub::Impl::on_log_query(LinkId id, HubLink& link, const LogQuery& query, Instant now) {
    Allowance& allowance = allowances[link.delivery->device()];
    if (link.log_queries.size() >= limits.log_queries_waiting_max ||
        !allowance.log_queries.take(limits.log_query_rate, now))
        return close(id, link, {Errc::rate_limited, "queries of the log"});
    link.log_queries.push_back(query);
    awake.insert(id);
}

/// Proofs and rows are of what is committed: made when they leave, as everything else is.
Result<std::optional<Message>> Hub::Impl::next_of_log(HubLink& link, Round& round, Instant now) {
    if (!link.delivery) return std::nullopt;
    if (link.log_request) {
        const LogProofRequest request = *std::exchange(link.log_request, std::nullopt);
        return SAMSYN_TRY(prove_log(request, now));
    }
    if (link.receipt_request) {
        const ReceiptRequest request = *std::exchange(link.receipt_request, std::nullopt);
        return SAMSYN_TRY(receipts_for(link.delivery->device(), request, now));
    }
    if (link.log_queries.empty()) return std::nullopt;
    const LogQuery query = link.log_queries.front();
    link.log_queries.pop_front();
    round.logged = true;
    return SAMSYN_TRY(answer_query(link.delivery->device(), query, round, now));
}

SignedCheckpoint Hub::Impl::checkpoint(Instant now) {
    return sign_checkpoint({federation, incarnation, access_log.head(), now}, ports.signer);
}

Result<LogProof> Hub::Impl::prove_log(const LogProofRequest& request, Instant now) {
    LogProof proof;
    proof.checkpoint = checkpoint(now);
    std::uint64_t size = request.size;
    // Also to who saw the log while it was empty: that, too, was another life of it.
    const Restores::Way& way = restores.since(request.incarnation, registry);
    for (const LogRestored& restore : way.restores) size = std::min(size, restore.size);
    proof.restores = way.statements;
    // A log that is shorter than it was proves nothing, and the client knows what to make of it.
    if (size <= proof.checkpoint.checkpoint.tree.size)
        proof.path = SAMSYN_TRY(access_log.prove_growth(size));
    return proof;
}

bool Hub::Impl::may_query(const DeviceId& device, const LogQuery& query, Instant now) const {
    const Federation& members = registry.federation();
    if (query.case_id.is_none()) return may_review_log(device, query.disclosing, members, now);
    const CaseView* const view = registry.view(query.case_id);
    return view != nullptr && may_see_log(device, query.disclosing, *view, members, now);
}

/// The rows, and in `round` that they were asked for.
Result<LogRows> Hub::Impl::answer_query(const DeviceId& device,
                                        const LogQuery& query,
                                        Round& round,
                                        Instant now) {
    LogRows answer;
    answer.ticket = query.ticket;
    const Channel about{Stream{StreamKind::disclosing, query.case_id, query.disclosing}};
    if (!may_query(device, query, now)) {
        answer.refused = Errc::not_permitted;
        SAMSYN_TRY(
            log_in_round(round,
                         row_by(device,
                                Channel{Stream{}},
                                now,
                                RowRefused{RefusedWhat::log_query, {}, Errc::not_permitted})));
        return answer;
    }
    const LogRange range{query.case_id, query.disclosing, query.from, query.until, query.after};
    std::vector<StoredLogRow> rows;
    if (query.from <= now)  // nothing is written yet that is later: no search through all of it
        rows = SAMSYN_TRY(ports.storage.log().rows(range, log_rows_max, log_rows_bytes_max / 2));
    answer.checkpoint = checkpoint(now);
    const std::uint64_t size = answer.checkpoint->checkpoint.tree.size;
    if (query.known_size <= size)
        answer.growth = SAMSYN_TRY(access_log.prove_growth(query.known_size));
    std::size_t bytes = 0;
    for (StoredLogRow& row : rows) {
        if (row.number >= size) break;  // of this very round
        auto path = SAMSYN_TRY(access_log.prove_row(row.number));
        bytes += row.bytes.size() + path.size() * Hash::size;
        if (!answer.rows.empty() && bytes > log_rows_bytes_max) break;
        answer.rows.push_back({row.number, std::move(row.bytes), std::move(path)});
    }
    if (answer.rows.empty()) return answer;
    LogRange rest = range;
    rest.after = answer.rows.back().number;
    const auto next = SAMSYN_TRY(ports.storage.log().rows(rest, 1, 1));
    answer.more = !next.empty() && next.front().number < size;
    SAMSYN_TRY(
        log_in_round(round,
                     row_by(device,
                            about,
                            now,
                            RowQueried{answer.rows.front().number, answer.rows.back().number})));
    return answer;
}

}  // namespace samsyn
