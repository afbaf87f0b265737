#include "client-sdk/device/log_book.hpp"

#include <algorithm>

namespace samsyn {

namespace {

constexpr std::size_t piece_bytes_max = 60 * 1024;  // of entries: a segment's limit less the rest

/// A clock that stands before 1970 or after 9999 has no encoding.
Instant writable(Instant at) {
    constexpr Instant latest{std::chrono::sys_days{std::chrono::year{9999} / 1 / 1}};
    return std::clamp(at, Instant{}, latest);
}

}  // namespace

// --- Reads ---------------------------------------------------------------------------------------

/// One entry, or as many as so many items take.
Result<std::vector<ReadEntry>> Device::Impl::LogBook::entries_for(const ShownItems& shown) {
    std::map<CompartmentId, std::set<ItemId>> by_compartment;
    for (const ItemId& id : shown.items)
        if (const auto item = SAMSYN_TRY(my_.store.item(id)))
            by_compartment[item->compartment].insert(id);

    ReadEntry empty;
    empty.device_time = writable(my_.now());
    empty.signed_time = my_.server_time().value_or(Instant{});
    empty.action = shown.action;
    empty.case_id = shown.case_id;
    std::vector<ReadEntry> entries;
    std::size_t room = 0;
    for (const auto& [compartment, items] : by_compartment) {
        bool begun = false;  // this compartment, in this entry
        for (const ItemId& item : items) {
            if (room == 0 || (!begun && entries.back().parts.size() == read_parts_max)) {
                entries.push_back(empty);
                room = read_items_max;
                begun = false;
            }
            if (!begun) entries.back().parts.push_back({compartment, {}});
            begun = true;
            entries.back().parts.back().items.push_back(item);
            --room;
        }
    }
    return entries;
}

/// Not by `transact`: a device that may write nothing else any more still shows what it has, and
/// what it shows is logged.
Result<void> Device::Impl::LogBook::record(const ShownItems& shown) {
    const auto entries = SAMSYN_TRY(entries_for(shown));
    if (entries.empty()) return {};
    auto transaction = SAMSYN_TRY(Transaction::begin(my_.store.database()));
    SAMSYN_TRY(append(entries));
    return std::move(transaction).commit();
}

Result<void> Device::Impl::LogBook::record_in_transaction(const ShownItems& shown) {
    const auto entries = SAMSYN_TRY(entries_for(shown));
    return append(entries);
}

Result<void> Device::Impl::LogBook::append(const std::vector<ReadEntry>& entries) {
    for (const ReadEntry& entry : entries) SAMSYN_TRY(reads().append(entry, my_.ports.hasher));
    return {};
}

Result<std::optional<OutgoingReads>> Device::Impl::LogBook::waiting_reads() {
    auto entries = SAMSYN_TRY(reads().waiting(read_segment_max, piece_bytes_max));
    if (entries.empty()) return std::optional<OutgoingReads>{};
    const ReadEntry last = SAMSYN_TRY(decode_read_entry(entries.back()));
    ReadSegment segment{my_.config.federation, my_.self, std::move(entries), {}};
    sign_read_segment(segment, my_.ports.signer, my_.ports.hasher);
    return std::optional{OutgoingReads{last.sequence, encode_read_segment(segment)}};
}

Result<void> Device::Impl::LogBook::on_reads_acknowledged(std::uint64_t last, Instant now) {
    return my_.transact([&] { return reads().acknowledge(last, writable(my_.corrected(now))); });
}

// --- The server's log ----------------------------------------------------------------------------

Result<LogProofRequest> Device::Impl::LogBook::known_log() {
    asked_receipts_.clear();  // a session begins
    receipts_after_ = 0;
    asked_backed_up_ = false;
    put_last_.clear();
    const auto held = SAMSYN_TRY(reads().checkpoint());
    if (!held) return LogProofRequest{};
    return LogProofRequest{held->checkpoint.incarnation, held->checkpoint.tree.size};
}

/// What the proof brings, as far as it verifies: one that does not has no effect. Only what is of
/// the federation: nothing of a case is taken before the log has proved itself. Errors: `malformed`
/// for anything else.
Result<void> Device::Impl::LogBook::take_statements(const LogProof& proof) {
    for (const Bytes& bytes : proof.restores) {
        const auto said = decode_statement(bytes, my_.ports.hasher);
        if (said && said->header.stream.kind != StreamKind::federation)
            return fail(Errc::malformed, "a statement of a case in a proof of the log");
    }
    for (const Bytes& bytes : proof.restores) {
        const auto taken = my_.transact([&] { return my_.take_statement(bytes); });
        if (!taken && my_.is_storage_fault(taken.error())) return std::unexpected{taken.error()};
    }
    return {};
}

/// Where the log that is shown must begin: with what was held, less what signed restores have cut.
/// Errors: `log_forked` where they do not lead to this life of the log.
Result<TreeHead> Device::Impl::LogBook::base_after_restores(const SignedCheckpoint& held,
                                                            const LogProof& proof) {
    SAMSYN_TRY(take_statements(proof));
    TreeHead base = held.checkpoint.tree;
    const Incarnation& life = held.checkpoint.incarnation;
    const Incarnation& now_alive = proof.checkpoint.checkpoint.incarnation;
    const auto restores =
        restores_between(my_.federation().restores(), life, now_alive, log_lives_max);
    if (life != now_alive && restores.empty())
        return fail(Errc::log_forked, "another life of the log");
    for (const LogRestored& restore : restores)
        if (restore.size < base.size) base = {restore.size, restore.root};
    return base;
}

/// Takes the checkpoint where it goes on from `base`; else keeps the pair.
Result<void> Device::Impl::LogBook::follow(const std::optional<SignedCheckpoint>& held,
                                           const TreeHead& base,
                                           const SignedCheckpoint& shown,
                                           std::span<const Hash> path,
                                           Instant now) {
    const bool follows =
        !held || verify_consistency(base, shown.checkpoint.tree, path, my_.ports.hasher);
    const auto kept = my_.transact([&]() -> Result<void> {
        const bool other_life =
            held && held->checkpoint.incarnation != shown.checkpoint.incarnation;
        if (follows && other_life) SAMSYN_TRY(resends().queue_all(base.size));
        if (follows) return reads().put_checkpoint(shown);
        return reads().put_evidence({writable(now), *held, shown});
    });
    SAMSYN_TRY(kept);
    if (!follows) return fail(Errc::log_forked, "the log is not what it was");
    return {};
}

Result<void> Device::Impl::LogBook::on_log_proof(const LogProof& proof, Instant now) {
    const auto held = SAMSYN_TRY(reads().checkpoint());
    if (!held) return follow(held, {}, proof.checkpoint, {}, now);
    const auto base = base_after_restores(*held, proof);
    if (base) return follow(held, *base, proof.checkpoint, proof.path, now);
    if (base.error().code != Errc::log_forked) return std::unexpected{base.error()};
    SAMSYN_TRY(my_.transact(
        [&] { return reads().put_evidence({writable(now), *held, proof.checkpoint}); }));
    return std::unexpected{base.error()};
}

// --- Questions -----------------------------------------------------------------------------------

void Device::Impl::LogBook::ask(const LogQuestion& question) {
    answer_ = {};
    answer_.asked = true;
    answer_.question = question;
    answer_.complete = question.disclosing.empty();
    units_.assign(question.disclosing.begin(), question.disclosing.end());
    after_.reset();
    ++ticket_;
}

std::optional<LogQuery> Device::Impl::LogBook::wanted_query() {
    if (units_.empty()) return std::nullopt;
    LogQuery query;
    query.ticket = ticket_;
    query.case_id = answer_.question.case_id;
    query.disclosing = units_.front();
    query.from = writable(answer_.question.from);
    query.until = answer_.question.until;
    query.after = after_;
    const auto held = reads().checkpoint();
    if (!held) return std::nullopt;  // the storage failed: somebody else will say so
    if (*held) query.known_size = (**held).checkpoint.tree.size;
    return query;
}

void Device::Impl::LogBook::next_unit() {
    units_.pop_front();
    after_.reset();
    answer_.complete = units_.empty();
}

/// Rows of a log are worth something only where they are shown to be in it.
Result<void> Device::Impl::LogBook::keep_rows(const LogRows& rows) {
    const TreeHead& tree = rows.checkpoint->checkpoint.tree;
    const LogQuestion& question = answer_.question;
    for (const LogRows::Row& each : rows.rows) {
        if (after_ && each.number <= *after_) return fail(Errc::malformed, "log rows");
        if (!verify_inclusion(leaf_hash(each.bytes, my_.ports.hasher),
                              each.number,
                              tree,
                              each.path,
                              my_.ports.hasher))
            return fail(Errc::not_authentic, "a row that is not in the log");
        LogRow row = SAMSYN_TRY(decode_log_row(each.bytes));
        if (row.disclosing != units_.front() ||
            (!question.case_id.is_none() && row.case_id != question.case_id))
            return fail(Errc::malformed, "a row that was not asked for");
        answer_.rows.push_back({each.number, std::move(row)});
        after_ = each.number;
    }
    return {};
}

Result<void> Device::Impl::LogBook::on_log_rows(const LogRows& rows, Instant now) {
    if (rows.ticket != ticket_ || units_.empty()) return {};  // asked anew meanwhile
    if (rows.refused != Errc{}) {
        answer_.refused.push_back(units_.front());
        next_unit();
        return {};
    }
    const auto held = SAMSYN_TRY(reads().checkpoint());
    const TreeHead base = held ? held->checkpoint.tree : TreeHead{};
    SAMSYN_TRY(follow(held, base, *rows.checkpoint, rows.growth, now));
    SAMSYN_TRY(keep_rows(rows));
    answer_.cut = answer_.rows.size() >= log_answer_rows_max;
    if (!rows.more || answer_.cut) next_unit();
    if (answer_.cut) units_.clear();
    answer_.complete = units_.empty();
    return {};
}

// --- The device ----------------------------------------------------------------------------------

Device::Impl::LogBook& Device::Impl::log() {
    if (!log_book_) log_book_ = std::make_shared<LogBook>(*this);
    return *log_book_;
}

LogKeeper* Device::log_keeper() {
    return &impl_->log();
}

Result<void> Device::record_shown(const ShownItems& shown) {
    return impl_->log().record(shown);
}

void Device::ask_log(const LogQuestion& question) {
    impl_->log().ask(question);
}

const LogAnswer& Device::log_answer() {
    return impl_->log().answer();
}

Result<std::vector<StoredRead>> Device::own_reads(const CaseId& case_id, std::size_t count_max) {
    return impl_->log().reads().of_case(case_id, count_max);
}

Result<std::uint64_t> Device::waiting_reads() {
    return impl_->log().reads().waiting_count();
}

Result<std::vector<LogEvidence>> Device::log_evidence() {
    return impl_->log().reads().evidence();
}

}  // namespace samsyn
