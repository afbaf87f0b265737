// The devices of an organisation, and what waits for a second person (docs/AGENT.md).

#include "client-sdk/agent/operations.hpp"
#include "client-sdk/agent/operations_call.hpp"

#include <samsyn/provisioning.hpp>

#include <algorithm>

namespace samsyn {

namespace {

using nlohmann::json;

/// The one that is named, else all that this device administers.
Result<std::vector<OrganisationId>> fleet_organisations(Call& call) {
    if (call.args.has("organisation")) {
        const OrganisationId named = SAMSYN_TRY(organisation_of(call));
        return std::vector{named};
    }
    auto mine = Provisioning{call.device}.administers();
    if (mine.empty()) return fail(Errc::not_permitted, "not an administrator's machine");
    return mine;
}

/// One question each.
Result<json> ask_fleet(Call& call) {
    const auto wanted = SAMSYN_TRY(fleet_organisations(call));
    Provisioning provisioning{call.device};
    json asked = json::array();
    for (const OrganisationId& organisation : wanted) {
        provisioning.ask_fleet(organisation);
        asked.push_back(call.names.describe(organisation));
    }
    return json::object({{"asked", std::move(asked)}});
}

json report_json(const DeviceReport& report) {
    const auto time = [](Instant at) { return at == Instant{} ? json{} : to_json(at); };
    return json::object({{"version", report.version},
                         {"unsent", report.unsent},
                         {"oldest_unsent", time(report.oldest_unsent)},
                         {"waiting_keys", report.waiting_keys},
                         {"owed_receipts", report.owed_receipts},
                         {"reading_ends", time(report.reading_ends)}});
}

json fleet_device_json(Directory& names, const FleetDevice& device) {
    json row = json::object({{"id", to_hex(device.id)}, {"name", device.name}});
    row["user"] = device.user.is_none() ? json{} : names.describe(device.user);
    row["kind"] = key_of(device.kind);
    row["warnings"] = json::array();
    for (const FleetWarning warning : device.warnings) row["warnings"].push_back(key_of(warning));
    row["last_contact"] = to_json(device.last_contact);
    row["lease_ends"] = to_json(device.lease_ends);
    row["certificate_ends"] = to_json(device.certificate_ends);
    row["unconfirmed"] = device.unconfirmed;
    row["revoked"] = device.revoked;
    row["lost"] = device.suspended;
    row["emptied"] = device.emptied;
    row["retired"] = device.retired;
    row["report"] = device.report ? report_json(*device.report) : json{};
    return row;
}

json fleet_json(Call& call, const FleetView& view) {
    json out = json::object({{"organisation", call.names.describe(view.organisation)}});
    out["asked_at"] = to_json(view.asked_at);
    out["refused"] = view.refused;
    out["warnings"] = json::array();
    for (const auto& [warning, count] : view.warnings)
        out["warnings"].push_back({{"warning", key_of(warning)}, {"devices", count}});
    out["devices"] = json::array();
    for (const FleetDevice& device : view.devices)
        out["devices"].push_back(fleet_device_json(call.names, device));
    return out;
}

Result<json> list_fleet(Call& call) {
    const auto wanted = SAMSYN_TRY(fleet_organisations(call));
    Provisioning provisioning{call.device};
    json fleets = json::array();
    for (const OrganisationId& organisation : wanted) {
        const FleetView view = SAMSYN_TRY(provisioning.fleet(organisation));
        fleets.push_back(fleet_json(call, view));
    }
    const auto acts = provisioning.waiting();
    const auto open = std::ranges::count(acts, false, &WaitingView::over);
    return json::object({{"fleets", std::move(fleets)}, {"waiting_acts", open}});
}

// --- Two persons ---------------------------------------------------------------------------------

json waiting_json(Directory& names, const WaitingView& view) {
    json row = json::object({{"id", to_hex(view.id)}, {"kind", view.kind}});
    row["author"] = names.describe(view.author);
    row["author_device"] = to_hex(view.author_device);
    row["said"] = to_json(view.said);
    row["deadline"] = to_json(view.deadline);
    row["over"] = view.over;
    row["confirmable"] = !view.over && !view.refusal;
    row["refusal"] = view.refusal ? error_to_json(*view.refusal) : json{};
    row["organisation"] = view.organisation.is_none() ? json{} : names.describe(view.organisation);
    row["unit"] = view.unit.is_none() ? json{} : names.describe(view.unit);
    row["user"] = view.user.is_none() ? json{} : names.describe(view.user);
    row["device"] = view.device.is_none() ? json{} : json(to_hex(view.device));
    row["device_kind"] = view.device.is_none() ? json{} : json(key_of(view.device_kind));
    row["role"] = view.role == Role::none ? json{} : json(key_of(view.role));
    if (view.generation != 0) row["generation"] = view.generation;
    if (view.key) {
        row["needed"] = view.needed;
        row["shares"] = view.shares;
        row["key"] = to_hex(view.key->view().first(8));
    }
    if (view.until) row["until"] = to_json(*view.until);
    return row;
}

/// By its number in the list, from 1, or the beginning of its id (at least four digits).
Result<WaitingView> waiting_act(Call& call) {
    const std::string wanted = SAMSYN_TRY(call.args.text("statement"));
    const auto all = Provisioning{call.device}.waiting();
    for (std::size_t i = 0; i < all.size(); ++i)
        if (std::to_string(i + 1) == wanted) return all[i];
    constexpr std::size_t digits_min = 4;
    std::vector<WaitingView> fitting;
    if (wanted.size() >= digits_min)
        std::ranges::copy_if(all, std::back_inserter(fitting), [&](const WaitingView& view) {
            return to_hex(view.id).starts_with(wanted);
        });
    if (fitting.empty()) return fail(Errc::not_found, "statement");
    if (fitting.size() > 1) return fail(Errc::ambiguous, "statement");
    return fitting.front();
}

Result<json> list_waiting(Call& call) {
    json list = json::array();
    for (const WaitingView& view : Provisioning{call.device}.waiting())
        list.push_back(waiting_json(call.names, view));
    return json::object({{"waiting", std::move(list)}});
}

Result<json> confirm_waiting(Call& call) {
    const WaitingView act = SAMSYN_TRY(waiting_act(call));
    json confirmed = waiting_json(call.names, act);
    const auto id = SAMSYN_TRY(Provisioning{call.device}.confirm(act.id));
    return json::object({{"confirmed", std::move(confirmed)}, {"statement", to_hex(id)}});
}

/// One that waits, or any other statement of the federation log by its whole id: the second
/// person's confirmation travels back the same way.
Result<json> export_waiting(Call& call) {
    const std::string wanted = SAMSYN_TRY(call.args.text("statement"));
    auto id = id_from_hex<StatementId>(wanted);
    if (!id) id = SAMSYN_TRY(waiting_act(call)).id;
    const std::string text = SAMSYN_TRY(Provisioning{call.device}.export_statement(*id));
    return json::object({{"statement", to_hex(*id)}, {"text", text}});
}

Result<json> import_statement(Call& call) {
    const std::string text = SAMSYN_TRY(call.args.text("statement"));
    if (const auto bytes = from_hex(text)) {
        SAMSYN_TRY(call.device.import_statement(*bytes));
        return json::object();
    }
    const auto id = SAMSYN_TRY(Provisioning{call.device}.import_statement(text));
    json out = json::object({{"statement", to_hex(id)}, {"waiting", json{}}});
    for (const WaitingView& view : Provisioning{call.device}.waiting())
        if (view.id == id) out["waiting"] = waiting_json(call.names, view);
    return out;
}

constexpr Operation fleet_rows[] = {
    {"fleet.ask", &ask_fleet, true, "", "organisation"},
    {"fleet.list", &list_fleet, false, "", "organisation"},
    {"admin.waiting", &list_waiting, false, ""},
    {"admin.confirm", &confirm_waiting, true, "statement"},
    {"admin.export", &export_waiting, false, "statement"},
    {"admin.import", &import_statement, true, "statement"},
};

}  // namespace

std::span<const Operation> fleet_operations() {
    return fleet_rows;
}

}  // namespace samsyn
