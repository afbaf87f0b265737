#pragma once

#include "core/model/local_date.hpp"

namespace samsyn::test {

/// Of `2026-05-04`, which must be a date.
inline Date date(std::string_view text) {
    return date_from_text(text).value();
}

}  // namespace samsyn::test
