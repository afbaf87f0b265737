#pragma once

#include "core/base/time.hpp"

namespace samsyn::policy {

/// True within a body's own from–until.
bool in_force(const auto& body, Instant now) {
    return body.from <= now && now < body.until;
}

}  // namespace samsyn::policy
