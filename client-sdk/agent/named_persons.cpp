#include "client-sdk/agent/named_persons.hpp"

#include "client-sdk/agent/operations_arguments.hpp"
#include "core/model/schema.hpp"

#include <algorithm>

namespace samsyn {

namespace {

constexpr std::size_t name_bytes_min = 3;  // "Bo" and "Li" are words, too

using NameWords = std::vector<std::string>;

bool is_letter(char byte) {
    const auto value = static_cast<unsigned char>(byte);
    return value >= 0x80 || (value >= 'a' && value <= 'z');
}

NameWords words_in(std::string_view text) {
    const std::string lower = folded(text);
    NameWords words(1);
    for (const char byte : lower) {
        if (is_letter(byte))
            words.back().push_back(byte);
        else if (!words.back().empty())
            words.emplace_back();
    }
    if (words.back().empty()) words.pop_back();
    return words;
}

bool same_name(const std::string& written, const std::string& name) {
    return written == name || written == name + "s";
}

bool names(const NameWords& text, std::span<const std::string> name) {
    return !name.empty() && !std::ranges::search(text, name, &same_name).empty();
}

NameWords texts_of(const ItemView& item) {
    NameWords all;
    for (const FieldView& field : item.fields) {
        const bool written = field.info != nullptr && (field.info->kind == ValueKind::text ||
                                                       field.info->kind == ValueKind::document);
        if (!written) continue;
        for (const ValueView& each : field.values)
            if (const auto* const text = std::get_if<std::string>(&each.value)) {
                const NameWords words = words_in(*text);
                all.insert(all.end(), words.begin(), words.end());
            }
    }
    return all;
}

}  // namespace

std::vector<PersonView> named_beside(const ItemView& item, const std::vector<PersonView>& persons) {
    const auto is_subject = [&](const PersonView& person) {
        return std::ranges::find(item.label.subjects, person.id) != item.label.subjects.end();
    };
    std::vector<std::string> first_names;
    for (const PersonView& person : persons)
        if (const NameWords words = words_in(person.name); is_subject(person) && !words.empty())
            first_names.push_back(words.front());
    const NameWords text = texts_of(item);
    std::vector<PersonView> named;
    for (const PersonView& person : persons) {
        const NameWords name = words_in(person.name);
        if (is_subject(person) || name.empty()) continue;
        const bool shared = std::ranges::find(first_names, name.front()) != first_names.end();
        const bool whole = shared || name.front().size() < name_bytes_min;
        if (whole && name.size() < 2) continue;
        if (names(text, std::span{name}.first(whole ? name.size() : 1))) named.push_back(person);
    }
    return named;
}

}  // namespace samsyn
