#include "client-sdk/agent/operations_consultations.hpp"

#include "core/consultation/identity.hpp"
#include "core/model/local_date.hpp"
#include "core/oversight/cells.hpp"
#include "core/oversight/small_population.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace samsyn {

namespace {

using nlohmann::json;

constexpr std::array initiators{"social_services", "school", "health_care", "guardian", "other"};
constexpr std::array difficulties{"school_absence",
                                  "neuropsychiatric",
                                  "socio_economic",
                                  "parenting_capacity",
                                  "mental_ill_health_addiction",
                                  "intellectual_disability"};
constexpr std::string_view counts_name = "consultations";  // the host's value, see `Counts`

template <std::size_t n>
Result<std::string> key_among(const std::array<const char*, n>& keys,
                              const std::string& key,
                              std::string_view argument) {
    if (std::ranges::find(keys, key) == keys.end()) return fail(Errc::invalid_argument, argument);
    return key;
}

/// The one whom a consultation is about: the case's random number again, which names nobody.
PersonId nobody_in(const CaseId& case_id) {
    return PersonId::from(case_id.view());
}

/// A consultation is kept for twelve months (C-30).
Date expires(Date date) {
    const std::chrono::year_month_day day{date.day};
    const auto later = day + std::chrono::years{1};
    if (later.ok()) return {std::chrono::sys_days{later}};
    return {std::chrono::sys_days{later.year() / later.month() / std::chrono::last}};
}

/// What is counted of a consultation, and all that is left of it (C-30).
struct CountKey {
    std::string month;  ///< "2026-11"
    std::string initiator;
    std::string difficulty;  ///< keys in order, "," between
    friend auto operator<=>(const CountKey&, const CountKey&) = default;
};

struct Consultation {
    ItemView item;
    Date date;

