#include "core/consultation/identity.hpp"

#include "core/consultation/finders.hpp"

#include <algorithm>
#include <array>

namespace samsyn {

std::string_view key_of(IdentityKind kind) {
    constexpr std::array keys{
        "name", "personal_number", "birth_date", "phone", "mail", "address", "school_class_age"};
    static_assert(keys.size() == static_cast<std::size_t>(IdentityKind::last) + 1);
    return keys[static_cast<std::size_t>(kind)];
}

IdentityFinding finding_of(std::string_view text,
                           IdentityKind kind,
                           std::size_t begin,
                           std::size_t end) {
    return {.kind = kind,
            .begin = begin,
            .end = end,
            .text = std::string{text.substr(begin, end - begin)}};
}

std::vector<IdentityFinding> find_identity(std::string_view text) {
    const std::vector<TextWord> words = words_of(text);
    std::vector<IdentityFinding> findings;
    find_numbers(text, words, findings);
    find_addresses(text, words, findings);
    std::ranges::sort(findings, {}, &IdentityFinding::begin);

    // A name inside an address or a mail is found already.
    std::vector<IdentityFinding> names;
    find_names(text, words, names);
    const std::size_t found = findings.size();
    std::size_t at = 0;
    for (IdentityFinding& name : names) {
        while (at < found && findings[at].end <= name.begin) ++at;
        const bool inside = at < found && findings[at].begin <= name.begin;
        if (!inside) findings.push_back(std::move(name));
    }
    if (auto combination = find_school_class_age(text, words))
        findings.push_back(*std::move(combination));
    std::ranges::stable_sort(findings, {}, &IdentityFinding::begin);
    return findings;
}

std::vector<IdentityFinding> without_marked(std::vector<IdentityFinding> findings,
                                            std::span<const std::string> false_hits) {
    std::vector<std::string_view> marks{false_hits.begin(), false_hits.end()};
    std::ranges::sort(marks);
    std::erase_if(findings, [&](const IdentityFinding& finding) {
        return std::ranges::binary_search(marks, std::string_view{finding.text});
    });
    return findings;
}

}  // namespace samsyn
