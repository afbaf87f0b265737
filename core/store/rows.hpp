#pragma once

#include "core/base/bytes.hpp"

#include <cstdint>

namespace samsyn {

/// A row that does not parse means a damaged file, whatever the parser called it.
template <class T>
Result<T> intact(Result<T> parsed) {
    if (!parsed) return fail(Errc::malformed, "stored " + parsed.error().context);
    return parsed;
}

/// A stored number that must be within 0 and `last`. Errors: `malformed`.
inline Result<std::int64_t> number_within(std::int64_t number,
                                          std::int64_t last,
                                          std::string_view what) {
    if (number < 0 || number > last) return fail(Errc::malformed, what);
    return number;
}

}  // namespace samsyn
