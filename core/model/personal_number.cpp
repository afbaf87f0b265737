#include "core/model/personal_number.hpp"

#include <array>
#include <chrono>

namespace samsyn {

namespace {

constexpr std::size_t digit_count = 12;
constexpr int coordination_days = 60;

using Digits = std::array<int, digit_count>;

Result<Digits> digits_of(std::string_view text) {
    const bool dashed = text.size() == digit_count + 1 && text[8] == '-';
    if (!dashed && text.size() != digit_count)
        return fail(Errc::invalid_argument, "personal number: YYYYMMDD-NNNN is expected");
    Digits digits{};
    std::size_t next = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (dashed && i == 8) continue;
        if (text[i] < '0' || text[i] > '9')
            return fail(Errc::invalid_argument, "personal number: YYYYMMDD-NNNN is expected");
        digits[next++] = text[i] - '0';
    }
    return digits;
}

/// Every other digit doubled from the first of the ten, digits of the products summed (ISO 7812).
bool passes_luhn(const Digits& digits) {
    int sum = 0;
    for (std::size_t i = 2; i < digit_count; ++i) {
        const int product = digits[i] * (i % 2 == 0 ? 2 : 1);
        sum += product / 10 + product % 10;
    }
    return sum % 10 == 0;
}

bool is_day(const Digits& digits) {
    const int year = digits[0] * 1000 + digits[1] * 100 + digits[2] * 10 + digits[3];
    const int month = digits[4] * 10 + digits[5];
    const int written = digits[6] * 10 + digits[7];
    const bool coordination = written >= coordination_days;
    const int day = coordination ? written - coordination_days : written;
    if (year < 1800 || year > 2199) return false;
    if (coordination && (month == 0 || day == 0)) return month <= 12 && day <= 31;
    return std::chrono::year_month_day{std::chrono::year{year},
                                       std::chrono::month{static_cast<unsigned>(month)},
                                       std::chrono::day{static_cast<unsigned>(day)}}
        .ok();
}

}  // namespace

Result<std::string> personal_number_from_text(std::string_view text) {
    const Digits digits = SAMSYN_TRY(digits_of(text));
    if (!is_day(digits)) return fail(Errc::invalid_argument, "personal number: no such day");
    if (!passes_luhn(digits))
        return fail(Errc::invalid_argument, "personal number: the check digit is wrong");
    std::string stored;
    for (const int digit : digits) {
        if (stored.size() == 8) stored.push_back('-');
        stored.push_back(static_cast<char>('0' + digit));
    }
    return stored;
}

bool is_personal_number(std::string_view text) {
    const auto stored = personal_number_from_text(text);
    return stored && *stored == text;
}

}  // namespace samsyn
