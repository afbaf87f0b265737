#pragma once

#include "client-sdk/agent/operations_call.hpp"

#include <samsyn/enrolment.hpp>

#include <chrono>
#include <string_view>

namespace samsyn {

inline constexpr std::int64_t invitation_hours_usual = 72;
inline constexpr std::int64_t invitation_hours_max = 14 * 24;

/// How long a device goes without its certificate being renewed.
inline constexpr std::chrono::days device_certificate_usual{730};

/// Under which a new device keeps its `OpenComparison`, as a value of the host's.
inline constexpr std::string_view comparison_value = "enrolment.comparison";

/// Many invitations at once (operations_enrol_bulk.cpp).
std::span<const Operation> bulk_operations();

inline constexpr std::size_t bulk_rows_max = 2000;

/// `invitation`, its fingerprint, for whom it is and until when.
nlohmann::json invitation_json(const Invitation& invitation, std::string_view fingerprint);

}  // namespace samsyn