    CountKey counted_as() const {
        return {to_text(date).substr(0, 7), item.text("initiator"), item.text("difficulty")};
    }
};

/// The counts of this device's destroyed consultations. `going` are those that are counted and
/// about to be destroyed, so that an expiry that is interrupted counts nothing twice.
struct Counts {
    std::map<CountKey, std::uint32_t> destroyed;
    std::set<std::string> going;
};

Result<Counts> read_counts(Device& device) {
    Counts counts;
    const auto bytes = SAMSYN_TRY(device.host_value(counts_name));
    if (!bytes) return counts;
    const auto* text = reinterpret_cast<const char*>(bytes->data());
    const json stored = json::parse(text, text + bytes->size(), nullptr, false);
    if (!stored.is_object() || !stored.contains("destroyed") || !stored.contains("going"))
        return fail(Errc::malformed, "counts of consultations");
    for (const json& row : stored["destroyed"])
        counts.destroyed[{
            row.value("month", ""), row.value("initiator", ""), row.value("difficulty", "")}] =
            row.value("count", 0U);
    for (const json& id : stored["going"]) counts.going.insert(id.get<std::string>());
    return counts;
}

json rows_of(const std::map<CountKey, std::uint32_t>& counts) {
    json rows = json::array();
    for (const auto& [key, count] : counts)
        rows.push_back(json::object({{"month", key.month},
                                     {"initiator", key.initiator},
                                     {"difficulty", key.difficulty},
                                     {"count", count}}));
    return rows;
}

Result<void> write_counts(Device& device, const Counts& counts) {
    const std::string text =
        json::object({{"destroyed", rows_of(counts.destroyed)}, {"going", counts.going}}).dump();
    return device.put_host_value(counts_name, as_bytes(text));
}

std::optional<Date> date_of(const ItemView& item) {
    for (const FieldView& field : item.fields) {
        if (field.info == nullptr || field.info->key != "date" || field.values.empty()) continue;
        if (const Date* date = std::get_if<Date>(&field.values.front().value)) return *date;
    }
    return std::nullopt;
}

Result<std::optional<Consultation>> consultation_in(Device& device, const CaseId& case_id) {
    for (ItemView& item : SAMSYN_TRY(device.items(case_id))) {
        // Anybody can write an item of this type anywhere: it is one only in a case of its own.
        if (item.type != ItemType::consultation ||
            item.label.subjects != std::vector{nobody_in(case_id)})
            continue;
        const auto date = date_of(item);
        if (date) return Consultation{std::move(item), *date};
    }
    return std::nullopt;
}

Result<std::vector<Consultation>> consultations(Device& device) {
    std::vector<Consultation> all;
    for (const CaseSummary& summary : SAMSYN_TRY(device.cases())) {
        auto found = SAMSYN_TRY(consultation_in(device, summary.id));
        if (found) all.push_back(*std::move(found));
    }
    std::ranges::sort(
        all, {}, [](const Consultation& one) { return std::pair{one.date, one.item.case_id}; });
    return all;
}

json to_json(Call& call, const Consultation& one) {
    call.names.note_shown(one.item.case_id, one.item.id);
    return json::object({{"case", to_hex(one.item.case_id)},
                         {"date", to_text(one.date)},
                         {"expires", to_text(expires(one.date))},
                         {"initiator", one.item.text("initiator")},
                         {"difficulty", one.item.text("difficulty")},
                         {"area", one.item.text("municipalities")},
                         {"text", one.item.text("text")}});
}

/// The texts of the arguments, and what of them says who they are about.
Result<std::vector<IdentityFinding>> findings_in(const Arguments& args) {
    const std::string text = SAMSYN_TRY(args.text("text"));
    return without_marked(find_identity(text), SAMSYN_TRY(args.texts("not_a_name")));
}

Result<std::string> difficulty_of(const Arguments& args) {
    std::set<std::string> chosen;
    for (const std::string& key : SAMSYN_TRY(args.texts("difficulty")))
        chosen.insert(SAMSYN_TRY(key_among(difficulties, key, "difficulty")));
    if (chosen.empty()) return fail(Errc::invalid_argument, "difficulty");
    std::string joined;
    for (const std::string& key : chosen) joined += (joined.empty() ? "" : ",") + key;
    return joined;
}

Result<UnitId> own_unit(Call& call) {
    if (call.args.has("unit")) return unit_of(call, "unit");
    const std::vector<UnitId> mine = call.names.my_units();
    if (mine.size() != 1) return fail(Errc::invalid_argument, "unit: name one of your units");
    return mine.front();
}

Result<json> add_consultation(Call& call) {
    if (!SAMSYN_TRY(findings_in(call.args)).empty())
        return fail(Errc::not_permitted, consultation_identifies);
    const std::string asked_by = SAMSYN_TRY(call.args.text("initiator"));
    const std::string initiator = SAMSYN_TRY(key_among(initiators, asked_by, "initiator"));
    const std::string difficulty = SAMSYN_TRY(difficulty_of(call.args));
    const std::string municipality = SAMSYN_TRY(call.args.text_or("municipality", ""));
    // A list's words only: a free place would be a way to name one.
    if (!municipality.empty() && find_municipality(municipality) == nullptr)
        return fail(Errc::invalid_argument, "municipality");
    const Date today = local_date(call.clock.now());
    const Date date = call.args.has("date") ? SAMSYN_TRY(call.args.date("date")) : today;
    if (date > today) return fail(Errc::invalid_argument, "date: it is in the future");
    const UnitId unit = SAMSYN_TRY(own_unit(call));
    const StorableConsultation stored =
        storable_consultation(SAMSYN_TRY(call.args.text("text")), municipality);

    // A case of its own with fresh ids.
    const CaseId id = SAMSYN_TRY(call.device.open_case(ServiceModel::famsam, "Konsultation", unit));
    NewItem item;
    item.case_id = id;
    item.type = ItemType::consultation;
    item.about = {nobody_in(id)};
    item.unit = unit;
    item.fields = {{"text", stored.text},
                   {"date", date},
                   {"initiator", initiator},
                   {"difficulty", difficulty}};
    if (!stored.area.empty()) item.fields.push_back({"municipalities", stored.area});
    (void)SAMSYN_TRY(call.device.add_item(item));

    json result = json::object({{"case", to_hex(id)},
                                {"expires", to_text(expires(date))},
                                {"area", stored.area},
                                {"text", stored.text}});
    if (stored.warning)
        result["warning"] = json::object({{"municipality", stored.warning->municipality},
                                          {"condition", stored.warning->condition},
                                          {"group", stored.warning->group}});
    return result;
}

Result<json> list_consultations(Call& call) {
    json list = json::array();
    for (const Consultation& one : SAMSYN_TRY(consultations(call.device)))
        list.push_back(to_json(call, one));
    return json::object({{"consultations", std::move(list)}});
}

/// Opens a case for the family that has now asked. Nothing of the consultation goes into it, and
/// neither is written into the other; the consultation is counted and destroyed in its time.
Result<json> convert_consultation(Call& call) {
    const CaseId id = SAMSYN_TRY(case_of(call));
    if (!SAMSYN_TRY(consultation_in(call.device, id)))
        return fail(Errc::invalid_argument, "case: no consultation");
    const std::string title = SAMSYN_TRY(call.args.text("title"));
    const auto model =
        SAMSYN_TRY(term_of(call.args, "model", &find_service_model, ServiceModel::famsam));
    const UnitId unit = SAMSYN_TRY(own_unit(call));
    const CaseId opened = SAMSYN_TRY(call.device.open_case(model, title, unit));
    return json::object({{"case", json::object({{"id", to_hex(opened)}, {"name", title}})}});
}

/// Ends the author's own part: the device then purges rows, keys and words (docs/STORAGE.md).
Result<void> destroy(Call& call, const Consultation& one) {
    const CaseId& id = one.item.case_id;
    if (!SAMSYN_TRY(is_consultation(call.device, id)))
        return fail(Errc::conflict, "consultation: other things are written in its case");
    // What never was sealed has no key to purge with it: its text is written over first.
    const std::array<FieldInput, 1> nothing{FieldInput{"text", std::string{"-"}}};
    if (one.item.unsent) SAMSYN_TRY(call.device.edit_item(one.item.id, nothing));
    for (const auto& participant : SAMSYN_TRY(call.device.participants(id)))
        (void)SAMSYN_TRY(call.device.remove_participant(id, participant.user, participant.unit));
    if (SAMSYN_TRY(consultation_in(call.device, id)))
        return fail(Errc::not_permitted, "consultation: it is still readable");
    return {};
}

Result<json> expire_consultations(Call& call) {
    const Date today = local_date(call.clock.now());
    Counts counts = SAMSYN_TRY(read_counts(call.device));
    std::uint32_t count = 0;
    for (const Consultation& one : SAMSYN_TRY(consultations(call.device))) {
        if (expires(one.date) > today) continue;
        const std::string id = to_hex(one.item.case_id);
        if (counts.going.insert(id).second) {
            ++counts.destroyed[one.counted_as()];
            SAMSYN_TRY(write_counts(call.device, counts));
        }
        SAMSYN_TRY(destroy(call, one));
        ++count;
    }
    // The ids go with what they named.
    if (!counts.going.empty()) {
        counts.going.clear();
        SAMSYN_TRY(write_counts(call.device, counts));
    }
    return json::object({{"destroyed", count}});
}

/// Months by initiators, as readers outside the team may have them (C-52).
Result<json> suppressed_table(const std::map<CountKey, std::uint32_t>& counts) {
    std::set<std::string> month_set;
    for (const auto& [key, count] : counts) month_set.insert(key.month);
    const std::vector<std::string> months{month_set.begin(), month_set.end()};
    if (months.empty()) return json::object({{"months", json::array()}});
    CountTable table{.rows = months.size(),
                     .columns = initiators.size(),
                     .cells = std::vector<std::uint32_t>(months.size() * initiators.size())};
    for (const auto& [key, count] : counts) {
        const auto row = std::ranges::lower_bound(months, key.month) - months.begin();
        const auto column = std::ranges::find(initiators, key.initiator) - initiators.begin();
        const auto cell =
            static_cast<std::size_t>(row) * table.columns + static_cast<std::size_t>(column);
        if (static_cast<std::size_t>(column) < table.columns) table.cells[cell] += count;
    }
    const ShownTable shown = SAMSYN_TRY(shown_table(table, TableReader::outside));
    json rows = json::array();
    for (std::size_t row = 0; row < months.size(); ++row) {
        json cells = json::object();
        for (std::size_t column = 0; column < initiators.size(); ++column) {
            const auto& cell = shown.cells[row * initiators.size() + column];
            cells[initiators[column]] = cell ? json(*cell) : json(nullptr);
        }
        json line = json::object({{"month", months[row]}, {"cells", std::move(cells)}});
        if (!shown.row_totals.empty()) line["total"] = shown.row_totals[row];
        rows.push_back(std::move(line));
    }
    json result = json::object({{"months", std::move(rows)}});
    if (shown.total) result["total"] = *shown.total;
    return result;
}

Result<json> count_consultations(Call& call) {
    const Counts counts = SAMSYN_TRY(read_counts(call.device));
    auto all = counts.destroyed;
    for (const Consultation& one : SAMSYN_TRY(consultations(call.device)))
        if (!counts.going.contains(to_hex(one.item.case_id))) ++all[one.counted_as()];
    if (SAMSYN_TRY(call.args.boolean_or("outside", false))) return suppressed_table(all);
    std::uint32_t total = 0;
    for (const auto& [key, count] : all) total += count;
    return json::object({{"counts", rows_of(all)}, {"total", total}});
}

constexpr Operation operations[] = {
    {"consult.add",
     &add_consultation,
     true,
     "text initiator difficulty",
     "municipality date unit not_a_name"},
    {"consult.list", &list_consultations, false, ""},
    {"consult.convert", &convert_consultation, true, "case title", "unit model"},
    {"consult.expire", &expire_consultations, true, ""},
    {"consult.count", &count_consultations, false, "", "outside"},
};

}  // namespace

