// What people make of the access log: review, and the extract for a family.

#include "client-sdk/device/log_book.hpp"

#include <algorithm>

namespace samsyn {

namespace {

constexpr std::size_t sample_rows_max = 20;

/// Null for any other row, also one of a device that has removed what was recalled.
const RowRead* read_in(const LogRow& row) {
    const auto* const read = std::get_if<RowRead>(&row.act);
    return read != nullptr && read->action != ReadAction::removed ? read : nullptr;
}

/// Rows that nobody should have to hope to draw.
bool asks_for_review(const LogRow& row) {
    if (std::holds_alternative<RowChainBroken>(row.act)) return true;
    const RowRead* const read = read_in(row);
    return read != nullptr && (!read->permitted || read->action == ReadAction::emergency_opened);
}

/// By the random salt that the server put into the row before anybody knew what would be drawn.
Hash lot_of(const LogAnswer::Row& row, const UserId& reviewer, const Hasher& hasher) {
    return hasher.hash(Domain::review_sample, {reviewer.view(), row.row.salt.view()});
}

bool is_about(const LogRow& row, const UserId& user) {
    return row.user == user && (std::holds_alternative<RowRead>(row.act) ||
                                std::holds_alternative<RowChainBroken>(row.act));
}

/// Is this about a case that nobody but its named users may know of?
bool hides_existence(const StatementGraph& graph, const CaseId& case_id) {
    return std::ranges::any_of(graph.in(custody_stream(case_id)), [](const StatementPtr& said) {
        const auto* const mark = std::get_if<ProtectionMark>(&said->body);
        return mark != nullptr && mark->kind == ProtectionKind::hidden_existence;
    });
}

}  // namespace

LogSample Device::sample_log() {
    Impl& my = *impl_;
    LogSample sample;
    for (const LogAnswer::Row& row : my.log().answer().rows) {
        if (row.row.user == my.config.user) continue;
        if (asks_for_review(row.row))
            sample.targeted.push_back(row);
        else if (read_in(row.row) != nullptr)
            sample.drawn.push_back(row);
    }
    const auto by_lot = [&](const LogAnswer::Row& row) {
        return lot_of(row, my.config.user, my.ports.hasher);
    };
    std::ranges::sort(sample.drawn, {}, by_lot);
    if (sample.drawn.size() > sample_rows_max) sample.drawn.resize(sample_rows_max);
    std::ranges::sort(sample.drawn, {}, &LogAnswer::Row::number);
    return sample;
}

Result<StatementId> Device::record_verdict(const NewVerdict& verdict) {
    Impl& my = *impl_;
    if (verdict.reviewed == my.config.user)
        return fail(Errc::not_permitted, "nobody reviews the own reads");
    // Over what was looked at: number and bytes of each row.
    Writer rows;
    for (const LogAnswer::Row& each : my.log().answer().rows) {
        const bool of_case = each.row.case_id == verdict.case_id || each.row.case_id.is_none();
        if (!of_case || !is_about(each.row, verdict.reviewed)) continue;
        rows.number(each.number);
        rows.id(leaf_hash(encode_log_row(each.row), my.ports.hasher));
    }
    if (rows.size() == 0) return fail(Errc::not_found, "rows about this person");
    ReviewVerdict said;
    said.sample = my.ports.hasher.hash(Domain::review_sample, {rows.view()});
    said.reviewed = verdict.reviewed;
    said.outcome = verdict.outcome;
    if (!verdict.text.empty())
        said.text = my.ports.hasher.hash(Domain::evidence, {as_bytes(verdict.text)});
    return my.transact([&]() -> Result<StatementId> {
        const Stream stream{StreamKind::notice, verdict.case_id, verdict.disclosing};
        const StatementId id = SAMSYN_TRY(my.author(stream, said));
        if (!verdict.text.empty())
            SAMSYN_TRY(my.store.put_value(key_for("verdict", id), as_bytes(verdict.text)));
        return id;
    });
}

Result<std::vector<LogExtractLine>> Device::extract_log(const CaseId& case_id,
                                                        const LogExtract& extract) {
    Impl& my = *impl_;
    if (my.graph(case_id).size() == 0) return fail(Errc::not_found, "case");
    std::vector<LogExtractLine> lines;
    // A mark counts here whoever set it and whether or not it was ended: what is left out costs a
    // second question, what is told cannot be taken back.
    if (extract.reader == ExtractReader::guardian && hides_existence(my.graph(case_id), case_id))
        return lines;
    const Federation& members = my.federation();
    for (const LogAnswer::Row& each : my.log().answer().rows) {
        const RowRead* const read = read_in(each.row);
        if (read == nullptr || each.row.case_id != case_id) continue;
        const KnownCompartment* const compartment = my.find(read->compartment);
        if (compartment == nullptr) continue;
        const Label& label = compartment->stored.label;
        if (std::ranges::count(label.subjects, extract.subject) == 0) continue;
        if (extract.reader == ExtractReader::guardian && label.closed) continue;
        // By the device's clock, bounded by what the server saw: it came afterwards.
        const Instant at = std::min(read->device_time, each.row.at);
        lines.push_back(
            {at, each.row.unit, members.role_in(each.row.user, each.row.unit, at), read->action});
    }
    std::ranges::sort(lines, {}, &LogExtractLine::at);
    return lines;
}

}  // namespace samsyn
