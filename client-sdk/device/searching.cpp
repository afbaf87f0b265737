#include "client-sdk/device/engine.hpp"
#include "core/model/personal_number.hpp"

#include <algorithm>
#include <cctype>

namespace samsyn {

namespace {

constexpr std::size_t case_number_digits_min = 8;
constexpr std::size_t found_max = 100;
constexpr std::size_t found_text_bytes_max = 200;

std::vector<SnippetPart> parts_of(std::string_view marked) {
    std::vector<SnippetPart> parts;
    bool hit = false;
    std::string text;
    const auto finish = [&] {
        if (!text.empty()) parts.push_back({std::exchange(text, {}), hit});
    };
    for (const char c : marked) {
        if (c != snippet_hit_begins && c != snippet_hit_ends) {
            text.push_back(c);
            continue;
        }
        finish();
        hit = c == snippet_hit_begins;
    }
    finish();
    return parts;
}

/// The text as the beginning of a case id, in lower case; empty where it cannot be one.
std::string case_number(std::string_view text) {
    if (text.size() < case_number_digits_min || text.size() > CaseId::size * 2) return {};
    std::string digits;
    for (const char c : text) {
        if (std::isxdigit(static_cast<unsigned char>(c)) == 0) return {};
        digits.push_back(static_cast<char>(std::tolower(static_cast<unsigned char>(c))));
    }
    return digits;
}

/// Names hold no digits: half a personal number is no name.
bool may_be_name(std::string_view text) {
    return std::ranges::none_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

Result<std::vector<StoredHit>> Device::Impl::readable_hits(Result<std::vector<StoredHit>> found) {
    std::vector<StoredHit> hits = SAMSYN_TRY(std::move(found));
    std::erase_if(hits, [&](const StoredHit& hit) {
        const KnownCompartment* compartment = find(hit.compartment);
        return !compartment || !may_read(compartment->stored, now());
    });
    std::ranges::sort(hits, std::ranges::greater{}, [](const StoredHit& hit) {
        return std::pair{hit.newest, hit.id};
    });
    return hits;
}

Result<SearchView> Device::search(const CaseId& case_id,
                                  std::string_view words,
                                  std::size_t count_max) {
    Impl& my = *impl_;
    SAMSYN_TRY(my.require_lease());
    if (my.graph(case_id).size() == 0) return fail(Errc::not_found, "case");
    auto hits = SAMSYN_TRY(my.readable_hits(my.store.search(case_id, words)));
    SearchView view;
    view.more = hits.size() > count_max;
    if (view.more) hits.resize(count_max);
    const auto unsent = SAMSYN_TRY(my.unsent_versions());
    for (const StoredHit& hit : hits) {
        const std::string marked = SAMSYN_TRY(my.store.snippet(hit, words));
        view.hits.push_back(
            {my.view_of(SAMSYN_TRY(my.store.item_of(hit)), unsent), parts_of(marked)});
    }
    return view;
}

Result<std::vector<FoundView>> Device::find(std::string_view text) {
    Impl& my = *impl_;
    SAMSYN_TRY(my.require_lease());
    std::vector<FoundView> found;
    if (text.size() > found_text_bytes_max) return fail(Errc::not_permitted, across_cases_refused);

    if (const std::string number = case_number(text); !number.empty())
        for (const auto& [id, graph] : my.case_graphs)
            if (my.view(id).custody().opened && to_hex(id).starts_with(number))
                found.push_back({id, std::nullopt, {}, FoundBy::case_number});

    const auto add = [&](Result<std::vector<StoredHit>> hits, FoundBy by) -> Result<void> {
        for (const StoredHit& hit : SAMSYN_TRY(my.readable_hits(std::move(hits)))) {
            if (found.size() >= found_max) break;
            const auto view = my.view_of(SAMSYN_TRY(my.store.item_of(hit)), {});
            found.push_back({view.case_id, same_bytes<PersonId>(view.id), view.text("name"), by});
        }
        return {};
    };
    if (const auto number = personal_number_from_text(text))
        SAMSYN_TRY(add(my.store.find_number(*number), FoundBy::personal_number));
    else if (may_be_name(text))
        SAMSYN_TRY(add(my.store.find_names(text), FoundBy::name));
    // Words of notes and names that nobody has look alike, and so do persons who may not be seen.
    if (found.empty()) return fail(Errc::not_permitted, across_cases_refused);
    return found;
}

}  // namespace samsyn
