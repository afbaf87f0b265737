#include "client-sdk/agent/operations_items.hpp"

#include <samsyn/audience.hpp>

#include <algorithm>

namespace samsyn {

using nlohmann::json;

json statement_json(Directory& names, const CaseId& case_id, const StatementView& view) {
    json out = json::object({{"id", to_hex(view.id)}, {"kind", view.kind}});
    out["by"] = view.by.is_none() ? json{} : names.describe(view.by);
    out["at"] = to_json(view.at);
    out["until"] = view.until ? last_day(*view.until) : json{};
    out["decider"] = view.decider ? names.describe(case_id, *view.decider) : json{};
    out["subject"] = view.subject ? names.describe(case_id, *view.subject) : json{};
    out["from"] = view.disclosing ? names.describe(*view.disclosing) : json{};
    out["to"] = view.recipient ? names.describe(*view.recipient) : json{};
    return out;
}

namespace {

Requester on_own_device(Call& call, const UserId& user) {
    return {user, device_of(call, user)};
}

/// Somebody or something that is asked about, and what it is called.
struct Asked {
    json who;
    Requester requester;
};

using Participants = std::vector<Device::ParticipantView>;

/// Those who take part for a unit; one row where this device knows of nobody there.
Result<std::vector<Asked>> people_of(Call& call,
                                     const UnitId& unit,
                                     const Participants& participants) {
    std::vector<Asked> asked;
    for (const auto& participant : participants)
        if (participant.unit == unit)
            asked.push_back(
                {call.names.describe(participant.user), on_own_device(call, participant.user)});
    if (asked.empty()) return fail(Errc::not_found, "who: nobody takes part for this unit");
    return asked;
}

Result<std::vector<Asked>> user_asked(Call& call, const std::string& text) {
    const UserId user = SAMSYN_TRY(call.names.user("who", text));
    return std::vector{Asked{call.names.describe(user), on_own_device(call, user)}};
}

Result<std::vector<Asked>> device_asked(Call& call, const std::string& text) {
    const DeviceId id = SAMSYN_TRY(call.names.device("who", text));
    for (const DeviceView& device : call.device.devices()) {
        if (device.id != id) continue;
        json who = call.names.describe(device.user);
        who["device"] = to_hex(id);
        return std::vector{Asked{std::move(who), {device.user, id}}};
    }
    return fail(Errc::not_found, "who");
}

/// A person of the family, to whom this device's user would show it.
Result<std::vector<Asked>> person_asked(Call& call,
                                        const CaseId& case_id,
                                        const std::string& text) {
    const PersonId person = SAMSYN_TRY(call.names.person(case_id, "who", text));
    Requester requester = on_own_device(call, call.names.me());
    requester.device = call.device.device();
    requester.viewer = SAMSYN_TRY(call.device.viewer(case_id, person));
    if (!requester.viewer) return fail(Errc::not_found, "who: neither subject nor guardian here");
    return std::vector{Asked{call.names.describe(case_id, person), requester}};
}

/// `who`: a user, a unit, a device or a person of the family; this device's user without it.
/// A text that means several things of one kind is ambiguous; kinds are tried in this order.
Result<std::vector<Asked>> asked_of(Call& call,
                                    const CaseId& case_id,
                                    const Participants& participants) {
    const UserId me = call.names.me();
    if (!call.args.has("who"))
        return std::vector{Asked{call.names.describe(me), {me, call.device.device()}}};
    const std::string text = SAMSYN_TRY(call.args.text("who"));
    auto found = user_asked(call, text);
    if (found || found.error().code != Errc::not_found) return found;
    if (const auto unit = call.names.unit("who", text))
        return people_of(call, *unit, participants);
    else if (unit.error().code != Errc::not_found)
        return std::unexpected{unit.error()};
    found = person_asked(call, case_id, text);
    if (found || found.error().code != Errc::not_found) return found;
    return device_asked(call, text);
}

/// What would have to be obtained: each missing consent as one could ask for it.
json to_obtain(Call& call,
               const CompartmentView& compartment,
               const AccessAnswer& answer,
               const Request& request,
               const std::optional<UnitId>& recipient) {
    const Label& label = compartment.label;
    json list = json::array();
    for (const MissingConsent& missing : answer.decision.missing) {
        json row = json::object({{"why", to_json(missing.why)}});
        row["from"] = missing.from.is_none()
                          ? json{}
                          : call.names.describe(compartment.case_id, missing.from);
        row["subject"] = call.names.describe(compartment.case_id, missing.subject);
        row["disclosing"] = call.names.describe(label.disclosing.unit);
        row["recipient"] = recipient ? call.names.describe(*recipient) : json{};
        row["category"] = key_of(label.category);
        row["category_title"] = title_of(label.category).en;
        row["category_title_sv"] = title_of(label.category).sv;
        row["purpose"] = key_of(request.purpose);
        row["action"] = key_of(request.action);
        row["in_writing"] = label.sensitivity == Sensitivity::far_reaching;
        list.push_back(std::move(row));
    }
    return list;
}

std::optional<UnitId> unit_in(const Participants& participants, const UserId& user) {
    const auto found = std::ranges::find(participants, user, &Device::ParticipantView::user);
    if (found == participants.end()) return std::nullopt;
    return found->unit;
}

Result<json> answer_json(Call& call,
                         const CompartmentView& compartment,
                         const Asked& asked,
                         const Request& request,
                         const Participants& participants) {
    const auto answer = SAMSYN_TRY(call.device.explain(compartment.id, asked.requester, request));
    json row = json::object({{"who", asked.who}, {"known", answer.known}});
    row["viewer"] = answer.requester.viewer.has_value();
    if (!answer.known) return row;
    row["decision"] = to_json(call.names, compartment.case_id, answer.decision);
    row["by"] = json::array();
    for (const StatementView& view : answer.by)
        row["by"].push_back(statement_json(call.names, compartment.case_id, view));
    row["to_obtain"] =
        to_obtain(call, compartment, answer, request, unit_in(participants, asked.requester.user));
    return row;
}

/// The compartments that the arguments leave: those of an item, of a unit, of a category.
Result<std::vector<CompartmentView>> compartments_of(Call& call,
                                                     const CaseId& case_id,
                                                     const std::optional<CompartmentId>& wanted) {
    std::optional<UnitId> unit;
    if (call.args.has("unit")) unit = SAMSYN_TRY(unit_of(call, "unit"));
    const Categories categories = SAMSYN_TRY(categories_of(call.args, "category"));

    std::vector<CompartmentView> found;
    for (CompartmentView& compartment : SAMSYN_TRY(call.device.compartments(case_id))) {
        const Label& label = compartment.label;
        if ((!wanted || compartment.id == *wanted) && (!unit || label.disclosing.unit == *unit) &&
            (categories.empty() || categories.contains(label.category)))
            found.push_back(std::move(compartment));
    }
    return found;
}

Result<json> why(Call& call) {
    if (!call.args.has("case") && !call.args.has("item"))
        return fail(Errc::invalid_argument, "case: give a case or an item");
    CaseId case_id;
    std::optional<CompartmentId> wanted;
    if (call.args.has("item")) {
        const std::string text = SAMSYN_TRY(call.args.text("item"));
        const ItemId id = SAMSYN_TRY(call.names.item("item", text));
        const ItemView item = SAMSYN_TRY(call.device.item(id));
        wanted = item.compartment;
        case_id = item.case_id;
    }
    if (call.args.has("case")) {
        const CaseId named = SAMSYN_TRY(case_of(call));
        if (wanted && named != case_id)
            return fail(Errc::invalid_argument, "item: belongs to another case");
        case_id = named;
    }
    Request request;
    request.action = SAMSYN_TRY(term_of(call.args, "action", &find_action, Action::read));
    request.purpose =
        SAMSYN_TRY(term_of(call.args, "purpose", &find_purpose, Purpose::coordination));

    const auto participants = SAMSYN_TRY(call.device.participants(case_id));
    const auto asked = SAMSYN_TRY(asked_of(call, case_id, participants));
    json list = json::array();
    for (const auto& compartment : SAMSYN_TRY(compartments_of(call, case_id, wanted))) {
        json row = to_json(call.names, compartment);
        row["answers"] = json::array();
        for (const Asked& each : asked)
            row["answers"].push_back(
                SAMSYN_TRY(answer_json(call, compartment, each, request, participants)));
        list.push_back(std::move(row));
    }
    return json::object({{"case", call.names.describe(case_id)},
                         {"action", key_of(request.action)},
                         {"purpose", key_of(request.purpose)},
                         {"compartments", std::move(list)}});
}

/// Those who hold copies. Only who reads the compartment is told.
Result<json> holders_json(Call& call, const CompartmentView& compartment) {
    json list = json::array();
    if (!compartment.mine.permitted()) return list;
    for (const HolderView& holder : SAMSYN_TRY(call.device.copy_holders(compartment.id))) {
        json row = json::object({{"device", to_hex(holder.device)}});
        row["user"] = call.names.describe(holder.user);
        row["permitted"] = holder.permitted;
        row["revoked"] = holder.revoked;
        row["purge_confirmed"] = holder.confirmed ? to_json(*holder.confirmed) : json{};
        list.push_back(std::move(row));
    }
    return list;
}

/// Who reads what, with a reason for each who does not; and whose devices hold copies.
Result<json> access(Call& call) {
    const CaseId case_id = SAMSYN_TRY(case_of(call));
    const auto participants = SAMSYN_TRY(call.device.participants(case_id));
    json list = json::array();
    std::size_t unconfirmed = 0;
    for (const auto& compartment : SAMSYN_TRY(compartments_of(call, case_id, {}))) {
        json row = to_json(call.names, compartment);
        row["people"] = json::array();
        for (const auto& participant : participants) {
            const Asked asked{call.names.describe(participant.user),
                              on_own_device(call, participant.user)};
            json cell = SAMSYN_TRY(answer_json(call, compartment, asked, {}, participants));
            cell["unit"] = call.names.describe(participant.unit);
            row["people"].push_back(std::move(cell));
        }
        row["holders"] = SAMSYN_TRY(holders_json(call, compartment));
        for (const json& holder : row["holders"])
            if (!holder["permitted"].get<bool>() && holder["purge_confirmed"].is_null())
                ++unconfirmed;
        list.push_back(std::move(row));
    }
    return json::object({{"case", call.names.describe(case_id)},
                         {"compartments", std::move(list)},
                         {"unconfirmed", unconfirmed}});
}

/// Before something is written: who would read it, and what would make it others.
Result<json> choices(Call& call) {
    NewItem item = SAMSYN_TRY(labelled_item(call));
    const TypeInfo* const type = find_type(SAMSYN_TRY(call.args.text_or("type", "visit_note")));
    if (type == nullptr || type->category == Category::directory)
        return fail(Errc::invalid_argument, "type");
    item.type = type->type;
    json list = json::array();
    for (const AudienceChoice& choice : SAMSYN_TRY(Audiences{call.device}.choices(item))) {
        json one = json::object({{"sensitivity", key_of(choice.sensitivity)}});
        one["closed"] = choice.closed ? json(to_hex(*choice.closed)) : json{};
        for (const char* const key : {"readers", "without"}) one[key] = json::array();
        for (const UserId& user : choice.readers)
            one["readers"].push_back(call.names.describe(user));
        for (const UnitId& unit : choice.without)
            one["without"].push_back(call.names.describe(unit));
        list.push_back(std::move(one));
    }
    return json::object(
        {{"case", call.names.describe(item.case_id)}, {"choices", std::move(list)}});
}

constexpr Operation operations[] = {
    {"audience.choices", &choices, false, "case about", "type category sensitivity unit closed"},
    {"why", &why, false, "", "case item who unit category action purpose"},
    {"access", &access, false, "case", "unit category"},
};

}  // namespace

std::span<const Operation> access_operations() {
    return operations;
}

}  // namespace samsyn
