#include "client-sdk/agent/operations_call.hpp"
#include "core/model/personal_number.hpp"

namespace samsyn {

namespace {

using nlohmann::json;

constexpr std::int64_t hits_usual = 50;
constexpr std::int64_t hits_max = 500;

/// All words as one text. A personal number is found in whichever of its forms it is written.
Result<std::string> words_of(const Arguments& args) {
    std::string words;
    for (const std::string& word : SAMSYN_TRY(args.texts("words"))) {
        const auto number = personal_number_from_text(word);
        words.append(words.empty() ? "" : " ").append(number ? *number : word);
    }
    return words;
}

json to_json(Directory& names, const SearchHit& hit) {
    json parts = json::array();
    for (const SnippetPart& part : hit.snippet)
        parts.push_back(json::object({{"text", part.text}, {"hit", part.hit}}));
    return json::object({{"item", samsyn::to_json(names, hit.item)}, {"snippet", parts}});
}

Result<json> search_case(Call& call) {
    const std::string words = SAMSYN_TRY(words_of(call.args));
    if (words.empty()) return fail(Errc::invalid_argument, "words");
    if (!call.args.has("case")) return fail(Errc::not_permitted, across_cases_refused);
    const CaseId case_id = SAMSYN_TRY(case_of(call));
    const auto count = SAMSYN_TRY(call.args.integer_or("limit", 1, hits_max, hits_usual));
    const SearchView found =
        SAMSYN_TRY(call.device.search(case_id, words, static_cast<std::size_t>(count)));
    json hits = json::array();
    for (const SearchHit& hit : found.hits) hits.push_back(to_json(call.names, hit));
    return json::object({{"hits", std::move(hits)}, {"more", found.more}});
}

std::string_view key_of(FoundBy by) {
    switch (by) {
        case FoundBy::name:
            return "name";
        case FoundBy::personal_number:
            return "personal_number";
        case FoundBy::case_number:
            return "case_number";
    }
    return "unknown";
}

Result<json> find_across(Call& call) {
    const std::string text = SAMSYN_TRY(call.args.text("text"));
    json found = json::array();
    for (const FoundView& each : SAMSYN_TRY(call.device.find(text))) {
        if (each.person) call.names.note_shown(each.case_id, ItemId::from(each.person->view()));
        json row = json::object({{"case", call.names.describe(each.case_id)}});
        row["person"] = each.person
                            ? json::object({{"id", to_hex(*each.person)}, {"name", each.name}})
                            : json{};
        row["by"] = key_of(each.by);
        found.push_back(std::move(row));
    }
    return json::object({{"found", std::move(found)}});
}

constexpr Operation operations[] = {
    {"search", &search_case, false, "words", "case limit"},
    {"find", &find_across, false, "text"},
};

}  // namespace

std::span<const Operation> search_operations() {
    return operations;
}

}  // namespace samsyn
