#include "core/model/local_date.hpp"

#include <cstdio>

namespace samsyn {

namespace {

using namespace std::chrono;

constexpr year first_year{1900};
constexpr year last_year{9998};  // so that the end of every day is an instant too

Instant last_sunday_at_one(year year, month month) {
    return sys_days{year / month / Sunday[last]} + hours{1};
}

hours offset_at(Instant instant) {
    const year year = year_month_day{floor<days>(instant)}.year();
    const bool summer =
        instant >= last_sunday_at_one(year, March) && instant < last_sunday_at_one(year, October);
    return hours{summer ? 2 : 1};
}

std::optional<unsigned> number_in(std::string_view digits) {
    unsigned number = 0;
    for (const char c : digits) {
        if (c < '0' || c > '9') return std::nullopt;
        number = number * 10 + static_cast<unsigned>(c - '0');
    }
    return number;
}

}  // namespace

Instant at_local_time(Date date, minutes since_midnight) {
    const Instant as_if_utc = date.day + since_midnight;
    // Summer's offset first: of an hour that comes twice it names the earlier.
    if (const Instant summer = as_if_utc - hours{2}; offset_at(summer) == hours{2}) return summer;
    return as_if_utc - hours{1};
}

Instant start_of_day(Date date) {
    return at_local_time(date, minutes{0});
}

Instant end_of_day(Date date) {
    return start_of_day({date.day + days{1}});
}

Date local_date(Instant instant) {
    return {floor<days>(instant + offset_at(instant))};
}

Instant comes_of_age(Date born) {
    const year_month_day birthday{born.day};
    year_month_day day{birthday.year() + years{18}, birthday.month(), birthday.day()};
    if (!day.ok()) day = sys_days{day.year() / day.month() / last};
    return start_of_day({sys_days{day}});
}

Result<Date> date_from_text(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-')
        return fail(Errc::invalid_argument, "date: write it as 2026-06-30");
    const auto y = number_in(text.substr(0, 4));
    const auto m = number_in(text.substr(5, 2));
    const auto d = number_in(text.substr(8, 2));
    if (!y || !m || !d) return fail(Errc::invalid_argument, "date: write it as 2026-06-30");
    const year_month_day date{year{static_cast<int>(*y)}, month{*m}, day{*d}};
    if (!date.ok() || date.year() < first_year || date.year() > last_year)
        return fail(Errc::invalid_argument, "date: the calendar has no such day");
    return Date{sys_days{date}};
}

std::string to_text(Date date) {
    const year_month_day day{date.day};
    char text[32];
    std::snprintf(text,
                  sizeof text,
                  "%04d-%02u-%02u",
                  static_cast<int>(day.year()),
                  static_cast<unsigned>(day.month()),
                  static_cast<unsigned>(day.day()));
    return text;
}

std::string to_local_text(Instant instant) {
    const Date date = local_date(instant);
    const hh_mm_ss clock{floor<minutes>(instant + offset_at(instant) - date.day)};
    char text[32];
    std::snprintf(text,
                  sizeof text,
                  " %02d:%02d",
                  static_cast<int>(clock.hours().count()),
                  static_cast<int>(clock.minutes().count()));
    return to_text(date) + text;
}

}  // namespace samsyn
