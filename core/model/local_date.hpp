#pragma once

#include "core/model/change.hpp"

#include <string>
#include <string_view>

namespace samsyn {

// Local dates and clocks of Europe/Stockholm, as instants and back: the one place that knows the
// offset. Central European Time is UTC+1; summer time, UTC+2, runs from the last Sunday of March to
// the last Sunday of October, 01:00 UTC both (Directive 2000/84/EC; true since 1996). Every day has
// one midnight, since the clocks change at night at two and three.

/// 00:00 on that day.
Instant start_of_day(Date date);

/// The end of that day: 00:00 on the next. "Until 30 June" is every instant before this one.
Instant end_of_day(Date date);

/// The day on which the instant falls.
Date local_date(Instant instant);

/// 00:00 on the 18th birthday. Somebody born on 29 February comes of age on 28 February (lag
/// 1930:173 on the computation of legal time, section 1).
Instant comes_of_age(Date born);

/// Hours and minutes of a local clock on a day. An instant that the change to summer time skips is
/// read as an hour later; one that comes twice is the earlier.
Instant at_local_time(Date date, std::chrono::minutes since_midnight);

/// "2026-06-30", years 1900 to 9998. Errors: `invalid_argument` for another form or a day that the
/// calendar has not.
Result<Date> date_from_text(std::string_view text);
std::string to_text(Date date);

/// "2026-06-30 14:05" by the local clock.
std::string to_local_text(Instant instant);

}  // namespace samsyn
