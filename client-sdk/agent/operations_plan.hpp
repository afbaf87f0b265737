#pragma once

#include "client-sdk/agent/operations_call.hpp"

namespace samsyn {

std::span<const Operation> plan_operations();

}  // namespace samsyn
