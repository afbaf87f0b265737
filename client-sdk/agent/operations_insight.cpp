#include "client-sdk/agent/operations.hpp"
#include "client-sdk/agent/operations_call.hpp"

#include <algorithm>

namespace samsyn {

namespace {

using nlohmann::json;

Decision decision_for(Call& call,
                      const CompartmentView& compartment,
                      const UserId& user,
                      const Request& request) {
    const Requester requester{user, device_of(call, user)};
    return call.device.decide(compartment.case_id, compartment.label, requester, request);
}

/// Those who take part and do not read, with the reason for each.
json not_readers(Call& call,
                 const CompartmentView& compartment,
                 const std::vector<Device::ParticipantView>& participants) {
    json list = json::array();
    std::vector<UserId> told;
    for (const auto& participant : participants) {
        const UserId& user = participant.user;
        if (std::ranges::binary_search(compartment.readers, user)) continue;
        if (std::ranges::count(told, user) > 0) continue;
        told.push_back(user);
        const Decision decision = decision_for(call, compartment, user, {});
        if (decision.permitted()) continue;
        json row = to_json(call.names, compartment.case_id, decision);
        row["user"] = call.names.describe(user);
        row["unit_of_user"] = call.names.describe(participant.unit);
        list.push_back(std::move(row));
    }
    return list;
}

Result<json> readers(Call& call) {
    const CaseId case_id = SAMSYN_TRY(case_of(call));
    const auto participants = SAMSYN_TRY(call.device.participants(case_id));
    json list = json::array();
    for (const CompartmentView& compartment : SAMSYN_TRY(call.device.compartments(case_id))) {
        json row = to_json(call.names, compartment);
        row["not_readers"] = not_readers(call, compartment, participants);
        list.push_back(std::move(row));
    }
    return json::object(
        {{"case", call.names.describe(case_id)}, {"compartments", std::move(list)}});
}

json mass_closing_json(const MassClosingView& alarm) {
    return json::object(
        {{"author", json::object({{"id", to_hex(alarm.author)}, {"name", alarm.author_name}})},
         {"cases", alarm.cases},
         {"from", to_json(alarm.from)},
         {"to", to_json(alarm.to)}});
}

/// Whether somebody took the item back, so that what is parked of it can only be dropped.
bool is_recalled(Device& device, const ItemId& id) {
    const auto item = device.item(id);
    return item && std::ranges::find(item->fields, recalled_field, &FieldView::number) !=
                       item->fields.end();
}

Result<json> status(Call& call) {
    const StatusView view = SAMSYN_TRY(call.device.status());
    json result = json::object();
    result["device"] = to_hex(view.device);
    result["user"] = json::object({{"id", to_hex(view.user)}, {"name", view.user_name}});
    result["federation"] = to_hex(view.federation);
    result["server"] = view.server;
    result["unsent_changes"] = view.unsent_changes;
    result["unsent_statements"] = view.unsent_statements;
    result["unsent_since"] = to_json(view.unsent_since);
    result["conflicts"] = view.conflicts;
    result["last_synced"] = to_json(view.last_synced);
    result["server_time"] = to_json(view.server_time);
    result["now"] = to_json(call.clock.now());
    result["waiting_for_key"] = json::array();
    for (const CompartmentView& compartment : view.waiting_for_key)
        result["waiting_for_key"].push_back(to_json(call.names, compartment));
    result["mass_closings"] = json::array();
    for (const MassClosingView& alarm : view.mass_closings)
        result["mass_closings"].push_back(mass_closing_json(alarm));
    result["parked"] = json::array();
    for (const ParkedView& parked : view.parked) {
        json row = json::object({{"id", parked.id}, {"item", to_hex(parked.item)}});
        row["case"] = call.names.describe(parked.case_id);
        row["why"] = error_to_json(parked.why);
        row["written"] = to_json(parked.written);
        row["in_effect"] = parked.in_effect;
        const TypeInfo* type = find_type(parked.type);
        row["type"] = type ? json(type->key) : json{};
        row["type_title"] = type ? json(type->title.en) : json{};
        row["type_title_sv"] = type ? json(type->title.sv) : json{};
        row["texts"] = texts_json(parked.texts);
        row["recalled"] = is_recalled(call.device, parked.item);
        result["parked"].push_back(std::move(row));
    }
    return result;
}

Result<json> users(Call& call) {
    json list = json::array();
    for (const UserView& user : call.names.users()) {
        json row = json::object({{"id", to_hex(user.id)}, {"name", user.name}});
        row["role"] = key_of(user.role);
        row["units"] = json::array();
        for (const UnitId& unit : user.units) row["units"].push_back(call.names.describe(unit));
        list.push_back(std::move(row));
    }
    return json::object({{"users", std::move(list)}});
}

Result<json> units(Call& call) {
    json list = json::array();
    for (const UnitView& unit : call.names.units())
        list.push_back(json::object({{"id", to_hex(unit.unit.unit)},
                                     {"name", unit.name},
                                     {"organisation", unit.organisation},
                                     {"organisation_id", to_hex(unit.unit.organisation)},
                                     {"regime", key_of(unit.unit.regime)}}));
    return json::object({{"units", std::move(list)}});
}

Result<json> devices(Call& call) {
    json list = json::array();
    for (const DeviceView& device : call.device.devices())
        list.push_back(json::object(
            {{"id", to_hex(device.id)},
             {"user", call.names.describe(device.user)},
             {"name", device.name},
             {"kind", key_of(device.kind)},
             {"until", device.until == instant_max ? json{} : json(to_json(device.until))},
             {"revoked", device.revoked}}));
    return json::object({{"devices", std::move(list)}});
}

Result<json> organisations(Call& call) {
    json list = json::array();
    for (const OrganisationView& organisation : call.device.organisations())
        list.push_back(
            json::object({{"id", to_hex(organisation.id)}, {"name", organisation.name}}));
    return json::object({{"organisations", std::move(list)}});
}

constexpr Operation operations[] = {
    {"readers", &readers, false, "case"},
    {"status", &status, false, ""},
    {"users", &users, false, ""},
    {"units", &units, false, ""},
    {"devices", &devices, false, ""},
    {"organisations", &organisations, false, ""},
};

}  // namespace

std::span<const Operation> insight_operations() {
    return operations;
}

}  // namespace samsyn
