// Many persons and their invitations at once: all rows are checked before the first is made.

#include "client-sdk/agent/operations_enrol.hpp"
#include "core/model/local_date.hpp"
#include "core/policy/second_signature.hpp"

#include <algorithm>
#include <set>

namespace samsyn {

namespace {

using nlohmann::json;

constexpr std::size_t bulk_name_bytes_max = 400;
constexpr std::int64_t line_max = 1'000'000;

/// What is wrong with a field of a row.
struct BulkFault {
    std::string_view field;
    std::string_view en;
    std::string_view sv;
};

constexpr BulkFault row_no_name{
    "name", "a name is missing or too long", "namn saknas eller är för långt"};
constexpr BulkFault row_no_unit{"unit", "no such unit", "det finns ingen sådan enhet"};
constexpr BulkFault row_two_units{"unit",
                                  "several units fit: write organisation/unit",
                                  "flera enheter passar: skriv organisation/enhet"};
constexpr BulkFault row_no_role{"role", "no such role", "det finns ingen sådan roll"};
constexpr BulkFault row_role_of_two{
    "role",
    "wants a second person: add this one by `samsyn admin user add` first",
    "kräver en andra person: lägg först till med `samsyn admin user add`"};
constexpr BulkFault row_role_of_room{
    "role", "a room screen has no role", "en rumsskärm har ingen roll"};
constexpr BulkFault row_no_kind{"kind",
                                "kind is staff_tablet, loaner or room_screen",
                                "sort är staff_tablet, loaner eller room_screen"};
constexpr BulkFault row_no_date{
    "until", "a date looks like 2027-06-30", "ett datum ser ut som 2027-06-30"};
constexpr BulkFault row_past_date{"until", "the date is past", "datumet har passerat"};
constexpr BulkFault row_no_end{
    "until", "a loaner needs a last day", "en låneenhet behöver en sista dag"};
constexpr BulkFault row_exists{
    "name",
    "is in this unit already (--again: those without a device are invited)",
    "finns redan i enheten (--again: de utan enhet bjuds in)"};
constexpr BulkFault row_twice{
    "name", "stands twice in the file for this unit", "står två gånger i filen för enheten"};

struct BulkRow {
    std::int64_t line = 0;
    std::string name;
    UnitId unit;
    Role role{};
    DeviceKind kind = DeviceKind::staff_tablet;
    Instant until = instant_max;
    UserId known;  ///< the person who is there already
    bool has_device = false;
};

using BulkFaults = std::vector<const BulkFault*>;

/// Of hostile JSON; empty where it is no text.
std::string bulk_text(const json& row, const char* key) {
    const auto found = row.find(key);
    if (found == row.end() || !found->is_string()) return {};
    const auto clean = clean_text(found->get_ref<const std::string&>(), key);
    return clean ? *clean : std::string{};
}

void read_unit(Call& call, const json& json_row, BulkRow& row, BulkFaults& faults) {
    const auto unit = call.names.unit("unit", bulk_text(json_row, "unit"));
    if (unit)
        row.unit = *unit;
    else
        faults.push_back(unit.error().code == Errc::ambiguous ? &row_two_units : &row_no_unit);
}

void read_kind(const json& json_row, BulkRow& row, BulkFaults& faults) {
    const std::string kind = bulk_text(json_row, "kind");
    const auto found = kind.empty() ? DeviceKind::staff_tablet : find_device_kind(kind);
    if (!found || *found == DeviceKind::administrator_machine)
        faults.push_back(&row_no_kind);
    else
        row.kind = *found;
    const std::string role = bulk_text(json_row, "role");
    if (row.kind == DeviceKind::room_screen) {
        if (!role.empty()) faults.push_back(&row_role_of_room);
        return;
    }
    const auto role_found = find_role(role);
    if (!role_found || *role_found == Role::none)
        faults.push_back(&row_no_role);
    else
        row.role = *role_found;
}

void read_end(const Call& call, const json& json_row, BulkRow& row, BulkFaults& faults) {
    const std::string until = bulk_text(json_row, "until");
    const Instant now = call.clock.now();
    if (until.empty()) {
        row.until = now + device_certificate_usual;
        if (row.kind == DeviceKind::loaner) faults.push_back(&row_no_end);
        return;
    }
    const auto date = date_from_text(until);
    if (!date) {
        faults.push_back(&row_no_date);
        return;
    }
    row.until = end_of_day(*date);
    if (row.until <= now) faults.push_back(&row_past_date);
}

/// Is the person, or the room, there already?
bool find_known(Call& call, BulkRow& row) {
    const std::string name = folded(row.name);
    if (row.kind == DeviceKind::room_screen)
        return row.has_device =
                   std::ranges::any_of(call.device.devices(), [&](const DeviceView& device) {
                       return !device.revoked && device.kind == DeviceKind::room_screen &&
                              folded(device.name) == name;
                   });
    for (const UserView& user : call.names.users()) {
        if (folded(user.name) != name || std::ranges::count(user.units, row.unit) == 0) continue;
        row.known = user.id;
        row.has_device = std::ranges::any_of(call.device.devices(), [&](const DeviceView& device) {
            return device.user == user.id && !device.revoked;
        });
        return true;
    }
    return false;
}

BulkRow read_row(Call& call, const json& json_row, bool again, BulkFaults& faults) {
    BulkRow row;
    if (const auto line = json_row.find("line");
        line != json_row.end() && line->is_number_integer())
        row.line = std::clamp(line->get<std::int64_t>(), std::int64_t{0}, line_max);
    row.name = bulk_text(json_row, "name");
    if (row.name.empty() || row.name.size() > bulk_name_bytes_max) faults.push_back(&row_no_name);
    read_unit(call, json_row, row, faults);
    read_kind(json_row, row, faults);
    read_end(call, json_row, row, faults);
    if (!faults.empty()) return row;
    if (find_known(call, row)) {
        if (!again) faults.push_back(&row_exists);
    } else if (policy::is_dangerous(row.role)) {
        // Nobody can be invited by it before a second person has confirmed it.
        faults.push_back(&row_role_of_two);
    }
    return row;
}

json fault_json(const BulkRow& row, const BulkFault& fault, const json& json_row) {
    return json::object({{"line", row.line},
                         {"field", fault.field},
                         {"value", bulk_text(json_row, std::string{fault.field}.c_str())},
                         {"en", fault.en},
                         {"sv", fault.sv}});
}

Result<json> check_rows(Call& call) {
    const json* rows = call.args.find("rows");
    if (!rows || !rows->is_array()) return fail(Errc::invalid_argument, "rows");
    if (rows->size() > bulk_rows_max) return fail(Errc::limit_exceeded, "rows");
    const bool again = SAMSYN_TRY(call.args.boolean_or("again", false));
    json found = json::array();
    std::set<std::pair<UnitId, std::string>> seen;
    for (const json& json_row : *rows) {
        if (!json_row.is_object()) return fail(Errc::invalid_argument, "rows");
        BulkFaults faults;
        const BulkRow row = read_row(call, json_row, again, faults);
        const bool placed = !row.unit.is_none() && !row.name.empty();
        if (placed && !seen.emplace(row.unit, folded(row.name)).second)
            faults.push_back(&row_twice);
        for (const BulkFault* fault : faults) found.push_back(fault_json(row, *fault, json_row));
    }
    return json::object({{"rows", rows->size()}, {"faults", std::move(found)}});
}

/// One row, after all were checked: it is checked again, since the world goes on.
Result<json> make_row(Call& call) {
    const json* json_row = call.args.find("row");
    if (!json_row || !json_row->is_object()) return fail(Errc::invalid_argument, "row");
    const bool again = SAMSYN_TRY(call.args.boolean_or("again", false));
    const auto hours =
        SAMSYN_TRY(call.args.integer_or("hours", 1, invitation_hours_max, invitation_hours_usual));
    BulkFaults faults;
    const BulkRow row = read_row(call, *json_row, again, faults);
    if (!faults.empty()) return fail(Errc::invalid_argument, faults.front()->field);
    json made = json::object({{"line", row.line}, {"name", row.name}});
    made["unit"] = call.names.describe(row.unit);
    if (row.has_device) {
        made["skipped"] = true;
        return made;
    }
    NewInvitation wish;
    wish.kind = row.kind;
    wish.until = row.until;
    wish.valid_for = std::chrono::hours{hours};
    if (row.kind == DeviceKind::room_screen) {
        wish.unit = row.unit;
        wish.room = row.name;
    } else {
        wish.user = row.known;
        if (wish.user.is_none())
            wish.user = SAMSYN_TRY(call.device.add_user(row.unit, row.role, row.name));
    }
    Inviting inviting{call.device};
    const Invitation invitation = SAMSYN_TRY(inviting.invite(wish));
    made.update(invitation_json(invitation, inviting.fingerprint()));
    return made;
}

constexpr Operation bulk_rows[] = {
    {"admin.bulk.check", &check_rows, false, "rows", "again"},
    {"admin.bulk.make", &make_row, true, "row", "again hours"},
};

}  // namespace

std::span<const Operation> bulk_operations() {
    return bulk_rows;
}

}  // namespace samsyn
