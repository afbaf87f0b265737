#pragma once

#include "core/policy/terms.hpp"

#include <chrono>
#include <cstdint>
#include <span>

namespace samsyn {

/// The dated, versioned data that the rules read: what changes with the law is a row, not code.
struct StatuteTable {
    struct PurposeRow {
        Purpose purpose{};
        bool consent_suffices = true;  ///< false: Deny(not covered) even with consent
        bool identifies = true;        ///< false: aggregates only
    };

    std::uint32_t version = 0;
    std::span<const PurposeRow> purposes;
    std::chrono::days oral_consent_normal_max{14};  ///< an oral consent for normal sensitivity
};

/// The table that ships with this version of the program.
const StatuteTable& current_statute_table();

/// An earlier or the current table; null if this program does not have it.
const StatuteTable* find_statute_table(std::uint32_t version);

/// The row of a purpose; null where the table has none.
const StatuteTable::PurposeRow* find_purpose(const StatuteTable& table, Purpose purpose);

}  // namespace samsyn