std::span<const Operation> consultation_operations() {
    return operations;
}

Result<bool> is_consultation(Device& device, const CaseId& case_id) {
    // By its label, which is known where its text may no longer be read.
    // All of them: one forged label makes no family's case a consultation.
    const auto compartments = SAMSYN_TRY(device.compartments(case_id));
    return !compartments.empty() &&
           std::ranges::all_of(compartments, [&](const CompartmentView& compartment) {
               return compartment.label.subjects == std::vector{nobody_in(case_id)};
           });
}

void explain_findings(const json& args, json& error) {
    const auto arguments =
        Arguments::from(args, "text initiator difficulty", "municipality date unit not_a_name");
    if (!arguments) return;
    const auto findings = findings_in(*arguments);
    if (!findings) return;
    json list = json::array();
    std::string found;
    for (const IdentityFinding& finding : *findings) {
        list.push_back(json::object({{"kind", key_of(finding.kind)},
                                     {"text", finding.text},
                                     {"begin", finding.begin},
                                     {"end", finding.end}}));
        found += (found.empty() ? "\"" : ", \"") + finding.text + '"';
    }
    error["findings"] = std::move(list);
    error["hint"] = "Found: " + found +
                    ". Write it without; if something is no name, add --not-a-name \"...\".";
    error["hint_sv"] =
        "Hittade: " + found + ". Skriv utan; är något inget namn, lägg till --not-a-name \"...\".";
}

}  // namespace samsyn
