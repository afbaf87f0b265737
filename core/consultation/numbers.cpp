#include "core/consultation/finders.hpp"
#include "core/model/personal_number.hpp"

#include <algorithm>
#include <array>

namespace samsyn {

namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// Digits that stand together.
struct Group {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::string_view before;  ///< what separates it from the group before
};

std::vector<Group> groups_of(std::string_view text) {
    std::vector<Group> groups;
    for (std::size_t at = 0; at < text.size();) {
        if (!is_digit(text[at])) {
            ++at;
            continue;
        }
        const std::size_t last = groups.empty() ? 0 : groups.back().end;
        Group group{.begin = at, .end = at, .before = text.substr(last, at - last)};
        while (group.end < text.size() && is_digit(text[group.end])) ++group.end;
        at = group.end;
        groups.push_back(group);
    }
    return groups;
}

/// One hyphen, plus or dash, with or without spaces.
bool is_hyphen(std::string_view separator) {
    const auto trimmed_end = separator.find_last_not_of(' ');
    if (trimmed_end == std::string_view::npos || separator.size() > 5) return false;
    separator = separator.substr(0, trimmed_end + 1);
    separator.remove_prefix(separator.find_first_not_of(' '));
    constexpr std::array hyphens{"-", "+", "\u2010", "\u2011", "\u2012", "\u2013", "\u2212"};
    return std::ranges::find(hyphens, separator) != hyphens.end();
}

/// What people write between the digits of one number.
bool joins(std::string_view separator) {
    if (is_hyphen(separator)) return true;
    constexpr std::array joining{" ", "  ", "\u00a0", ".", "/", ". "};
    return std::ranges::find(joining, separator) != joining.end();
}

bool joins_phone(std::string_view separator) {
    constexpr std::array joining{" ", "  ", "\u00a0", "/", ") ", ")", " (", "("};
    return is_hyphen(separator) || std::ranges::find(joining, separator) != joining.end();
}

/// The number with its century: both that it may have where the text has none.
std::array<std::string, 2> with_century(const std::string& digits) {
    if (digits.size() == 12) return {digits, digits};
    return {"20" + digits, "19" + digits};
}

bool is_valid(const std::string& digits) {
    return std::ranges::any_of(with_century(digits), [](const std::string& number) {
        return personal_number_from_text(number).has_value();
    });
}

/// Whether some last digit makes it valid: then the day is one, and the digit was mistyped.
bool has_birth_day(std::string digits) {
    for (char last = '0'; last <= '9'; ++last) {
        digits.back() = last;
        if (is_valid(digits)) return true;
    }
    return false;
}

/// The groups from `first` on that make a personal number; how many, or 0.
std::size_t personal_number_at(std::string_view text, std::span<const Group> groups) {
    constexpr std::size_t digits_max = 12;
    std::string digits;
    for (std::size_t i = 0; i < groups.size(); ++i) {
        const Group& group = groups[i];
        if (i > 0 && !joins(group.before)) return 0;
        if (digits.size() + group.end - group.begin > digits_max) return 0;
        digits += text.substr(group.begin, group.end - group.begin);
        if (digits.size() != 10 && digits.size() != digits_max) continue;
        const bool usual_form = i == 1 && group.end - group.begin == 4 && is_hyphen(group.before);
        if (is_valid(digits) || (usual_form && has_birth_day(digits))) return i + 1;
    }
    return 0;
}

/// The groups from `first` on that make a telephone number; how many, or 0.
std::size_t phone_at(std::string_view text, std::span<const Group> groups) {
    const Group& first = groups.front();
    const std::string_view written = text.substr(first.begin, first.end - first.begin);
    const bool plus = first.begin > 0 && text[first.begin - 1] == '+';
    const bool foreign = (plus && written.starts_with("46")) || written.starts_with("0046");
    if (!foreign && (!written.starts_with('0') || written.starts_with("00"))) return 0;
    const std::size_t digits_min = foreign ? 9 : 8;
    const std::size_t digits_max = foreign ? 13 : 10;
    std::size_t count = 0;
    std::size_t found = 0;
    for (std::size_t i = 0; i < groups.size(); ++i) {
        if (i > 0 && !joins_phone(groups[i].before)) break;
        count += groups[i].end - groups[i].begin;
        if (count > digits_max) break;
        if (count >= digits_min) found = i + 1;
    }
    return found;
}

/// Year, month and day in figures: "2012-03-04", "20120304", "120304", "4/3 2012".
std::size_t date_at(std::string_view text, std::span<const Group> groups) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < groups.size() && i < 3; ++i) {
        const std::string_view separator = groups[i].before;
        if (i > 0 && !joins(separator)) break;
        count += groups[i].end - groups[i].begin;
        if (count == 6 || count == 8) return i + 1;
    }
    const bool short_form = groups.size() > 2 && joins(groups[1].before) && joins(groups[2].before);
    const bool year = short_form && groups[2].end - groups[2].begin == 4;
    return year && text[groups[1].begin] != '0' ? 3 : 0;
}

/// Whether the text says just before `at` that a birth date follows.
bool says_born(std::string_view text, std::size_t at) {
    constexpr std::size_t window = 24;
    const std::size_t from = at > window ? at - window : 0;
    const std::string before = lower_case(text.substr(from, at - from));
    constexpr std::array cues{"född",
                              "födda",
                              "född den",
                              "f.",
                              "fd",
                              "born",
                              "born on",
                              "dob",
                              "födelsedatum",
                              "date of birth",
                              "pnr",
                              "personnummer",
                              "personnr"};
    const auto end = before.find_last_not_of(" :,(");
    if (end == std::string::npos) return false;
    const auto said = std::string_view{before}.substr(0, end + 1);
    return std::ranges::any_of(cues, [&](std::string_view cue) {
        if (!said.ends_with(cue)) return false;
        return said.size() == cue.size() || said[said.size() - cue.size() - 1] == ' ' ||
               said[said.size() - cue.size() - 1] == '\n' || cue.size() > 5;
    });
}

}  // namespace

void find_numbers(std::string_view text,
                  std::span<const TextWord> /*words*/,
                  std::vector<IdentityFinding>& findings) {
    const std::vector<Group> groups = groups_of(text);
    const std::span<const Group> all{groups};
    for (std::size_t i = 0; i < groups.size();) {
        const auto rest = all.subspan(i);
        const std::size_t begin = groups[i].begin;
        std::size_t used = personal_number_at(text, rest);
        auto kind = IdentityKind::personal_number;
        const std::size_t phone = phone_at(text, rest);
        const bool written_as_phone = phone > 0 && !(used == 2 && is_hyphen(groups[i + 1].before) &&
                                                     groups[i].end - begin == 6);
        if (written_as_phone || (used == 0 && phone > 0)) {
            used = phone;
            kind = IdentityKind::phone;
        }
        if (used == 0 && says_born(text, begin)) {
            used = date_at(text, rest);
            kind = IdentityKind::birth_date;
        }
        if (used > 0) findings.push_back(finding_of(text, kind, begin, groups[i + used - 1].end));
        i += std::max<std::size_t>(used, 1);
    }
}

}  // namespace samsyn
