#pragma once

// Under which names a device keeps its small durable values, and how it names streams and items.

#include "core/base/ids.hpp"
#include "core/policy/statement.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace samsyn {

inline constexpr std::string_view key_clock = "clock.last";
inline constexpr std::string_view key_offset = "clock.offset";
inline constexpr std::string_view key_floor = "clock.floor";
inline constexpr std::string_view key_server_time = "server.time";
inline constexpr std::string_view key_fresh = "lease.fresh";
inline constexpr std::string_view key_lag = "lease.lag";
inline constexpr std::string_view key_doubtful_time = "server.time.doubtful";
inline constexpr std::string_view key_incarnation = "server.incarnation";
inline constexpr std::string_view key_synced = "synced";
inline constexpr std::string_view key_unaccepted = "statements.unaccepted";
inline constexpr std::string_view key_discarded = "statements.discarded";
inline constexpr std::string_view key_refused = "statements.refused";
inline constexpr std::string_view key_faults = "faults";
inline constexpr std::string_view key_restate = "restate.due";
inline constexpr std::string_view key_receipts = "receipts.due";
inline constexpr std::string_view key_escrow_sent = "escrow.sent";
inline constexpr std::string_view key_escrow_held = "escrow.held";
inline constexpr std::string_view key_form_read = "form.read";
inline constexpr std::string_view key_invitations = "invitations.open";

template <class IdType>
std::string key_for(std::string_view prefix, const IdType& id) {
    return std::string{prefix} + "/" + to_hex(id);
}

/// Under which the devices are kept to which supplements gave the key of an epoch.
inline std::string holders_key(const EpochId& epoch) {
    return key_for("holders", epoch);
}

/// Set where a pending change was sealed before and refused.
inline std::string key_offered(std::uint64_t pending) {
    return "offered/" + std::to_string(pending);
}

/// The same 16 bytes under another name: persons, units and users are items too.
template <class To, class From>
To same_bytes(const From& id) {
    return To::from(id.view());
}

inline Stream custody_stream(const CaseId& case_id) {
    return {.kind = StreamKind::custody, .case_id = case_id, .unit = {}};
}

inline Stream disclosing_stream(const CaseId& case_id, const UnitId& unit) {
    return {.kind = StreamKind::disclosing, .case_id = case_id, .unit = unit};
}

inline Stream roster_stream(const CaseId& case_id, const UnitId& unit) {
    return {.kind = StreamKind::roster, .case_id = case_id, .unit = unit};
}

}  // namespace samsyn
