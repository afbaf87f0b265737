#include "client-sdk/agent/operations_call.hpp"
#include "core/model/local_date.hpp"

#include <algorithm>

namespace samsyn {

namespace {

using nlohmann::json;

constexpr std::size_t own_reads_max = 1'000;

/// A case by its name, or by its whole id: a log reviewer's device does not have the case.
Result<CaseId> logged_case_of(Call& call) {
    const std::string text = SAMSYN_TRY(call.args.text("case"));
    if (const auto id = id_from_hex<CaseId>(text)) return *id;
    return call.names.case_id("case", text);
}

/// The units named, else those for which this user works.
Result<std::vector<UnitId>> disclosing_of(Call& call) {
    auto units = SAMSYN_TRY(units_of(call, "unit"));
    if (units.empty()) units = call.names.my_units();
    std::ranges::sort(units);
    const auto doubles = std::ranges::unique(units);
    units.erase(doubles.begin(), doubles.end());
    if (units.empty()) return fail(Errc::invalid_argument, "unit");
    return units;
}

/// "2026-11": from its first day to its last.
Result<void> put_month(LogQuestion& question, const std::string& month) {
    const auto first = date_from_text(month + "-01");
    if (!first) return fail(Errc::invalid_argument, "month");
    const std::chrono::year_month_day day{first->day};
    const std::chrono::year_month next =
        std::chrono::year_month{day.year(), day.month()} + std::chrono::months{1};
    question.from = start_of_day(*first);
    question.until = start_of_day(Date{std::chrono::sys_days{next / std::chrono::day{1}}});
    return {};
}

Result<json> ask(Call& call) {
    LogQuestion question;
    if (call.args.has("case")) question.case_id = SAMSYN_TRY(logged_case_of(call));
    question.disclosing = SAMSYN_TRY(disclosing_of(call));
    if (call.args.has("month")) {
        const std::string month = SAMSYN_TRY(call.args.text("month"));
        SAMSYN_TRY(put_month(question, month));
    }
    if (call.args.has("from")) question.from = start_of_day(SAMSYN_TRY(call.args.date("from")));
    if (call.args.has("to")) question.until = end_of_day(SAMSYN_TRY(call.args.date("to")));
    if (question.until <= question.from) return fail(Errc::invalid_argument, "to");
    call.device.ask_log(question);
    json units = json::array();
    for (const UnitId& unit : question.disclosing) units.push_back(call.names.describe(unit));
    return json::object({{"units", std::move(units)}});
}

// --- Rows ----------------------------------------------------------------------------------------

std::string_view key_of(ReadAction action) {
    switch (action) {
        case ReadAction::item_opened:
            return "opened";
        case ReadAction::list_shown:
            return "list";
        case ReadAction::emergency_opened:
            return "emergency";
        case ReadAction::printed:
            return "printed";
        case ReadAction::copied:
            return "copied";
        case ReadAction::removed:
            return "removed";
    }
    return "unknown";
}

json items_json(const std::vector<ItemId>& items) {
    json list = json::array();
    for (const ItemId& item : items) list.push_back(to_hex(item));
    return list;
}

/// The reason in words, where this program knows its key.
json reason_json(const std::string& key) {
    for (unsigned i = 0; i <= 0xff; ++i) {
        const auto reason = static_cast<Reason>(i);
        if (samsyn::key_of(reason) == key) return to_json(reason);
    }
    return json::object({{"key", key}, {"en", key}, {"sv", key}});
}

void put_ground(json& out, const RowGround& ground) {
    out["reason"] = ground.reason.empty() ? json{} : reason_json(ground.reason);
    out["by"] = json::array();
    for (const StatementId& id : ground.by) out["by"].push_back(to_hex(id));
}

void put_act(json& out, const RowAccepted& act) {
    out["what"] = "wrote";
    out["entry"] = to_hex(act.hash);
}

void put_act(json& out, const RowDelivered& act) {
    out["what"] = "received";
    out["entries"] = act.count;
    put_ground(out, act.ground);
}

void put_act(json& out, const RowWithdrawn&) {
    out["what"] = "stopped";
}

void put_act(json& out, const RowRefused& act) {
    out["what"] = "refused";
    out["why"] = name_of(act.why);
}

void put_act(json& out, const RowRead& act) {
    out["what"] = key_of(act.action);
    out["device_time"] = to_json(act.device_time);
    out["items"] = items_json(act.items);
    out["permitted"] = act.permitted;
    put_ground(out, act.ground);
}

void put_act(json& out, const RowChainBroken& act) {
    out["what"] = act.how == RowChainBroken::How::gap ? "gap" : "fork";
    out["expected"] = act.expected;
    out["got"] = act.got;
}

void put_act(json& out, const RowQueried&) {
    out["what"] = "reviewed";
}

void put_act(json& out, const RowAttachment& act) {
    out["what"] = act.delivered ? "received_file" : "wrote_file";
    out["file"] = to_hex(act.place.attachment);
    put_ground(out, act.ground);
}

json row_json(Directory& names, const LogAnswer::Row& each) {
    const LogRow& row = each.row;
    json out = json::object();
    out["number"] = each.number;
    out["server_time"] = to_json(row.at);
    out["user"] = names.describe(row.user);
    out["unit"] = names.describe(row.unit);
    out["device"] = to_hex(row.device);
    out["case"] = to_hex(row.case_id);
    out["disclosing"] = names.describe(row.disclosing);
    std::visit([&](const auto& act) { put_act(out, act); }, row.act);
    return out;
}

/// What this device has shown and no server has yet: of every unit, since it is the reader's own.
json own_json(Call& call, const StoredRead& read) {
    json out = json::object();
    out["sequence"] = read.entry.sequence;
    out["what"] = key_of(read.entry.action);
    out["device_time"] = to_json(read.entry.device_time);
    out["server_time"] = read.acknowledged ? to_json(*read.acknowledged) : json{};
    out["items"] = json::array();
    for (const ReadEntry::Part& part : read.entry.parts)
        for (const ItemId& item : part.items) out["items"].push_back(to_hex(item));
    out["user"] = call.names.describe(call.names.me());
    return out;
}

json state_json(Call& call, const LogAnswer& answer) {
    json out = json::object();
    out["asked"] = answer.asked;
    out["complete"] = answer.complete;
    out["cut"] = answer.cut;
    out["refused"] = json::array();
    for (const UnitId& unit : answer.refused) out["refused"].push_back(call.names.describe(unit));
    return out;
}

Result<json> show(Call& call) {
    const LogAnswer& answer = call.device.log_answer();
    json result = state_json(call, answer);
    result["rows"] = json::array();
    for (const LogAnswer::Row& row : answer.rows)
        result["rows"].push_back(row_json(call.names, row));
    result["own"] = json::array();
    if (!answer.question.case_id.is_none())
        for (const StoredRead& read :
             SAMSYN_TRY(call.device.own_reads(answer.question.case_id, own_reads_max)))
            if (!read.acknowledged) result["own"].push_back(own_json(call, read));
    return result;
}

// --- Review --------------------------------------------------------------------------------------

Result<json> sample(Call& call) {
    const LogAnswer& answer = call.device.log_answer();
    json result = state_json(call, answer);
    const LogSample drawn = call.device.sample_log();
    const auto list = [&](const std::vector<LogAnswer::Row>& rows) {
        json all = json::array();
        for (const LogAnswer::Row& row : rows) all.push_back(row_json(call.names, row));
        return all;
    };
    result["drawn"] = list(drawn.drawn);
    result["targeted"] = list(drawn.targeted);
    return result;
}

Result<json> verdict(Call& call) {
    const CaseId case_id = SAMSYN_TRY(logged_case_of(call));
    const UnitId unit = SAMSYN_TRY(unit_of(call, "unit"));
    const UserId reviewed = SAMSYN_TRY(user_of(call, "user"));
    const std::string text = SAMSYN_TRY(call.args.text_or("text", ""));
    const std::string word = SAMSYN_TRY(call.args.text("outcome"));
    static constexpr std::array<std::string_view, 3> words{
        "in_order", "to_look_into", "unfounded_read"};
    const auto found = std::ranges::find(words, word);
    if (found == words.end()) return fail(Errc::invalid_argument, "outcome");
    const auto outcome = static_cast<ReviewOutcome>(found - words.begin());
    const StatementId id =
        SAMSYN_TRY(call.device.record_verdict({case_id, unit, reviewed, outcome, text}));
    return json::object({{"statement", to_hex(id)}});
}

Result<json> evidence(Call& call) {
    json list = json::array();
    for (const LogEvidence& each : SAMSYN_TRY(call.device.log_evidence())) {
        const auto checkpoint = [](const SignedCheckpoint& said) {
            return json::object({{"size", said.checkpoint.tree.size},
                                 {"root", to_hex(said.checkpoint.tree.root)},
                                 {"time", to_json(said.checkpoint.time)},
                                 {"incarnation", to_hex(said.checkpoint.incarnation)},
                                 {"server_key", to_hex(said.server_key)},
                                 {"signed", to_hex(encode_checkpoint(said))}});
        };
        list.push_back(json::object({{"at", to_json(each.at)},
                                     {"held", checkpoint(each.held)},
                                     {"shown", checkpoint(each.shown)}}));
    }
    return json::object({{"evidence", std::move(list)}});
}

/// Unit, role and time, and nothing that says what is not in it: no numbers, no counts, no names.
Result<json> extract(Call& call) {
    const CaseId case_id = SAMSYN_TRY(case_of(call));
    const PersonId subject = SAMSYN_TRY(person_of(call, case_id, "subject"));
    const std::string word = SAMSYN_TRY(call.args.text_or("for", "subject"));
    if (word != "subject" && word != "guardian") return fail(Errc::invalid_argument, "for");
    const LogAnswer& answer = call.device.log_answer();
    const LogExtract wanted{subject,
                            word == "guardian" ? ExtractReader::guardian : ExtractReader::subject};
    json lines = json::array();
    for (const LogExtractLine& line : SAMSYN_TRY(call.device.extract_log(case_id, wanted))) {
        json row =
            json::object({{"time", to_json(line.at)}, {"unit", call.names.describe(line.unit)}});
        row["role"] = samsyn::key_of(line.role);
        row["what"] = key_of(line.action);
        lines.push_back(std::move(row));
    }
    return json::object(
        {{"asked", answer.asked}, {"complete", answer.complete}, {"lines", std::move(lines)}});
}

constexpr Operation operations[] = {
    {"log.ask", &ask, true, "", "case unit from to month"},
    {"log.show", &show, false, ""},
    {"log.sample", &sample, false, ""},
    {"log.verdict", &verdict, true, "case unit user outcome", "text"},
    {"log.extract", &extract, false, "case subject", "for"},
    {"log.evidence", &evidence, false, ""},
};

}  // namespace

std::span<const Operation> log_operations() {
    return operations;
}

}  // namespace samsyn
