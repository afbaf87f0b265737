#pragma once

#include "core/model/schema.hpp"
#include "core/policy/terms.hpp"

namespace samsyn {

/// What somebody is called on a roster: "school counsellor", "kurator". Empty for `none`.
Words title_of(Role role);

}  // namespace samsyn
