#include "client-sdk/agent/operations_acts.hpp"

#include "core/policy/statute_table.hpp"

#include <algorithm>
#include <set>

namespace samsyn {

namespace {

using nlohmann::json;

Result<std::vector<ItemId>> items_of(Call& call) {
    std::vector<ItemId> items;
    for (const std::string& text : SAMSYN_TRY(call.args.texts("items")))
        items.push_back(SAMSYN_TRY(call.names.item("items", text)));
    return items;
}

Result<StatementId> statement_of(Call& call, const CaseId& case_id) {
    return call.names.statement(case_id, "statement", SAMSYN_TRY(call.args.text("statement")));
}

/// A number of the statute table that opens in this way. The error lists those that do.
Result<std::uint16_t> statute_of(Call& call, StatuteTable::Way way) {
    const auto number = SAMSYN_TRY(call.args.integer_or("statute", 0, UINT16_MAX, 0));
    const StatuteTable& table = current_statute_table();
    const auto* row = find_statute(table, static_cast<std::uint16_t>(number), call.clock.now());
    if (row && row->way == way) return row->number;
    std::string known = "statute";
    for (const auto& each : table.statutes)
        if (each.way == way)
            known.append(known == "statute" ? ": " : "; ")
                .append(std::to_string(each.number))
                .append(" ")
                .append(each.sv);
    return fail(Errc::invalid_argument, known);
}

Result<Recipient> recipient_of(Call& call) {
    Recipient recipient;
    recipient.unit = SAMSYN_TRY(unit_of(call, "to"));
    if (call.args.has("user")) recipient.user = SAMSYN_TRY(user_of(call, "user"));
    return recipient;
}

Result<json> audience(Call& call) {
    Saying saying = SAMSYN_TRY(saying_of(call));
    Audience body;
    body.id = call.device.new_closed_id();
    body.users = SAMSYN_TRY(users_of(call));
    if (body.users.empty()) return fail(Errc::invalid_argument, "users");
    const std::string id = to_hex(body.id);
    saying.body = std::move(body);
    json out = SAMSYN_TRY(said(call, std::move(saying)));
    out["closed"] = id;
    return out;
}

Result<json> lock_investigation(Call& call) {
    Saying saying = SAMSYN_TRY(saying_of(call));
    InvestigationLock body;
    body.id = call.device.new_closed_id();
    body.unit = SAMSYN_TRY(unit_of(call, "by"));
    body.users = SAMSYN_TRY(users_of(call));
    const std::string id = to_hex(body.id);
    saying.body = std::move(body);
    json out = SAMSYN_TRY(said(call, std::move(saying)));
    out["closed"] = id;
    return out;
}

Result<json> release(Call& call) {
    Saying saying = SAMSYN_TRY(saying_of(call));
    const auto lock = SAMSYN_TRY(closed_of(call, "closed"));
    if (!lock) return fail(Errc::invalid_argument, "closed");
    Release body;
    body.lock = *lock;
    body.items = SAMSYN_TRY(items_of(call));
    std::ranges::sort(body.items);
    saying.body = std::move(body);
    return said(call, std::move(saying));
}

/// The new ids, and who reads them.
Result<json> moved_json(Call& call, const std::vector<ItemId>& items) {
    json list = json::array();
    std::set<UserId> readers;
    for (const ItemId& id : items) {
        list.push_back(to_hex(id));
        const auto item = call.device.item(id);
        if (!item) continue;
        for (const auto& compartment : SAMSYN_TRY(call.device.compartments(item->case_id)))
            if (compartment.id == item->compartment)
                readers.insert(compartment.readers.begin(), compartment.readers.end());
    }
    json names = json::array();
    for (const UserId& reader : readers) names.push_back(call.names.describe(reader));
    return json::object({{"items", std::move(list)}, {"readers", std::move(names)}});
}

/// Moves items into a closed circle, or out of it where none is named.
Result<json> reclose(Call& call) {
    if (call.args.has("closed") == SAMSYN_TRY(call.args.boolean_or("open", false)))
        return fail(Errc::invalid_argument, "closed: name a circle, or say open");
    const auto items = SAMSYN_TRY(items_of(call));
    const auto closed = SAMSYN_TRY(closed_of(call, "closed"));
    return moved_json(call, SAMSYN_TRY(call.device.reclose(items, closed)));
}

Result<json> selected_json(Call& call, Saying saying) {
    const auto items = SAMSYN_TRY(items_of(call));
    const Selected selected = SAMSYN_TRY(call.device.open_selected(std::move(saying), items));
    json out = SAMSYN_TRY(moved_json(call, selected.copies));
    out["statement"] = to_hex(selected.statement);
    return out;
}

Result<json> override_open(Call& call) {
    Saying saying = SAMSYN_TRY(saying_of(call));
    if (saying.text.empty()) return fail(Errc::invalid_argument, "text: a justification");
    const Period period = SAMSYN_TRY(period_of(call));
    Override body;
    body.statute = SAMSYN_TRY(statute_of(call, StatuteTable::Way::overridden));
    body.subject = SAMSYN_TRY(person_of(call, saying.case_id, "subject"));
    body.categories = SAMSYN_TRY(categories_of(call.args, "categories"));
    if (body.categories.empty()) return fail(Errc::invalid_argument, "categories");
    body.recipient = SAMSYN_TRY(recipient_of(call));
    body.from = period.from;
    body.until = period.until;
    for (const std::string& text : SAMSYN_TRY(call.args.texts("pierces")))
        body.pierced.push_back(SAMSYN_TRY(call.names.statement(saying.case_id, "pierces", text)));
    std::ranges::sort(body.pierced);
    if (saying.about.empty()) saying.about = {body.subject};
    saying.body = std::move(body);
    return call.args.has("items") ? selected_json(call, std::move(saying))
                                  : said(call, std::move(saying));
}

Result<json> verdict(Call& call) {
    Saying saying = SAMSYN_TRY(saying_of(call));
    SecondReaderVerdict body;
    body.statement = SAMSYN_TRY(statement_of(call, saying.case_id));
    body.approved = SAMSYN_TRY(call.args.boolean_or("approved", false));
    if (body.approved == SAMSYN_TRY(call.args.boolean_or("refused", false)))
        return fail(Errc::invalid_argument, "approved: say approved or refused");
    saying.body = body;
    return said(call, std::move(saying));
}

Result<json> answer_investigation(Call& call) {
    Saying saying = SAMSYN_TRY(saying_of(call));
    if (saying.text.empty())
        return fail(Errc::invalid_argument, "text: the number of the decision");
    InvestigationAnswer body;
    body.statute = SAMSYN_TRY(statute_of(call, StatuteTable::Way::answer));
    body.subject = SAMSYN_TRY(person_of(call, saying.case_id, "subject"));
    body.categories = SAMSYN_TRY(categories_of(call.args, "categories"));
    if (body.categories.empty()) return fail(Errc::invalid_argument, "categories");
    body.recipient = SAMSYN_TRY(recipient_of(call));
    body.until = SAMSYN_TRY(period_of(call)).until;
    if (saying.about.empty()) saying.about = {body.subject};
    saying.body = body;
    return selected_json(call, std::move(saying));
}

Result<json> emergency(Call& call) {
    const CaseId case_id = SAMSYN_TRY(case_of(call));
    const std::string reason = SAMSYN_TRY(call.args.text("reason"));
    json list = json::array();
    for (const ItemView& sheet : SAMSYN_TRY(call.device.open_emergency(case_id, reason)))
        list.push_back(to_json(call.names, sheet));
    return json::object({{"items", std::move(list)}});
}

Result<json> informed(Call& call) {
    Saying saying = SAMSYN_TRY(saying_of(call));
    constexpr std::pair<std::string_view, InformedHow> ways[] = {
        {"in_person", InformedHow::in_person},
        {"by_phone", InformedHow::by_phone},
        {"by_letter", InformedHow::by_letter},
        {"electronically", InformedHow::electronically}};
    Informed body;
    body.person = SAMSYN_TRY(person_of(call, saying.case_id, "person"));
    body.about = SAMSYN_TRY(statement_of(call, saying.case_id));
    body.when = call.clock.now();
    body.how = SAMSYN_TRY(word_of(call, "how", ways));
    saying.body = body;
    return said(call, std::move(saying));
}

Result<json> name_guest(Call& call) {
    Saying saying = SAMSYN_TRY(saying_of(call));
    GuestNamed body;
    body.consent = SAMSYN_TRY(statement_of(call, saying.case_id));
    body.guest = SAMSYN_TRY(person_of(call, saying.case_id, "guest"));
    saying.body = body;
    return said(call, std::move(saying));
}

Result<json> acknowledge(Call& call) {
    Saying saying = SAMSYN_TRY(saying_of(call));
    SecrecyAcknowledged body;
    body.user = SAMSYN_TRY(user_of(call, "user"));
    body.unit = SAMSYN_TRY(unit_of(call, "for"));
    saying.body = body;
    return said(call, std::move(saying));
}

Result<json> end(Call& call) {
    Saying saying = SAMSYN_TRY(saying_of(call));
    saying.body = Ended{SAMSYN_TRY(statement_of(call, saying.case_id))};
    return said(call, std::move(saying));
}

/// What has been said in a case: by whom, when, and the ids that other commands take.
Result<json> list_statements(Call& call) {
    const CaseId case_id = SAMSYN_TRY(case_of(call));
    json list = json::array();
    for (const StatementView& view : SAMSYN_TRY(call.device.statements(case_id)))
        list.push_back(statement_json(call.names, case_id, view));
    return json::object({{"case", call.names.describe(case_id)}, {"statements", std::move(list)}});
}

constexpr Operation operations[] = {
    {"statement.list", &list_statements, false, "case"},
    {"audience.close", &audience, true, "case users", "text about unit"},
    {"investigation.lock", &lock_investigation, true, "case unit by", "users"},
    {"investigation.release", &release, true, "case unit closed items"},
    {"investigation.answer",
     &answer_investigation,
     true,
     "case statute subject categories to items until text",
     "about user"},
    {"item.reclose", &reclose, true, "items", "closed open"},
    {"override.open",
     &override_open,
     true,
     "case statute subject categories to until text",
     "about items pierces user"},
    {"second_reader.verdict", &verdict, true, "case statement", "approved refused text about"},
    {"emergency.open", &emergency, true, "case reason"},
    {"informed.record", &informed, true, "case statement person how"},
    {"guest.name", &name_guest, true, "case statement guest"},
    {"secrecy.acknowledge", &acknowledge, true, "case user for", "text about"},
    {"statement.end", &end, true, "case statement"},
};

}  // namespace

std::span<const Operation> act_operations() {
    return operations;
}

}  // namespace samsyn
