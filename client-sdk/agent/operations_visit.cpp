// A home visit: before somebody leaves for where no network is, and what is written there.

#include "client-sdk/agent/operations.hpp"
#include "client-sdk/agent/operations_items.hpp"
#include "core/model/local_date.hpp"

#include <samsyn/leaving.hpp>
#include <samsyn/visits.hpp>

#include <algorithm>
#include <chrono>

namespace samsyn {

namespace {

using nlohmann::json;

constexpr std::chrono::hours whole_day{24};

/// One thing that has to be in order before a visit.
struct Check {
    std::string_view key;
    bool in_order = true;
    Words says;
    std::string about{};  ///< a time or a number that belongs to the words
};

json to_json(const Check& check) {
    return json::object({{"key", check.key},
                         {"in_order", check.in_order},
                         {"says", check.says.en},
                         {"says_sv", check.says.sv},
                         {"about", check.about}});
}

Check check_reading(const LeaseView& lease, Instant now) {
    if (!lease.may_read)
        return {"reading", false, {"reading is locked: sync now", "läsning är låst: synka nu"}};
    if (!lease.reading_ends || *lease.reading_ends == instant_max)
        return {"reading", true, {"reading does not lock itself", "läsning låser sig inte"}};
    const bool long_enough = *lease.reading_ends - now >= whole_day;
    return {"reading",
            long_enough,
            {long_enough ? "you can read without a network until"
                         : "sync first: reading locks itself at",
             long_enough ? "du kan läsa utan nät till" : "synka först: läsning låser sig"},
            to_local_text(*lease.reading_ends)};
}

Check check_synced(const StatusView& status, Instant now) {
    if (!status.last_synced)
        return {"synced", false, {"never synced: sync now", "aldrig synkad: synka nu"}};
    const bool fresh = now - *status.last_synced < whole_day;
    return {"synced",
            fresh,
            {fresh ? "last synced" : "sync first: last synced",
             fresh ? "senast synkad" : "synka först: senast synkad"},
            to_local_text(*status.last_synced)};
}

/// Content that this user may read and has no key for yet.
Result<Check> check_keys(Call& call, const CaseId& case_id) {
    std::size_t waiting = 0;
    for (const CompartmentView& compartment : SAMSYN_TRY(call.device.compartments(case_id)))
        if (compartment.waiting_since) ++waiting;
    if (waiting == 0) return Check{"keys", true, {"all keys are here", "alla nycklar finns här"}};
    return Check{"keys",
                 false,
                 {"parts of the case wait for a key (samsyn status says whose)",
                  "delar av ärendet väntar på nyckel (samsyn status säger vems)"},
                 std::to_string(waiting)};
}

Result<Check> check_content(Call& call, const CaseId& case_id) {
    const auto items = SAMSYN_TRY(call.device.items(case_id));
    const auto conflicts = std::ranges::count_if(items, &ItemView::conflict);
    if (conflicts > 0)
        return Check{"conflicts",
                     false,
                     {"conflicts to settle: samsyn conflicts", "konflikter: samsyn conflicts"},
                     std::to_string(conflicts)};
    return Check{"content",
                 true,
                 {"items of the case are on this device", "poster i ärendet finns på enheten"},
                 std::to_string(items.size())};
}

/// Small files come by themselves; of the others somebody has to think before the network is gone.
Result<Check> check_files(Call& call, const CaseId& case_id) {
    const auto files = SAMSYN_TRY(Attachments{call.device}.list(case_id));
    const auto absent =
        std::ranges::count_if(files, [](const AttachmentView& file) { return !file.is_here(); });
    if (absent == 0)
        return Check{"files",
                     true,
                     {"attached files are on this device", "bilagor finns på enheten"},
                     std::to_string(files.size())};
    return Check{"files",
                 false,
                 {"files to fetch: samsyn attachments, samsyn attachment fetch",
                  "bilagor att hämta: samsyn attachments, samsyn attachment fetch"},
                 std::to_string(absent)};
}

Check check_unsent(const StatusView& status) {
    const std::size_t unsent = status.unsent_changes + status.unsent_statements;
    if (unsent == 0) return {"unsent", true, {"everything is sent", "allt är skickat"}};
    return {
        "unsent",
        false,
        {"not sent yet (samsyn sync): others lack it", "ej skickat (samsyn sync): andra saknar"},
        std::to_string(unsent)};
}

Check check_clock(const StatusView& status) {
    if (!status.doubtful_server_time)
        return {"clock", true, {"the clock is right", "klockan går rätt"}};
    return {"clock",
            false,
            {"the clock differs from the server's by more than a day: set it",
             "klockan skiljer mer än ett dygn från serverns: ställ den"}};
}

Result<json> prepare_visit(Call& call) {
    const CaseId case_id = SAMSYN_TRY(case_of(call));
    const StatusView status = SAMSYN_TRY(call.device.status());
    const Instant now = call.clock.now();
    const LeaseView lease = call.device.lease();
    json checks = json::array();
    const auto put = [&](const Check& check) { checks.push_back(to_json(check)); };
    put(check_reading(lease, now));
    put(check_synced(status, now));
    put(check_clock(status));
    if (lease.may_read) {
        put(SAMSYN_TRY(check_keys(call, case_id)));
        put(SAMSYN_TRY(check_content(call, case_id)));
        put(SAMSYN_TRY(check_files(call, case_id)));
    }
    put(check_unsent(status));
    return json::object({{"case", call.names.describe(case_id)}, {"checks", std::move(checks)}});
}

/// An observation as a request brings it: what it is about, and the words.
Result<NewItem> observation_in(Call& call, std::string_view category, std::string text) {
    NewItem observation;
    observation.category = find_category(category);
    if (!observation.category || observation.category == Category::directory)
        return fail(Errc::invalid_argument, "observe: " + std::string{category.substr(0, 40)});
    observation.closed = SAMSYN_TRY(closed_of(call, "closed"));
    observation.fields.push_back({.key = "text", .value = std::move(text)});
    return observation;
}

/// `{"health": "Sover bättre"}`: one for each category.
Result<std::vector<NewItem>> observations_of(Call& call) {
    std::vector<NewItem> observations;
    const json* const all = call.args.find("observe");
    if (all == nullptr) return observations;
    if (!all->is_object()) return fail(Errc::invalid_argument, "observe");
    for (const auto& [category, text] : all->items()) {
        if (!text.is_string())
            return fail(Errc::invalid_argument, "observe: words, once for each category");
        auto words = SAMSYN_TRY(clean_text(text.get_ref<const std::string&>(), "observe"));
        if (words.empty()) return fail(Errc::invalid_argument, "observe: " + category);
        observations.push_back(SAMSYN_TRY(observation_in(call, category, std::move(words))));
    }
    return observations;
}

Result<json> write_visit(Call& call) {
    NewItem note =
        SAMSYN_TRY(new_item_of(call, ItemType::visit_note, {"date", "place", "next_step"}));
    for (std::string& name : SAMSYN_TRY(call.args.texts("present")))
        note.fields.push_back({.key = "present", .value = std::move(name)});
    std::string text;
    if (call.args.has("text")) text = SAMSYN_TRY(call.args.document("text"));
    text = SAMSYN_TRY(clean_text(text, "text", document_bytes_max));
    note.fields.push_back({.key = "text", .value = std::move(text)});
    auto observations = SAMSYN_TRY(observations_of(call));
    const auto written = SAMSYN_TRY(Visits{call.device}.write(note, std::move(observations)));
    json result = SAMSYN_TRY(written_item(call, written.note));
    result["observations"] = json::array();
    for (const ItemId& id : written.observations)
        result["observations"].push_back(SAMSYN_TRY(written_item(call, id)));
    return result;
}

Result<json> observe(Call& call) {
    const ItemId note = SAMSYN_TRY(item_of(call));
    const std::string category = SAMSYN_TRY(call.args.text("category"));
    std::string text = SAMSYN_TRY(call.args.text("text"));
    NewItem observation = SAMSYN_TRY(observation_in(call, category, std::move(text)));
    if (call.args.has("about")) {
        const ItemView visit = SAMSYN_TRY(call.device.item(note));
        observation.about = SAMSYN_TRY(persons_of(call, visit.case_id, "about"));
    }
    return written_item(call, SAMSYN_TRY(Visits{call.device}.observe(note, observation)));
}

Result<json> show_visit(Call& call) {
    const ItemId id = SAMSYN_TRY(item_of(call));
    const VisitView visit = SAMSYN_TRY(Visits{call.device}.show(id));
    json result = SAMSYN_TRY(written_item(call, id));
    result["observations"] = json::array();
    for (const ItemView& observation : visit.observations)
        result["observations"].push_back(SAMSYN_TRY(written_item(call, observation.id)));
    result["files"] = json::array();
    for (const AttachmentView& file : visit.files) {
        call.names.note_shown(visit.note.case_id, file.item);
        result["files"].push_back(to_json(file));
    }
    result["consents"] = json::array();
    for (const ConsentView& consent : visit.consents)
        result["consents"].push_back(to_json(call.names, consent));
    return result;
}

constexpr Operation operations[] = {
    {"visit.prepare", &prepare_visit, false, "case"},
    {"visit.write",
     &write_visit,
     true,
     "case about",
     "text date place present next_step observe category sensitivity unit closed fields"},
    {"visit.observe", &observe, true, "item category text", "about closed"},
    {"visit.show", &show_visit, false, "item"},
};

}  // namespace

std::span<const Operation> visit_operations() {
    return operations;
}

}  // namespace samsyn
